package partmap

import "partway/transfer"

// Counts is the number of parts in each state.
type Counts struct {
	Waiting, Sending, Done, Failed int
}

// Count counts states.
func Count(states []transfer.PartState) Counts {
	var c Counts
	for _, s := range states {
		c.add(s)
	}
	return c
}

func (c *Counts) add(s transfer.PartState) {
	switch s {
	case transfer.PartSending:
		c.Sending++
	case transfer.PartDone:
		c.Done++
	case transfer.PartFailed:
		c.Failed++
	case transfer.PartWaiting:
		c.Waiting++
	default:
		c.Waiting++
	}
}

// Of returns the number of parts in a state.
func (c Counts) Of(s transfer.PartState) int {
	switch s {
	case transfer.PartSending:
		return c.Sending
	case transfer.PartDone:
		return c.Done
	case transfer.PartFailed:
		return c.Failed
	case transfer.PartWaiting:
		return c.Waiting
	default:
		return 0
	}
}

// State returns the one state that a group of parts is drawn in: what needs attention
// outweighs what moves, and that what rests. A group is done when all of it is.
func (c Counts) State() transfer.PartState {
	switch {
	case c.Failed > 0:
		return transfer.PartFailed
	case c.Sending > 0:
		return transfer.PartSending
	case c.Waiting > 0 || c.Done == 0:
		return transfer.PartWaiting
	default:
		return transfer.PartDone
	}
}

// share returns which part of the group is done, from 0 to 1.
func (c Counts) share() float64 {
	total := c.Waiting + c.Sending + c.Done + c.Failed
	if total == 0 {
		return 0
	}
	return float64(c.Done) / float64(total)
}

// Cell is what one cell stands for: a part, or a group of parts that follow each other.
type Cell struct {
	First, Last int // part numbers, from 1
	Counts      Counts
}

// grid is how cells lie in a strip, in pixels of the device.
type grid struct {
	parts         int
	count         int // cells
	columns, rows int
	width, height int // of the strip
	gap           int
}

// maxRows bounds the strip's rows of cells.
const maxRows = 4

// newGrid lays parts out in a strip of w times h pixels, with cells at least least
// pixels wide. Few parts are wide cells in one row; more take more rows; when even those
// do not suffice, a cell stands for a group.
func newGrid(parts, w, h, least int) grid {
	g := grid{parts: parts, width: w, height: h}
	if parts <= 0 || w <= 0 || h <= 0 {
		return g
	}
	perRow := max(1, w/max(1, least))
	g.rows = min(maxRows, (parts+perRow-1)/perRow, max(1, h/max(1, least)))
	g.count = min(parts, perRow*g.rows)
	g.columns = (g.count + g.rows - 1) / g.rows
	g.gap = max(1, least/6)
	if w/g.columns < 4 || h/g.rows < 4 {
		g.gap = 0
	}
	return g
}

// parts returns the numbers of the first and last part of cell i.
func (g grid) span(i int) (first, last int) {
	return i*g.parts/g.count + 1, (i + 1) * g.parts / g.count
}

// rect returns the edges of cell i. Cells of one row share its width to the pixel.
func (g grid) rect(i int) (x0, y0, x1, y1 int) {
	column, row := i%g.columns, i/g.columns
	x0, x1 = column*g.width/g.columns, (column+1)*g.width/g.columns
	y0, y1 = row*g.height/g.rows, (row+1)*g.height/g.rows
	if column < g.columns-1 {
		x1 -= g.gap
	}
	if row < g.rows-1 {
		y1 -= g.gap
	}
	return x0, y0, x1, y1
}

// at returns the cell at a place given as fractions of width and height, or -1.
func (g grid) at(fx, fy float64) int {
	if g.count == 0 || fx < 0 || fx >= 1 || fy < 0 || fy >= 1 {
		return -1
	}
	i := int(fy*float64(g.rows))*g.columns + int(fx*float64(g.columns))
	if i >= g.count {
		return -1
	}
	return i
}

// cell returns what cell i stands for.
func (g grid) cell(i int, states []transfer.PartState) Cell {
	first, last := g.span(i)
	return Cell{First: first, Last: last, Counts: Count(states[first-1 : last])}
}
