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
	For      time.Duration // after which Partway's upload is cut; 0: it ends
	Profile  string        `json:",omitempty"` // file to write the processor's profile to
}

// told is what a contestant tells.
type told struct{ Seconds float64 }

// result is what one run came to.
type result struct {
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
	server, err := process(ctx, order{Sink: true, Shape: o.Shape, Sizes: o.Sizes})
	if err != nil {
		return r, err
	}
	stop, err := server.StdinPipe()
	if err != nil {
		return r, err
	}
	answer, err := server.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := server.Start(); err != nil {
		return r, err
	}
	lines := bufio.NewReader(answer)
	if o.Endpoint, err = lines.ReadString('\n'); err != nil {
		return r, fmt.Errorf("start the sink: %w", err)
	}
	o.Endpoint = o.Endpoint[:len(o.Endpoint)-1]
	if o.Dir, err = os.MkdirTemp(o.Dir, "run"); err != nil {
		return r, err
	}
	ran := r.contest(ctx, o)
	err = errors.Join(ran, stop.Close(), json.NewDecoder(lines).Decode(&r.report), server.Wait(), os.RemoveAll(o.Dir))
	r.sink, _ = used(server)
	return r, err
}

// contest runs the contestant itself.
func (r *result) contest(ctx context.Context, o order) error {
	cmd, err := process(ctx, o)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return err
	}
	var t told
	if err := json.Unmarshal(out.Bytes(), &t); err != nil {
		return err
	}
	r.seconds = t.Seconds
	r.cpu, r.memory = used(cmd)
	return nil
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
