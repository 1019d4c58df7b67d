package transfer

import (
	"errors"
	"fmt"
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
	case was.Size != now.Size || !sameTime(was.ModTime, now.ModTime):
		return changedFile
	case was.Device != now.Device || was.Inode != now.Inode || !sameTime(was.Change, now.Change):
		return suspectFile
	default:
		return sameFile
	}
}

// sameTime compares as the journal keeps times: in nanoseconds, which begin anew beyond 1677 and
// 2262. Bad archives and file systems have such dates.
func sameTime(a, b time.Time) bool { return a.UnixNano() == b.UnixNano() }

// changeError says what became of a file that is not the one that was begun with.
func changeError(path string, was, now Identity) error {
	code := CodeFileChanged
	switch {
	case was.Inode != 0 && was.Device == now.Device && was.Inode != now.Inode:
		code = CodeFileReplaced
	case now.Size > was.Size:
		code = CodeFileGrew
	case now.Size < was.Size:
		code = CodeFileShrank
	}
	return changedError(path, code, fmt.Sprintf("the file had %d bytes of %s and now has %d of %s",
		was.Size, was.ModTime.Format(time.DateTime), now.Size, now.ModTime.Format(time.DateTime)))
}

// changedError says that a file is not the one that was begun with, and how that was seen.
func changedError(path, code, how string) error {
	return &Error{Kind: KindSource, Op: "read", Path: path, Code: code, Err: errors.New(how)}
}

// settling returns how long a file has to be waited for that may still be written to: 0
// for one that was last written to long enough ago, or, by its date, in the future.
func settling(id Identity, now time.Time) time.Duration {
	age := now.Sub(id.ModTime)
	if age < 0 || age >= settleTime {
		return 0
	}
	return settleTime - age
}
