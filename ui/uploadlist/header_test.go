package uploadlist

import (
	"slices"
	"testing"

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
	for _, column := range []int{atName, atName, atName, atSize, atSpeed, atStatus} {
		f.clickHeader(column)
	}
	want := []transfer.Sort{
		{By: transfer.SortName},
		{By: transfer.SortName, Descending: true},
		{By: transfer.SortQueue},
		{By: transfer.SortSize},
		{By: transfer.SortStatus}, // there is no order by speed
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
	if len(f.widths) != 1 || !near(f.widths[0][ColumnLeft], before[atLeft].width+30) {
		t.Errorf("told of the widths %v", f.widths)
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
		if cs[i].width < cs[i].least-0.01 {
			t.Errorf("column %s is %v wide, at least %v was wanted", cs[i].id, cs[i].width, cs[i].least)
		}
	}
}

func TestColumnWidthsAreRestored(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.window.Resize(fyne.NewSize(1600, 400))
	f.SetColumnWidths(map[string]float32{ColumnStatus: 222, ColumnSpeed: 3, ColumnLeft: 1e9, "gone": 50})
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
		{640, []string{ColumnDestination}},
		{600, []string{ColumnSpeed, ColumnDestination}},
		{500, []string{ColumnSpeed, ColumnLeft, ColumnDestination}},
	}
	for _, c := range cases {
		cs := newColumns()
		cs.layout(c.width)
		var gone []string
		var sum float32
		for i := range cs {
			if cs[i].width == 0 {
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
