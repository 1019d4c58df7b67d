package ui

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"partway/e2e/bustest"
)

// xdgOpen puts a script in the place of xdg-open, alone in PATH.
func xdgOpen(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestShowFiles(t *testing.T) {
	bustest.Start(t)
	xdgOpen(t, "exit 1\n")
	f := &bustest.FileManager{}
	f.Serve(t, bustest.Connect(t, ""))
	if err := showFiles(t.Context(), []string{"/照片 50% #1 & b/猫?.jpg", "/照片 50% #1 & b/a+b"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"file:///%E7%85%A7%E7%89%87%2050%25%20%231%20&%20b/%E7%8C%AB%3F.jpg",
		"file:///%E7%85%A7%E7%89%87%2050%25%20%231%20&%20b/a+b",
	}
	if got := <-f.Asked; !slices.Equal(got, want) {
		t.Errorf("the file manager was asked for %q, want %q", got, want)
	}
}

func TestShowFolderWithoutFileManager(t *testing.T) {
	const folder = "/照片 50% #1 & b"
	for name, refuses := range map[string]bool{"none": false, "one that refuses": true} {
		t.Run(name, func(t *testing.T) {
			bustest.Start(t)
			if refuses {
				(&bustest.FileManager{Refuse: true}).Serve(t, bustest.Connect(t, ""))
			}
			opened := filepath.Join(t.TempDir(), "opened")
			xdgOpen(t, `printf %s "$1" >'`+opened+"'\n")
			if err := showFiles(t.Context(), []string{folder + "/猫.jpg"}); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(opened); string(got) != folder {
				t.Errorf("opened %q, %v", got, err)
			}
		})
	}
}

func TestShowFolderFails(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")
	for name, script := range map[string]string{"no xdg-open": "", "it fails": "exit 3\n"} {
		t.Run(name, func(t *testing.T) {
			xdgOpen(t, script)
			err := showFiles(t.Context(), []string{"/folder/file"})
			if err == nil || !strings.Contains(err.Error(), `"/folder"`) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Outside a desktop xdg-open is the file manager, and runs until its window is closed.
func TestShowFolderDoesNotWaitForTheFileManager(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed")
	xdgOpen(t, "until [ -e '"+closed+"' ]; do /bin/sleep 0.02; done\n: >'"+closed+".too'\n")
	if err := openFolder(t.Context(), dir, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(closed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, err := os.Stat(closed + ".too"); err != nil && t.Context().Err() == nil; _, err = os.Stat(closed + ".too") {
			runtime.Gosched()
		}
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("the file manager was ended")
	}
}
