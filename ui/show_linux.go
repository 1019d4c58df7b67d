package ui

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// showWithin is how long a file manager may take to answer.
const showWithin = 10 * time.Second

// showFiles asks the desktop's file manager to show files, selected in their folder, by
// the interface org.freedesktop.FileManager1; without one it opens the first one's folder.
func showFiles(ctx context.Context, paths []string) error {
	ctx, cancel := context.WithTimeout(ctx, showWithin)
	defer cancel()
	if err := askFileManager(ctx, paths); err == nil {
		return nil
	}
	folder := filepath.Dir(paths[0])
	// xdg-open hands over and ends; its argument is a path that begins with "/".
	if err := exec.CommandContext(ctx, "xdg-open", folder).Run(); err != nil { //nolint:gosec // a fixed program, and no shell
		return fmt.Errorf("open folder %q: %w", folder, err)
	}
	return nil
}

func askFileManager(ctx context.Context, paths []string) error {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing is lost with a connection that fails to close
	uris := make([]string, 0, len(paths))
	for _, p := range paths {
		uris = append(uris, (&url.URL{Scheme: "file", Path: p}).String())
	}
	manager := conn.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1")
	return manager.CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, uris, "").Err
}
