//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"partway/e2e/harness"
)

// bareFigures are those of an empty window.
type bareFigures struct {
	memory int64   // bytes
	idle   float64 // percent of a core
}

func (s *stage) measureEmpty() (f bareFigures, err error) {
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	empty, err := s.desktop.Start(harness.Launch{Program: self, DataDir: s.dir, Args: []string{"-empty"}})
	if err != nil {
		return f, err
	}
	defer empty.Stop()
	if _, err := s.desktop.Window(s.ctx, "Empty"); err != nil {
		return f, err
	}
	if err := s.pass(watch / 4); err != nil { // what starting costs is no part of what is measured
		return f, err
	}
	if f.idle, err = s.load(empty.PID()); err != nil {
		return f, err
	}
	f.memory, err = memory(empty.PID())
	return f, err
}

// quietFigures are those of 100,000 uploads that wait.
type quietFigures struct {
	start  time.Duration
	memory int64
	idle   float64
	scroll scrollFigures
}

func (s *stage) measureQuiet() (f quietFigures, err error) {
	trace := filepath.Join(s.dir, "trace")
	began := time.Now()
	app, err := s.start(trace)
	if err != nil {
		return f, err
	}
	defer app.Stop()
	window, err := app.Window(s.ctx)
	if err != nil {
		return f, err
	}
	var usable int64
	err = harness.Until(s.ctx, "the list", func() (bool, error) {
		lines, err := traced(trace)
		if len(lines["usable"]) > 0 {
			usable = lines["usable"][0]
		}
		return usable > 0, err
	})
	if err != nil {
		return f, err
	}
	f.start = time.Unix(0, usable).Sub(began)
	if err := s.pass(watch / 4); err != nil {
		return f, err
	}
	if f.idle, err = s.load(app.PID()); err != nil {
		return f, err
	}
	if f.memory, err = memory(app.PID()); err != nil {
		return f, err
	}
	if err := os.Truncate(trace, 0); err != nil {
		return f, err
	}
	// The thumb of the scroll bar, from the top of the list to its end and back: it is taken
	// hold of where it lies then.
	top, end := image.Pt(1088, 118), image.Pt(1088, 388)
	if err := errors.Join(window.Drag(s.ctx, top, end, 270), window.Drag(s.ctx, end, top, 270)); err != nil {
		return f, err
	}
	lines, err := traced(trace)
	if f.scroll = scrollsOf(lines); err == nil && f.scroll.scrolls == 0 {
		err = errors.New("the list was not scrolled")
	}
	return f, err
}

// scrollFigures are those of the list being scrolled.
type scrollFigures struct {
	scrolls                 int
	p99, scrollP99, longest time.Duration
	frames                  float64 // a second
}

func scrollsOf(lines map[string][]int64) (f scrollFigures) {
	all := slices.Concat(lines["busy"], lines["scroll"])
	f.scrolls = len(lines["scroll"])
	f.p99, f.scrollP99, f.longest = quantile(all, 0.99), quantile(lines["scroll"], 0.99), quantile(all, 1)
	if paints := lines["paint"]; len(paints) > 1 {
		f.frames = float64(len(paints)-1) / time.Duration(paints[len(paints)-1]-paints[0]).Seconds()
	}
	return f
}

func quantile(values []int64, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return time.Duration(sorted[int(q*float64(len(sorted)-1))])
}

// busyFigures are those of 20 uploads under way among 100,000.
type busyFigures struct{ focused, unfocused float64 }

func (s *stage) measureBusy() (f busyFigures, err error) {
	var files []string
	for n := range 20 { // each of one request, as a larger file would take all slots

		path := filepath.Join(s.dir, fmt.Sprintf("video %02d.mp4", n))
		out, err := os.Create(path)
		if err == nil {
			err = errors.Join(out.Truncate(15<<20), out.Close())
		}
		if err != nil {
			return f, err
		}
		files = append(files, path)
	}
	app, err := s.start("", append([]string{"-to", "oss://" + harness.Bucket + "/bench/"}, files...)...)
	if err != nil {
		return f, err
	}
	defer app.Stop()
	window, err := app.Window(s.ctx)
	if err != nil {
		return f, err
	}
	const sending = `SELECT count(*) FROM uploads WHERE status = 'uploading'`
	if err := app.Journal().Wait(s.ctx, sending, 20); err != nil {
		return f, err
	}
	if err := window.Focus(s.ctx); err != nil {
		return f, err
	}
	if f.focused, err = s.settledLoad(app); err != nil {
		return f, err
	}
	other, err := s.inFront()
	if err != nil {
		return f, err
	}
	defer other.Stop()
	f.unfocused, err = s.settledLoad(app)
	return f, err
}

// traced reads what the window wrote down.
func traced(path string) (map[string][]int64, error) {
	lines := map[string][]int64{}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return lines, nil
	}
	if err != nil {
		return lines, err
	}
	defer func() { _ = file.Close() }()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		what, number, _ := strings.Cut(strings.Trim(scanner.Text(), "\x00"), " ")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			lines[what] = append(lines[what], n)
		}
	}
	return lines, scanner.Err()
}

// load is how much of a core a process takes, in percent.
func (s *stage) load(pid int) (float64, error) {
	loads, err := s.loads(pid)
	if err != nil {
		return 0, err
	}
	return loads[0], nil
}

// loads are those of some processes, in the same seconds.
func (s *stage) loads(pids ...int) ([]float64, error) {
	loads := make([]float64, len(pids))
	count := func(sign float64) error {
		for i, pid := range pids {
			t, err := used(pid)
			if err != nil {
				return err
			}
			loads[i] += sign * float64(t)
		}
		return nil
	}
	if err := count(-1); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.pass(watch); err != nil {
		return nil, err
	}
	if err := count(1); err != nil {
		return nil, err
	}
	for i := range loads {
		loads[i] *= 100 / float64(time.Since(began))
	}
	return loads, nil
}

// settledLoad is a process's load once what was just done to it is over.
func (s *stage) settledLoad(app *harness.App) (float64, error) {
	if err := s.pass(watch / 4); err != nil {
		return 0, err
	}
	return s.load(app.PID())
}

// used is the processor time that a process has taken.
func used(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	ticks := int64(0)
	for _, i := range []int{11, 12} { // in user mode, and in the kernel
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil // 100 ticks a second, on every Linux
}

// memory is how much of a process is resident.
func memory(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if size, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(size), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// pass lets so much time go by.
func (s *stage) pass(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}
