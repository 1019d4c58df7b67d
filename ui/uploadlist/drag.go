package uploadlist

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
)

var _ fyne.Draggable = (*List)(nil)

// drag is a press on a row that may become a drag of the selected rows to another place in
// the queue.
type drag struct {
	id    transfer.ID // the row it began on, 0 when there is none
	from  fyne.Position
	y     float32 // where the pointer is
	under bool    // it is under way
	alone bool    // if it is but a click, this row alone is to be selected
}

// Dragged moves the selected rows, where the list has the queue's order.
func (l *List) Dragged(e *fyne.DragEvent) {
	d := &l.drag
	if d.id == 0 || l.sort != (transfer.Sort{By: transfer.SortQueue}) || !l.sel.has(d.id) {
		return
	}
	d.y = e.Position.Y
	d.under = d.under || d.y < d.from.Y-slack || d.y > d.from.Y+slack
	if !d.under {
		return
	}
	const edge = rowHeight / 2
	switch {
	case d.y < headerHeight+edge:
		l.scrollTo(l.offset - edge)
	case d.y > l.Size().Height-edge:
		l.scrollTo(l.offset + edge)
	}
	l.draw()
}

// DragEnd implements fyne.Draggable: it asks for the move.
func (l *List) DragEnd() {
	d := l.drag
	l.drag = drag{}
	if !d.under {
		return
	}
	l.draw()
	if to, ok := l.moveTo(d); ok && l.cb.OnMove != nil {
		l.cb.OnMove(to)
	}
}

// gap is the row that the dragged rows would come before.
func (l *List) gap(d drag) int {
	at := math.Round((float64(d.y) - headerHeight + l.offset) / rowHeight)
	return max(0, min(int(at), len(l.sel.ids)))
}

// moveTo says beside which row a drop is. Between two of another priority each, it is that of
// the row's own priority, which it keeps.
func (l *List) moveTo(d drag) (transfer.Move, bool) {
	gap := l.gap(d)
	own := l.rows[d.id].Priority
	isOwn := func(i int) bool {
		return i >= 0 && i < len(l.sel.ids) && l.rows[l.sel.ids[i]].Priority == own
	}
	switch {
	case len(l.sel.ids) == 0:
		return transfer.Move{}, false
	case gap == len(l.sel.ids), !isOwn(gap) && isOwn(gap-1):
		return transfer.Move{To: transfer.MoveAfter, Beside: l.sel.ids[gap-1]}, true
	default:
		return transfer.Move{To: transfer.MoveBefore, Beside: l.sel.ids[gap]}, true
	}
}

// press notes that a row was pressed, and takes back what the last press began.
func (l *List) press(i int, at fyne.Position, alone bool) {
	l.drag = drag{id: l.sel.place(i).id, from: at, alone: alone}
}

// release ends a press. One that was no drag, on one of several selected rows, selects it
// alone: not before, as they might have been dragged together.
func (l *List) release() {
	d := l.drag
	if d.under {
		l.DragEnd()
		return
	}
	l.drag = drag{}
	if at := l.sel.current.at; d.alone && l.sel.current.id == d.id && at >= 0 {
		l.sel.only(at)
		l.selected()
	}
}

// showDrop shows where the dragged rows would come.
func (v *view) showDrop() {
	l := v.list
	if !l.drag.under {
		if v.drop.Visible() {
			v.drop.Hide()
		}
		return
	}
	const thick = 3
	y := headerHeight + float32(float64(l.gap(l.drag))*rowHeight-l.offset) - thick/2
	v.drop.FillColor = v.style.color(theme.ColorNamePrimary)
	v.drop.Move(fyne.NewPos(0, max(headerHeight, min(y, l.Size().Height-thick))))
	v.drop.Resize(fyne.NewSize(v.clip.Size().Width, thick))
	v.drop.Show()
	v.drop.Refresh()
}
