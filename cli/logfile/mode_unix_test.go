//go:build unix

package logfile

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The umask is the whole process's, so this test runs alone.
func TestE3LogIsForItsOwnerOnly(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o777} {
		t.Run(fmt.Sprintf("umask %03o", mask), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), Name)
			old := syscall.Umask(mask)
			defer syscall.Umask(old)
			f, err := open(path, 8)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			write(t, f, "before", "after")
			for _, p := range []string{path, path + ".1"} {
				info, err := os.Stat(p)
				if err != nil || info.Mode().Perm()&^0o600 != 0 {
					t.Errorf("%s: %v, %v", p, info.Mode(), err)
				}
			}
		})
	}
}
