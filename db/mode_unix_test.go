//go:build unix

package db

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"partway/transfer"
)

// The umask is the whole process's, so this test runs alone.
func TestE3FilesArePrivateWhateverTheUmask(t *testing.T) {
	for name, mask := range map[string]int{"open": 0, "usual": 0o022, "closed": 0o777} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			old := syscall.Umask(mask)
			defer syscall.Umask(old)

			dir := filepath.Join(parent, "data")
			j := openAt(t, dir)
			add(t, j, planned(addBatch(t, j), "a"))
			if _, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); err != nil {
				t.Fatal(err)
			}
			if err := backUp(t.Context(), j.conn, j.file, 1); err != nil {
				t.Fatal(err)
			}
			seen := 0
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				info, err := os.Stat(path)
				if err != nil {
					return err
				}
				seen++
				want := fs.FileMode(fileMode)
				if d.IsDir() {
					want = folderMode
				}
				if got := info.Mode().Perm(); got != want {
					t.Errorf("%s has mode %o, want %o", d.Name(), got, want)
				}
				return nil
			})
			if err != nil || seen != 6 { // folder, journal, -wal, -shm, marker, backup
				t.Errorf("%d files, %v", seen, err)
			}
		})
	}
}
