// Command bench measures uploads by Partway's engine beside its peers: the SDK's own
// UploadFile and PutObject, a plain PUT of the file without any digest, which is the least that
// can be had, and ali-oss where Node is. Everything goes to a sink on this computer. Each run
// is a process of its own, whose processor time and memory are the system's word, and the
// contestants take turns: what is read are ratios of neighbours.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	pairs := flag.Int("pairs", 5, "how often each job is run")
	only := flag.String("jobs", "", "run only jobs whose name contains this")
	child := flag.String("child", "", "")
	flag.Parse()
	do := func(ctx context.Context) error { return bench(ctx, *only, *pairs) }
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

func bench(ctx context.Context, only string, pairs int) error {
	dir, err := os.MkdirTemp("", "partway-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Fprintln(os.Stdout, machine())
	for _, j := range jobs() {
		if !strings.Contains(j.name, only) {
			continue
		}
		if err := j.run(ctx, dir, pairs); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
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
	took, err := contestants[o.Who](ctx, o)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Who, err)
	}
	return json.NewEncoder(os.Stdout).Encode(told{Seconds: took.Seconds()})
}
