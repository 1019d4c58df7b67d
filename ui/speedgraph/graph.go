// Package speedgraph shows how fast uploads were: [History] remembers it, in bounded
// memory, and [Graph] draws it over the last minute, five, or thirty.
//
// The methods of Graph belong to Fyne's goroutine.
package speedgraph

import (
	"image"
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/format"
	"partway/ui/text"
)

// Spans are what a graph can show, the first at the start.
var Spans = [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute}

// The graph's measures, in Fyne's pixels.
const (
	axisWidth  = 68 // of the marks on the left
	lineHeight = 18 // of a line of words
	gap        = 6
	minWidth   = 340
	minHeight  = 4*lineHeight + 60
)

// The words of the legend.
const (
	wordOne = iota
	wordAll
	wordLimit
	legendWords
)

// Graph is the widget.
type Graph struct {
	widget.BaseWidget

	// OnSpan, if set, is told the span that the person chose.
	OnSpan func(time.Duration)

	series Series
	raster *canvas.Raster
	marks  [3]*canvas.Text // of speed, from the top down
	times  [3]*canvas.Text // from the left
	legend [legendWords]*canvas.Text
	keys   [legendWords]*canvas.Line
	spans  [len(Spans)]*widget.Button
	chosen time.Duration
}

var _ fyne.Accessible = (*Graph)(nil)

// New returns a graph that knows nothing yet.
func New() *Graph {
	g := &Graph{chosen: Spans[0]}
	g.raster = canvas.NewRaster(g.image)
	for i := range g.marks {
		g.marks[i], g.times[i] = canvas.NewText("", nil), canvas.NewText("", nil)
		g.marks[i].Alignment = fyne.TextAlignTrailing
	}
	g.times[1].Alignment, g.times[2].Alignment = fyne.TextAlignCenter, fyne.TextAlignTrailing
	for i := range g.legend {
		g.legend[i], g.keys[i] = canvas.NewText("", nil), canvas.NewLine(nil)
	}
	for i, span := range Spans {
		g.spans[i] = widget.NewButton(text.Left(span), func() { g.choose(span) })
	}
	g.ExtendBaseWidget(g)
	g.markChosen()
	g.write()
	return g
}

// Span is what is shown.
func (g *Graph) Span() time.Duration { return g.chosen }

func (g *Graph) choose(span time.Duration) {
	if span == g.chosen {
		return
	}
	g.chosen = span
	g.markChosen()
	if g.OnSpan != nil {
		g.OnSpan(span)
	}
}

func (g *Graph) markChosen() {
	for i, span := range Spans {
		g.spans[i].Importance = widget.LowImportance
		if span == g.chosen {
			g.spans[i].Importance = widget.MediumImportance
		}
		g.spans[i].Refresh()
	}
}

// SetSeries shows speeds. Equal ones cost no repaint. The slices must not change afterwards.
func (g *Graph) SetSeries(s Series) {
	was := &g.series
	if s.Span == was.Span && s.Limit == was.Limit && slices.Equal(s.One, was.One) && slices.Equal(s.All, was.All) {
		return
	}
	g.series = s
	g.write()
	g.raster.Refresh()
}

// write sets all words, and repaints those that differ.
func (g *Graph) write() {
	s := &g.series
	top := s.top()
	for i, t := range g.marks {
		say(t, mark(top*float64(2-i)/2))
	}
	for i, t := range g.times {
		say(t, ago(g.chosen*time.Duration(2-i)/2))
	}
	say(g.legend[wordOne], text.T("This upload {{.Speed}}", text.Args{"Speed": format.Speed(last(s.One))}))
	say(g.legend[wordAll], text.T("All uploads {{.Speed}}", text.Args{"Speed": format.Speed(last(s.All))}))
	limit := ""
	if s.Limit > 0 {
		limit = text.T("Limit {{.Speed}}", text.Args{"Speed": format.Speed(s.Limit)})
	}
	say(g.legend[wordLimit], limit)
	g.keys[wordLimit].Hidden = limit == ""
}

func say(t *canvas.Text, words string) {
	if t.Text != words {
		t.Text = words
		t.Refresh()
	}
}

func (g *Graph) image(w, h int) image.Image {
	if w <= 0 || h <= 0 {
		return image.NewNRGBA(image.Rect(0, 0, 1, 1))
	}
	scale := float32(1)
	if own := g.raster.Size().Width; own > 0 {
		scale = float32(w) / own
	}
	return draw(&g.series, w, h, scale, g.inks())
}

// inks reads the theme, anew for each picture: it may change from light to dark at any
// moment.
func (g *Graph) inks() inks {
	return inks{
		grid: g.ink(theme.ColorNameSeparator), one: g.ink(theme.ColorNamePrimary),
		all: g.ink(theme.ColorNamePlaceHolder), limit: g.ink(theme.ColorNameWarning),
	}
}

func (g *Graph) ink(name fyne.ThemeColorName) color.NRGBA {
	c := g.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// AccessibilityLabel implements fyne.Accessible.
func (g *Graph) AccessibilityLabel() string {
	return g.legend[wordOne].Text + ", " + g.legend[wordAll].Text
}

// AccessibilityRole implements fyne.Accessible.
func (g *Graph) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
