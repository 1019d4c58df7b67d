package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// lineJobs are the jobs about lines.
func lineJobs(ctx context.Context, dir string, c chosen) error {
	list := cells()
	if c.few {
		list = quick()
	}
	for _, j := range []struct {
		name string
		run  func() error
	}{
		{"line matrix", func() error { return matrix(ctx, dir, list, c.lines) }},
	} {
		if !strings.Contains(j.name, c.only) {
			continue
		}
		fmt.Fprintf(os.Stdout, "\n%s\n", j.name)
		if err := j.run(); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
}
