//go:build !linux

package ui

import (
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
)

// showFiles shows the first file in the platform's file manager.
func showFiles(ctx context.Context, paths []string) error {
	if runtime.GOOS == "darwin" {
		return exec.CommandContext(ctx, "open", "-R", paths[0]).Run() //nolint:gosec // a fixed program, and no shell
	}
	// Explorer's exit status says nothing.
	_ = exec.CommandContext(ctx, "explorer", filepath.Dir(paths[0])).Run() //nolint:gosec // a fixed program, and no shell
	return nil
}
