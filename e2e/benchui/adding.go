//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"partway/e2e/harness"
)

// addedFiles is how many files a folder has that is added while the window is watched.
const addedFiles = 100_000

// addingFigures are those of a window while a folder is looked through.
type addingFigures struct {
	took         time.Duration // until every file had its row
	p99, longest time.Duration // own work in one go
}

// measureAdding adds a folder to an empty list, in a data folder of its own.
func (s *stage) measureAdding() (f addingFigures, err error) {
	folder := filepath.Join(s.dir, "photos")
	if err := crowd(folder); err != nil {
		return f, err
	}
	trace := filepath.Join(s.dir, "trace-adding")
	began := time.Now()
	app, err := s.startOn("adding", trace, "-to", "oss://"+harness.Bucket+"/adding/", folder)
	if err != nil {
		return f, err
	}
	defer app.Stop()
	if _, err := app.Window(s.ctx); err != nil {
		return f, err
	}
	const scanned = `SELECT count(*) FROM uploads WHERE (SELECT min(scanned) FROM batches) = 1`
	if err := app.Journal().Wait(s.ctx, scanned, addedFiles); err != nil {
		return f, err
	}
	f.took = time.Since(began)
	lines, err := traced(trace)
	if len(lines["busy"]) == 0 {
		err = errors.Join(err, errors.New("the window did nothing"))
	}
	f.p99, f.longest = quantile(lines["busy"], 0.99), quantile(lines["busy"], 1)
	return f, errors.Join(err, os.RemoveAll(folder))
}

// crowd makes a folder of 100 folders with empty files.
func crowd(folder string) error {
	for n := range addedFiles {
		in := filepath.Join(folder, fmt.Sprintf("%02d", n%100))
		if n < 100 { // the first of each
			if err := os.MkdirAll(in, 0o700); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(in, fmt.Sprintf("photo %06d.jpg", n)), nil, 0o600); err != nil {
			return err
		}
	}
	return nil
}
