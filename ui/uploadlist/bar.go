package uploadlist

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// bar is the scroll bar. Its thumb can be dragged, and a press beside the thumb moves the
// list by a page.
type bar struct {
	widget.BaseWidget
	list *List

	held   bool
	grip   float32 // where on the thumb the drag began
	hover  bool
	thumbY float32
	thumbH float32
}

var (
	_ desktop.Mouseable = (*bar)(nil)
	_ desktop.Hoverable = (*bar)(nil)
	_ fyne.Draggable    = (*bar)(nil)
)

func newBar(l *List) *bar {
	b := &bar{list: l}
	b.ExtendBaseWidget(b)
	return b
}

// follow brings the thumb to where the list is.
func (b *bar) follow() {
	const least = 28
	y, h := float32(0), float32(0)
	height := b.Size().Height
	if most := b.list.maxOffset(); most > 0 && height > 0 {
		total := float64(len(b.list.sel.ids)) * rowHeight
		h = min(height, max(least, float32(b.list.bodyHeight()/total)*height))
		y = float32(b.list.offset/most) * (height - h)
	}
	if y != b.thumbY || h != b.thumbH {
		b.thumbY, b.thumbH = y, h
		b.Refresh()
	}
}

// MouseDown leaves the keyboard with the list: Fyne takes it from what has it where a press
// falls on something else.
func (b *bar) MouseDown(e *desktop.MouseEvent) {
	b.list.takeFocus()
	y := e.Position.Y
	switch {
	case y < b.thumbY:
		b.list.scrollTo(b.list.offset - b.list.bodyHeight())
	case y > b.thumbY+b.thumbH:
		b.list.scrollTo(b.list.offset + b.list.bodyHeight())
	default:
		b.held, b.grip = true, y-b.thumbY
	}
}

func (b *bar) MouseUp(*desktop.MouseEvent) { b.DragEnd() }

func (b *bar) Dragged(e *fyne.DragEvent) {
	if way := b.Size().Height - b.thumbH; b.held && way > 0 {
		b.list.scrollTo(float64((e.Position.Y-b.grip)/way) * b.list.maxOffset())
	}
}

func (b *bar) DragEnd() { b.held = false }

func (b *bar) MouseIn(*desktop.MouseEvent) { b.setHover(true) }

func (b *bar) MouseMoved(*desktop.MouseEvent) {}

func (b *bar) MouseOut() { b.setHover(false) }

func (b *bar) setHover(on bool) {
	b.hover = on
	b.Refresh()
}

func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barView{bar: b, track: canvas.NewRectangle(color.Transparent), thumb: canvas.NewRectangle(color.Transparent)}
	r.Layout(b.Size())
	r.Refresh()
	return r
}

type barView struct {
	bar          *bar
	track, thumb *canvas.Rectangle
}

func (r *barView) Destroy()                     {}
func (r *barView) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.thumb} }
func (r *barView) MinSize() fyne.Size           { return fyne.NewSize(barWidth, 0) }

func (r *barView) Layout(size fyne.Size) {
	r.track.Resize(size)
	r.place()
}

func (r *barView) place() {
	width := float32(6)
	if r.bar.hover || r.bar.held {
		width = barWidth - 2
	}
	r.thumb.CornerRadius = width / 2
	r.thumb.Move(fyne.NewPos((barWidth-width)/2, r.bar.thumbY))
	r.thumb.Resize(fyne.NewSize(width, r.bar.thumbH))
	r.thumb.Hidden = r.bar.thumbH == 0
}

func (r *barView) Refresh() {
	if r.bar.list.view == nil {
		return // the list left its window; Fyne may still refresh what it held
	}
	s := r.bar.list.view.style
	r.track.FillColor = s.color(theme.ColorNameScrollBarBackground)
	r.thumb.FillColor = s.color(theme.ColorNameScrollBar)
	r.place()
	r.track.Refresh()
	r.thumb.Refresh()
}
