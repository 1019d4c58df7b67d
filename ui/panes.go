package ui

import (
	"fyne.io/fyne/v2"
)

// pane is a part of the window that the keyboard can be brought to.
type pane struct {
	content fyne.CanvasObject
	first   func() fyne.Focusable // nil: nothing in it takes keys now
}

// panes are the parts of the window in the order that Ctrl+Tab goes through them.
func (v *mainView) panes() []pane {
	return []pane{
		{v.filters.content, func() fyne.Focusable { return v.filters.lines[v.filters.chosen] }},
		{v.list, func() fyne.Focusable { return v.list }},
		{v.details.content, v.details.first},
		{v.status.content, func() fyne.Focusable { return v.status.limit }},
	}
}

// turnPane brings the keyboard to the next part of the window, or the one before.
func (v *mainView) turnPane(step int) {
	panes := v.panes()
	at := v.paneOf(v.u.win.Canvas().Focused(), panes)
	if at < 0 && step < 0 {
		at = 0
	}
	for range panes {
		at = (at + step + len(panes)) % len(panes)
		p := panes[at]
		// What stands in for an empty list hides it with its details.
		if inside := p.content == fyne.CanvasObject(v.list) || p.content == v.details.content; inside && !v.working.Visible() {
			continue
		}
		if f := p.first(); f != nil {
			v.u.win.Canvas().Focus(f)
			return
		}
	}
}

// paneWithKeyboard is the content of the part that has the keyboard, nil for none.
func (v *mainView) paneWithKeyboard() fyne.CanvasObject {
	panes := v.panes()
	if at := v.paneOf(v.u.win.Canvas().Focused(), panes); at >= 0 {
		return panes[at].content
	}
	return nil
}

// paneOf tells which part has the keyboard, by where that is; -1: none.
func (v *mainView) paneOf(focused fyne.Focusable, panes []pane) int {
	o, ok := focused.(fyne.CanvasObject)
	if !ok {
		return -1
	}
	place := v.u.app.Driver().AbsolutePositionForObject
	middle := place(o).AddXY(o.Size().Width/2, o.Size().Height/2)
	for i, p := range panes {
		from, size := place(p.content), p.content.Size()
		x, y := middle.X-from.X, middle.Y-from.Y
		if x >= 0 && y >= 0 && x < size.Width && y < size.Height {
			return i
		}
	}
	return -1
}

// first is where the keyboard goes in the details, nil for nowhere.
func (d *detailPane) first() fyne.Focusable {
	switch {
	case d.folder.content.Visible() && d.folder.steps.Visible():
		return d.folder.attention
	case d.folder.content.Visible():
		return d.folder.content
	case !d.tabs.Visible():
		return nil
	}
	switch detailTab(d.tabs.SelectedIndex()) {
	case tabParts:
		return d.parts.list
	case tabOptions:
		return d.options.content
	case tabReceipt:
		if d.receipt.whole.Visible() {
			return d.receipt.facts.content
		}
		return nil // there is none yet, and nothing to copy
	case tabLog:
		return d.log.list
	default:
		return d.overview.strip
	}
}
