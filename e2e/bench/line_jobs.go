package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// lineJobs are the jobs about lines.
func lineJobs(ctx context.Context, dir string, w chosen) error {
	for _, j := range []struct {
		name string
		run  func(context.Context, string, chosen) error
	}{
		{"lines that change", changing},
		{"503 beyond so many requests at once", crowded},
		{"failures", troubled},
		{"line matrix", matrix},
	} {
		if !strings.Contains(j.name, w.only) {
			continue
		}
		fmt.Fprintf(os.Stdout, "\n%s\n\n", j.name)
		if err := j.run(ctx, dir, w); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
}
