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

func TestTail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Tail(dir, 100); err == nil {
		t.Error("a log that is not there has an end")
	}
	path := filepath.Join(dir, Name)
	for name, text := range map[string]string{path: "new one\nnew two\n", path + ".1": "old one\nold two\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for most, want := range map[int64]string{
		10: "new two\n", 16: "new one\nnew two\n", 26: "old two\nnew one\nnew two\n", 1000: "old one\nold two\nnew one\nnew two\n",
	} {
		got, err := Tail(dir, most)
		if err != nil || string(got) != want {
			t.Errorf("of %d bytes: %q, %v", most, got, err)
		}
	}
}
