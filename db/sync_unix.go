//go:build unix

package db

import (
	"errors"
	"os"
)

// flushFolder has the names in a folder written to the disk.
func flushFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
