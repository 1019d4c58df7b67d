package transfer_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childName is set for a process that runs one test by itself.
const childName = "PARTWAY_TEST_ALONE"

// alone runs the test in a process of its own, made as prepare says. It returns true in
// that process, where the test goes on, and false in the one that waited for it.
func alone(t *testing.T, prepare func(*exec.Cmd)) bool {
	t.Helper()
	if os.Getenv(childName) == t.Name() {
		return true
	}
	exe, err := os.Executable()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), exe, "-test.v", "-test.timeout=2m", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childName+"="+t.Name())
	prepare(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("by itself: %v\n%s", err, out)
	}
	return false
}

// nobody is a user whom the rights of files bind, as they do not bind root.
const nobody = 65534

// asNobody runs the test as a user who is not root. Root's test binary is where only root
// may go, so that it is copied.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 {
		return true
	}
	return alone(t, func(cmd *exec.Cmd) {
		dir := t.TempDir()
		check(t, os.Chmod(filepath.Dir(dir), 0o755))
		check(t, os.Chown(dir, nobody, nobody))
		copied := filepath.Join(dir, "test")
		copyFile(t, cmd.Path, copied)
		check(t, os.Chmod(copied, 0o755))
		cmd.Path, cmd.Dir = copied, dir
		cmd.Env = append(cmd.Env, "TMPDIR="+dir, "HOME="+dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	})
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	check(t, err)
	defer in.Close() //nolint:errcheck // it was only read
	out, err := os.Create(to)
	check(t, err)
	_, err = io.Copy(out, in)
	check(t, err)
	check(t, out.Close())
}

// withMounts runs the test where it may mount and unmount, seen by nobody else.
func withMounts(t *testing.T) bool {
	t.Helper()
	return alone(t, func(cmd *exec.Cmd) { cmd.SysProcAttr = ownNamespace(syscall.CLONE_NEWNS) })
}

// ownNamespace starts a process with a namespace of its own, in which it is root.
func ownNamespace(kind uintptr) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | kind,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// drive is a removable drive: a file system that is mounted, and torn away.
type drive struct {
	t    *testing.T
	path string
	size string
	in   bool
}

func newDrive(t *testing.T, size string) *drive {
	t.Helper()
	d := &drive{t: t, path: filepath.Join(t.TempDir(), "drive"), size: size}
	check(t, os.Mkdir(d.path, 0o700))
	t.Cleanup(func() {
		if d.in {
			d.tearOut()
		}
	})
	return d
}

// plugIn mounts an empty file system: another one each time, as a drive gets another
// device number when it is plugged in again.
func (d *drive) plugIn() {
	d.t.Helper()
	check(d.t, syscall.Mount("tmpfs", d.path, "tmpfs", 0, "size="+d.size))
	d.in = true
}

// tearOut takes the file system away, whoever uses it.
func (d *drive) tearOut() {
	d.t.Helper()
	check(d.t, syscall.Unmount(d.path, syscall.MNT_DETACH))
	d.in = false
}

// holdFiles opens files until this process may open no more, and returns what lets them go.
func holdFiles(t *testing.T) (release func()) {
	t.Helper()
	var limit syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	limit.Cur = 256
	check(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	var held []*os.File
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return func() {
				for _, f := range held {
					check(t, f.Close())
				}
			}
		}
		held = append(held, f)
	}
	t.Fatal(fmt.Errorf("%d files, and no end", len(held)))
	return nil
}
