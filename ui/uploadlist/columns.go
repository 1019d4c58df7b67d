package uploadlist

import (
	"slices"

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
	ColumnPlace       = "place"
	ColumnPriority    = "priority"
	ColumnAdded       = "added"
	ColumnFinished    = "finished"
	ColumnFolder      = "folder"
	ColumnAccount     = "account"
)

// column is one column: what it is, how wide it is wanted, and how wide it is.
type column struct {
	id    string
	title string
	long  string // the title in menus, where it is another
	align fyne.TextAlign
	sort  transfer.SortBy // "" cannot be sorted by

	least  float32 // below this it is left out, if it may be
	wanted float32
	yields int // columns are left out from the highest yields down; 0 is never left out

	off  bool // not to be shown
	rank int  // which column of a row it is, from the left

	x, width float32 // as laid out; width 0 is left out
}

// The columns, in the order of a row that nobody changed.
const (
	atIcon = iota
	atName
	atSize
	atProgress
	atSpeed
	atLeft
	atStatus
	atDestination
	atPlace
	atPriority
	atAdded
	atFinished
	atFolder
	atAccount
	columnCount
)

type columns [columnCount]column

// newColumns returns the columns as they are before a person changes them. Those that are
// off by default yield last: who switched one on wants to see it.
func newColumns() columns {
	trailing := fyne.TextAlignTrailing
	cs := columns{
		atIcon:     {id: ColumnIcon, least: 38, wanted: 38},
		atName:     {id: ColumnName, title: text.T("Name"), sort: transfer.SortName, least: 136, wanted: 260},
		atSize:     {id: ColumnSize, title: text.T("Size"), align: trailing, sort: transfer.SortSize, least: 84, wanted: 88},
		atProgress: {id: ColumnProgress, title: text.T("Progress"), sort: transfer.SortProgress, least: 84, wanted: 150},
		atSpeed: {
			id: ColumnSpeed, title: text.T("Speed"), align: trailing, sort: transfer.SortSpeed,
			least: 90, wanted: 96, yields: 12,
		},
		atLeft: {
			id: ColumnLeft, title: text.T("Time left"), align: trailing, sort: transfer.SortLeft,
			least: 98, wanted: 100, yields: 11,
		},
		atStatus: {id: ColumnStatus, title: text.T("Status"), sort: transfer.SortStatus, least: 134, wanted: 300},
		atDestination: {
			id: ColumnDestination, title: text.T("Destination"), sort: transfer.SortDestination,
			least: 110, wanted: 204, yields: 13,
		},
		atPlace: {
			id: ColumnPlace, title: "#", long: text.T("Place in the queue"), align: trailing, sort: transfer.SortQueue,
			least: 44, wanted: 56, yields: 1, off: true,
		},
		atPriority: {
			id: ColumnPriority, title: text.T("Priority"), sort: transfer.SortPriority,
			least: 70, wanted: 80, yields: 2, off: true,
		},
		atAdded: {
			id: ColumnAdded, title: text.T("Added at"), sort: transfer.SortAdded,
			least: 130, wanted: 136, yields: 3, off: true,
		},
		atFinished: {
			id: ColumnFinished, title: text.T("Finished at"), sort: transfer.SortFinished,
			least: 130, wanted: 136, yields: 4, off: true,
		},
		atFolder: {
			id: ColumnFolder, title: text.T("Folder on this computer"), sort: transfer.SortFolder,
			least: 110, wanted: 200, yields: 6, off: true,
		},
		atAccount: {
			id: ColumnAccount, title: text.T("Account"), sort: transfer.SortAccount,
			least: 80, wanted: 110, yields: 5, off: true,
		},
	}
	for i := range cs {
		cs[i].rank = i
	}
	return cs
}

// order returns the columns from the left.
func (c *columns) order() (order [columnCount]int) {
	for i := range c {
		order[c[i].rank] = i
	}
	return order
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
	for _, i := range c.order() {
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
		shown[i] = !c[i].off
		if shown[i] {
			least += c[i].least
		}
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
	for _, i := range c.order() {
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

// put makes column i the one that column before was, and moves those between by one.
func (c *columns) put(i, at int) {
	order := c.order()
	list := slices.Delete(order[:], c[i].rank, c[i].rank+1)
	c.rank(slices.Insert(list, c[at].rank, i))
}

// beside returns the column that i comes to the place of when it moves by one to the left, -1,
// or to the right, 1, past columns that are not to be shown. The icon stays where it is.
func (c *columns) beside(i, by int) (at int, ok bool) {
	order := c.order()
	for rank := c[i].rank + by; rank > 0 && rank < columnCount; rank += by {
		if at = order[rank]; !c[at].off {
			return at, true
		}
	}
	return 0, false
}

// rank puts the columns into this order.
func (c *columns) rank(order []int) {
	for rank, i := range order {
		c[i].rank = rank
	}
}

// inMenu is the column's title where it stands alone.
func (c *column) inMenu() string {
	if c.long != "" {
		return c.long
	}
	return c.title
}
