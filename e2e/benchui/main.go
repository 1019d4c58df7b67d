//go:build linux

// Command benchui measures the window with 100,000 uploads and a year's history, beside an
// empty window of the same toolkit on the same display: time to start, memory, load, and how
// long its own work keeps the toolkit's goroutine while the list is scrolled, and while 100,000
// files are added.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"partway/e2e/harness"
)

const (
	limit = 15 * time.Minute
	watch = 8 * time.Second // how long a load is measured
)

func main() {
	program := flag.String("program", "build/partway", "the built program")
	bench := flag.String("bench", "build/bench", "the built program of make bench, for its sink and its engine without a window")
	only := flag.String("only", "", "measure only the list, or only the cost")
	empty := flag.Bool("empty", false, "open an empty window; for this program's own use")
	flag.String("data", "", "not used by an empty window")
	flag.Parse()
	if *empty {
		showEmpty()
		return
	}
	if err := run(*program, *bench, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench-ui:", err)
		os.Exit(1)
	}
}

// showEmpty shows the window that all is compared with.
func showEmpty() {
	a := app.New()
	w := a.NewWindow("Empty")
	w.Resize(fyne.NewSize(1100, 760))
	w.ShowAndRun()
}

// stage is what all measurements share.
type stage struct {
	ctx     context.Context //nolint:containedctx // of the whole run
	dir     string
	program string
	bench   string // the program
	server  *harness.Server
	desktop *harness.Desktop
}

func run(program, bench, only string) (err error) {
	program, err = filepath.Abs(program)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pw") // short, for sockets lie in it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("not within %v", limit))
	defer cancel()
	s := &stage{ctx: ctx, dir: dir, program: program, bench: bench}
	if s.server, err = harness.StartServer(filepath.Join(dir, "oss")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.server.Close()) }()
	if s.desktop, err = harness.StartDesktop(ctx, dir, os.Stderr); err != nil {
		return err
	}
	defer s.desktop.Close()
	if only != "cost" {
		err = s.measure()
	}
	if err == nil && only != "list" {
		err = s.measureCosts()
	}
	return err
}

func (s *stage) measure() error {
	began := time.Now()
	said := func(what string) { fmt.Fprintf(os.Stderr, "%s after %.0f s\n", what, time.Since(began).Seconds()) }
	bare, err := s.measureEmpty()
	if err != nil {
		return fmt.Errorf("the empty window: %w", err)
	}
	said("the empty window is measured")
	adding, err := s.measureAdding()
	if err != nil {
		return fmt.Errorf("a folder of 100,000 files: %w", err)
	}
	said("a folder of 100,000 files is added")
	if err := s.fill(); err != nil {
		return fmt.Errorf("100,000 uploads: %w", err)
	}
	said("the journal is filled")
	quiet, err := s.measureQuiet()
	if err != nil {
		return fmt.Errorf("100,000 uploads: %w", err)
	}
	said("100,000 uploads are measured")
	busy, err := s.measureBusy()
	if err != nil {
		return fmt.Errorf("20 uploads under way: %w", err)
	}
	show("start to a window of use", "goal 1 s, at most 2 s", "%.2f s", quiet.start.Seconds())
	show("resident memory above the empty window", "goal 40 MiB, at most 100", "%.0f MiB", mib(quiet.memory-bare.memory))
	show("  the empty window's", "", "%.0f MiB", mib(bare.memory))
	show("idle", fmt.Sprintf("goal: the empty window's %.1f %%", bare.idle), "%.1f %% of a core", quiet.idle)
	show("20 rows progressing", "goal 20 %", "%.1f %% of a core", busy.focused)
	show("  unfocused", "goal 10 %", "%.1f %% of a core", busy.unfocused)
	show("own work in one go while scrolling, p99", "goal 4 ms", "%.2f ms", ms(quiet.scroll.p99))
	show("  of which scrolls, p99", "", "%.2f ms", ms(quiet.scroll.scrollP99))
	show("  the longest", "", "%.2f ms", ms(quiet.scroll.longest))
	show("own work in one go while adding, p99", "goal 16 ms, a frame", "%.2f ms", ms(adding.p99))
	show("  the longest", "", "%.2f ms", ms(adding.longest))
	show("  100,000 files have their rows after", "", "%.1f s", adding.took.Seconds())
	show("frames while scrolling", fmt.Sprintf("%d scrolls", quiet.scroll.scrolls), "%.0f a second", quiet.scroll.frames)
	return nil
}

func show(what, goal, format string, value float64) {
	fmt.Fprintf(os.Stdout, "%-42s %-18s %s\n", what, fmt.Sprintf(format, value), goal)
}

func mib(bytes int64) float64    { return float64(bytes) / (1 << 20) }
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
