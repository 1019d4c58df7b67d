package uploadlist

import (
	"math"
	"slices"
	"time"

	"partway/transfer"
)

// The list's measures, in Fyne's pixels.
const (
	rowHeight    = 28
	headerHeight = 28
	barWidth     = 12
)

// bodyHeight is the height that rows have.
func (l *List) bodyHeight() float64 {
	return max(0, float64(l.Size().Height)-headerHeight)
}

func (l *List) maxOffset() float64 {
	return max(0, float64(len(l.sel.ids))*rowHeight-l.bodyHeight())
}

// span returns the indices of the rows in sight: first, and the one after the last.
func (l *List) span() (first, end int) {
	first = int(l.offset / rowHeight)
	end = int(math.Ceil((l.offset + l.bodyHeight()) / rowHeight))
	return first, min(end, len(l.sel.ids))
}

// update brings sight and view up to date after the rows, the offset or the size
// changed.
func (l *List) update() {
	l.offset = max(0, min(l.offset, l.maxOffset()))
	first, end := l.span()
	var ids []transfer.ID
	if first < end {
		ids = l.sel.ids[first:end]
	}
	if changed := !slices.Equal(ids, l.visible); changed {
		l.visible = slices.Clone(ids)
		defer l.sighted()
	}
	l.draw()
}

func (l *List) sighted() {
	if l.cb.OnVisible != nil {
		l.cb.OnVisible(slices.Clone(l.visible))
	}
}

func (l *List) scrollTo(offset float64) {
	offset = max(0, min(offset, l.maxOffset()))
	if offset == l.offset {
		return
	}
	l.offset = offset
	if l.cb.OnScrolled == nil {
		l.update()
		return
	}
	began := time.Now()
	l.update()
	l.cb.OnScrolled(time.Since(began))
}

// reveal scrolls no further than it takes to see all of row i.
func (l *List) reveal(i int) {
	if i < 0 {
		return
	}
	top := float64(i) * rowHeight
	switch {
	case top < l.offset:
		l.offset = top
	case top+rowHeight > l.offset+l.bodyHeight():
		l.offset = top + rowHeight - l.bodyHeight()
	default:
		return
	}
	l.update()
}

// rowAt returns the index of the row at y, from the widget's upper edge, or -1.
func (l *List) rowAt(y float32) int {
	below := float64(y) - headerHeight
	if below < 0 || below >= l.bodyHeight() {
		return -1
	}
	i := int((below + l.offset) / rowHeight)
	if i >= len(l.sel.ids) {
		return -1
	}
	return i
}
