package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"partway/e2e/bench/sink"
)

const (
	// settled is how soon a line that became another is to be found again, and changeTime how
	// long it stays like that.
	settled, changeTime = 5 * time.Second, 10 * time.Second
	// refusedTime is how long an endpoint that refuses what is too much at once is measured.
	refusedTime = 12 * time.Second
	// goalStorm is the most refusals for each request that was taken.
	goalStorm = 0.5
	// goalTrouble is the most time that an upload with failures takes, beside one without.
	goalTrouble = 1.10
)

// change is a line that becomes another in the middle of an upload.
type change struct {
	name  string
	lines []sink.Shape
	// allowed is what each carries with no more than mostSlots connections, in bytes a second.
	allowed []float64
}

func lineChanges() []change {
	const middle = 30 * time.Millisecond
	return []change{
		{
			"40, 4, 40 MiB/s in all",
			[]sink.Shape{{Latency: middle, All: 40 * mib}, {Latency: middle, All: 4 * mib}, {Latency: middle, All: 40 * mib}},
			[]float64{40 * mib, 4 * mib, 40 * mib},
		},
		{
			"8, 1 MiB/s each, 40 MiB/s in all",
			[]sink.Shape{{Latency: middle, Each: 8 * mib, All: 40 * mib}, {Latency: middle, Each: mib, All: 40 * mib}},
			[]float64{40 * mib, 40 * mib},
		},
		{
			"2, 150 ms, 8 MiB/s each, 40 MiB/s in all",
			[]sink.Shape{
				{Latency: 2 * time.Millisecond, Each: 8 * mib, All: 40 * mib},
				{Latency: 150 * time.Millisecond, Each: 8 * mib, All: 40 * mib},
			},
			[]float64{40 * mib, 40 * mib},
		},
	}
}

// shape is all lines, one after the other.
func (c change) shape() sink.Shape {
	var next *sink.Shape
	for _, s := range slices.Backward(c.lines) {
		s.For, s.Next = changeTime, next
		next = &s
	}
	return *next
}

// changing measures lines that become others.
func changing(ctx context.Context, dir string, _ chosen) error {
	path, err := sparse(dir, endless)
	if err != nil {
		return err
	}
	t := newTable(os.Stdout, 42, "line", "becomes", "MiB/s from 5 s on", "share", "found after s", "connections", "goal")
	for _, c := range lineChanges() {
		whole := time.Duration(len(c.lines)) * changeTime
		r, err := once(ctx, order{
			Who: "partway", Shape: c.shape(), Sizes: []int64{8 * mib}, Dir: dir, Paths: []string{path}, For: whole,
		})
		if err != nil {
			return err
		}
		for i := 1; i < len(c.lines); i++ {
			from, to := time.Duration(i)*changeTime, time.Duration(i+1)*changeTime
			rate, slots := r.report.Between(from+settled, to)
			share := rate / c.allowed[i]
			t.row(c.name, fmt.Sprintf("no. %d", i+1), fmt.Sprintf("%.1f", rate/mib), fmt.Sprintf("%.2f", share),
				found(&r.report, from, to, c.allowed[i]), fmt.Sprintf("%.0f", slots), met(share >= goalRate))
		}
	}
	return nil
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "missed"
}

// found is how long after a moment a second begins in which enough was carried.
func found(r *sink.Report, from, to time.Duration, allowed float64) string {
	for at := from; at+time.Second <= to; at += sink.Step {
		if rate, _ := r.Between(at, at+time.Second); rate >= goalRate*allowed {
			return fmt.Sprintf("%.1f", (at - from).Seconds())
		}
	}
	return "never"
}

// crowded measures endpoints that refuse what is too much at once, beside as many connections
// as they take.
func crowded(ctx context.Context, dir string, w chosen) error {
	path, err := sparse(dir, endless)
	if err != nil {
		return err
	}
	t := newTable(os.Stdout, 42, "refuses more at once than", "MiB/s with as many", "Partway MiB/s", "share", "refused", "for each taken", "goals")
	for _, most := range []int{4, 16} {
		shape := sink.Shape{Latency: 30 * time.Millisecond, Each: 8 * mib, Most: most}
		o := order{Who: "partway", Shape: shape, Sizes: []int64{8 * mib}, Dir: dir, Paths: []string{path}, For: lead + refusedTime}
		var fixed, own, shares, refused, storm []float64
		for range w.pairs {
			o.At, o.For = most, fixedLead+fixedTime
			r, err := once(ctx, o)
			if err != nil {
				return err
			}
			carried, _ := r.report.Between(fixedLead, fixedLead+fixedTime)
			o.At, o.For = 0, lead+refusedTime
			if r, err = once(ctx, o); err != nil {
				return err
			}
			rate, _ := r.report.Between(lead, lead+refusedTime)
			fixed, own, shares = append(fixed, carried), append(own, rate), append(shares, rate/carried)
			refused = append(refused, float64(r.report.Refused))
			storm = append(storm, float64(r.report.Refused)/float64(r.report.Requests-r.report.Refused))
		}
		share, each := middle(shares), middle(storm)
		t.row(strconv.Itoa(most), fmt.Sprintf("%.1f", middle(fixed)/mib), fmt.Sprintf("%.1f", middle(own)/mib), fmt.Sprintf("%.2f", share),
			fmt.Sprintf("%.0f", middle(refused)), fmt.Sprintf("%.2f", each), met(share >= goalRate && each <= goalStorm))
	}
	return nil
}

// troubled measures uploads some of whose parts fail, beside one without failures.
func troubled(ctx context.Context, dir string, w chosen) error {
	const size, part = 1 << 30, 2 * mib
	path, err := sparse(dir, size)
	if err != nil {
		return err
	}
	line := sink.Shape{Latency: 30 * time.Millisecond, Each: 8 * mib, All: 100 * mib}
	refusing, losing := line, line
	refusing.Fail, losing.Lose = 100, 64*mib
	kinds := []struct {
		name  string
		shape sink.Shape
	}{{"no failures", line}, {"1 % of the parts answered 503", refusing}, {"a connection lost every 64 MiB", losing}}
	results := make([][]result, len(kinds))
	for range w.pairs {
		for i, k := range kinds {
			r, err := once(ctx, order{
				Who: "partway", Shape: k.shape, Sizes: []int64{size, part}, Dir: dir, Paths: []string{path}, PartSize: part,
			})
			if err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			results[i] = append(results[i], r)
		}
	}
	t := newTable(os.Stdout, 42, "1 GiB in parts of 2 MiB", "seconds", "its time / without", "failures", "parts sent again", "goals")
	for i, k := range kinds {
		all := results[i]
		fails := func(r result) float64 { return float64(r.report.Refused + r.report.Lost) }
		clean := median(results[0], func(r result) float64 { return float64(r.report.Requests) })
		again := func(r result) float64 { return float64(r.report.Requests) - clean }
		cells := []string{
			k.name, fmt.Sprintf("%.2f", median(all, func(r result) float64 { return r.seconds })), "",
			fmt.Sprintf("%.0f", median(all, fails)), fmt.Sprintf("%.0f", median(all, again)), "",
		}
		if i > 0 {
			times := pairwise(all, results[0], func(r result) float64 { return r.seconds })
			cells[2] = fmt.Sprintf("%.2f", times)
			cells[5] = met(times <= goalTrouble && median(all, func(r result) float64 { return again(r) - fails(r) }) <= 0)
		}
		t.row(cells...)
	}
	return nil
}

// endless is the size of a file that no line carries while it is measured.
const endless = 64 << 30
