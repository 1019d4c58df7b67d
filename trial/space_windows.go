package trial

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// freeBytes is what this user may still write to the disk that holds dir, or will.
func freeBytes(dir string) (int64, error) {
	for {
		name, err := windows.UTF16PtrFromString(dir)
		if err != nil {
			return 0, err
		}
		var free uint64
		err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
		if err == nil {
			return int64(free), nil
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, windows.ERROR_PATH_NOT_FOUND) && !errors.Is(err, windows.ERROR_FILE_NOT_FOUND) || up == dir {
			return 0, err
		}
		dir = up
	}
}
