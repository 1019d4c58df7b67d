package uploadlist

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

// rowY is the height of the k-th row's upper edge.
func rowY(k float32) float32 { return headerHeight + k*rowHeight }

// dragRow presses on the middle of the k-th row in sight and moves the pointer to y. The
// button is still down.
func (f *fixture) dragRow(k float32, y float32) {
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(100, rowY(k)+rowHeight/2)
	f.MouseDown(e)
	for _, at := range []float32{e.Position.Y, (e.Position.Y + y) / 2, y} {
		f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, at)}})
	}
}

// drop lets the button go; Fyne tells of both.
func (f *fixture) drop() {
	f.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	f.DragEnd()
}

func TestSelectedRowsAreDragged(t *testing.T) {
	f := newFixture(t, upTo(100))
	f.click(1)
	f.click(3, control)
	f.dragRow(3, rowY(7)+3)
	if !f.view.drop.Visible() || !near(f.view.drop.Position().Y, rowY(7)-1) {
		t.Errorf("the line is visible: %v, at %v; want it between rows 7 and 8", f.view.drop.Visible(), f.view.drop.Position().Y)
	}
	f.wantSelected(t, 2, 4)
	f.drop()
	if want := []transfer.Move{{To: transfer.MoveBefore, Beside: 8}}; !slices.Equal(f.moves, want) {
		t.Errorf("asked for %v, want %v", f.moves, want)
	}
	f.wantSelected(t, 2, 4)
	if f.view.drop.Visible() {
		t.Error("the line stays")
	}
	f.dragRow(0, rowY(500)) // another row, below all that are in sight
	f.drop()
	f.wantSelected(t, 1)
	if got := f.VisibleIDs()[0]; got == 1 {
		t.Error("the list did not scroll at its edge")
	}
}

func TestADropAtTheEndIsAfterTheLastRow(t *testing.T) {
	f := newFixture(t, upTo(5))
	f.dragRow(1, rowY(8))
	f.drop()
	if want := []transfer.Move{{To: transfer.MoveAfter, Beside: 5}}; !slices.Equal(f.moves, want) {
		t.Errorf("asked for %v, want %v", f.moves, want)
	}
}

// TestADropBetweenTwoPrioritiesKeepsItsOwn drags to where high priority ends.
func TestADropBetweenTwoPrioritiesKeepsItsOwn(t *testing.T) {
	f := newFixture(t, upTo(6))
	rows := rowsOf(upTo(6))
	for i := range 3 {
		rows[i].Priority = transfer.PriorityHigh
	}
	f.SetRows(rows)
	f.dragRow(0, rowY(3))
	f.drop()
	f.dragRow(5, rowY(3))
	f.drop()
	f.dragRow(5, rowY(1))
	f.drop()
	want := []transfer.Move{
		{To: transfer.MoveAfter, Beside: 3}, {To: transfer.MoveBefore, Beside: 4}, {To: transfer.MoveBefore, Beside: 2},
	}
	if !slices.Equal(f.moves, want) {
		t.Errorf("asked for %v, want %v", f.moves, want)
	}
}

func TestOnlyTheQueuesOrderIsDragged(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.SetSort(transfer.Sort{By: transfer.SortName})
	f.dragRow(1, rowY(7))
	if f.view.drop.Visible() {
		t.Error("a line is shown in the order of names")
	}
	f.drop()
	f.SetSort(transfer.Sort{By: transfer.SortQueue})
	f.dragRow(1, rowY(1)+rowHeight/2+slack) // a hand that trembles
	f.drop()
	f.dragRow(1, rowY(7))
	f.key(fyne.KeyEscape)
	f.drop()
	if len(f.moves) > 0 {
		t.Errorf("asked for %v", f.moves)
	}
}

func TestAClickOnOneOfSeveralSelectsItAlone(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.Select(2, 4, 6)
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(100, rowY(3)+5)
	f.MouseDown(e)
	f.wantSelected(t, 2, 4, 6) // they might be dragged
	f.MouseUp(e)
	f.wantSelected(t, 4)
}

func TestPrioritiesAreMarked(t *testing.T) {
	f := newFixture(t, upTo(3))
	rows := rowsOf(upTo(3))
	rows[0].Priority, rows[2].Priority = transfer.PriorityHigh, transfer.PriorityLow
	f.SetRows(rows)
	for k, want := range []string{"↑", "", "↓"} {
		if got := f.view.pool[k].mark; got.Text != want || got.Hidden != (want == "") {
			t.Errorf("row %d is marked %q, hidden %v; want %q", k, got.Text, got.Hidden, want)
		}
	}
}
