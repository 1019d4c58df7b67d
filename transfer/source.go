package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// difference is how far two identities of a path are apart.
type difference int

const (
	sameFile difference = iota
	// suspectFile: only device, inode or ctime differ. chmod, a rename, a backup tool's link
	// and a re-mounted drive do that, and so does a rewrite that puts the mtime back: the
	// bytes have to be compared.
	suspectFile
	changedFile
)

// compare tells how far the file seen now is from the one remembered.
func (was Identity) compare(now Identity) difference {
	switch {
	case was.Size != now.Size || !was.ModTime.Equal(now.ModTime):
		return changedFile
	case was.Device != now.Device || was.Inode != now.Inode || !was.Change.Equal(now.Change):
		return suspectFile
	default:
		return sameFile
	}
}

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
	f, err := os.OpenFile(path, openFlags, 0)
	if err != nil {
		return nil, Identity{}, sourceError(path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = regular(path, info)
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
	case !info.Mode().IsRegular():
		return &Error{Kind: KindSource, Op: "open", Path: path, Code: CodeNotRegular, Err: fmt.Errorf("not a regular file but %s", info.Mode().Type())}
	default:
		return nil
	}
}

// sourceError marks an error of reading a file.
func sourceError(path string, err error) error {
	if _, marked := errors.AsType[*Error](err); marked {
		return err
	}
	code := CodeFileUnreadable
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		code = CodeFileMissing
	}
	return &Error{Kind: KindSource, Op: "read", Path: path, Code: code, Err: err}
}

// changedError says that a file is not the one that was begun with.
func changedError(path, how string) error {
	return &Error{Kind: KindSource, Op: "read", Path: path, Code: CodeFileChanged, Err: errors.New(how)}
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
		return changedError(path, fmt.Sprintf("the file is being written to: it had %d bytes of %s and now has %d of %s",
			want.Size, want.ModTime.Format(time.DateTime), now.Size, now.ModTime.Format(time.DateTime)))
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

func newSection(f *os.File, path string, offset, length int64) *section {
	return &section{SectionReader: io.NewSectionReader(f, offset, length), path: path, left: length}
}

// Read reads on, and never returns io.EOF before the whole range was read.
func (s *section) Read(p []byte) (int, error) {
	n, err := s.SectionReader.Read(p)
	s.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && s.left > 0:
		return n, changedError(s.path, "the file ended too soon: it was truncated")
	case err != nil && !errors.Is(err, io.EOF):
		return n, sourceError(s.path, err)
	default:
		return n, err
	}
}
