package transfer

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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

// TestB7OpeningNeverBlocks opens what waits for somebody else when it is opened or read.
func TestB7OpeningNeverBlocks(t *testing.T) {
	dir := t.TempDir()
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket")
	must(t, syscall.Mkfifo(pipe, 0o600))
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	must(t, err)
	must(t, syscall.Bind(fd, &syscall.SockaddrUnix{Name: socket}))
	must(t, syscall.Close(fd))
	for _, path := range []string{pipe, socket, "/dev/zero", os.DevNull, "/proc/self/status", "/proc/self/mem", "/sys/devices/system/cpu/possible"} {
		for _, links := range []bool{false, true} {
			refused := make(chan error, 1)
			go func() {
				f, _, err := openSource(path, links)
				if err == nil {
					f.Close() //nolint:errcheck // it was only read
				}
				refused <- err
			}()
			select {
			case err := <-refused:
				if e := AsError(err); e == nil || e.Kind != KindSource || e.Code != CodeNotRegular && path != socket {
					t.Errorf("%s: %v", path, err)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("%s: it still waits", path)
			}
		}
	}
}

// TestB7EmptyFileThatIsWrittenTo: a file that has bytes by the time it is read from is a file.
func TestB7EmptyFileThatIsWrittenTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	writeOld(t, path, []byte("x"))
	f, err := os.Open(path)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	must(t, onDisk(f, path, 0)) // it was empty a moment ago
}
