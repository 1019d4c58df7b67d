package transfer

import (
	"errors"
	"io/fs"
	"syscall"
)

// DiskCode is the code of KindStorage for what the system says of a file, "" where none
// fits.
func DiskCode(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return CodeDiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return CodeReadOnly
	default:
		return ""
	}
}
