//go:build unix

package trial

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeBytes is what this user may still write to the disk that holds dir, or will.
func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	for {
		err := unix.Statfs(dir, &st)
		if err == nil {
			return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // not int64 everywhere
		}
		up := filepath.Dir(dir)
		if err != unix.ENOENT || up == dir {
			return 0, err
		}
		dir = up
	}
}
