package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/format"
)

// factList is a table of words and values, whose values can be selected and copied. A
// value that is too long for its column goes on in the next line.
type factList struct {
	content *fyne.Container
	labels  []*widget.Label
	values  []*factValue
	width   float32
}

// fact is one line.
type fact struct{ label, value string }

func newFactList() *factList {
	l := &factList{}
	l.content = &fyne.Container{Layout: l}
	return l
}

// The measures of facts.
const (
	factLine = 26 // of a value of one line
	// twoColumns is the width from which facts stand in two columns.
	twoColumns = 620
	factGap    = 12
)

// show sets the facts. It tells whether that may have changed how high the list is.
func (l *factList) show(facts []fact) (changed bool) {
	for len(l.labels) < len(facts) {
		label := widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{})
		label.Importance = widget.LowImportance
		value := newFactValue()
		l.labels, l.values = append(l.labels, label), append(l.values, value)
		l.content.Objects = append(l.content.Objects, label, value)
		changed = true
	}
	for i := range l.labels {
		on := i < len(facts)
		if on != l.labels[i].Visible() {
			changed = true
		}
		if !on {
			l.labels[i].Hide()
			l.values[i].Hide()
			continue
		}
		before := l.values[i].MinSize().Height
		changed = changed || l.labels[i].Text != facts[i].label
		setText(l.labels[i], facts[i].label)
		setText(&l.values[i].Label, safeLines(facts[i].value))
		changed = changed || before != l.values[i].MinSize().Height
		l.labels[i].Show()
		l.values[i].Show()
	}
	return changed
}

// safeLines makes a value safe to show, whose lines may be several: keys and what servers
// answer are no words of Partway's.
func safeLines(value string) string {
	lines := strings.Split(value, "\n")
	for i := range lines {
		lines[i] = format.Name(lines[i])
	}
	return strings.Join(lines, "\n")
}

// setWidth tells how wide the list will be: its height depends on it.
func (l *factList) setWidth(width float32) {
	l.width = width
	l.place(width, true)
}

// MinSize is called by Fyne.
func (l *factList) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(280, l.place(l.width, false))
}

// Layout is called by Fyne.
func (l *factList) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	l.width = s.Width
	l.place(s.Width, true)
}

// shown is how many facts there are.
func (l *factList) shown() int {
	n := 0
	for n < len(l.labels) && l.labels[n].Visible() {
		n++
	}
	return n
}

// columns tells which facts stand in which column: from first of a column up to the next's.
func (l *factList) columns(width float32) []int {
	n := l.shown()
	if width < twoColumns {
		return []int{0, n}
	}
	return []int{0, (n + 1) / 2, n}
}

// place returns the height that is needed, and moves everything to its place if asked.
func (l *factList) place(width float32, move bool) float32 {
	bounds := l.columns(width)
	columns := len(bounds) - 1
	each := (width - float32(columns-1)*factGap) / float32(columns)
	var highest float32
	for c := range columns {
		x, y := float32(c)*(each+factGap), float32(0)
		words := l.widest(bounds[c], bounds[c+1])
		for i := bounds[c]; i < bounds[c+1]; i++ {
			if move {
				l.labels[i].Move(fyne.NewPos(x, y))
				l.labels[i].Resize(fyne.NewSize(words, factLine))
				l.values[i].Move(fyne.NewPos(x+words, y))
				l.values[i].Resize(fyne.NewSize(max(40, each-words), l.values[i].MinSize().Height))
				// Now that it knows its width it knows how many lines it takes.
				l.values[i].Resize(fyne.NewSize(max(40, each-words), l.values[i].MinSize().Height))
			}
			y += l.height(i)
		}
		highest = max(highest, y)
	}
	return highest
}

// height is that of a fact, without the room that a label leaves above and below its text.
func (l *factList) height(i int) float32 {
	return max(factLine, l.values[i].MinSize().Height-2*theme.InnerPadding()+factLine/3)
}

// lines returns where the lines of the first column end.
func (l *factList) lines() []float32 {
	bounds := l.columns(l.width)
	ends := make([]float32, 0, bounds[1])
	var y float32
	for i := range bounds[1] {
		y += l.height(i)
		ends = append(ends, y)
	}
	return ends
}

// widest is the width of a column's words.
func (l *factList) widest(from, to int) float32 {
	var widest float32
	for _, label := range l.labels[from:to] {
		widest = max(widest, label.MinSize().Width)
	}
	return widest
}
