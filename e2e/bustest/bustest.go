//go:build linux

// Package bustest gives a test a D-Bus session bus of its own, on which it may play the
// desktop's services.
package bustest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Config is the configuration of a bus that starts no services, so that the person's own
// keyring and portal stay out of it. %s is the folder of its socket.
const Config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Start starts a bus, and points the environment at it.
func Start(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Fatal("there is no dbus-daemon (make test installs it on Debian and Ubuntu): ", err)
	}
	dir, err := os.MkdirTemp("", "bus") //nolint:usetesting // its names are too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, Config, dir), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := exec.Command(program, "--config-file="+file, "--nofork", "--nopidfile", "--print-address") //nolint:noctx // ended by Cleanup
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bus.Process.Kill() // an interrupt is ignored by what a shell runs in the background
		_ = bus.Wait()         // its status tells of the signal
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// Connect returns a connection to the bus at an address; "" is the one that Start started.
func Connect(t *testing.T, address string) *dbus.Conn {
	t.Helper()
	if address == "" {
		address = os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// own offers an object under a service's name.
func own(t *testing.T, conn *dbus.Conn, name string, object any, path dbus.ObjectPath, iface string) {
	t.Helper()
	if err := offer(conn, name, object, path, iface); err != nil {
		t.Fatal(err)
	}
}

func offer(conn *dbus.Conn, name string, object any, path dbus.ObjectPath, iface string) error {
	if err := conn.Export(object, path, iface); err != nil {
		return err
	}
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("own %s: reply %d", name, reply)
	}
	return err
}
