//go:build unix

package cli

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe without another end would be waited for without end.
func TestOssutilProfilesAreNotReadFromAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	wantUnreadable(t, pipe)
}
