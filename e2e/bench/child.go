package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"partway/e2e/bench/sink"
)

// order is what one process does.
type order struct {
	Sink  bool       `json:",omitempty"`
	Shape sink.Shape // of the sink
	Sizes []int64    `json:",omitempty"` // whose digests it has ready

	Who      string        `json:",omitempty"`
	Endpoint string        `json:",omitempty"`
	Dir      string        `json:",omitempty"` // of its own
	Paths    []string      `json:",omitempty"`
	PartSize int64         `json:",omitempty"` // bytes; 0: its default
	At       int           `json:",omitempty"` // requests at once; 0: its default
	MD5      bool          `json:",omitempty"`
	TLS      bool          `json:",omitempty"`
	For      time.Duration // after which Partway's upload is cut; 0: it ends
	Profile  string        `json:",omitempty"` // file to write the processor's profile to

	Limit int64 `json:",omitempty"` // bytes a second; 0: none

	Uploads int  `json:",omitempty"` // that will be, where a path is a folder's; 0: one a path
	Resume  bool `json:",omitempty"` // go on with what the journal holds, add nothing
	DieAt   int  `json:",omitempty"` // parts acknowledged, at which it kills itself; 0: never
	Pause   bool `json:",omitempty"` // add only; over once all is added
	Added   bool `json:",omitempty"` // over once all is added
}

// told is what a contestant tells.
type told struct {
	Seconds float64
	Begun   time.Time     // before the journal was opened
	Adding  time.Duration // spent in the journal's adding of uploads
	Read    int64         // bytes read from files and connections
	Opened  time.Duration // how long opening the journal took
	Rows    time.Duration // and from then on until 200 rows were there
	All     time.Duration // how long all summaries took
	Plain   time.Duration // and a plain scan by SQL
}

// result is what one run came to.
type result struct {
	told
	seconds float64
	cpu     float64 // seconds of the contestant
	memory  int64   // bytes at most
	sink    float64 // seconds of the sink's processor time
	report  sink.Report
}

// process starts this program again with an order.
func process(ctx context.Context, o order) (*exec.Cmd, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", string(text))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// once runs a contestant before a sink of its own.
func once(ctx context.Context, o order) (r result, err error) {
	report, used, err := before(ctx, o, func(o order) (err error) {
		if o.Dir, err = os.MkdirTemp(o.Dir, "run"); err != nil {
			return err
		}
		return errors.Join(r.contest(ctx, o), os.RemoveAll(o.Dir))
	})
	r.report, r.sink = report, used
	return r, err
}

// before starts a sink, has do run contestants before it, and tells what the sink did, and
// the seconds of processor time that it took.
func before(ctx context.Context, o order, do func(order) error) (report sink.Report, cpu float64, err error) {
	if o.TLS {
		o.Shape.Certificate = filepath.Join(o.Dir, "certificate.pem")
	}
	server, err := process(ctx, order{Sink: true, Shape: o.Shape, Sizes: o.Sizes})
	if err != nil {
		return report, 0, err
	}
	stop, err := server.StdinPipe()
	if err != nil {
		return report, 0, err
	}
	answer, err := server.StdoutPipe()
	if err != nil {
		return report, 0, err
	}
	if err := server.Start(); err != nil {
		return report, 0, err
	}
	lines := bufio.NewReader(answer)
	if o.Endpoint, err = lines.ReadString('\n'); err != nil {
		return report, 0, fmt.Errorf("start the sink: %w", err)
	}
	o.Endpoint = o.Endpoint[:len(o.Endpoint)-1]
	err = errors.Join(do(o), stop.Close(), json.NewDecoder(lines).Decode(&report), server.Wait())
	cpu, _ = used(server)
	return report, cpu, err
}

// contest runs the contestant itself.
func (r *result) contest(ctx context.Context, o order) error {
	cmd, err := process(ctx, o)
	if err != nil {
		return err
	}
	if file := o.Shape.Certificate; file != "" {
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+file, "NODE_EXTRA_CA_CERTS="+file)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	err = cmd.Run()
	r.cpu, r.memory = used(cmd)
	if o.DieAt > 0 && killed(cmd) {
		return nil
	}
	if err != nil {
		return err
	}
	err = json.Unmarshal(out.Bytes(), &r.told)
	r.seconds = r.Seconds
	return err
}

// killed tells whether a process ended by SIGKILL.
func killed(cmd *exec.Cmd) bool {
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL
}

// used is what the system says a process used: seconds, and bytes at most.
func used(cmd *exec.Cmd) (seconds float64, memory int64) {
	u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), u.Maxrss << 10
}

// runSink serves until standard input ends, and then tells what it took.
func runSink(ctx context.Context, o order) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s, err := sink.Listen(ctx, o.Shape, o.Sizes...)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, s.URL())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s.Report())
}
