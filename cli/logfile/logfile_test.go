package logfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, f *File, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if _, err := f.Write([]byte(l + "\n")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLogIsBoundedAndKeepsTheNewest(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	f, err := open(path, 20)
	if err != nil {
		t.Fatal(err)
	}
	write(t, f, "one 567", "two 567", "three 7", "four 67", "five 67")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "five 67\n" {
		t.Errorf("log holds %q", got)
	}
	if got := read(t, path+".1"); got != "three 7\nfour 67\n" {
		t.Errorf("the log before holds %q", got)
	}
}

func TestLogGoesOnWhereItEnded(t *testing.T) {
	dir := t.TempDir()
	for _, line := range []string{"first", "second"} {
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, line)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, filepath.Join(dir, Name)); got != "first\nsecond\n" {
		t.Errorf("got %q", got)
	}
}

func TestLogGoesOnWhereItCannotBeRotated(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	if err := os.MkdirAll(filepath.Join(path+".1", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := open(path, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	write(t, f, "before", "after")
	if got := read(t, path); !strings.Contains(got, "before") || !strings.Contains(got, "after") {
		t.Errorf("got %q", got)
	}
}

func TestLogAfterCloseLosesLines(t *testing.T) {
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(bytes.Repeat([]byte("x"), 9)); err == nil {
		t.Error("want an error")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
