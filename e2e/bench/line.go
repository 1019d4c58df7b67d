package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"partway/e2e/bench/sink"
)

// The line matrix: Partway finds by itself how many connections a line is worth. It is held
// against what the line allows, which is the least of its cap, what all connections
// may carry, and what the best fixed number of them carries in the same run.

const (
	// lead is how long an upload may take to find the line, and lineTime how long it is
	// measured from then on.
	lead, lineTime = 2 * time.Second, 8 * time.Second
	// fixedLead and fixedTime are those of a fixed number, which has nothing to find.
	fixedLead, fixedTime = time.Second, 3 * time.Second
	// slowTime is how long slow lines are followed until connections are counted: parts
	// that are under way are not given up for being too many at once.
	slowLine, slowTime = 8 * mib, 75 * time.Second

	// uncappedRounds is how often lines without any cap are measured, for the median.
	uncappedRounds = 3

	mostSlots = 64
	// goalRate is the least share of what a line allows, and goalSlots the most times the
	// fewest connections that carry enoughRate of the best.
	goalRate, goalSlots, enoughRate = 0.9, 2, 0.95
)

// fixedNumbers are the numbers of connections that Partway is held against.
var fixedNumbers = []int{1, 4, 8, 16, 32, mostSlots}

// cell is one line of the matrix.
type cell struct {
	latency   time.Duration
	each, all int64 // MiB a second; 0: any number
}

func cells() (list []cell) {
	for _, latency := range []time.Duration{2 * time.Millisecond, 30 * time.Millisecond, 150 * time.Millisecond} {
		for _, each := range []int64{0, 1, 8} {
			for _, all := range []int64{0, 4, 40, 400} {
				list = append(list, cell{latency, each, all})
			}
		}
	}
	return list
}

// quick are lines that differ in what limits them.
func quick() []cell {
	const low, middle, high = 2 * time.Millisecond, 30 * time.Millisecond, 150 * time.Millisecond
	return []cell{
		{low, 0, 0},
		{middle, 0, 4},
		{middle, 1, 0},
		{middle, 8, 40},
		{high, 0, 0},
		{high, 8, 400},
	}
}

func (c cell) name() string {
	return fmt.Sprintf("%d ms, %s each, %s in all", c.latency.Milliseconds(), perSecond(c.each), perSecond(c.all))
}

func perSecond(n int64) string {
	if n == 0 {
		return "any"
	}
	return fmt.Sprintf("%d MiB/s", n)
}

func (c cell) shape() sink.Shape {
	return sink.Shape{Latency: c.latency, Each: c.each * mib, All: c.all * mib}
}

// capped is the least of the caps, 0 if there is none, in bytes a second.
func (c cell) capped() float64 {
	switch each := mostSlots * c.each; {
	case each == 0 || c.all == 0:
		return float64(max(each, c.all) * mib)
	default:
		return float64(min(each, c.all) * mib)
	}
}

// finding is what was measured of one line.
type finding struct {
	cell
	rate, slots float64 // Partway's
	allowed     float64 // bytes a second
	fewest      int     // fixed connections that carry enough
	fixed       []level
	sinkCPU     float64 // share of one core
}

// level is what a fixed number of connections carries.
type level struct {
	slots int
	rate  float64
}

func (f *finding) share() float64 { return f.rate / f.allowed }

func (f *finding) fast() bool { return f.share() >= goalRate }

func (f *finding) few() bool { return f.slots <= goalSlots*float64(f.fewest)+0.5 }

// matrix measures the chosen lines.
func matrix(ctx context.Context, dir string, w chosen) error {
	list := cells()
	if w.few {
		list = quick()
	}
	path, err := sparse(dir, endless)
	if err != nil {
		return err
	}
	again, err := hot(dir)
	if err != nil {
		return err
	}
	t := newTable(os.Stdout, 42, "line", "allowed MiB/s", "Partway MiB/s", "share", "connections", "fewest that do", "fixed number: MiB/s", "sink's CPU", "goals")
	missed, count := 0, 0
	for _, c := range list {
		if !strings.Contains(c.name(), w.lines) {
			continue
		}
		paths := []string{path}
		if c.capped() == 0 {
			paths = again
		}
		f, err := c.measure(ctx, dir, paths)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
		count++
		if !f.fast() || !f.few() {
			missed++
		}
		t.row(f.columns()...)
	}
	fmt.Fprintf(os.Stdout, "\n%d of %d lines: at least %.1f of what the line allows from %s on, with at most %dx the fewest connections that reach %.2f of the best\n",
		count-missed, count, goalRate, lead, goalSlots, enoughRate)
	return nil
}

func (f *finding) columns() []string {
	goals := "met"
	switch {
	case !f.fast():
		goals = "slow"
	case !f.few():
		goals = "many connections"
	}
	fixed := make([]string, len(f.fixed))
	for i, l := range f.fixed {
		fixed[i] = fmt.Sprintf("%d: %.1f", l.slots, l.rate/mib)
	}
	return []string{
		f.name(), fmt.Sprintf("%.1f", f.allowed/mib), fmt.Sprintf("%.1f", f.rate/mib), fmt.Sprintf("%.2f", f.share()),
		fmt.Sprintf("%.0f", f.slots), strconv.Itoa(f.fewest), strings.Join(fixed, ", "), fmt.Sprintf("%.0f %%", 100*f.sinkCPU), goals,
	}
}

// measure runs Partway, and the fixed numbers that could carry as much as any.
func (c cell) measure(ctx context.Context, dir string, paths []string) (*finding, error) {
	f := &finding{cell: c, allowed: c.capped()}
	end, rounds := lead+lineTime, 1
	switch {
	case c.all > 0 && c.all*mib < slowLine:
		end = slowTime
	case f.allowed == 0: // no cap makes runs alike, and the best of six would be that of luck
		rounds = uncappedRounds
	}
	var own, slots, sinks []float64
	fixed := make([][]float64, len(fixedNumbers))
	for range rounds {
		r, err := once(ctx, c.order(dir, paths, 0, end))
		if err != nil {
			return nil, err
		}
		rate, _ := r.report.Between(lead, lead+lineTime)
		_, n := r.report.Between(end-lineTime/2, end)
		own, slots, sinks = append(own, rate), append(slots, n), append(sinks, r.sink/end.Seconds())
		for i, n := range fixedNumbers {
			if c.each > 0 && float64(int64(n)*c.each*mib) < enoughRate*c.capped() {
				continue // it cannot carry that much
			}
			r, err := once(ctx, c.order(dir, paths, n, fixedLead+fixedTime))
			if err != nil {
				return nil, err
			}
			rate, _ := r.report.Between(fixedLead, fixedLead+fixedTime)
			fixed[i] = append(fixed[i], rate)
		}
	}
	f.rate, f.slots, f.sinkCPU = middle(own), middle(slots), middle(sinks)
	f.compare(fixed)
	return f, nil
}

// compare holds what was found against what the fixed numbers carried, run by run.
func (f *finding) compare(fixed [][]float64) {
	best := 0.0
	for i, rates := range fixed {
		if len(rates) == 0 {
			continue
		}
		f.fixed = append(f.fixed, level{fixedNumbers[i], middle(rates)})
		best = max(best, f.fixed[len(f.fixed)-1].rate)
	}
	if f.allowed == 0 || best < f.allowed {
		f.allowed = best
	}
	for _, l := range f.fixed {
		if l.rate >= enoughRate*best {
			f.fewest = l.slots
			break
		}
	}
}

// hot makes files that no line carries while it is measured, and that memory holds all the same:
// they are one. Of a larger one, lines without any cap would be measured by how fast the disk is
// read, or what no longer fits into memory.
func hot(dir string) (paths []string, err error) {
	const size, names = 2 << 30, 32
	path, err := sparse(dir, size)
	if err != nil {
		return nil, err
	}
	for n := range names {
		link := fmt.Sprintf("%s-%d", path, n)
		if err := os.Link(path, link); err != nil {
			return nil, err
		}
		paths = append(paths, link)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, struct{ io.Reader }{f})
	return paths, errors.Join(err, f.Close())
}

func (c cell) order(dir string, paths []string, slots int, d time.Duration) order {
	return order{Who: "partway", Shape: c.shape(), Sizes: []int64{8 * mib}, Dir: dir, Paths: paths, At: slots, For: d}
}
