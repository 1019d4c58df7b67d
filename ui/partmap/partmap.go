// Package partmap shows the parts of an upload as a strip of cells, one cell a part, or
// groups of parts when there are more parts than cells.
package partmap

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// Counts is the number of parts in each state.
type Counts [4]int

// Count counts states.
func Count(states []transfer.PartState) Counts {
	var c Counts
	for _, s := range states {
		c[s]++
	}
	return c
}

// Cell is what one cell stands for.
type Cell struct {
	First, Last int // part numbers, from 1
	Counts      Counts
}

// Map is the strip.
type Map struct {
	widget.BaseWidget

	// OnHover, if set, is told the cell under the pointer, and nil when it leaves.
	OnHover func(*Cell)
}

// New returns a strip without parts.
func New() *Map {
	m := &Map{}
	m.ExtendBaseWidget(m)
	return m
}

// SetStates shows the parts' states, by number less 1. The slice must not change
// afterwards. Equal states cost no repaint, so it may be called on each tick.
func (m *Map) SetStates(states []transfer.PartState) {}

// CreateRenderer is called by Fyne.
func (m *Map) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}

// Legend explains the strip's colours: for each state its square, its word, and how many
// parts are in it.
type Legend struct {
	widget.BaseWidget
}

// NewLegend returns a legend that counts nothing.
func NewLegend() *Legend {
	l := &Legend{}
	l.ExtendBaseWidget(l)
	return l
}

// SetCounts shows how many parts are in each state.
func (l *Legend) SetCounts(c Counts) {}

// CreateRenderer is called by Fyne.
func (l *Legend) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}
