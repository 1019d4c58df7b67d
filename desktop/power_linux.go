package desktop

import (
	"context"
	"fmt"
	"os"

	"github.com/godbus/dbus/v5"
)

const (
	loginName    = "org.freedesktop.login1"
	loginPath    = dbus.ObjectPath("/org/freedesktop/login1")
	loginManager = "org.freedesktop.login1.Manager"
	saverName    = "org.freedesktop.ScreenSaver"
	saverPath    = dbus.ObjectPath("/org/freedesktop/ScreenSaver")
)

// Do sends the computer to sleep or shuts it down, by logind. Nobody is asked for a
// password: nobody may be there.
func Do(ctx context.Context, a Action) error {
	conn, err := connect(ctx, dbus.ConnectSystemBus)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing is lost with it
	method := map[Action]string{Sleep: ".Suspend", ShutDown: ".PowerOff"}[a]
	return refused(call(ctx, conn.Object(loginName, loginPath), loginManager+method, false).Err)
}

// stayAwake keeps the computer awake as long as there is a reason.
func (s *Session) stayAwake(ctx context.Context) {
	var release func()
	held := ""
	defer func() {
		if release != nil {
			release()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		}
		why := s.reason()
		if release != nil && why != held {
			release()
			release = nil
		}
		if why == "" || release != nil {
			continue
		}
		got, err := s.inhibit(ctx, why)
		if err != nil {
			s.c.Log.Warn("the computer may go to sleep while uploads run", "err", err)
			continue
		}
		release, held = got, why
	}
}

// inhibit asks logind, or else the desktop's screen saver, to keep the computer awake, and
// returns what ends that.
func (s *Session) inhibit(ctx context.Context, why string) (func(), error) {
	release, err := s.inhibitByLogind(ctx, why)
	if err == nil {
		return release, nil
	}
	release, other := s.inhibitBySaver(ctx, why)
	if other != nil {
		return nil, fmt.Errorf("%w; %w", err, other)
	}
	return release, nil
}

func (s *Session) inhibitByLogind(ctx context.Context, why string) (func(), error) {
	conn, err := connect(ctx, dbus.ConnectSystemBus)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // the file is what holds
	var fd dbus.UnixFD
	err = call(ctx, conn.Object(loginName, loginPath), loginManager+".Inhibit", "sleep:idle", s.c.Name, why, "block").Store(&fd)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "inhibit")
	return func() { _ = file.Close() }, nil // closing is what releases it, whatever it answers
}

func (s *Session) inhibitBySaver(ctx context.Context, why string) (func(), error) {
	conn, err := connect(ctx, dbus.ConnectSessionBus)
	if err != nil {
		return nil, err
	}
	var cookie uint32
	err = call(ctx, conn.Object(saverName, saverPath), saverName+".Inhibit", s.c.Name, why).Store(&cookie)
	if err != nil {
		_ = conn.Close() // nothing is lost with it
		return nil, err
	}
	return func() { _ = conn.Close() }, nil // the desktop forgets what it was asked by a connection that ends
}
