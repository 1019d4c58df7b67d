package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

// Ctrl+Tab goes through the filters, the list, the details and the status bar, and back by
// Shift.
func TestThePanesAreReachedByKeys(t *testing.T) {
	h := newReady(t)
	h.journal.add(1, transfer.StatusPaused)
	v := h.u.main
	h.until("it is listed", func() bool { return v.list.Len() == 1 })
	v.list.Select(1)
	h.until("its details", func() bool { return v.details.tabs.Visible() })
	v.focusList()
	want := []fyne.Focusable{v.details.overview.strip, v.status.limit, v.filters.lines[transfer.GroupAll], v.list}
	for i, f := range want {
		if v.turnPane(1); h.u.win.Canvas().Focused() != f {
			t.Fatalf("step %d is on %T", i+1, h.u.win.Canvas().Focused())
		}
	}
	for _, i := range []int{2, 1, 0, 3} {
		if v.turnPane(-1); h.u.win.Canvas().Focused() != want[i] {
			t.Fatalf("back it is on %T", h.u.win.Canvas().Focused())
		}
	}
	v.details.tabs.SelectIndex(int(tabParts))
	if v.turnPane(1); h.u.win.Canvas().Focused() != fyne.Focusable(v.details.parts.list) {
		t.Errorf("on the parts' page it is on %T", h.u.win.Canvas().Focused())
	}
}

// The values of facts are for the mouse to select, and no stops of the Tab key.
func TestFactsAreNoStopsOfTheKeyboard(t *testing.T) {
	h := newReady(t)
	l := newFactList()
	l.show([]fact{{"File", "/home/a"}})
	h.u.win.SetContent(l.content)
	h.u.win.Canvas().FocusNext()
	if f := h.u.win.Canvas().Focused(); f != nil {
		t.Fatalf("%T has the keyboard", f)
	}
	value := l.values[0]
	if value.MouseIn(&desktop.MouseEvent{}); !value.Selectable {
		t.Error("the mouse cannot select it")
	}
	if value.MouseOut(); value.Selectable {
		t.Error("it stays a stop of the keyboard")
	}
}
