package ui

import (
	"testing"

	"fyne.io/fyne/v2"
)

// A page that refuses what was typed is shown, and its pages are turned by keys.
func TestSettingsPages(t *testing.T) {
	h := newReady(t)
	d := h.u.showSettings(ResumeAlways)
	shown := func(page int) {
		t.Helper()
		for i, p := range d.stack.Objects {
			if p.Visible() != (i == page) {
				t.Errorf("page %d: visible is %v, and page %d is chosen", i, p.Visible(), page)
			}
		}
	}
	shown(0)
	h.u.win.Canvas().Focus(d.tabs[0])
	h.press(fyne.KeyRight)
	shown(1)
	h.press(fyne.KeyLeft)
	h.press(fyne.KeyLeft)
	shown(len(d.pages) - 1)
	d.transfer.slots.SetText("0")
	d.save()
	shown(1)
	if h.u.win.Canvas().Focused() != d.transfer.uploads || d.message.Text == "" {
		t.Error("the field that is wrong has not the keyboard, or nothing says so")
	}
}
