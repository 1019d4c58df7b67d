package uploadlist

import (
	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

// The columns' names, as [Callbacks.OnColumns] tells them.
const (
	ColumnIcon        = "icon"
	ColumnName        = "name"
	ColumnSize        = "size"
	ColumnProgress    = "progress"
	ColumnSpeed       = "speed"
	ColumnLeft        = "left"
	ColumnStatus      = "status"
	ColumnDestination = "destination"
)

// column is one column: what it is, how wide it is wanted, and how wide it is.
type column struct {
	id    string
	title string
	align fyne.TextAlign
	sort  transfer.SortBy // "" cannot be sorted by

	least  float32 // below this it is left out, if it may be
	wanted float32
	yields int // columns are left out from the highest yields down; 0 is never left out

	x, width float32 // as laid out; width 0 is left out
}

// The order of the columns in a row.
const (
	atIcon = iota
	atName
	atSize
	atProgress
	atSpeed
	atLeft
	atStatus
	atDestination
	columnCount
)

type columns [columnCount]column

func newColumns() columns {
	return columns{
		atIcon: {id: ColumnIcon, least: 28, wanted: 28},
		atName: {
			id: ColumnName, title: text.T("Name"), sort: transfer.SortName,
			least: 136, wanted: 260,
		},
		atSize: {
			id: ColumnSize, title: text.T("Size"), align: fyne.TextAlignTrailing, sort: transfer.SortSize,
			least: 84, wanted: 88,
		},
		atProgress: {id: ColumnProgress, title: text.T("Progress"), least: 88, wanted: 150},
		atSpeed: {
			id: ColumnSpeed, title: text.T("Speed"), align: fyne.TextAlignTrailing,
			least: 90, wanted: 96, yields: 2,
		},
		atLeft: {
			id: ColumnLeft, title: text.T("Time left"), align: fyne.TextAlignTrailing,
			least: 72, wanted: 92, yields: 1,
		},
		atStatus: {
			id: ColumnStatus, title: text.T("Status"), sort: transfer.SortStatus,
			least: 136, wanted: 196,
		},
		atDestination: {
			id: ColumnDestination, title: text.T("Destination"), sort: transfer.SortDestination,
			least: 110, wanted: 204, yields: 3,
		},
	}
}

// layout shares width among the columns. Each gets what it wants where there is room, and
// the name the rest; with less room all shrink towards their least, and where that is
// not enough, those that may are left out.
func (c *columns) layout(width float32) {
	shown := c.choose(width)
	var least, wanted float32
	for i := range c {
		if shown[i] {
			least += c[i].least
			wanted += max(c[i].wanted, c[i].least)
		}
	}
	share := float32(1)
	if wanted > width {
		share = max(0, (width-least)/(wanted-least))
	}
	rest := max(0, width-wanted)
	var x float32
	for i := range c {
		col := &c[i]
		col.x, col.width = x, 0
		if !shown[i] {
			continue
		}
		col.width = col.least + share*max(0, col.wanted-col.least)
		if i == atName {
			col.width += rest
		}
		x += col.width
	}
}

func (c *columns) choose(width float32) (shown [columnCount]bool) {
	var least float32
	for i := range c {
		shown[i] = true
		least += c[i].least
	}
	for least > width {
		out := atIcon
		for i := range c {
			if shown[i] && c[i].yields > c[out].yields {
				out = i
			}
		}
		if c[out].yields == 0 {
			break
		}
		shown[out] = false
		least -= c[out].least
	}
	return shown
}

// at returns the index of the column at x, or -1.
func (c *columns) at(x float32) int {
	for i := range c {
		if c[i].width > 0 && x >= c[i].x && x < c[i].x+c[i].width {
			return i
		}
	}
	return -1
}

// edge returns the two columns beside the divider near x, if there is one to drag.
func (c *columns) edge(x float32) (left, right int, ok bool) {
	const near = 4
	left = -1
	for i := range c {
		if c[i].width == 0 {
			continue
		}
		if left > atIcon && x >= c[i].x-near && x <= c[i].x+near {
			return left, i, true
		}
		left = i
	}
	return 0, 0, false
}

// fix makes the present widths the wanted ones, before a person changes two of them.
func (c *columns) fix() {
	for i := range c {
		if c[i].width > 0 {
			c[i].wanted = c[i].width
		}
	}
}

// move drags the divider between two columns, whose widths were wl and wr, by dx.
func (c *columns) move(left, right int, wl, wr, dx float32) {
	dx = max(dx, min(0, c[left].least-wl))
	dx = min(dx, max(0, wr-c[right].least))
	c[left].wanted, c[right].wanted = wl+dx, wr-dx
}

func (c *columns) widths() map[string]float32 {
	widths := make(map[string]float32, columnCount)
	for i := range c {
		widths[c[i].id] = c[i].wanted
	}
	return widths
}

func (c *columns) setWidths(widths map[string]float32) {
	const most = 2_000 // what a damaged setting might hold above this is not obeyed
	for i := range c {
		if w, ok := widths[c[i].id]; ok && i != atIcon && w >= c[i].least && w <= most {
			c[i].wanted = w
		}
	}
}
