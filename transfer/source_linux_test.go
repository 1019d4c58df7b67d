package transfer

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestIdentifyTellsAll: device, inode and, to the nanosecond, both times.
func TestIdentifyTellsAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	writeOld(t, path, []byte("hello"))
	var s syscall.Stat_t
	// A ctime that happens to be at a full second says nothing of the rest.
	for range 100 {
		must(t, os.Chmod(path, 0o600))
		must(t, syscall.Stat(path, &s))
		if s.Ctim.Nsec != 0 {
			break
		}
	}
	info, err := os.Stat(path)
	must(t, err)
	id := identify(info)
	if id.Size != 5 || !id.ModTime.Equal(old) || id.Device != s.Dev || id.Inode != s.Ino {
		t.Errorf("%+v, want what stat says: %+v", id, s)
	}
	if id.Change.Unix() != s.Ctim.Sec || int64(id.Change.Nanosecond()) != s.Ctim.Nsec {
		t.Errorf("ctime %v, want %+v", id.Change, s.Ctim)
	}
}
