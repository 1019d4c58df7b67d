package transfer_test

import (
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"partway/routes"
	"partway/transfer"
)

// TestC3RouteGoesAndComes takes the route to OSS away under uploads, and gives it back: they
// say No network, and go on within 5 s of its return.
func TestC3RouteGoesAndComes(t *testing.T) {
	t.Parallel()
	if !inOwnNetwork(t) {
		return
	}
	setLoopback(t, here)
	changes, err := routes.Watch(t.Context())
	check(t, err)
	r := makeRig(t, func(s *transfer.Settings) { s.BytesPerSecond = 400 * kib })
	r.routes = changes
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	path := r.file("big", 1000*kib)
	big := r.add(transfer.PolicySkipSame, path, r.file("small", 10))[0]
	r.until("some parts are there", func() bool { return r.upload(big).PartsDone > 1 })
	setLoopback(t, elsewhere)
	cut := time.Now()
	check(t, r.m.CredentialsChanged(r.account.ID)) // what comes now dials anew
	later := r.add(transfer.PolicySkipSame, r.file("later", 10))[0]
	r.reaches(later, transfer.StatusNoNetwork)
	if took := time.Since(cut); took > 10*time.Second { // parts that hang hold all slots
		t.Errorf("the loss was noticed after %v", took)
	}
	r.until("the snapshot tells of the endpoint", func() bool { return len(r.m.Snapshot().Offline) == 1 })
	setLoopback(t, here)
	back := time.Now()
	r.reaches(later, transfer.StatusCompleted)
	if took := time.Since(back); took > 5*time.Second {
		t.Errorf("went on %v after the network's return", took)
	}
	r.reaches(big, transfer.StatusCompleted)
	r.holds("p/big", path)
	r.nothingOpen()
}

// inOwnNetwork runs the test where it has a network of its own.
func inOwnNetwork(t *testing.T) bool {
	t.Helper()
	return alone(t, func(cmd *exec.Cmd) { cmd.SysProcAttr = ownNamespace(syscall.CLONE_NEWNET) })
}

// The addresses that the one device of the child's network can have.
var here, elsewhere = []byte{127, 0, 0, 1}, []byte{10, 1, 2, 3}

// setLoopback gives the device its one address, and with it the only route.
func setLoopback(t *testing.T, address []byte) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	check(t, err)
	defer unix.Close(socket) //nolint:errcheck // nothing was written
	request, err := unix.NewIfreq("lo")
	check(t, err)
	check(t, request.SetInet4Addr(address))
	check(t, unix.IoctlIfreq(socket, unix.SIOCSIFADDR, request))
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	check(t, unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request))
}
