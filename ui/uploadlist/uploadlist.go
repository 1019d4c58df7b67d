// Package uploadlist is the list of uploads: a virtual list that holds objects for the
// rows in sight only, and takes 100,000 rows without effort.
//
// The list knows the IDs of all rows in their order, and the content of those in sight.
// It asks for content by [Callbacks.OnVisible], and is handed it by [List.SetRows]. Rows
// are known by upload ID, never by index: selection, focus and scroll position stay with
// their uploads when the list is sorted, filtered or grows. A folder is a row like any
// other, by its [transfer.FolderID.Entry]; its files follow while it is open.
//
// All methods belong to Fyne's goroutine.
package uploadlist

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// Row is what the list shows of one upload, or of a folder.
type Row struct {
	ID          transfer.ID // below 0: of a folder
	Inside      bool        // it lies in the open folder above
	Note        string      // quietly behind the name, where there is room
	ShortNote   string      // where there is room for no more
	Name        string      // as it is: the list makes it safe to show
	Size        int64
	Progress    float64 // 0 to 1
	Speed       float64 // bytes per second; 0 shows nothing
	Left        time.Duration
	Status      transfer.Status
	StatusText  string // empty: the words of Status
	StatusLong  string // shown in its place where there is room
	Flawed      bool   // completed, with a warning
	Destination string

	Place    int // in the queue, from 1; 0 shows nothing
	Priority transfer.Priority
	Added    time.Time
	Finished time.Time // zero shows nothing
	Folder   string    // of the file on this computer
	Account  string
}

// Callbacks tell what a person does with the list. Any may be nil. All run on Fyne's
// goroutine and must not wait.
type Callbacks struct {
	// OnSelect is told the number of selected rows when the selection or the current row
	// changed.
	OnSelect func(count int)
	// OnActivate is called on a double click or Enter.
	OnActivate func(id transfer.ID)
	// OnMenu asks for a context menu for the selected rows, at a position of the canvas.
	OnMenu func(at fyne.Position)
	// OnDelete is called on the Delete key.
	OnDelete func()
	// OnSort asks for another order; SetIDs is to follow.
	OnSort func(transfer.Sort)
	// OnFold tells which folders are open, when a person opened or closed one; SetIDs is to
	// follow.
	OnFold func(open []transfer.FolderID)
	// OnMove asks for the selected rows to be moved in the queue, where they were dragged.
	OnMove func(transfer.Move)
	// OnScrolled is told how long each scroll took, for measurements.
	OnScrolled func(took time.Duration)
	// OnVisible names the rows in sight whenever they change. The slice is the callee's.
	OnVisible func(ids []transfer.ID)
	// OnColumns tells what a person made of the columns, to be remembered.
	OnColumns func(columns []Column)
	// OnColumnMenu asks for a menu of [List.HeaderItems], at a position of the canvas.
	OnColumnMenu func(at fyne.Position)
	// OnShortcut gets the shortcuts that the list itself has no use for. While the list
	// has the focus, shortcuts that are not in the main menu reach nothing else.
	OnShortcut func(fyne.Shortcut)
}

// List is the widget.
type List struct {
	widget.BaseWidget

	cb        Callbacks
	modifiers func() fyne.KeyModifier

	sel     selection
	rows    map[transfer.ID]Row // content, of rows in sight and some that were
	sort    transfer.Sort
	open    map[transfer.FolderID]bool
	sorting bool // the next SetIDs is another order, asked for by OnSort
	columns columns
	asked   int // the column that the menu of columns was asked for on

	offset  float64 // of the first row above the upper edge, in pixels
	visible []transfer.ID
	hover   int // index of the row under the pointer, or -1
	focused bool
	pressed [2]transfer.ID // rows of the last two presses, for double clicks
	drag    drag

	view *view // nil until Fyne asks for it
}

// New returns an empty list in the queue's order.
func New(cb Callbacks) *List {
	l := &List{
		cb:        cb,
		modifiers: currentModifiers,
		sel:       newSelection(),
		rows:      map[transfer.ID]Row{},
		open:      map[transfer.FolderID]bool{},
		sort:      transfer.Sort{By: transfer.SortQueue},
		columns:   newColumns(),
		hover:     -1,
	}
	l.ExtendBaseWidget(l)
	return l
}

func currentModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// SetIDs replaces the rows' order. The selection keeps those that are still there, and
// the rows in sight stay where they are, as far as they are still there. The slice must
// not change afterwards.
func (l *List) SetIDs(ids []transfer.ID) {
	anchorID, shift := l.scrollAnchor(ids)
	changed := l.sel.setIDs(ids)
	switch {
	case l.sorting:
		l.sorting = false
		l.reveal(l.sel.current.at)
	case anchorID >= 0:
		l.offset = float64(anchorID)*rowHeight - shift
	}
	l.hover = -1
	l.update()
	if changed {
		l.selected()
	}
}

// scrollAnchor returns the index that the uppermost surviving row in sight has in ids,
// and how far below the upper edge it is now. At the top of the list there is no anchor:
// who looks at the top sees what is new there.
func (l *List) scrollAnchor(ids []transfer.ID) (index int, shift float64) {
	if l.offset <= 0 || len(l.visible) == 0 {
		return -1, 0
	}
	first := int(l.offset / rowHeight)
	best := len(l.visible)
	index = -1
	wanted := make(map[transfer.ID]int, len(l.visible))
	for k, id := range l.visible {
		wanted[id] = k
	}
	for i, id := range ids {
		if k, ok := wanted[id]; ok && k < best {
			best, index = k, i
		}
		if best == 0 {
			break
		}
	}
	return index, float64(first+best)*rowHeight - l.offset
}

// cacheRows bounds how many rows' content is kept. What was in sight is shown at once
// when it comes back, until SetRows brings it up to date.
const cacheRows = 2_000

// SetRows hands the content of rows in sight. Rows out of sight are ignored, and only
// what differs is drawn anew.
func (l *List) SetRows(rows []Row) {
	if len(l.rows) > cacheRows {
		clear(l.rows)
	}
	for _, r := range rows {
		if slices.Contains(l.visible, r.ID) {
			l.rows[r.ID] = r
		}
	}
	l.draw()
}

// VisibleIDs returns the IDs of the rows in sight, from the top.
func (l *List) VisibleIDs() []transfer.ID { return slices.Clone(l.visible) }

// Len returns the number of rows.
func (l *List) Len() int { return len(l.sel.ids) }

// Selected returns the IDs of the selected rows, in the list's order.
func (l *List) Selected() []transfer.ID { return l.sel.list() }

// SelectedCount returns the number of selected rows.
func (l *List) SelectedCount() int { return len(l.sel.selected) }

// Current returns the ID of the row that the keyboard is on, if there is one.
func (l *List) Current() (transfer.ID, bool) {
	return l.sel.current.id, l.sel.current.at >= 0
}

// SelectAll selects every row.
func (l *List) SelectAll() {
	l.sel.all()
	l.selected()
}

// Select selects exactly these rows, and scrolls the first into sight.
func (l *List) Select(ids ...transfer.ID) {
	l.reveal(l.sel.set(ids))
	l.selected()
}

// SetSort shows which column orders the list. It does not call OnSort.
func (l *List) SetSort(s transfer.Sort) {
	l.sort = s
	if l.view != nil {
		l.view.header.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (l *List) AccessibilityLabel() string { return text.T("Uploads") }

// AccessibilityRole implements fyne.Accessible. Fyne has no role for lists.
func (l *List) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// selected shows the selection, and tells of it.
func (l *List) selected() {
	l.draw()
	if l.cb.OnSelect != nil {
		l.cb.OnSelect(len(l.sel.selected))
	}
}

// sortBy asks for the order of a column: ascending, then descending, then the queue's.
func (l *List) sortBy(by transfer.SortBy) {
	next := transfer.Sort{By: by}
	if l.sort.By == by {
		next.Descending = true
		if l.sort.Descending {
			next = transfer.Sort{By: transfer.SortQueue}
		}
	}
	l.orderBy(next)
}

func (l *List) orderBy(next transfer.Sort) {
	l.sorting = true
	l.SetSort(next)
	if l.cb.OnSort != nil {
		l.cb.OnSort(next)
	}
}
