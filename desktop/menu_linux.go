package desktop

import (
	"strings"

	"github.com/godbus/dbus/v5"
)

// menuLayout is a line of the menu with those below it.
type menuLayout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// properMenuItem is a line of the menu by itself.
type properMenuItem struct {
	ID         int32
	Properties map[string]dbus.Variant
}

// removedProperties are properties that became the defaults.
type removedProperties struct {
	ID    int32
	Names []string
}

// properties of a line, as com.canonical.dbusmenu names them.
func (l Item) properties() map[string]dbus.Variant {
	if l.Label == "" {
		return map[string]dbus.Variant{"type": dbus.MakeVariant("separator")}
	}
	label := strings.ReplaceAll(l.Label, "_", "__") // one alone marks the key that chooses the line
	return map[string]dbus.Variant{
		"label": dbus.MakeVariant(label), "enabled": dbus.MakeVariant(l.Key != "" && !l.Off),
	}
}

// menu is the tray's menu. The tray calls it over the bus.
type menu struct{ i *item }

// line returns the properties of a line, or of the root, which is 0.
func (m *menu) line(t Tray, id int32) (map[string]dbus.Variant, bool) {
	switch {
	case id == 0:
		return map[string]dbus.Variant{"children-display": dbus.MakeVariant("submenu")}, true
	case id < 0 || int(id) > len(t.Items):
		return nil, false
	default:
		return t.Items[id-1].properties(), true
	}
}

// GetLayout is called over the bus.
func (m *menu) GetLayout(parent, depth int32, _ []string) (uint32, menuLayout, *dbus.Error) {
	t, revision := m.i.shown()
	values, ok := m.line(t, parent)
	if !ok {
		return 0, menuLayout{}, noLine(parent)
	}
	layout := menuLayout{ID: parent, Properties: values, Children: []dbus.Variant{}}
	if parent == 0 && depth != 0 {
		for n := range t.Items {
			layout.Children = append(layout.Children, dbus.MakeVariant(menuLayout{
				ID: int32(n + 1), Properties: t.Items[n].properties(), Children: []dbus.Variant{},
			}))
		}
	}
	return revision, layout, nil
}

// GetGroupProperties is called over the bus.
func (m *menu) GetGroupProperties(ids []int32, _ []string) ([]properMenuItem, *dbus.Error) {
	t, _ := m.i.shown()
	lines := []properMenuItem{}
	for _, id := range ids {
		if values, ok := m.line(t, id); ok {
			lines = append(lines, properMenuItem{ID: id, Properties: values})
		}
	}
	return lines, nil
}

// GetProperty is called over the bus.
func (m *menu) GetProperty(id int32, name string) (dbus.Variant, *dbus.Error) {
	t, _ := m.i.shown()
	values, ok := m.line(t, id)
	if !ok {
		return dbus.Variant{}, noLine(id)
	}
	return get(values, name)
}

// Event is called over the bus.
func (m *menu) Event(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
	t, _ := m.i.shown()
	if _, ok := m.line(t, id); !ok {
		return noLine(id)
	}
	if kind == "clicked" && id > 0 {
		if l := t.Items[id-1]; l.Key != "" && !l.Off {
			m.i.c.OnClick(l.Key)
		}
	}
	return nil
}

// menuEvent is what happened to a line.
type menuEvent struct {
	ID   int32
	Kind string
	Data dbus.Variant
	Time uint32
}

// EventGroup is called over the bus.
func (m *menu) EventGroup(events []menuEvent) ([]int32, *dbus.Error) {
	unknown := []int32{}
	for _, e := range events {
		if m.Event(e.ID, e.Kind, e.Data, e.Time) != nil {
			unknown = append(unknown, e.ID)
		}
	}
	return unknown, nil
}

// AboutToShow is called over the bus.
func (m *menu) AboutToShow(int32) (bool, *dbus.Error) { return false, nil }

// AboutToShowGroup is called over the bus.
func (m *menu) AboutToShowGroup([]int32) ([]int32, []int32, *dbus.Error) {
	return []int32{}, []int32{}, nil
}

func noLine(id int32) *dbus.Error {
	return dbus.NewError("com.canonical.dbusmenu.Error", []any{"there is no line", id})
}

// menuProperties answers for the properties of the menu.
type menuProperties struct{}

func (menuProperties) values() map[string]dbus.Variant {
	return map[string]dbus.Variant{
		"Version": dbus.MakeVariant(uint32(3)), "TextDirection": dbus.MakeVariant("ltr"),
		"Status": dbus.MakeVariant("normal"), "IconThemePath": dbus.MakeVariant([]string{}),
	}
}

// Get is called over the bus.
func (p menuProperties) Get(_, name string) (dbus.Variant, *dbus.Error) { return get(p.values(), name) }

// GetAll is called over the bus.
func (p menuProperties) GetAll(string) (map[string]dbus.Variant, *dbus.Error) {
	return p.values(), nil
}
