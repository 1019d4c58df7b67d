package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer/fragment"
	"partway/ui/uploadlist"
)

// The columns of the table of unfinished uploads.
const (
	fragKey = iota
	fragBegun
	fragAge
	fragClass
	fragParts
	fragHeld
	fragCost
	fragOrigin
	fragColumns
)

// fragWidths are what the columns need; the key has the rest, and no less than this.
var fragWidths = [fragColumns]float32{200, 122, 56, 112, 52, 84, 88, 104}

// fragBy is the order that a click on a column's head asks for.
var fragBy = [fragColumns]fragment.By{
	fragment.ByKey, fragment.ByBegun, fragment.ByBegun, fragment.ByClass,
	fragment.ByParts, fragment.ByBytes, fragment.ByCost, fragment.ByOrigin,
}

const (
	fragGap        = 10
	fragLineHeight = 22
)

// fragLayout shares out the width of a line. What does not fit is left out: when an upload
// was begun is told by its age, and the class by few.
func fragLayout(width float32) (w [fragColumns]float32) {
	w = fragWidths
	rest := func() float32 {
		left := width - fragGap
		for i, c := range w {
			if c > 0 && i != fragKey {
				left -= c + fragGap
			}
		}
		return left - fragGap
	}
	for _, drop := range []int{fragBegun, fragClass, fragParts} {
		if rest() < fragWidths[fragKey] {
			w[drop] = 0
		}
	}
	w[fragKey] = max(60, rest())
	return w
}

// fragFacts is what a line shows.
type fragFacts struct {
	cells    [fragColumns]string
	faint    bool // it could not be measured
	selected bool
	ring     bool // the keyboard is here
}

// fragLine is one line of the table, or its head.
type fragLine struct {
	widget.BaseWidget
	table  *fragmentTable
	head   bool
	index  int
	facts  fragFacts
	ground *canvas.Rectangle
	cells  [fragColumns]*canvas.Text
}

var (
	_ desktop.Mouseable      = (*fragLine)(nil)
	_ fyne.DoubleTappable    = (*fragLine)(nil)
	_ fyne.SecondaryTappable = (*fragLine)(nil)
)

func newFragLine(t *fragmentTable, head bool) *fragLine {
	l := &fragLine{table: t, head: head, ground: canvas.NewRectangle(color.Transparent)}
	l.ground.CornerRadius = 3
	for i := range l.cells {
		l.cells[i] = canvas.NewText("", color.Transparent)
	}
	for _, i := range []int{fragAge, fragParts, fragHeld, fragCost} {
		l.cells[i].Alignment = fyne.TextAlignTrailing
	}
	l.ExtendBaseWidget(l)
	return l
}

func (l *fragLine) set(index int, f fragFacts) {
	l.index = index
	if f != l.facts {
		l.facts = f
		l.Refresh()
	}
}

// MouseDown selects, or sorts by the column of the head.
func (l *fragLine) MouseDown(e *desktop.MouseEvent) {
	if !l.head {
		l.table.pressed(l.index, e)
		return
	}
	x := float32(0)
	for i, w := range fragLayout(l.Size().Width) {
		if w <= 0 {
			continue
		}
		if x += w + fragGap; e.Position.X < x+fragGap/2 {
			l.table.view.sortBy(fragBy[i])
			return
		}
	}
}

// MouseUp implements desktop.Mouseable.
func (l *fragLine) MouseUp(*desktop.MouseEvent) {}

// DoubleTapped finishes the upload with a file.
func (l *fragLine) DoubleTapped(*fyne.PointEvent) {
	if !l.head {
		l.table.view.finish()
	}
}

// TappedSecondary offers what can be done.
func (l *fragLine) TappedSecondary(e *fyne.PointEvent) {
	if !l.head {
		l.table.menu(e.AbsolutePosition)
	}
}

// CreateRenderer is called by Fyne.
func (l *fragLine) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{l.ground}
	for _, c := range l.cells {
		objects = append(objects, c)
	}
	r := &fragLineRenderer{l: l, objects: objects}
	r.Refresh()
	return r
}

type fragLineRenderer struct {
	l       *fragLine
	objects []fyne.CanvasObject
}

func (r *fragLineRenderer) MinSize() fyne.Size           { return fyne.NewSize(400, fragLineHeight) }
func (r *fragLineRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *fragLineRenderer) Destroy()                     {}

func (r *fragLineRenderer) Layout(s fyne.Size) {
	l := r.l
	l.ground.Resize(s)
	cut := l.table.cutter()
	x := float32(fragGap)
	for i, w := range fragLayout(s.Width) {
		c := l.cells[i]
		if c.Hidden = w <= 0; c.Hidden {
			continue
		}
		words := cut.End(l.facts.cells[i], w)
		if i == fragKey {
			words = cut.Middle(l.facts.cells[i], w)
		}
		if words != c.Text {
			c.Text = words
			c.Refresh()
		}
		c.Resize(fyne.NewSize(w, s.Height))
		c.Move(fyne.NewPos(x, 0))
		x += w + fragGap
	}
}

func (r *fragLineRenderer) Refresh() {
	l := r.l
	ink, size := theme.Color(theme.ColorNameForeground), fragTextSize()
	if l.facts.faint {
		ink = theme.Color(theme.ColorNameError)
	}
	for _, c := range l.cells {
		c.Color, c.TextSize, c.TextStyle.Bold = ink, size, l.head
	}
	l.ground.FillColor, l.ground.StrokeWidth = color.Transparent, 0
	switch {
	case l.head:
		l.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	case l.facts.selected:
		l.ground.FillColor = theme.Color(theme.ColorNameSelection)
	}
	if l.facts.ring {
		l.ground.StrokeColor, l.ground.StrokeWidth = theme.Color(theme.ColorNamePrimary), 1
	}
	r.Layout(l.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

// fragTextSize is the size of the table's texts.
func fragTextSize() float32 { return theme.Size(theme.SizeNameCaptionText) + 1 }

// cutter cuts the table's texts.
func (t *fragmentTable) cutter() uploadlist.Cutter {
	if size := fragTextSize(); size != t.cutSize {
		t.cut, t.cutSize = uploadlist.NewCutter(size), size
	}
	return t.cut
}
