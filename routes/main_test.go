//go:build linux

package routes

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// childVariable makes the test binary, started as a child in a network of its own, change
// that network's routes.
const childVariable = "PARTWAY_TEST_ROUTES"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(watchOwnNetwork())
	}
	goleak.VerifyTestMain(m)
}

// watchOwnNetwork takes the loopback device up and down, and returns 0 if each was told.
func watchOwnNetwork() int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	changes, err := Watch(ctx)
	if err != nil {
		return 2
	}
	for _, up := range []bool{true, false, true} {
		if err := setLoopback(up); err != nil {
			return 3
		}
		select {
		case <-changes:
		case <-ctx.Done():
			return 4
		}
	}
	return 0
}

func setLoopback(up bool) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket) //nolint:errcheck // nothing was written
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	flags := uint16(0)
	if up {
		flags = unix.IFF_UP | unix.IFF_RUNNING
	}
	request.SetUint16(flags)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

func TestChangesAreTold(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Watch(ctx); err != nil {
		t.Fatal(err)
	}
	cancel() // goleak sees that the reader ended
}
