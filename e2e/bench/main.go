// Command bench measures uploads by Partway's engine beside its peers: the SDK's own
// UploadFile and PutObject, a plain PUT of the file without any digest, which is the least that
// can be had, and ali-oss where Node is. Everything goes to a sink on this computer. Each run
// is a process of its own, whose processor time and memory are the system's word, and the
// contestants take turns: what is read are ratios of neighbours.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
)

func main() {
	var c chosen
	flag.IntVar(&c.pairs, "pairs", 5, "how often each job is run")
	flag.StringVar(&c.only, "only", "", "run only jobs whose name contains this")
	flag.StringVar(&c.by, "by", "", "run only Partway and contestants whose name contains this")
	flag.StringVar(&c.lines, "lines", "", "of the line matrix, measure only lines whose name contains this")
	flag.BoolVar(&c.few, "quick", false, "of the line matrix, measure only a few lines")
	flag.StringVar(&c.profiles, "profiles", "", "folder for profiles of Partway's processor time, of the last pair")
	child := flag.String("child", "", "")
	flag.Parse()
	do := func(ctx context.Context) error { return bench(ctx, c) }
	if *child != "" {
		do = func(ctx context.Context) error { return runChild(ctx, *child) }
	}
	if err := interruptible(do); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func interruptible(do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return do(ctx)
}

// chosen is what a person wants measured.
type chosen struct {
	only     string // part of the names of jobs
	by       string // part of the names of contestants
	pairs    int
	lines    string // part of the names of lines
	few      bool   // of the lines
	profiles string // folder; "": none
}

func bench(ctx context.Context, c chosen) error {
	dir, err := os.MkdirTemp("", "partway-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Fprintf(os.Stdout, "%s\n%s\n", command(os.Args[1:]), machine())
	for _, j := range jobs() {
		if !strings.Contains(j.name, c.only) {
			continue
		}
		if err := j.run(ctx, dir, c); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	if err := special(ctx, dir, c); err != nil {
		return err
	}
	return lineJobs(ctx, dir, c)
}

// profile begins to note where the processor's time goes, for file; none for "".
func profile(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	stop = func() error { pprof.StopCPUProfile(); return f.Close() }
	return stop, pprof.StartCPUProfile(f)
}

// runChild carries out one run, and tells on standard output how long it took.
func runChild(ctx context.Context, text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	if o.Sink {
		return runSink(ctx, o)
	}
	stop, err := profile(o.Profile)
	if err != nil {
		return err
	}
	t, err := contestants[o.Who](ctx, o)
	if err := errors.Join(err, stop()); err != nil {
		return fmt.Errorf("%s: %w", o.Who, err)
	}
	return json.NewEncoder(os.Stdout).Encode(t)
}
