package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"partway/e2e/bench/sink"
)

// folder makes a folder of so many small files, a thousand in each folder below it.
func folder(dir string, files int, size int64) (string, error) {
	top := filepath.Join(dir, fmt.Sprint("folder", files))
	content := make([]byte, size)
	old := time.Now().Add(-time.Hour)
	for n := range files {
		below := filepath.Join(top, fmt.Sprintf("%03d", n/1000))
		if n%1000 == 0 {
			if err := os.MkdirAll(below, 0o700); err != nil {
				return "", err
			}
		}
		path := filepath.Join(below, fmt.Sprintf("photo %06d.jpg", n))
		if err := errors.Join(os.WriteFile(path, content, 0o600), os.Chtimes(path, old, old)); err != nil {
			return "", err
		}
	}
	return top, nil
}

// addingJob adds a large folder: to see when the first upload begins, and, paused, what the
// rows cost.
func addingJob(ctx context.Context, dir string, c chosen) error {
	const files = 100_000
	top, err := folder(dir, files, 1)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(top) }()
	rows := [][]string{{"run", "first upload after", "allowed", "journal, a file", "allowed", "room, a file", "allowed", "all added after"}}
	for n := range c.pairs {
		o := order{Who: "partway", Sizes: []int64{1}, Dir: dir, Paths: []string{top}, Uploads: files, Added: true}
		first, err := once(ctx, o)
		if err != nil {
			return err
		}
		o.Pause, o.Added = true, false
		o.Dir = filepath.Join(dir, fmt.Sprint("adding", n))
		if err := os.Mkdir(o.Dir, 0o700); err != nil {
			return err
		}
		var paused result
		if _, _, err := before(ctx, o, func(o order) error { return paused.contest(ctx, o) }); err != nil {
			return err
		}
		info, err := os.Stat(filepath.Join(o.Dir, "partway.db"))
		if err != nil {
			return err
		}
		rows = append(rows, []string{
			strconv.Itoa(n + 1), fmt.Sprintf("%.0f ms", ms(first.report.First.Sub(first.Begun))), "1000 ms",
			fmt.Sprintf("%.1f µs", float64(paused.Adding.Microseconds())/files), "30 µs",
			fmt.Sprintf("%d bytes", info.Size()/files), "400 bytes", fmt.Sprintf("%.1f s", paused.seconds),
		})
	}
	printTable(os.Stdout, rows)
	return nil
}

// largeJob uploads files of growing size.
func largeJob(ctx context.Context, dir string, _ chosen) error {
	rows := [][]string{{"file", "seconds", "seconds a GiB", "of the smallest's", "CPU s/GiB", "of the smallest's", "MiB of memory", "requests", "sink's CPU s"}}
	var first result
	for i, gib := range []int64{1, 10, 100} {
		path, err := sparse(dir, gib<<30)
		if err != nil {
			return err
		}
		r, err := once(ctx, order{Who: "partway", Sizes: []int64{gib << 30, 8 * mib}, Dir: dir, Paths: []string{path}})
		if err != nil {
			return err
		}
		r.seconds, r.cpu = r.seconds/float64(gib), r.cpu/float64(gib)
		if i == 0 {
			first = r
		}
		rows = append(rows, []string{
			fmt.Sprintf("%d GiB", gib), fmt.Sprintf("%.1f", r.Seconds), fmt.Sprintf("%.2f", r.seconds), fmt.Sprintf("%.2f", r.seconds/first.seconds),
			fmt.Sprintf("%.2f", r.cpu), fmt.Sprintf("%.2f", r.cpu/first.cpu), fmt.Sprintf("%.0f", float64(r.memory)/mib),
			strconv.FormatInt(r.report.Requests, 10), fmt.Sprintf("%.1f", r.sink),
		})
	}
	printTable(os.Stdout, rows)
	return nil
}

// manyJob uploads growing numbers of files.
func manyJob(ctx context.Context, dir string, _ chosen) error {
	const size = 10_000
	rows := [][]string{{"files", "seconds", "ms a file", "of the fewest's", "CPU ms a file", "of the fewest's", "MiB of memory", "requests", "connections", "sink's CPU s"}}
	var first result
	for i, files := range []int{1_000, 10_000, 100_000} {
		top, err := folder(dir, files, size)
		if err != nil {
			return err
		}
		r, err := once(ctx, order{Who: "partway", Shape: sink.Shape{}, Sizes: []int64{size}, Dir: dir, Paths: []string{top}, Uploads: files})
		if err = errors.Join(err, os.RemoveAll(top)); err != nil {
			return err
		}
		r.seconds, r.cpu = 1000*r.seconds/float64(files), 1000*r.cpu/float64(files)
		if i == 0 {
			first = r
		}
		rows = append(rows, []string{
			strconv.Itoa(files), fmt.Sprintf("%.1f", r.Seconds), fmt.Sprintf("%.2f", r.seconds), fmt.Sprintf("%.2f", r.seconds/first.seconds),
			fmt.Sprintf("%.2f", r.cpu), fmt.Sprintf("%.2f", r.cpu/first.cpu), fmt.Sprintf("%.0f", float64(r.memory)/mib),
			strconv.FormatInt(r.report.Requests, 10), strconv.FormatInt(r.report.Conns, 10), fmt.Sprintf("%.1f", r.sink),
		})
	}
	printTable(os.Stdout, rows)
	return nil
}
