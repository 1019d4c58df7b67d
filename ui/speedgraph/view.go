package speedgraph

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// view lays a graph out: the limit and the spans above, the marks left of the picture, the
// times below it, and what the lines are below these. Nothing moves when a number changes.
type view struct {
	g       *Graph
	objects []fyne.CanvasObject
}

// CreateRenderer is called by Fyne.
func (g *Graph) CreateRenderer() fyne.WidgetRenderer {
	v := &view{g: g, objects: []fyne.CanvasObject{g.raster}}
	for i := range g.marks {
		v.objects = append(v.objects, g.marks[i], g.times[i])
	}
	for i := range g.legend {
		v.objects = append(v.objects, g.keys[i], g.legend[i])
	}
	for i := range g.spans {
		v.objects = append(v.objects, g.spans[i])
	}
	v.color()
	return v
}

// Destroy implements fyne.WidgetRenderer.
func (v *view) Destroy() {}

// Objects implements fyne.WidgetRenderer.
func (v *view) Objects() []fyne.CanvasObject { return v.objects }

// MinSize implements fyne.WidgetRenderer.
func (v *view) MinSize() fyne.Size { return fyne.NewSize(minWidth, minHeight) }

// Layout implements fyne.WidgetRenderer.
func (v *view) Layout(s fyne.Size) {
	g := v.g
	const spanHeight = lineHeight + 6
	right := s.Width
	for i := len(g.spans) - 1; i >= 0; i-- {
		w := g.spans[i].MinSize().Width
		right -= w
		g.spans[i].Move(fyne.NewPos(right, 0))
		g.spans[i].Resize(fyne.NewSize(w, spanHeight))
		right -= gap
	}
	v.word(wordLimit, fyne.NewPos(0, (spanHeight-lineHeight)/2), right)
	foot := s.Height - lineHeight
	v.word(wordOne, fyne.NewPos(0, foot), s.Width/2)
	v.word(wordAll, fyne.NewPos(s.Width/2, foot), s.Width/2)
	top := float32(spanHeight + gap)
	plot := fyne.NewSize(max(0, s.Width-axisWidth-gap), max(0, s.Height-top-2*lineHeight-gap/2))
	g.raster.Move(fyne.NewPos(axisWidth+gap, top))
	g.raster.Resize(plot)
	for i := range g.marks {
		y := top + plot.Height*float32(i)/2 - lineHeight/2
		g.marks[i].Move(fyne.NewPos(0, y))
		g.marks[i].Resize(fyne.NewSize(axisWidth, lineHeight))
		g.times[i].Move(fyne.NewPos(axisWidth+gap, top+plot.Height+gap/2))
		g.times[i].Resize(fyne.NewSize(plot.Width, lineHeight))
	}
}

// word places a word of the legend behind a stroke of its line.
func (v *view) word(i int, at fyne.Position, width float32) {
	const stroke = 14
	y := at.Y + lineHeight/2
	v.g.keys[i].Position1, v.g.keys[i].Position2 = fyne.NewPos(at.X, y), fyne.NewPos(at.X+stroke, y)
	v.g.legend[i].Move(at.AddXY(stroke+gap, 0))
	v.g.legend[i].Resize(fyne.NewSize(max(0, width-stroke-gap), lineHeight))
}

// Refresh implements fyne.WidgetRenderer.
func (v *view) Refresh() {
	v.color()
	for _, o := range v.objects {
		o.Refresh()
	}
}

func (v *view) color() {
	g, ink := v.g, v.g.inks()
	size := g.Theme().Size(theme.SizeNameCaptionText)
	for i := range g.marks {
		g.marks[i].Color, g.marks[i].TextSize = g.ink(theme.ColorNamePlaceHolder), size
		g.times[i].Color, g.times[i].TextSize = g.ink(theme.ColorNamePlaceHolder), size
	}
	for i := range g.legend {
		g.legend[i].Color, g.legend[i].TextSize = g.ink(theme.ColorNameForeground), size
		g.keys[i].StrokeWidth = 2
	}
	g.keys[wordOne].StrokeColor, g.keys[wordAll].StrokeColor, g.keys[wordLimit].StrokeColor = ink.one, ink.all, ink.limit
}
