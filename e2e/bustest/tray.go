//go:build linux

package bustest

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	itemName    = "org.kde.StatusNotifierItem"
	itemPath    = dbus.ObjectPath("/StatusNotifierItem")
	menuName    = "com.canonical.dbusmenu"
	menuPath    = dbus.ObjectPath("/StatusNotifierItem/Menu")
	properties  = "org.freedesktop.DBus.Properties"
)

// Tray stands for the desktop's.
type Tray struct {
	Registered chan string // names of the items that came
	conn       *dbus.Conn
}

// Serve has the bus's programs find it.
func (w *Tray) Serve(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	if err := w.Offer(conn); err != nil {
		t.Fatal(err)
	}
}

// Offer has the bus's programs find it, outside of tests.
func (w *Tray) Offer(conn *dbus.Conn) error {
	w.conn, w.Registered = conn, make(chan string, 8)
	if err := conn.Export(trayProperties{}, "/StatusNotifierWatcher", properties); err != nil {
		return err
	}
	return offer(conn, watcherName, w, "/StatusNotifierWatcher", watcherName)
}

// Leave makes the tray go away, as when the desktop's panel ends.
func (w *Tray) Leave(t *testing.T) {
	t.Helper()
	if _, err := w.conn.ReleaseName(watcherName); err != nil {
		t.Fatal(err)
	}
}

// RegisterStatusNotifierItem is called over the bus.
func (w *Tray) RegisterStatusNotifierItem(service string) *dbus.Error {
	w.Registered <- service
	return nil
}

type trayProperties struct{}

// Get is called over the bus.
func (trayProperties) Get(_, _ string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(true), nil
}

// Line is a line of an item's menu.
type Line struct {
	ID      int32
	Label   string
	Enabled bool
}

// Menu reads the menu of an item.
func (w *Tray) Menu(item string) ([]Line, error) {
	var revision uint32
	var layout struct {
		ID         int32
		Properties map[string]dbus.Variant
		Children   []dbus.Variant
	}
	err := w.conn.Object(item, menuPath).Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &layout)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, c := range layout.Children {
		parts, ok := c.Value().([]any)
		if !ok || len(parts) != 3 {
			continue
		}
		l := Line{}
		l.ID, _ = parts[0].(int32)
		values, _ := parts[1].(map[string]dbus.Variant)
		l.Label, _ = values["label"].Value().(string)
		l.Enabled, _ = values["enabled"].Value().(bool)
		lines = append(lines, l)
	}
	return lines, nil
}

// Click clicks a line of an item's menu.
func (w *Tray) Click(item string, line int32) error {
	return w.conn.Object(item, menuPath).Call(menuName+".Event", 0, line, "clicked", dbus.MakeVariant(""), uint32(0)).Err
}

// Activate clicks an item's icon.
func (w *Tray) Activate(item string) error {
	return w.conn.Object(item, itemPath).Call(itemName+".Activate", 0, int32(1), int32(1)).Err
}

// Property reads a property of an item.
func (w *Tray) Property(item, name string) (any, error) {
	v, err := w.conn.Object(item, itemPath).GetProperty(itemName + "." + name)
	return v.Value(), err
}

// Notifications stands for what shows notifications.
type Notifications struct {
	Can   []string
	Shown chan Shown
	conn  *dbus.Conn
	last  uint32
}

// Shown is a notification.
type Shown struct {
	ID          uint32
	App         string
	Title, Body string
	Actions     []string
	Expires     int32
}

const (
	notesName = "org.freedesktop.Notifications"
	notesPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Serve has the bus's programs find it.
func (n *Notifications) Serve(t *testing.T, conn *dbus.Conn) {
	t.Helper()
	n.conn, n.Shown = conn, make(chan Shown, 8)
	own(t, conn, notesName, n, notesPath, notesName)
}

// GetCapabilities is called over the bus.
func (n *Notifications) GetCapabilities() ([]string, *dbus.Error) { return n.Can, nil }

// Notify is called over the bus.
func (n *Notifications) Notify(app string, _ uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	n.last++
	n.Shown <- Shown{ID: n.last, App: app, Title: title, Body: body, Actions: actions, Expires: expires}
	return n.last, nil
}

// Click clicks a notification.
func (n *Notifications) Click(id uint32) error {
	return n.conn.Emit(notesPath, notesName+".ActionInvoked", id, "default")
}
