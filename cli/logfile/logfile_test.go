package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
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

// smallDisk takes room bytes, and then what it has none for in part.
type smallDisk struct {
	text strings.Builder
	room int
}

func (d *smallDisk) Write(p []byte) (int, error) {
	n := min(d.room, len(p))
	d.room -= n
	d.text.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *smallDisk) Close() error { return nil }

// TestD1LogSaysWhatItLost has the disk full twice, once in the middle of saying that it was.
func TestD1LogSaysWhatItLost(t *testing.T) {
	disk := &smallDisk{room: 15}
	f := &File{file: disk, max: MaxBytes}
	fails := func(line string) {
		t.Helper()
		if _, err := f.Write([]byte(line + "\n")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", line, err)
		}
	}
	write(t, f, "first")
	fails("second is too long")
	fails("third")
	disk.room = len("\ntime")
	fails("fourth")
	disk.room = 1000
	write(t, f, "fifth", "sixth")
	disk.room = 0
	fails("seventh")
	disk.room = 1000
	write(t, f, "eighth")
	varies := regexp.MustCompile(`(time|since)=\S+ `)
	got := varies.ReplaceAllString(disk.text.String(), "")
	const note = `level=WARN msg="lines of the log were lost" lines=%d err="no space left on device"` + "\n"
	want := "first\nsecond is\ntime\n" + fmt.Sprintf(note, 3) + "fifth\nsixth\n\n" + fmt.Sprintf(note, 1) + "eighth\n"
	if got != want {
		t.Errorf("the log is %q, want %q", got, want)
	}
}

// TestD1NewLogThatCannotBeMade rotates where no new file can be made: the old one goes on, and
// the new one is begun at the next chance.
func TestD1NewLogThatCannotBeMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	path := filepath.Join(dir, Name)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.Mkdir(dir, 0o700))
	f, err := open(path, 8)
	check(err)
	defer func() { _ = f.Close() }()
	write(t, f, "before")
	check(os.Rename(dir, dir+" away"))
	write(t, f, "without", "again")
	if got := read(t, filepath.Join(dir+" away", Name)); got != "before\nwithout\nagain\n" {
		t.Errorf("the old one holds %q", got)
	}
	check(os.Mkdir(dir, 0o700))
	write(t, f, "new one")
	if got := read(t, path); got != "new one\n" {
		t.Errorf("the new one holds %q", got)
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
	if err := os.WriteFile(path, []byte("alone\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Tail(dir, 100); err != nil || string(got) != "alone\n" {
		t.Errorf("of a first log: %q, %v", got, err)
	}
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
