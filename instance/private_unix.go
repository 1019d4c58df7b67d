//go:build unix

package instance

import (
	"io/fs"
	"os"
	"syscall"
)

// private tells whether a folder is this user's, and closed to all others.
func private(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.IsDir() && info.Mode().Perm()&0o077 == 0 && int(st.Uid) == os.Getuid()
}
