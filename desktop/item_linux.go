package desktop

import (
	"bytes"
	"image"
	_ "image/png" // the icon's format
	"sync"

	"github.com/godbus/dbus/v5"
)

const (
	itemPath   = dbus.ObjectPath("/StatusNotifierItem")
	itemName   = "org.kde.StatusNotifierItem"
	menuPath   = dbus.ObjectPath("/StatusNotifierItem/Menu")
	menuName   = "com.canonical.dbusmenu"
	properties = "org.freedesktop.DBus.Properties"
)

// pixmap is an icon as a tray takes it: rows of pixels, each alpha, red, green, blue.
type pixmap struct {
	W, H int32
	Pix  []byte
}

// tooltip is what a tray shows while the pointer is over the icon.
type tooltip struct {
	Icon  string
	Icons []pixmap
	Title string
	Text  string
}

// item is the icon in the tray with its menu, as the StatusNotifierItem specification and
// com.canonical.dbusmenu have it. The tray calls it over the bus.
type item struct {
	conn *dbus.Conn
	c    Config
	icon []pixmap

	mu       sync.Mutex
	tray     Tray   // guarded by mu
	revision uint32 // guarded by mu
}

func newItem(conn *dbus.Conn, c Config) (*item, error) {
	i := &item{conn: conn, c: c, icon: pixels(c.Icon), revision: 1}
	for _, e := range []struct {
		what  any
		path  dbus.ObjectPath
		iface string
	}{
		{i, itemPath, itemName},
		{itemProperties{i}, itemPath, properties},
		{&menu{i}, menuPath, menuName},
		{menuProperties{}, menuPath, properties},
	} {
		if err := conn.Export(e.what, e.path, e.iface); err != nil {
			return nil, err
		}
	}
	return i, nil
}

// pixels reads a PNG; without one the tray shows its own picture.
func pixels(png []byte) []pixmap {
	img, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		return []pixmap{}
	}
	size := img.Bounds().Size()
	p := pixmap{W: int32(size.X), H: int32(size.Y), Pix: make([]byte, 0, 4*size.X*size.Y)}
	for y := range size.Y {
		for x := range size.X {
			r, g, b, a := img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y).RGBA()
			p.Pix = append(p.Pix, byte(a>>8), byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	return []pixmap{p}
}

// set changes what the tray shows, and tells it what changed.
func (i *item) set(t Tray) {
	i.mu.Lock()
	was := i.tray
	i.tray = t
	layout := len(was.Items) != len(t.Items)
	if layout {
		i.revision++
	}
	revision := i.revision
	i.mu.Unlock()
	if was.Tip != t.Tip {
		_ = i.conn.Emit(itemPath, itemName+".NewToolTip") // a bus that is gone ends the session
	}
	if layout {
		_ = i.conn.Emit(menuPath, menuName+".LayoutUpdated", revision, int32(0))
		return
	}
	var updated []properMenuItem
	for n := range t.Items {
		if was.Items[n] != t.Items[n] {
			updated = append(updated, properMenuItem{ID: int32(n + 1), Properties: t.Items[n].properties()})
		}
	}
	if len(updated) > 0 {
		_ = i.conn.Emit(menuPath, menuName+".ItemsPropertiesUpdated", updated, []removedProperties{})
	}
}

func (i *item) shown() (Tray, uint32) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tray, i.revision
}

// Activate is called by the tray when the icon is clicked.
func (i *item) Activate(_, _ int32) *dbus.Error { i.c.OnClick(ClickedIcon); return nil }

// SecondaryActivate is called by the tray on a click of the middle button.
func (i *item) SecondaryActivate(_, _ int32) *dbus.Error { i.c.OnClick(ClickedIcon); return nil }

// ContextMenu is called by trays that cannot show a menu themselves.
func (i *item) ContextMenu(_, _ int32) *dbus.Error { i.c.OnClick(ClickedIcon); return nil }

// Scroll is called by the tray.
func (i *item) Scroll(int32, string) *dbus.Error { return nil }

func (i *item) values() map[string]dbus.Variant {
	tray, _ := i.shown()
	return map[string]dbus.Variant{
		"Category": dbus.MakeVariant("ApplicationStatus"), "Id": dbus.MakeVariant(i.c.ID),
		"Title": dbus.MakeVariant(i.c.Name), "Status": dbus.MakeVariant("Active"),
		"WindowId": dbus.MakeVariant(int32(0)), "IconName": dbus.MakeVariant(""), "IconPixmap": dbus.MakeVariant(i.icon),
		"OverlayIconName": dbus.MakeVariant(""), "AttentionIconName": dbus.MakeVariant(""), "IconThemePath": dbus.MakeVariant(""),
		"ToolTip":    dbus.MakeVariant(tooltip{Icons: []pixmap{}, Title: i.c.Name, Text: tray.Tip}),
		"ItemIsMenu": dbus.MakeVariant(false), "Menu": dbus.MakeVariant(menuPath),
	}
}

// itemProperties answers for the properties of an item.
type itemProperties struct{ i *item }

// Get is called over the bus.
func (p itemProperties) Get(_, name string) (dbus.Variant, *dbus.Error) {
	return get(p.i.values(), name)
}

// GetAll is called over the bus.
func (p itemProperties) GetAll(string) (map[string]dbus.Variant, *dbus.Error) {
	return p.i.values(), nil
}

func get(values map[string]dbus.Variant, name string) (dbus.Variant, *dbus.Error) {
	v, ok := values[name]
	if !ok {
		return v, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", []any{name})
	}
	return v, nil
}
