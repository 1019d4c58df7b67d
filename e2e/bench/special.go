package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"partway/e2e/bench/sink"
)

// special runs the jobs in which Partway is held against a number, or against itself.
func special(ctx context.Context, dir string, c chosen) error {
	for _, j := range []struct {
		name string
		run  func(ctx context.Context, dir string, c chosen) error
	}{
		{"going on after kill -9: 10,000 parts, 50 ms", resumeJob},
		{"memory: 64 slots", memoryJob},
		{"adding 100,000 files", addingJob},
		{"journal of 100,000 uploads and 1,000,000 parts", journalJob},
		{"scale: files of 1, 10 and 100 GiB", largeJob},
		{"scale: 1,000, 10,000 and 100,000 files of 10 KB", manyJob},
	} {
		if !strings.Contains(j.name, c.only) {
			continue
		}
		fmt.Fprintf(os.Stdout, "\n%s\n", j.name)
		if err := j.run(ctx, dir, c); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
}

// sparse makes a file that takes no room.
func sparse(dir string, size int64) (string, error) {
	path := filepath.Join(dir, fmt.Sprintf("sparse%d", size))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	old := time.Now().Add(-time.Hour)
	return path, errors.Join(f.Truncate(size), f.Close(), os.Chtimes(path, old, old))
}

// resumeJob kills uploads in the middle and looks what the next life does.
func resumeJob(ctx context.Context, dir string, c chosen) error {
	const (
		latency = 50 * time.Millisecond
		part    = 108 << 10
		parts   = 10_000
		size    = parts * part
		dieAt   = 6_000
		allowed = 4*latency + 200*time.Millisecond
	)
	path, err := sparse(dir, size)
	if err != nil {
		return err
	}
	rows := [][]string{{
		"run", "first part after", "allowed", "parts committed before", "parts stored and sent again", "MiB sent after", "MiB read after, all told", "seconds after",
	}}
	for n := range c.pairs {
		o := order{
			Who: "partway", Shape: sink.Shape{Latency: latency}, Sizes: []int64{part, size}, Dir: filepath.Join(dir, fmt.Sprint("resume", n)),
			Paths: []string{path}, PartSize: part, At: 64, DieAt: dieAt,
		}
		if err := os.Mkdir(o.Dir, 0o700); err != nil {
			return err
		}
		var life result
		report, _, err := before(ctx, o, func(o order) error {
			if err := life.contest(ctx, o); err != nil {
				return err
			}
			o.DieAt, o.Resume = 0, true
			return life.contest(ctx, o)
		})
		if err != nil {
			return err
		}
		rows = append(rows, []string{
			strconv.Itoa(n + 1), fmt.Sprintf("%.0f ms", ms(report.First.Sub(life.Begun))), fmt.Sprintf("%.0f ms", ms(allowed)), fmt.Sprintf("≥ %d", dieAt),
			strconv.FormatInt(report.Again, 10), fmt.Sprintf("%.1f", float64(report.Resumed)/mib), fmt.Sprintf("%.1f", float64(life.Read)/mib), fmt.Sprintf("%.1f", life.seconds),
		})
	}
	printTable(os.Stdout, rows)
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// memoryJob compares the most memory for a file and for one that is eight times as large.
func memoryJob(ctx context.Context, dir string, c chosen) error {
	sizes := []int64{4 << 30, 32 << 30} // the smaller one, too, lasts until garbage has been collected some times
	results := make([][]result, len(sizes))
	paths := make([]string, len(sizes))
	for i, size := range sizes {
		path, err := sparse(dir, size)
		if err != nil {
			return err
		}
		paths[i] = path
	}
	for range c.pairs {
		for i, size := range sizes {
			r, err := once(ctx, order{Who: "partway", Sizes: []int64{size, 8 * mib}, Dir: dir, Paths: paths[i : i+1], At: 64})
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
		}
	}
	memory := func(r result) float64 { return float64(r.memory) }
	rows := [][]string{{"file", "MiB of memory", "allowed", "of the smaller file's"}}
	for i, size := range sizes {
		share := ""
		if i > 0 {
			share = fmt.Sprintf("%.2f", pairwise(results[i], results[0], memory))
		}
		rows = append(rows, []string{fmt.Sprintf("%d GiB", size>>30), fmt.Sprintf("%.1f", median(results[i], memory)/mib), "64", share})
	}
	printTable(os.Stdout, rows)
	return nil
}
