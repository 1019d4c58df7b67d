// Package uploadlist is the list of uploads: a virtual list that holds objects for the
// rows in sight only, and takes 100,000 rows without effort.
//
// The list knows the IDs of all rows in their order, and the content of those in sight.
// It asks for content by [Callbacks.OnVisible], and is handed it by [List.SetRows]. Rows
// are known by upload ID, never by index: selection, focus and scroll position stay with
// their uploads when the list is sorted, filtered or grows.
//
// All methods belong to Fyne's goroutine.
package uploadlist

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// Row is what the list shows of one upload.
type Row struct {
	ID          transfer.ID
	Name        string // as it is: the list makes it safe to show
	Size        int64
	Progress    float64 // 0 to 1
	Speed       float64 // bytes per second; 0 shows nothing
	Left        time.Duration
	Status      transfer.Status
	StatusText  string
	Destination string
}

// Callbacks tell what a person does with the list. Any may be nil. All run on Fyne's
// goroutine and must not wait.
type Callbacks struct {
	// OnSelect is told the number of selected rows when the selection changed.
	OnSelect func(count int)
	// OnActivate is called on a double click or Enter.
	OnActivate func(id transfer.ID)
	// OnMenu asks for a context menu for the selected rows, at a position of the canvas.
	OnMenu func(at fyne.Position)
	// OnDelete is called on the Delete key.
	OnDelete func()
	// OnSort asks for another order; SetIDs is to follow.
	OnSort func(transfer.Sort)
	// OnVisible names the rows in sight whenever they change.
	OnVisible func(ids []transfer.ID)
	// OnColumns tells that a person changed column widths, to be remembered.
	OnColumns func(widths map[string]float32)
}

// List is the widget.
type List struct {
	widget.BaseWidget

	cb Callbacks
}

// New returns an empty list.
func New(cb Callbacks) *List {
	l := &List{cb: cb}
	l.ExtendBaseWidget(l)
	return l
}

// SetIDs replaces the rows' order. The selection keeps those that are still there. The
// slice must not change afterwards.
func (l *List) SetIDs(ids []transfer.ID) {}

// SetRows hands the content of rows in sight. Rows out of sight are ignored, and only
// what differs is drawn anew.
func (l *List) SetRows(rows []Row) {}

// VisibleIDs returns the IDs of the rows in sight, from the top.
func (l *List) VisibleIDs() []transfer.ID { return nil }

// Selected returns the IDs of the selected rows, in the list's order.
func (l *List) Selected() []transfer.ID { return nil }

// Current returns the ID of the row that the keyboard is on, if there is one.
func (l *List) Current() (transfer.ID, bool) { return 0, false }

// SelectAll selects every row.
func (l *List) SelectAll() {}

// Select selects exactly these rows, and scrolls the first into sight.
func (l *List) Select(ids ...transfer.ID) {}

// SetSort shows which column orders the list. It does not call OnSort.
func (l *List) SetSort(s transfer.Sort) {}

// SetColumnWidths restores widths told by OnColumns.
func (l *List) SetColumnWidths(widths map[string]float32) {}

// CreateRenderer is called by Fyne.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}
