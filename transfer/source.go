package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// openFlags keep an open from waiting for the other end of a pipe.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK

// openSource opens a regular file and says what it is. links tells whether a link at path
// itself is followed.
func openSource(path string, links bool) (*os.File, Identity, error) {
	if !links {
		info, err := os.Lstat(path)
		if err != nil {
			return nil, Identity{}, sourceError(path, err)
		}
		if err := regular(path, info); err != nil {
			return nil, Identity{}, err
		}
	}
	flags := openFlags
	if !links {
		flags |= noFollow // nor one that was put there just now
	}
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return nil, Identity{}, sourceError(path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = regular(path, info)
	}
	if err == nil {
		err = onDisk(f, path, info.Size())
	}
	if err != nil {
		f.Close() //nolint:errcheck // nothing was written
		return nil, Identity{}, sourceError(path, err)
	}
	return f, identify(info), nil
}

// regular refuses what has no bytes of its own to send.
func regular(path string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return &Error{Kind: KindSource, Op: "open", Path: path, Code: CodeLink, Err: errors.New("links inside folders are not followed")}
	case info.IsDir():
		return &Error{Kind: KindSource, Op: "open", Path: path, Code: CodeFolder, Err: errors.New("not a file but a folder")}
	case !info.Mode().IsRegular():
		return &Error{Kind: KindSource, Op: "open", Path: path, Code: CodeNotRegular, Err: fmt.Errorf("not a regular file but %s", info.Mode().Type())}
	default:
		return nil
	}
}

// onDisk refuses files whose bytes the system makes up while they are read, as those of
// /proc: the size they tell is not how many bytes they have.
func onDisk(f *os.File, path string, size int64) error {
	madeUp := &Error{Kind: KindSource, Op: "open", Path: path, Code: CodeNotRegular, Err: errors.New("not a file on a disk: the system makes its bytes up")}
	if pseudo(f) {
		return madeUp
	}
	if size > 0 {
		return nil
	}
	if n, err := f.ReadAt(make([]byte, 1), 0); n == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	// A byte of an empty file: it was written to just now, or its size says nothing.
	if info, err := f.Stat(); err != nil || info.Size() > 0 {
		return nil //nolint:nilerr // whoever reads on meets the error
	}
	return madeUp
}

// sourceError marks an error of reading a file.
func sourceError(path string, err error) error {
	if _, marked := errors.AsType[*Error](err); marked {
		return err
	}
	e := &Error{Kind: KindSource, Op: "read", Path: path, Code: CodeFileUnreadable, Err: err}
	switch {
	case isOne(err, syscall.EMFILE, syscall.ENFILE):
		e.Kind, e.Code = KindStorage, CodeTooManyFiles
	case isOne(err, fs.ErrNotExist, syscall.ENOTDIR):
		e.Code = CodeFileMissing
		if _, err := os.Lstat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
			e.Code = CodeFolderMissing
		}
	case isOne(err, syscall.ENODEV, syscall.ENXIO, syscall.ESTALE, syscall.ENOTCONN): // its drive or server is gone
		e.Code = CodeFolderMissing
	}
	return e
}

func isOne(err error, of ...error) bool {
	return slices.ContainsFunc(of, func(target error) bool { return errors.Is(err, target) })
}

// verifySource compares the open file and the path with the file that was begun with.
// It catches what happens while a part is read: a file truncated, grown, rewritten, or
// replaced by another under its name (the open file then is the old one). A file that
// is only suspect is an error of CodeFileSuspect.
func verifySource(f *os.File, path string, links bool, want Identity) error {
	info, err := f.Stat()
	if err != nil {
		return sourceError(path, err)
	}
	stat := os.Lstat
	if links {
		stat = os.Stat
	}
	atPath, err := stat(path)
	if err != nil {
		return sourceError(path, err)
	}
	opened, named := identify(info), identify(atPath)
	now := named
	if want.compare(opened) > want.compare(named) {
		now = opened
	}
	switch want.compare(now) {
	case changedFile:
		return changeError(path, want, now)
	case suspectFile:
		return &Error{
			Kind: KindSource, Op: "read", Path: path, Code: CodeFileSuspect,
			Err: errors.New("the file was replaced, or its rights or place changed, while it was read"),
		}
	case sameFile:
	}
	return nil
}

// section reads one range of a file, and takes a file that ends too soon for changed.
type section struct {
	*io.SectionReader
	path string
	left int64
}

func newSection(f io.ReaderAt, path string, offset, length int64) *section {
	return &section{SectionReader: io.NewSectionReader(f, offset, length), path: path, left: length}
}

// Read reads on, and never returns io.EOF before the whole range was read.
func (s *section) Read(p []byte) (int, error) {
	n, err := s.SectionReader.Read(p)
	s.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && s.left > 0:
		return n, changedError(s.path, CodeFileShrank, "the file ended too soon: it was truncated")
	case err != nil && !errors.Is(err, io.EOF):
		return n, sourceError(s.path, err)
	default:
		return n, err
	}
}
