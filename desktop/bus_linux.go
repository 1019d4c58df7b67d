package desktop

import (
	"context"
	"errors"
	"time"

	"github.com/godbus/dbus/v5"
)

// Offers tells whether this system's desktop is spoken to at all.
const Offers = true

const (
	// answerWithin is how long a service may take to answer.
	answerWithin = 5 * time.Second
	// retryPause is how long nothing is asked of a bus that was not there.
	retryPause = 20 * time.Second
	busName    = "org.freedesktop.DBus"
)

// connect connects to a bus, in a bounded time, until ctx ends.
func connect(ctx context.Context, to func(...dbus.ConnOption) (*dbus.Conn, error)) (*dbus.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	late := time.AfterFunc(answerWithin, cancel) // which ends the connection
	conn, err := to(dbus.WithContext(ctx))
	if !late.Stop() && err == nil {
		_ = conn.Close() // nothing is lost with it
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel()
		return nil, err
	}
	context.AfterFunc(conn.Context(), cancel)
	return conn, nil
}

// call calls a method and waits for its answer, in a bounded time.
func call(ctx context.Context, o dbus.BusObject, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return o.CallWithContext(ctx, method, 0, args...)
}

// owned tells whether a service is there.
func owned(ctx context.Context, conn *dbus.Conn, name string) bool {
	var there bool
	err := call(ctx, conn.BusObject(), busName+".NameHasOwner", name).Store(&there)
	return err == nil && there
}

func (s *Session) start(ctx context.Context) {
	s.running.Go(func() { s.again(ctx, s.session) })
	s.running.Go(func() { s.stayAwake(ctx) })
}

// again keeps a connection to the session bus for f, and makes another when it ends.
func (s *Session) again(ctx context.Context, f func(context.Context, *dbus.Conn)) {
	for ctx.Err() == nil {
		conn, err := connect(ctx, dbus.ConnectSessionBus)
		if err == nil {
			f(ctx, conn)
			_ = conn.Close() // nothing is lost with it
		} else {
			s.c.Log.Debug("no session bus", "err", err)
		}
		s.c.OnTray(false)
		pause(ctx, retryPause)
	}
}

// pause waits for a time, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// refused marks an error of a service that does not let programs do something.
func refused(err error) error {
	var e dbus.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Name {
	case "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
		"org.freedesktop.DBus.Error.AuthFailed", "org.freedesktop.PolicyKit.Error.NotAuthorized",
		"org.freedesktop.login1.OperationInhibited":
		return errors.Join(ErrRefused, err)
	default:
		return err
	}
}
