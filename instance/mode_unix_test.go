//go:build unix

package instance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The umask is the whole process's, so this test runs alone.
func TestE3LockAndSocketArePrivateWhateverTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o022} {
		t.Run(fmt.Sprintf("umask %03o", mask), func(t *testing.T) {
			dir, err := os.MkdirTemp("", "pw") //nolint:usetesting // its names are too long for sockets
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			old := syscall.Umask(mask)
			defer syscall.Umask(old)
			first(t, dir, func(context.Context, Request) (func(context.Context) (int, error), error) { return nil, nil })
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 2 {
				t.Fatalf("%d entries, %v; want the lock and the socket", len(entries), err)
			}
			for _, e := range entries {
				info, err := os.Stat(filepath.Join(dir, e.Name()))
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
				}
			}
		})
	}
}
