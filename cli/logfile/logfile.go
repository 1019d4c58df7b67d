// Package logfile is the log in the data folder: text for people, readable by its owner
// only, and never larger than two files of [MaxBytes].
package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Name is the log's name in the data folder; the one before it has ".1" appended.
const Name = "partway.log"

// MaxBytes is the size at which a new log is begun.
const MaxBytes = 5 << 20

// File is the log. It is safe for use by many goroutines. A full or failing disk loses
// lines, not uploads: Write never fails for longer than the disk does, and the log says how
// many lines are missing once there is room again.
type File struct {
	mu   sync.Mutex
	path string
	file io.WriteCloser // nil once it is closed
	size int64
	max  int64
	lost lost
}

// lost is what could not be written since the log last went on.
type lost struct {
	lines int
	since time.Time
	why   error // the first
}

// note is the line that says so, in the form of the others. It begins a line anew: the first
// that was lost may have been written in part.
func (l lost) note() string {
	return fmt.Sprintf("\ntime=%s level=WARN msg=\"lines of the log were lost\" lines=%d since=%s err=%q\n",
		time.Now().Format(stamp), l.lines, l.since.Format(stamp), l.why)
}

// stamp is the form of times in the log.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// Open goes on with the log in dir, or begins one.
func Open(dir string) (*File, error) { return open(filepath.Join(dir, Name), MaxBytes) }

func open(path string, limit int64) (*File, error) {
	f := &File{path: path, max: limit}
	if err := f.reopen(); err != nil {
		return nil, fmt.Errorf("open log %q: %w", path, err)
	}
	return f, nil
}

// reopen sets file and size. It is called with mu held, or before anyone else can.
func (f *File) reopen() error {
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return err
	}
	f.file, f.size = file, info.Size()
	return nil
}

// Write appends one record.
func (f *File) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return 0, os.ErrClosed
	}
	if f.size > 0 && f.size+int64(len(p)) > f.max {
		f.rotate()
	}
	n, err := f.append(p)
	if err != nil {
		if f.lost.lines == 0 {
			f.lost.since, f.lost.why = time.Now(), err
		}
		f.lost.lines++
	}
	return n, err
}

// append writes a record, behind what there is to say of those before it.
func (f *File) append(p []byte) (int, error) {
	if f.lost.lines > 0 {
		n, err := io.WriteString(f.file, f.lost.note())
		f.size += int64(n)
		if err != nil {
			return 0, err
		}
		f.lost = lost{}
	}
	n, err := f.file.Write(p)
	f.size += int64(n)
	return n, err
}

// rotate begins a new file. Where that fails, the old one goes on: a log over its size
// is better than none.
func (f *File) rotate() {
	// One that is not there was renamed before, and the new one could not be made.
	if err := os.Rename(f.path, f.path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.size = 0
		return
	}
	old := f.file
	if f.reopen() != nil {
		f.size = 0
		return
	}
	_ = old.Close()
}

// Close ends the log. Later writes are lost.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

// Tail returns the end of the log in dir, at most so many bytes, from the beginning of a
// line on. Of a log that was just begun, the end of the one before it comes first.
func Tail(dir string, most int64) ([]byte, error) {
	path := filepath.Join(dir, Name)
	last, err := tailOf(path, most)
	if err != nil {
		return nil, err
	}
	if room := most - int64(len(last)); room > 0 {
		before, err := tailOf(path+".1", room)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		last = append(before, last...)
	}
	return last, nil
}

func tailOf(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	from := max(0, info.Size()-most)
	data, err := io.ReadAll(io.NewSectionReader(file, from, most))
	if err != nil {
		return nil, fmt.Errorf("read log %q: %w", path, err)
	}
	if from > 0 {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data, nil
}
