package ui

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	// showWithin is how long a file manager may take to answer, its start included.
	showWithin = 10 * time.Second
	// openWithin is how long xdg-open may take to fail. Without a desktop to hand over
	// to, it is the file manager itself from then on, and ends with its window.
	openWithin = 3 * time.Second
)

// showFiles asks the desktop's file manager to show files, selected in their folder, by
// the interface org.freedesktop.FileManager1; without one it opens the folder.
func showFiles(ctx context.Context, paths []string) error {
	if err := askFileManager(ctx, paths); err == nil || ctx.Err() != nil {
		return err
	}
	return openFolder(ctx, filepath.Dir(paths[0]), openWithin)
}

func askFileManager(ctx context.Context, paths []string) error {
	ctx, cancel := context.WithTimeout(ctx, showWithin)
	defer cancel()
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

// openFolder opens a folder, a path that begins with "/", and waits for a while lest that
// fails. What it starts outlives both the call and Partway.
func openFolder(ctx context.Context, folder string, within time.Duration) error {
	opening := exec.Command("xdg-open", folder) //nolint:gosec,noctx // a fixed program, no shell, and not to be killed
	opening.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := opening.Start(); err != nil {
		return fmt.Errorf("open folder %q: %w", folder, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- opening.Wait() }()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("open folder %q: xdg-open: %w", folder, err)
		}
	case <-timer.C: // it shows the folder
	case <-ctx.Done():
	}
	return nil
}
