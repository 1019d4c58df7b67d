package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer/fragment"
	"partway/ui/text"
	"partway/ui/uploadlist"
)

// fragmentTable is the virtual table of unfinished uploads, of which several can be selected.
// Selection and keyboard stay with their uploads when the order changes.
type fragmentTable struct {
	widget.List
	view *fragmentsView
	head *fragLine

	rows     []fragment.Fragment
	selected map[string]bool
	current  string // upload ID that the keyboard is on
	at       int    // its row, or -1
	anchor   int    // where a range begins, or -1
	focused  bool

	cut     uploadlist.Cutter
	cutSize float32
}

var (
	_ fyne.Focusable    = (*fragmentTable)(nil)
	_ fyne.Shortcutable = (*fragmentTable)(nil)
)

func newFragmentTable(v *fragmentsView) *fragmentTable {
	t := &fragmentTable{view: v, selected: map[string]bool{}, at: -1, anchor: -1}
	t.head = newFragLine(t, true)
	t.Length = func() int { return len(t.rows) }
	t.CreateItem = func() fyne.CanvasObject { return newFragLine(t, false) }
	t.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(t.rows) {
			t.show(i, o.(*fragLine))
		}
	}
	t.HideSeparators = true
	t.ExtendBaseWidget(t)
	return t
}

func (t *fragmentTable) show(i int, l *fragLine) {
	f := &t.rows[i]
	facts := factsOfFragment(f, t.view.prices, t.view.now())
	facts.selected = t.selected[f.UploadID]
	facts.ring = t.focused && i == t.at
	if t.view.blind && !f.Measured {
		facts.cells[fragHeld] = text.T("unknown")
	}
	l.set(i, facts)
	if !f.Measured && f.Failed == nil {
		t.view.want(f.UploadID)
	}
}

// setRows shows rows, the next in another order perhaps.
func (t *fragmentTable) setRows(rows []fragment.Fragment) {
	t.rows = rows
	t.at, t.anchor = -1, -1
	kept := make(map[string]bool, len(t.selected))
	for i := range rows {
		id := rows[i].UploadID
		if t.selected[id] {
			kept[id] = true
		}
		if id == t.current {
			t.at, t.anchor = i, i
		}
	}
	t.selected = kept
	t.Refresh()
}

// chosen lists the selected rows, in order.
func (t *fragmentTable) chosen() []fragment.Fragment {
	if len(t.selected) == 0 {
		return nil
	}
	list := make([]fragment.Fragment, 0, len(t.selected))
	for i := range t.rows {
		if t.selected[t.rows[i].UploadID] {
			list = append(list, t.rows[i])
		}
	}
	return list
}

// goTo moves the keyboard to a row and selects: it alone, from the anchor to it, or it
// besides.
func (t *fragmentTable) goTo(i int, extend, toggle bool) {
	if len(t.rows) == 0 {
		return
	}
	i = max(0, min(i, len(t.rows)-1))
	id := t.rows[i].UploadID
	switch {
	case toggle:
		if t.selected[id] {
			delete(t.selected, id)
		} else {
			t.selected[id] = true
		}
		t.anchor = i
	case extend && t.anchor >= 0:
		clear(t.selected)
		for k := min(t.anchor, i); k <= max(t.anchor, i); k++ {
			t.selected[t.rows[k].UploadID] = true
		}
	default:
		clear(t.selected)
		t.selected[id] = true
		t.anchor = i
	}
	t.at, t.current = i, id
	t.ScrollTo(i)
	t.Refresh()
	t.view.chose()
}

// pressed takes a press of the mouse on a row.
func (t *fragmentTable) pressed(i int, e *desktop.MouseEvent) {
	t.view.u.win.Canvas().Focus(t)
	if i >= len(t.rows) {
		return
	}
	if e.Button == desktop.MouseButtonSecondary && t.selected[t.rows[i].UploadID] {
		return // the menu is for all that is selected
	}
	t.goTo(i, e.Modifier&fyne.KeyModifierShift != 0, e.Modifier&fyne.KeyModifierShortcutDefault != 0)
}

// FocusGained is called by Fyne.
func (t *fragmentTable) FocusGained() {
	t.focused = true
	if t.at < 0 && len(t.rows) > 0 {
		t.at, t.current = 0, t.rows[0].UploadID
	}
	t.Refresh()
}

// FocusLost is called by Fyne.
func (t *fragmentTable) FocusLost() {
	t.focused = false
	t.Refresh()
}

// TypedRune is called by Fyne.
func (t *fragmentTable) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (t *fragmentTable) TypedKey(k *fyne.KeyEvent) {
	shift := modifiers()&fyne.KeyModifierShift != 0
	page := max(1, int(t.Size().Height/(fragLineHeight+theme.Padding()))-1)
	switch k.Name {
	case fyne.KeyUp:
		t.goTo(t.at-1, shift, false)
	case fyne.KeyDown:
		t.goTo(t.at+1, shift, false)
	case fyne.KeyPageUp:
		t.goTo(t.at-page, shift, false)
	case fyne.KeyPageDown:
		t.goTo(t.at+page, shift, false)
	case fyne.KeyHome:
		t.goTo(0, shift, false)
	case fyne.KeyEnd:
		t.goTo(len(t.rows)-1, shift, false)
	case fyne.KeySpace:
		t.goTo(t.at, false, true)
	case fyne.KeyReturn, fyne.KeyEnter:
		t.chooseCurrent()
		t.view.finish()
	case fyne.KeyDelete:
		t.chooseCurrent() // not all that is shown, by one key
		t.view.abort()
	case fyne.KeyF5:
		t.view.read()
	case desktop.KeyMenu:
		t.menuAtCurrent()
	case fyne.KeyF10:
		if shift {
			t.menuAtCurrent()
		}
	default:
		t.view.key(k)
	}
}

// modifiers are the keys held beside the one that is pressed, where the driver tells.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// TypedShortcut selects all by Ctrl+A.
func (t *fragmentTable) TypedShortcut(s fyne.Shortcut) {
	if _, all := s.(*fyne.ShortcutSelectAll); !all {
		return
	}
	for i := range t.rows {
		t.selected[t.rows[i].UploadID] = true
	}
	t.Refresh()
	t.view.chose()
}

// rowAt returns the row at a position of the canvas, or -1.
func (t *fragmentTable) rowAt(at fyne.Position) int {
	corner := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	y := at.Y - corner.Y
	if y < 0 || y >= t.Size().Height || at.X < corner.X || at.X >= corner.X+t.Size().Width {
		return -1
	}
	i := int((y + t.GetScrollOffset()) / (fragLineHeight + theme.Padding()))
	if i >= len(t.rows) {
		return -1
	}
	return i
}

// chooseCurrent selects the row that the keyboard is on, if none is selected.
func (t *fragmentTable) chooseCurrent() {
	if len(t.selected) == 0 && t.at >= 0 {
		t.goTo(t.at, false, false)
	}
}

func (t *fragmentTable) menuAtCurrent() {
	if t.at < 0 {
		return
	}
	t.chooseCurrent()
	corner := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	t.menu(corner.AddXY(fragGap, float32(t.at+1)*(fragLineHeight+theme.Padding())-t.GetScrollOffset()))
}

// menu offers what can be done with the selected rows.
func (t *fragmentTable) menu(at fyne.Position) {
	v := t.view
	chosen := t.chosen()
	if len(chosen) == 0 {
		return
	}
	items := []*fyne.MenuItem{
		menuItem(text.T("Finish with a file…"), v.mayFinish(chosen), v.finish),
		menuItem(text.T("Show in the list"), len(chosen) == 1 && chosen[0].Row != 0, func() { v.showRow(chosen[0].Row) }),
		menuItem(text.T("Measure"), true, v.measureChosen),
		menuItem(text.T("Abort…"), true, v.abort),
		fyne.NewMenuItemSeparator(),
		menuItem(text.T("Copy key"), len(chosen) == 1, func() { v.u.app.Clipboard().SetContent(chosen[0].Key) }),
		menuItem(text.T("Copy upload ID"), len(chosen) == 1, func() { v.u.app.Clipboard().SetContent(chosen[0].UploadID) }),
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), v.u.win.Canvas(), at)
}
