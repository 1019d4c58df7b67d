package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// overviewParts is what the overview is laid out of.
type overviewParts struct {
	head, trouble, strip, legend fyne.CanvasObject
	facts                        *factList
	graph                        fyne.CanvasObject
}

// overviewPage lays the overview out. Where there is room the graph stands beside the
// words, otherwise below them. What does not fit is scrolled to, and the page ends below a
// whole line: a line cut through the middle looks like a fault.
type overviewPage struct {
	overviewParts
	scroll *container.Scroll
	column *fyne.Container // the words
}

// The overview's measures.
const (
	besideWidth = 780 // from here on the graph stands beside the words
	graphShare  = 0.38
	graphHeight = 190 // below the words
	tallest     = 300 // beside them
	pageMargin  = 6
	lineGap     = 2
	fade        = 6 // the scroll's shadow on what goes on below
)

// newOverviewPage returns the page, and what scrolls it.
func newOverviewPage(parts overviewParts) (page fyne.CanvasObject, scroll *container.Scroll) {
	p := &overviewPage{overviewParts: parts}
	p.column = container.New(&wordColumn{page: p}, parts.head, parts.trouble, parts.strip, parts.legend, parts.facts.content, parts.graph)
	p.scroll = container.NewVScroll(p.column)
	return container.New(p, p.scroll), p.scroll
}

// MinSize is called by Fyne.
func (p *overviewPage) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, 80) }

// Layout is called by Fyne.
func (p *overviewPage) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	p.scroll.Move(fyne.NewPos(pageMargin, pageMargin))
	room := s.SubtractWidthHeight(2*pageMargin, pageMargin)
	p.facts.setWidth(wordsWidth(room.Width))
	height := p.column.Layout.(*wordColumn).whole(p.column.Objects, room)
	p.scroll.Resize(fyne.NewSize(room.Width, height))
	p.column.Refresh() // the scroll asks for its height anew, which depends on its width
	p.scroll.Refresh()
}

// wordsWidth is how much of a width the words may take.
func wordsWidth(width float32) float32 {
	width -= theme.Padding() * 2 // of the scroll bar
	if width < besideWidth {
		return width
	}
	return width * (1 - graphShare)
}

// wordColumn lays the words out below each other, and the graph.
type wordColumn struct{ page *overviewPage }

// MinSize is called by Fyne.
func (w *wordColumn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := w.page.scroll.Size().Width
	return fyne.NewSize(280, w.arrange(objects, width, false))
}

// Layout is called by Fyne.
func (w *wordColumn) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	w.arrange(objects, s.Width, true)
}

// arrange returns the height that is needed, and moves everything to its place if asked.
func (w *wordColumn) arrange(objects []fyne.CanvasObject, width float32, move bool) float32 {
	words, beside := wordsWidth(width), width-2*theme.Padding() >= besideWidth
	column, graph := objects[:len(objects)-1], objects[len(objects)-1]
	var y float32
	for _, o := range column {
		if isEmpty(o) {
			continue
		}
		if o == w.page.trouble { // its lines break: their number depends on the width
			o.Resize(fyne.NewSize(words, o.MinSize().Height))
		}
		if move {
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(words, o.MinSize().Height))
		}
		y += o.MinSize().Height + lineGap
	}
	if !beside {
		if move {
			graph.Move(fyne.NewPos(0, y))
			graph.Resize(fyne.NewSize(words, graphHeight))
		}
		return y + graphHeight + pageMargin
	}
	if move {
		graph.Move(fyne.NewPos(words+3*pageMargin, 0))
		high := max(graph.MinSize().Height, min(w.page.scroll.Size().Height, tallest)-2)
		graph.Resize(fyne.NewSize(width-2*theme.Padding()-words-3*pageMargin, high))
	}
	return max(y, graph.MinSize().Height)
}

func isEmpty(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	return !o.Visible() || ok && len(c.Objects) == 0
}

// whole is the height of the page that ends below a whole line of what is laid out.
func (w *wordColumn) whole(objects []fyne.CanvasObject, room fyne.Size) float32 {
	if w.arrange(objects, room.Width, false) <= room.Height {
		return room.Height
	}
	var y float32
	var ends []float32
	for _, o := range objects[:len(objects)-2] {
		if isEmpty(o) {
			continue
		}
		y += o.MinSize().Height + lineGap
		ends = append(ends, y-fade) // what follows begins right there
	}
	for _, line := range w.page.facts.lines() {
		ends = append(ends, y+line)
	}
	height := room.Height // what comes first needs more than there is
	for _, end := range ends {
		if end+fade <= room.Height && end > room.Height/2 {
			height = end + fade
		}
	}
	return height
}

// oneLine lays objects over each other in one line of text.
type oneLine struct{}

const oneLineHeight = 26

// MinSize is called by Fyne.
func (oneLine) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, oneLineHeight)
}

// Layout is called by Fyne.
func (oneLine) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, (s.Height-h)/2))
		o.Resize(fyne.NewSize(s.Width, h))
	}
}
