package uploadlist

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

func headerEvent(x float32) *desktop.MouseEvent {
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(x, headerHeight/2)
	return e
}

func (f *fixture) clickHeader(column int) {
	c := f.columns[column]
	e := headerEvent(c.x + c.width/2)
	f.view.header.MouseDown(e)
	f.view.header.MouseUp(e)
}

func TestAHeaderClickSorts(t *testing.T) {
	f := newFixture(t, upTo(10))
	for _, column := range []int{atName, atName, atName, atSize, atSpeed, atIcon, atStatus} {
		f.clickHeader(column)
	}
	want := []transfer.Sort{
		{By: transfer.SortName},
		{By: transfer.SortName, Descending: true},
		{By: transfer.SortQueue},
		{By: transfer.SortSize},
		{By: transfer.SortSpeed},
		{By: transfer.SortStatus}, // there is no order by icon
	}
	if !slices.Equal(f.sorts, want) {
		t.Errorf("asked for %v, want %v", f.sorts, want)
	}
}

func TestAfterSortingTheCurrentRowIsInSight(t *testing.T) {
	f := newFixture(t, upTo(1000))
	f.click(2)
	f.clickHeader(atName)
	ids := upTo(1000)
	slices.Reverse(ids)
	f.SetIDs(ids)
	if !slices.Contains(f.VisibleIDs(), 3) {
		t.Errorf("row 3 is out of sight: %v", f.VisibleIDs())
	}
	f.wantSelected(t, 3)
}

func TestDraggingADividerResizes(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1400, 400))
	h, cs := f.view.header, &f.columns
	before := *cs
	x := cs[atStatus].x
	h.MouseIn(headerEvent(x))
	if h.Cursor() != desktop.HResizeCursor {
		t.Error("the pointer does not show that the divider can be dragged")
	}
	h.MouseDown(headerEvent(x))
	for _, dx := range []float32{10, 20, 30} {
		h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+dx, 5)}})
	}
	h.MouseUp(headerEvent(x + 30))
	h.DragEnd()
	if got, want := cs[atStatus].x, before[atStatus].x+30; !near(got, want) {
		t.Errorf("the divider is at %v, want %v", got, want)
	}
	if got, want := cs[atDestination].x, before[atDestination].x; !near(got, want) {
		t.Errorf("the next divider moved to %v from %v", got, want)
	}
	if len(f.sorts) != 0 {
		t.Error("a drag sorted")
	}
	if len(f.told) != 1 || f.told[0][atLeft].ID != ColumnLeft || !near(f.told[0][atLeft].Width, before[atLeft].width+30) {
		t.Errorf("told of the columns %v", f.told)
	}
}

func TestColumnsKeepTheirLeastWidth(t *testing.T) {
	f := newFixture(t, upTo(10))
	h, cs := f.view.header, &f.columns
	x := cs[atSize].x
	h.MouseDown(headerEvent(x))
	h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+900, 5)}})
	h.DragEnd()
	for i := range cs {
		if cs[i].width < cs[i].least-0.01 && !cs[i].off {
			t.Errorf("column %s is %v wide, at least %v was wanted", cs[i].id, cs[i].width, cs[i].least)
		}
	}
}

func TestColumnWidthsAreRestored(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1600, 400))
	f.SetColumns([]Column{{ID: ColumnStatus, Width: 222}, {ID: ColumnSpeed, Width: 3}, {ID: ColumnLeft, Width: 1e9}, {ID: "gone", Width: 50}})
	if got := f.columns[atStatus].width; !near(got, 222) {
		t.Errorf("the status is %v wide, want 222", got)
	}
	if f.columns[atSpeed].width < f.columns[atSpeed].least || f.columns[atLeft].width > 300 {
		t.Error("widths that make no sense were taken over")
	}
}

func TestColumnsFitTheWidth(t *testing.T) {
	cases := []struct {
		width float32
		gone  []string
	}{
		{1400, nil},
		{800, nil},
		{664, []string{ColumnDestination}},
		{610, []string{ColumnSpeed, ColumnDestination}},
		{510, []string{ColumnSpeed, ColumnLeft, ColumnDestination}},
	}
	for _, c := range cases {
		cs := newColumns()
		cs.layout(c.width)
		var gone []string
		var sum float32
		for i := range cs {
			if cs[i].width == 0 && !cs[i].off {
				gone = append(gone, cs[i].id)
			}
			sum += cs[i].width
		}
		if !slices.Equal(gone, c.gone) {
			t.Errorf("at %v, %v are left out, want %v", c.width, gone, c.gone)
		}
		if !near(sum, c.width) {
			t.Errorf("at %v the columns take %v", c.width, sum)
		}
	}
}

func near(a, b float32) bool { return a-b < 0.1 && b-a < 0.1 }

func TestTheScrollBarDrags(t *testing.T) {
	f := newFixture(t, upTo(1000))
	b := f.view.bar
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(5, 4)
	b.MouseDown(e)
	b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 4+b.Size().Height)}})
	b.DragEnd()
	if ids := f.VisibleIDs(); ids[len(ids)-1] != 1000 {
		t.Errorf("dragged to the end, %v are in sight", ids)
	}
	e.Position = fyne.NewPos(5, 1)
	b.MouseDown(e) // above the thumb: a page up
	if got := f.VisibleIDs()[0]; got != 981 {
		t.Errorf("a page up shows %d first, want 981", got)
	}
}

// shown lists the columns that a row has, from the left.
func (f *fixture) shown() (ids []string) {
	for _, i := range f.columns.order() {
		if f.columns[i].width > 0 {
			ids = append(ids, f.columns[i].id)
		}
	}
	return ids
}

// choose chooses what a menu of the list's offers.
func choose(t *testing.T, items []*fyne.MenuItem, label string) {
	t.Helper()
	at := slices.IndexFunc(items, func(i *fyne.MenuItem) bool { return i.Label == label })
	if at < 0 {
		t.Fatalf("%q is not offered", label)
	}
	items[at].Action()
}

func TestDraggingATitleMovesItsColumn(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1400, 400))
	f.SetRows(rowsOf(upTo(3)))
	h, cs := f.view.header, &f.columns
	from := cs[atStatus].x + 20
	to := cs[atSize].x + 5
	h.MouseDown(headerEvent(from))
	for x := from; x > to; x -= 10 {
		h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 5)}})
	}
	h.MouseUp(headerEvent(to))
	h.DragEnd()
	want := []string{
		ColumnIcon, ColumnName, ColumnStatus, ColumnSize, ColumnProgress, ColumnSpeed, ColumnLeft, ColumnDestination,
	}
	if got := f.shown(); !slices.Equal(got, want) {
		t.Errorf("the columns are %v, want %v", got, want)
	}
	cell := f.view.pool[0].cells[atStatus]
	if cell.Position().X < cs[atName].x+cs[atName].width || cell.Position().X > cs[atSize].x {
		t.Errorf("the status of a row is at %v, its column at %v", cell.Position().X, cs[atStatus].x)
	}
	if len(f.sorts) != 0 || len(f.told) != 1 {
		t.Errorf("sorted %d times, told of the columns %d times", len(f.sorts), len(f.told))
	}
	again := newFixture(t, upTo(10))
	again.window.Resize(fyne.NewSize(1400, 400))
	again.SetColumns(f.told[0])
	if got := again.shown(); !slices.Equal(got, want) {
		t.Errorf("restored, the columns are %v, want %v", got, want)
	}
}

func TestTheIconStaysFirst(t *testing.T) {
	f := newFixture(t, upTo(10))
	h, cs := f.view.header, &f.columns
	for _, drag := range [][2]float32{{5, cs[atSize].x + 60}, {cs[atName].x + 60, 5}} {
		h.MouseDown(headerEvent(drag[0]))
		h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(drag[1], 5)}})
		h.MouseUp(headerEvent(drag[1]))
	}
	if got := f.shown(); got[0] != ColumnIcon || got[1] != ColumnName {
		t.Errorf("the columns are %v", got)
	}
}

func TestColumnsAreShownAndHidden(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1400, 400))
	standard := f.shown()
	added := time.Date(2026, 3, 4, 5, 6, 0, 0, time.Local)
	f.SetRows([]Row{{ID: 1, Name: "a", Place: 7, Priority: transfer.PriorityHigh, Added: added, Account: "Work", Folder: "/home/a"}})
	for _, label := range []string{"Size", "Place in the queue", "Priority", "Added at", "Finished at", "Account", "Folder on this computer"} {
		choose(t, f.ColumnItems(), label)
	}
	if got := f.shown(); slices.Contains(got, ColumnSize) || !slices.Contains(got, ColumnPlace) {
		t.Errorf("the columns are %v", got)
	}
	for column, want := range map[int]string{
		atPlace: "7", atPriority: "High", atAdded: "2026-03-04 05:06", atFinished: "", atAccount: "Work", atFolder: "/home/a",
	} {
		if got := f.view.pool[0].cells[column].Text; got != want || f.view.pool[0].cells[column].Hidden {
			t.Errorf("column %s shows %q, want %q", f.columns[column].id, got, want)
		}
	}
	if told := f.told[len(f.told)-1]; !slices.Contains(told, Column{ID: ColumnSize, Width: 88, Hidden: true}) {
		t.Errorf("told of %v", told)
	}
	choose(t, f.ColumnItems(), "Reset columns")
	if got := f.shown(); !slices.Equal(got, standard) {
		t.Errorf("reset, the columns are %v, want %v", got, standard)
	}
}

// Columns are moved by the menu too, past those that are not shown, but not past the icon.
func TestColumnsMoveByTheMenu(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1400, 400))
	choose(t, f.ColumnItems(), "Progress")
	choose(t, f.MoveItems(1), "Size")
	want := []string{ColumnIcon, ColumnName, ColumnSpeed, ColumnSize, ColumnLeft, ColumnStatus, ColumnDestination}
	if got := f.shown(); !slices.Equal(got, want) {
		t.Errorf("the columns are %v, want %v", got, want)
	}
	if told := f.told[len(f.told)-1]; told[4].ID != ColumnSize {
		t.Errorf("told of %v", told)
	}
	h := f.view.header
	h.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(f.columns[atSpeed].x+9, 9)})
	choose(t, f.HeaderItems(), "Move left")
	want[1], want[2] = want[2], want[1]
	if got := f.shown(); !slices.Equal(got, want) {
		t.Errorf("the columns are %v, want %v", got, want)
	}
	choose(t, f.HeaderItems(), "Hide this column")
	if got := f.shown(); slices.Contains(got, ColumnSpeed) {
		t.Errorf("the columns are %v", got)
	}
	h.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(f.columns[atName].x+9, 9)})
	if items := f.HeaderItems(); !items[2].Disabled {
		t.Error("the names can be hidden")
	}
	if left := f.MoveItems(-1); !left[0].Disabled || left[1].Disabled {
		t.Error("the first column can be moved past the icon, or the second not to its place")
	}
	if right := f.MoveItems(1); !right[len(right)-1].Disabled {
		t.Error("the last column can be moved on")
	}
}

func TestAColumnWithoutRoomIsSaidToHaveNone(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(640, 400))
	choose(t, f.ColumnItems(), "Destination (no room)")
	choose(t, f.ColumnItems(), "Added at")
	if got := f.shown(); !slices.Contains(got, ColumnAdded) || slices.Contains(got, ColumnSpeed) {
		t.Errorf("the columns are %v: what was asked for goes before what is there by default", got)
	}
}

func TestARightClickOnTheHeaderAsksForItsMenu(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.view.header.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(30, 9)})
	if len(f.columnMenus) != 1 || len(f.sorts) != 0 {
		t.Errorf("asked for %d menus, sorted %d times", len(f.columnMenus), len(f.sorts))
	}
}

func TestTheOrderIsChosenFromAMenu(t *testing.T) {
	f := newFixture(t, upTo(10))
	choose(t, f.SortItems(), "Finished at") // also by a column that is not shown
	choose(t, f.SortItems(), "Descending")
	want := []transfer.Sort{{By: transfer.SortFinished}, {By: transfer.SortFinished, Descending: true}}
	if !slices.Equal(f.sorts, want) {
		t.Errorf("asked for %v, want %v", f.sorts, want)
	}
	for _, i := range f.SortItems() {
		if want := i.Label == "Finished at" || i.Label == "Descending"; i.Checked != want {
			t.Errorf("%q checked: %v", i.Label, i.Checked)
		}
	}
}

func TestScrollBarLeavesTheKeyboardWithTheList(t *testing.T) {
	f := newFixture(t, upTo(1000))
	f.window.Canvas().Unfocus() // as Fyne does before a press on what takes no keys
	f.view.bar.MouseDown(&desktop.MouseEvent{})
	if f.window.Canvas().Focused() != fyne.Focusable(f.List) {
		t.Error("keys no longer move in the list after a press on its scroll bar")
	}
}
