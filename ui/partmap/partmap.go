// Package partmap shows the parts of an upload as a strip of cells, one cell a part, or
// groups of parts when there are more parts than cells.
//
// All methods belong to Fyne's goroutine.
package partmap

import (
	"image"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// The strip's measures, in Fyne's pixels.
const (
	minHeight = 36
	minWidth  = 120
	cellWidth = 7 // the least width of a cell
)

// Map is the strip. With no parts it shows an empty frame.
type Map struct {
	widget.BaseWidget

	// OnHover, if set, is told the cell under the pointer or the keyboard's, and nil when
	// both are away.
	OnHover func(*Cell)
	// OnSelect, if set, is told the first part of a cell that was clicked, or chosen with
	// Enter or Space.
	OnSelect func(part int)
	// OnKey, if set, is told the keys that the map has no use for.
	OnKey func(*fyne.KeyEvent)

	states  []transfer.PartState
	raster  *canvas.Raster    // nil until Fyne asks for it
	mark    *canvas.Rectangle // round the cell that OnHover was told; nil likewise
	over    int               // that cell, or -1
	cursor  int               // the keyboard's cell
	focused bool
}

var (
	_ desktop.Hoverable = (*Map)(nil)
	_ fyne.Tappable     = (*Map)(nil)
	_ fyne.Focusable    = (*Map)(nil)
	_ fyne.Accessible   = (*Map)(nil)
)

// New returns a strip without parts.
func New() *Map {
	m := &Map{over: -1}
	m.ExtendBaseWidget(m)
	return m
}

// SetStates shows the parts' states, by number less 1. The slice must not change
// afterwards. Equal states cost no repaint, so it may be called on each tick.
func (m *Map) SetStates(states []transfer.PartState) {
	if slices.Equal(states, m.states) {
		return
	}
	framed := len(m.states) == 0
	m.states = states
	switch {
	case m.raster == nil:
	case framed != (len(states) == 0):
		m.Refresh()
	default:
		m.raster.Refresh()
	}
	if m.over >= 0 {
		m.tell()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (m *Map) AccessibilityLabel() string {
	c := Count(m.states)
	return text.T("Parts: {{.Done}} done, {{.Sending}} in flight, {{.Waiting}} waiting, {{.Failed}} failed", text.Args{
		"Done": c.Done, "Sending": c.Sending, "Waiting": c.Waiting, "Failed": c.Failed,
	})
}

// AccessibilityRole implements fyne.Accessible.
func (m *Map) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// MouseIn implements desktop.Hoverable.
func (m *Map) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (m *Map) MouseMoved(e *desktop.MouseEvent) { m.point(m.under(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (m *Map) MouseOut() { m.rest() }

// Tapped implements fyne.Tappable.
func (m *Map) Tapped(e *fyne.PointEvent) {
	if i := m.under(e.Position); i >= 0 {
		m.cursor = i
		m.choose(i)
	}
}

// FocusGained implements fyne.Focusable.
func (m *Map) FocusGained() {
	m.focused = true
	m.rest()
	m.Refresh()
}

// FocusLost implements fyne.Focusable.
func (m *Map) FocusLost() {
	m.focused = false
	m.rest()
	m.Refresh()
}

// TypedRune implements fyne.Focusable.
func (m *Map) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: the arrows, Home and End go from cell to cell.
func (m *Map) TypedKey(k *fyne.KeyEvent) {
	g := m.laidOut()
	if g.count == 0 {
		return
	}
	to := m.cursor
	switch k.Name {
	case fyne.KeyRight:
		to++
	case fyne.KeyLeft:
		to--
	case fyne.KeyDown:
		to += g.columns
	case fyne.KeyUp:
		to -= g.columns
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = g.count - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.choose(min(m.cursor, g.count-1))
		return
	default:
		if m.OnKey != nil {
			m.OnKey(k)
		}
		return
	}
	m.cursor = max(0, min(to, g.count-1))
	m.point(m.cursor)
}

func (m *Map) choose(i int) {
	if m.OnSelect != nil {
		first, _ := m.laidOut().span(i)
		m.OnSelect(first)
	}
}

// laidOut is the grid in Fyne's pixels.
func (m *Map) laidOut() grid {
	size := m.Size()
	return m.grid(int(size.Width), int(size.Height), 1)
}

// under returns the cell at a place, or -1.
func (m *Map) under(at fyne.Position) int {
	size := m.Size()
	return m.laidOut().at(float64(at.X/size.Width), float64(at.Y/size.Height))
}

// rest names the keyboard's cell, if the keyboard is here, otherwise none.
func (m *Map) rest() {
	i := -1
	if count := m.laidOut().count; m.focused && count > 0 {
		m.cursor = min(m.cursor, count-1)
		i = m.cursor
	}
	m.point(i)
}

// point marks a cell and tells of it.
func (m *Map) point(i int) {
	if i == m.over {
		return
	}
	m.over = i
	m.tell()
}

// tell says what is known of the marked cell, again when its parts' states changed.
func (m *Map) tell() {
	g := m.laidOut()
	if m.over >= g.count {
		m.over = -1
	}
	m.placeMark(g)
	switch {
	case m.OnHover == nil:
	case m.over < 0:
		m.OnHover(nil)
	default:
		c := g.cell(m.over, m.states)
		m.OnHover(&c)
	}
}

func (m *Map) placeMark(g grid) {
	if m.mark == nil {
		return
	}
	m.mark.Hidden = m.over < 0 || m.over >= g.count
	if !m.mark.Hidden {
		x0, y0, x1, y1 := g.rect(m.over)
		m.mark.Move(fyne.NewPos(float32(x0)-1, float32(y0)-1))
		m.mark.Resize(fyne.NewSize(float32(x1-x0)+2, float32(y1-y0)+2))
	}
	m.mark.Refresh()
}

// grid lays the parts out in w times h pixels, of which scale make one of Fyne's.
func (m *Map) grid(w, h int, scale float32) grid {
	return newGrid(len(m.states), w, h, int(cellWidth*scale+0.5))
}

func (m *Map) image(w, h int) image.Image {
	if len(m.states) == 0 || w <= 0 || h <= 0 {
		return image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	}
	scale := float32(1)
	if own := m.Size().Width; own > 0 {
		scale = float32(w) / own
	}
	return draw(m.grid(w, h, scale), m.states, inksOf(m.Theme()))
}

// inksOf reads the theme, anew for each picture: it may change from light to dark at any
// moment.
func inksOf(th fyne.Theme) inks {
	var ink inks
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	for s := range ink {
		name := look.PartColor(transfer.PartState(s))
		ink[s] = color.RGBAModel.Convert(th.Color(name, variant)).(color.RGBA)
	}
	return ink
}

// CreateRenderer is called by Fyne.
func (m *Map) CreateRenderer() fyne.WidgetRenderer {
	frame := canvas.NewRectangle(color.Transparent)
	frame.StrokeWidth = 1
	m.raster = canvas.NewRaster(m.image)
	m.mark = canvas.NewRectangle(color.Transparent)
	m.mark.StrokeWidth, m.mark.Hidden = 2, true
	r := &mapView{m: m, frame: frame}
	r.Layout(m.Size())
	r.Refresh()
	return r
}

type mapView struct {
	m     *Map
	frame *canvas.Rectangle
}

// Destroy implements fyne.WidgetRenderer.
func (r *mapView) Destroy() { r.m.raster, r.m.mark = nil, nil }

// MinSize implements fyne.WidgetRenderer.
func (r *mapView) MinSize() fyne.Size { return fyne.NewSize(minWidth, minHeight) }

// Objects implements fyne.WidgetRenderer.
func (r *mapView) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.m.raster, r.frame, r.m.mark}
}

// Layout implements fyne.WidgetRenderer.
func (r *mapView) Layout(size fyne.Size) {
	r.frame.Resize(size)
	r.m.raster.Resize(size)
	r.m.placeMark(r.m.laidOut())
}

// Refresh implements fyne.WidgetRenderer.
func (r *mapView) Refresh() {
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	r.frame.StrokeColor, r.frame.StrokeWidth = color.Transparent, 1
	switch {
	case r.m.focused:
		r.frame.StrokeColor, r.frame.StrokeWidth = r.m.Theme().Color(theme.ColorNamePrimary, variant), 2
	case len(r.m.states) == 0:
		r.frame.StrokeColor = r.m.Theme().Color(theme.ColorNameSeparator, variant)
	}
	r.m.mark.StrokeColor = r.m.Theme().Color(theme.ColorNameForeground, variant)
	r.frame.Refresh()
	r.m.mark.Refresh()
	r.m.raster.Refresh()
}
