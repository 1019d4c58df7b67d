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

	// OnHover, if set, is told the cell under the pointer, and nil when it leaves.
	OnHover func(*Cell)

	states []transfer.PartState
	raster *canvas.Raster // nil until Fyne asks for it
	over   int            // cell under the pointer, or -1
}

var (
	_ desktop.Hoverable = (*Map)(nil)
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
func (m *Map) MouseMoved(e *desktop.MouseEvent) {
	size := m.Size()
	g := m.grid(int(size.Width), int(size.Height), 1)
	m.hover(g, g.at(float64(e.Position.X/size.Width), float64(e.Position.Y/size.Height)))
}

// MouseOut implements desktop.Hoverable.
func (m *Map) MouseOut() { m.hover(grid{}, -1) }

func (m *Map) hover(g grid, i int) {
	if i == m.over {
		return
	}
	m.over = i
	switch {
	case m.OnHover == nil:
	case i < 0:
		m.OnHover(nil)
	default:
		c := g.cell(i, m.states)
		m.OnHover(&c)
	}
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
func (r *mapView) Destroy() { r.m.raster = nil }

// MinSize implements fyne.WidgetRenderer.
func (r *mapView) MinSize() fyne.Size { return fyne.NewSize(minWidth, minHeight) }

// Objects implements fyne.WidgetRenderer.
func (r *mapView) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.frame, r.m.raster}
}

// Layout implements fyne.WidgetRenderer.
func (r *mapView) Layout(size fyne.Size) {
	r.frame.Resize(size)
	r.m.raster.Resize(size)
}

// Refresh implements fyne.WidgetRenderer.
func (r *mapView) Refresh() {
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	r.frame.StrokeColor = color.Transparent
	if len(r.m.states) == 0 {
		r.frame.StrokeColor = r.m.Theme().Color(theme.ColorNameSeparator, variant)
	}
	r.frame.Refresh()
	r.m.raster.Refresh()
}
