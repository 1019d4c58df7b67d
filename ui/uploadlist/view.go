package uploadlist

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// view is what Fyne draws of a list: a header, a pool of row views inside a clip, and a
// scroll bar. It is the list's renderer.
type view struct {
	list   *List
	header *header
	body   *fyne.Container
	clip   *container.Clip
	bar    *bar
	drop   *canvas.Rectangle // a line where dragged rows would come
	pool   []*rowView        // row i is shown by pool[i%len(pool)]

	style *style
}

// style is what the theme says, read anew at each refresh: light or dark may come from
// the desktop after the first frame.
type style struct {
	theme    fyne.Theme
	variant  fyne.ThemeVariant
	textSize float32
	ruler    *ruler
}

func (s *style) color(name fyne.ThemeColorName) color.Color {
	return s.theme.Color(name, s.variant)
}

// CreateRenderer is called by Fyne.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	v := &view{list: l, body: container.NewWithoutLayout()}
	v.clip = container.NewClip(v.body)
	v.header = newHeader(l)
	v.bar = newBar(l)
	v.drop = canvas.NewRectangle(color.Transparent)
	v.drop.Hide()
	l.view = v
	v.restyle()
	// Fyne drops the renderer of what was hidden for a while, and lays a new one out only
	// when the size changes.
	if !l.Size().IsZero() {
		v.Layout(l.Size())
	}
	return v
}

func (v *view) restyle() {
	s := &style{theme: v.list.Theme(), variant: fyne.CurrentApp().Settings().ThemeVariant()}
	s.textSize = s.theme.Size(theme.SizeNameText)
	if v.style != nil && v.style.textSize == s.textSize {
		s.ruler = v.style.ruler // fonts do not change while the program runs
	} else {
		s.ruler = newRuler(s.textSize)
	}
	v.style = s
}

// Destroy implements fyne.WidgetRenderer.
func (v *view) Destroy() { v.list.view = nil }

// MinSize implements fyne.WidgetRenderer.
func (v *view) MinSize() fyne.Size { return fyne.NewSize(320, headerHeight+2*rowHeight) }

// Objects implements fyne.WidgetRenderer.
func (v *view) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.clip, v.header, v.bar, v.drop}
}

// Layout implements fyne.WidgetRenderer.
func (v *view) Layout(size fyne.Size) {
	width := max(0, size.Width-barWidth)
	height := max(0, size.Height-headerHeight)
	v.list.columns.layout(width)
	v.header.Move(fyne.NewPos(0, 0))
	v.header.Resize(fyne.NewSize(size.Width, headerHeight))
	v.header.Refresh()
	v.clip.Move(fyne.NewPos(0, headerHeight))
	v.clip.Resize(fyne.NewSize(width, height))
	v.bar.Move(fyne.NewPos(width, headerHeight))
	v.bar.Resize(fyne.NewSize(barWidth, height))
	v.fill(int(math.Ceil(float64(height)/rowHeight)) + 1)
	for _, r := range v.pool {
		r.layout(&v.list.columns)
	}
	v.list.update()
}

// fill makes the pool n row views big.
func (v *view) fill(n int) {
	for len(v.pool) < n {
		r := newRowView()
		v.pool = append(v.pool, r)
		v.body.Add(r.box)
	}
	for len(v.pool) > n {
		last := len(v.pool) - 1
		v.body.Remove(v.pool[last].box)
		v.pool = v.pool[:last]
	}
}

// Refresh implements fyne.WidgetRenderer: it reads the theme again and draws all anew.
func (v *view) Refresh() {
	v.restyle()
	for _, r := range v.pool {
		r.stale = true
	}
	v.header.Refresh()
	v.bar.Refresh()
	v.list.draw()
	canvas.Refresh(v.list)
}

// relayout places everything anew after the columns changed.
func (l *List) relayout() {
	if l.view != nil {
		l.view.Layout(l.Size())
	}
}

// draw brings the row views up to date with the rows. What does not differ costs nothing.
func (l *List) draw() {
	v := l.view
	if v == nil || len(v.pool) == 0 {
		return
	}
	first, end := l.span()
	used := end - first
	for i := first; i < end; i++ {
		id := l.sel.ids[i]
		row, known := l.rows[id]
		v.pool[i%len(v.pool)].show(v.style, appearance{
			row:      row,
			known:    known,
			open:     l.isOpen(id),
			selected: l.sel.has(id),
			hover:    i == l.hover,
			ring:     l.focused && i == l.sel.current.at,
		}, float32(float64(i)*rowHeight-l.offset))
	}
	for i := end; i < first+len(v.pool) && used >= 0; i++ {
		v.pool[i%len(v.pool)].hide()
	}
	v.bar.follow()
	v.showDrop()
}
