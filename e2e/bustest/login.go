//go:build linux

package bustest

import (
	"os"
	"sync/atomic"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	loginName = "org.freedesktop.login1"
	loginPath = dbus.ObjectPath("/org/freedesktop/login1")
)

// Login stands for logind.
type Login struct {
	Refuse atomic.Bool
	Asked  chan string // "inhibit WHAT HOW WHO: WHY", "released", "Suspend", "PowerOff"
	conn   *dbus.Conn
}

// Serve has the bus's programs find it, who take the bus for the system's from then on.
func (l *Login) Serve(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	l.conn, l.Asked = conn, make(chan string, 16)
	own(t, conn, loginName, l, loginPath, loginName+".Manager")
}

func (l *Login) refusal() *dbus.Error {
	if l.Refuse.Load() {
		return dbus.NewError("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", []any{"Interactive authentication required."})
	}
	return nil
}

// Inhibit is called over the bus.
func (l *Login) Inhibit(sender dbus.Sender, what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if err := l.refusal(); err != nil {
		return 0, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	left := make(chan *dbus.Signal, 16)
	l.conn.Signal(left)
	err = l.conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, string(sender)))
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.Asked <- "inhibit " + what + " " + mode + " " + who + ": " + why
	go func() {
		defer func() { _ = r.Close() }()
		for s := range left { // whoever asked and has left has the file: then this copy of it may be closed
			if len(s.Body) == 3 && s.Body[0] == string(sender) && s.Body[2] == "" {
				break
			}
		}
		l.conn.RemoveSignal(left)
		_ = w.Close()
		_, _ = r.Read(make([]byte, 1)) // it ends when the file is closed
		l.Asked <- "released"
	}()
	return dbus.UnixFD(w.Fd()), nil
}

// Suspend is called over the bus.
func (l *Login) Suspend(bool) *dbus.Error { return l.act("Suspend") }

// PowerOff is called over the bus.
func (l *Login) PowerOff(bool) *dbus.Error { return l.act("PowerOff") }

func (l *Login) act(what string) *dbus.Error {
	if err := l.refusal(); err != nil {
		return err
	}
	l.Asked <- what
	return nil
}
