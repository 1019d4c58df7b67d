package desktop

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	notesName   = "org.freedesktop.Notifications"
	notesPath   = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// onBus is what a session has on a connection to the bus.
type onBus struct {
	*Session
	ctx  context.Context //nolint:containedctx // that of the connection
	conn *dbus.Conn
	name string // of the tray's item
	item *item

	notes map[uint32]string // keys of the notifications that are shown, by the desktop's numbers
	can   []string          // what the desktop's notifications can do; nil: not asked yet
}

// session serves a connection until it or ctx ends.
func (s *Session) session(ctx context.Context, conn *dbus.Conn) {
	b := &onBus{Session: s, ctx: ctx, conn: conn, notes: map[uint32]string{}}
	b.name = fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid())
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	if err := b.begin(); err != nil {
		s.c.Log.Warn("the desktop is not told of Partway", "err", err)
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-conn.Context().Done():
			return
		case sig, open := <-signals:
			if !open {
				return
			}
			b.handle(sig)
		case <-s.changed:
			tray, notes := s.current()
			b.item.set(tray)
			for _, n := range notes {
				b.notify(n)
			}
		}
	}
}

// begin offers the item, listens, and registers where there is a tray.
func (b *onBus) begin() error {
	var err error
	if b.item, err = newItem(b.conn, b.c); err != nil {
		return err
	}
	b.item.set(b.shown())
	matches := [][]dbus.MatchOption{
		{dbus.WithMatchInterface(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchInterface(notesName), dbus.WithMatchObjectPath(notesPath)},
	}
	for _, m := range matches {
		ctx, cancel := context.WithTimeout(b.ctx, answerWithin)
		err := b.conn.AddMatchSignalContext(ctx, m...)
		cancel()
		if err != nil {
			return err
		}
	}
	if err := call(b.ctx, b.conn.BusObject(), busName+".RequestName", b.name, uint32(dbus.NameFlagDoNotQueue)).Err; err != nil {
		return err
	}
	b.register()
	signal(b.changed)
	return nil
}

// register shows the item in the tray, where there is one.
func (b *onBus) register() {
	if !owned(b.ctx, b.conn, watcherName) {
		b.c.OnTray(false)
		return
	}
	watcher := b.conn.Object(watcherName, watcherPath)
	err := call(b.ctx, watcher, watcherName+".RegisterStatusNotifierItem", b.name).Err
	there := err == nil
	if there {
		// A watcher without a tray takes items, and shows them nowhere.
		host, err := watcher.GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
		shown, known := host.Value().(bool)
		there = err != nil || !known || shown
	}
	if err != nil {
		b.c.Log.Warn("no icon in the tray", "err", err)
	}
	b.c.OnTray(there)
}

func (b *onBus) handle(sig *dbus.Signal) {
	switch sig.Name {
	case busName + ".NameOwnerChanged":
		b.register()
	case notesName + ".ActionInvoked":
		if id, ok := noteOf(sig); ok && b.notes[id] != "" {
			b.c.OnNotice(b.notes[id])
		}
	case notesName + ".NotificationClosed":
		if id, ok := noteOf(sig); ok {
			delete(b.notes, id)
		}
	}
}

func noteOf(sig *dbus.Signal) (uint32, bool) {
	if len(sig.Body) == 0 {
		return 0, false
	}
	id, ok := sig.Body[0].(uint32)
	return id, ok
}

// notify shows a notification for as long as the desktop thinks right.
func (b *onBus) notify(n Notification) {
	o := b.conn.Object(notesName, notesPath)
	if b.can == nil {
		if err := call(b.ctx, o, notesName+".GetCapabilities").Store(&b.can); err != nil {
			b.c.Log.Info("no notifications", "err", err)
			return
		}
	}
	var actions []string
	if slices.Contains(b.can, "actions") {
		actions = []string{"default", n.Open}
	}
	body := n.Body
	if slices.Contains(b.can, "body-markup") {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(b.c.ID)}
	var id uint32
	err := call(b.ctx, o, notesName+".Notify", b.c.Name, uint32(0), "", n.Title, body, actions, hints, int32(-1)).Store(&id)
	if err != nil {
		b.c.Log.Info("a notification was not shown", "err", err)
		return
	}
	b.notes[id] = n.Key
}
