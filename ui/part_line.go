package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/look"
)

// The columns of the table of parts.
const (
	colNumber = iota
	colRange
	colSize
	colState
	colTries
	colETag
	colServer
	colFile
	partColumns
)

// partWidths are what the columns need to show all of their text.
var partWidths = [partColumns]float32{48, 190, 72, 112, 44, 252, 104, 104}

const (
	partGap = 10
	// etagLeast is the width below which an ETag tells nothing.
	etagLeast = 110
)

// widthsOf shares out the width of a line. Columns that do not fit are left out, rather
// than cut: first the range, which number and size tell as well, then the tries, then the
// ETag, which stands in the line of a part that is selected.
func widthsOf(width float32, server, file bool) (w [partColumns]float32) {
	w = partWidths
	if !server {
		w[colServer] = 0
	}
	if !file {
		w[colFile] = 0
	}
	over := func() float32 {
		sum := float32(2 * partGap)
		for _, c := range w {
			if c > 0 {
				sum += c + partGap
			}
		}
		return sum - width
	}
	for _, drop := range []int{colRange, colTries} {
		if over() > 0 {
			w[drop] = 0
		}
	}
	if o := over(); o > 0 {
		w[colETag] = max(0, w[colETag]-o)
		if w[colETag] < etagLeast {
			w[colETag] = 0
		}
	}
	return w
}

// partLine is one line of the table, of texts that cost little to change.
type partLine struct {
	widget.BaseWidget
	facts partFacts
	head  bool
	dot   *canvas.Rectangle
	cells [partColumns]*canvas.Text
}

func newPartLine(head bool) *partLine {
	l := &partLine{head: head, dot: canvas.NewRectangle(color.Transparent)}
	l.dot.CornerRadius = 2
	for i := range l.cells {
		l.cells[i] = canvas.NewText("", color.Black)
	}
	for _, i := range []int{colNumber, colRange, colSize, colTries} {
		l.cells[i].Alignment = fyne.TextAlignTrailing
	}
	l.ExtendBaseWidget(l)
	return l
}

func (l *partLine) set(f partFacts) {
	if f == l.facts {
		return
	}
	l.facts = f
	l.Refresh()
}

// CreateRenderer is called by Fyne.
func (l *partLine) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{l.dot}
	for _, c := range l.cells {
		objects = append(objects, c)
	}
	r := &partLineRenderer{l: l, objects: objects}
	r.Refresh()
	return r
}

type partLineRenderer struct {
	l       *partLine
	objects []fyne.CanvasObject
}

// partLineHeight is the pitch of the table of parts.
const partLineHeight = 20

func (r *partLineRenderer) MinSize() fyne.Size {
	return fyne.NewSize(400, partLineHeight)
}

func (r *partLineRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *partLineRenderer) Destroy()                     {}

func (r *partLineRenderer) Layout(s fyne.Size) {
	cells := &r.l.facts.cells
	widths := widthsOf(s.Width, cells[colServer] != "", cells[colFile] != "")
	x := float32(partGap)
	for i, c := range r.l.cells {
		w := widths[i]
		c.Hidden = w <= 0
		if c.Hidden {
			continue
		}
		var dot float32
		if i == colState {
			r.l.dot.Resize(fyne.NewSize(8, 8))
			r.l.dot.Move(fyne.NewPos(x, s.Height/2-4))
			dot = 14
		}
		fitText(c, cells[i], w-dot)
		c.Resize(fyne.NewSize(w-dot, s.Height))
		c.Move(fyne.NewPos(x+dot, 0))
		x += w + partGap
	}
}

// fitText shortens a text to the width of its column.
func fitText(c *canvas.Text, words string, width float32) {
	shown := words
	for n := len([]rune(words)); n > 1; n = n * 9 / 10 {
		if fyne.MeasureText(shown, c.TextSize, c.TextStyle).Width <= width {
			break
		}
		shown = string([]rune(words)[:n*9/10]) + "…"
	}
	c.Text = shown
}

func (r *partLineRenderer) Refresh() {
	size := theme.Size(theme.SizeNameCaptionText) + 1
	ink := theme.Color(theme.ColorNameForeground)
	for i, c := range r.l.cells {
		c.Color, c.TextSize = ink, size
		c.TextStyle.Bold = r.l.head || r.l.facts.differ[i]
		if r.l.facts.differ[i] {
			c.Color = theme.Color(theme.ColorNameError)
		}
	}
	r.l.dot.FillColor = color.Transparent
	if !r.l.head && r.l.facts.number > 0 {
		r.l.dot.FillColor = theme.Color(look.PartColor(r.l.facts.state))
	}
	r.Layout(r.l.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}
