package uploadlist

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

func TestMouseSelection(t *testing.T) {
	cases := []struct {
		name    string
		do      func(f *fixture)
		want    []transfer.ID
		current transfer.ID
	}{
		{"click", func(f *fixture) { f.click(2) }, []transfer.ID{3}, 3},
		{"another click", func(f *fixture) { f.click(2); f.click(4) }, []transfer.ID{5}, 5},
		{"control adds", func(f *fixture) { f.click(2); f.click(4, control) }, []transfer.ID{3, 5}, 5},
		{"control takes out", func(f *fixture) { f.click(2); f.click(4, control); f.click(2, control) }, []transfer.ID{5}, 3},
		{"shift downwards", func(f *fixture) { f.click(2); f.click(4, shift) }, []transfer.ID{3, 4, 5}, 5},
		{"shift upwards", func(f *fixture) { f.click(4); f.click(2, shift) }, []transfer.ID{3, 4, 5}, 3},
		{
			"shift again starts from the same anchor",
			func(f *fixture) { f.click(4); f.click(8, shift); f.click(2, shift) },
			[]transfer.ID{3, 4, 5},
			3,
		},
		{
			"shift replaces what control had added",
			func(f *fixture) { f.click(0); f.click(4, control); f.click(6, shift) },
			[]transfer.ID{5, 6, 7},
			7,
		},
		{
			"control and shift add a range",
			func(f *fixture) { f.click(0); f.click(4, control); f.click(6, control, shift) },
			[]transfer.ID{1, 5, 6, 7},
			7,
		},
		{"shift without an anchor", func(f *fixture) { f.click(3, shift) }, []transfer.ID{4}, 4},
		{
			"a right press selects its row",
			func(f *fixture) { f.click(2); f.press(5, desktop.MouseButtonSecondary, 0) },
			[]transfer.ID{6},
			6,
		},
		{
			"a right press on the selection keeps it",
			func(f *fixture) { f.click(2); f.click(4, shift); f.press(3, desktop.MouseButtonSecondary, 0) },
			[]transfer.ID{3, 4, 5},
			4,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, upTo(50))
			c.do(f)
			f.wantSelected(t, c.want...)
			f.wantCurrent(t, c.current)
			if got := f.counts[len(f.counts)-1]; got != len(c.want) {
				t.Errorf("told of %d selected rows, want %d", got, len(c.want))
			}
		})
	}
}

func TestThePressBelowTheRowsSelectsNothing(t *testing.T) {
	f := newFixture(t, upTo(3))
	f.click(1)
	f.click(6)
	f.wantSelected(t)
}

func TestTheAnchorSurvivesAnotherOrder(t *testing.T) {
	f := newFixture(t, upTo(10))
	f.click(2) // ID 3
	ids := upTo(10)
	slices.Reverse(ids) // 10 9 8 7 6 5 4 3 2 1
	f.SetIDs(ids)
	f.click(5, shift) // ID 5
	f.wantSelected(t, 5, 4, 3)
}

func TestKeys(t *testing.T) {
	cases := []struct {
		name    string
		do      func(f *fixture)
		want    []transfer.ID
		current transfer.ID
	}{
		{"down from nowhere", func(f *fixture) { f.key(fyne.KeyDown) }, []transfer.ID{1}, 1},
		{"down", func(f *fixture) { f.click(2); f.key(fyne.KeyDown) }, []transfer.ID{4}, 4},
		{"up stops", func(f *fixture) { f.click(0); f.key(fyne.KeyUp) }, []transfer.ID{1}, 1},
		{"end", func(f *fixture) { f.key(fyne.KeyEnd) }, []transfer.ID{50}, 50},
		{"home", func(f *fixture) { f.key(fyne.KeyEnd); f.key(fyne.KeyHome) }, []transfer.ID{1}, 1},
		{"page down", func(f *fixture) { f.click(0); f.key(fyne.KeyPageDown) }, []transfer.ID{10}, 10},
		{"page up", func(f *fixture) { f.key(fyne.KeyEnd); f.key(fyne.KeyPageUp) }, []transfer.ID{41}, 41},
		{
			"shift extends and shrinks",
			func(f *fixture) {
				f.click(2)
				f.key(fyne.KeyDown, shift)
				f.key(fyne.KeyDown, shift)
				f.key(fyne.KeyUp, shift)
			},
			[]transfer.ID{3, 4},
			4,
		},
		{"shift end", func(f *fixture) { f.key(fyne.KeyEnd); f.key(fyne.KeyUp); f.key(fyne.KeyEnd, shift) }, []transfer.ID{49, 50}, 50},
		{
			"control moves, space toggles",
			func(f *fixture) {
				f.click(2)
				f.controlKey(fyne.KeyDown, 0)
				f.controlKey(fyne.KeyDown, 0)
				f.controlKey(fyne.KeySpace, 0)
			},
			[]transfer.ID{3, 5},
			5,
		},
		{"control and shift", func(f *fixture) { f.click(2); f.controlKey(fyne.KeyHome, shift) }, []transfer.ID{1, 2, 3}, 1},
		{"space", func(f *fixture) { f.click(2); f.controlKey(fyne.KeyDown, 0); f.key(fyne.KeySpace) }, []transfer.ID{4}, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, upTo(50))
			c.do(f)
			f.wantSelected(t, c.want...)
			f.wantCurrent(t, c.current)
			if !slices.Contains(f.VisibleIDs(), c.current) {
				t.Errorf("row %d is out of sight: %v", c.current, f.VisibleIDs())
			}
		})
	}
}

func TestSelectAllOfManyRows(t *testing.T) {
	f := newFixture(t, upTo(100_000))
	f.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got := f.SelectedCount(); got != 100_000 {
		t.Errorf("%d rows are selected", got)
	}
}

func TestOtherShortcutsAreHandedOn(t *testing.T) {
	f := newFixture(t, upTo(3))
	f.TypedShortcut(&fyne.ShortcutPaste{})
	f.controlKey(fyne.KeyF, 0)
	f.controlKey(fyne.KeyDown, 0)
	if len(f.others) != 2 {
		t.Errorf("%d shortcuts were handed on, want Paste and Ctrl+F", len(f.others))
	}
}

func TestActivate(t *testing.T) {
	f := newFixture(t, upTo(10))
	double := func(first, second int) {
		f.click(first)
		f.click(second)
		f.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(50, headerHeight+float32(second)*rowHeight+5)})
	}
	double(2, 2)
	double(4, 5) // two rows, clicked one after the other
	f.key(fyne.KeyReturn)
	if want := []transfer.ID{3, 6}; !slices.Equal(f.opened, want) {
		t.Errorf("activated %v, want %v", f.opened, want)
	}
}

func TestDeleteAndMenuNeedASelection(t *testing.T) {
	f := newFixture(t, upTo(3))
	f.key(fyne.KeyDelete)
	f.press(8, desktop.MouseButtonSecondary, 0)
	if f.deletes != 0 || len(f.menus) != 0 {
		t.Error("an empty selection was acted on")
	}
	f.press(1, desktop.MouseButtonSecondary, 0)
	f.key(fyne.KeyDelete)
	f.key(desktop.KeyMenu)
	f.key(fyne.KeyF10)
	f.key(fyne.KeyF10, shift)
	if f.deletes != 1 || len(f.menus) != 3 {
		t.Errorf("%d deletes and %d menus, want 1 and 3", f.deletes, len(f.menus))
	}
	if below := f.menus[1].Y; below < headerHeight+rowHeight || below > headerHeight+3*rowHeight {
		t.Errorf("the menu key opens the menu at %v, away from the row", f.menus[1])
	}
}

func TestFocusFindsARow(t *testing.T) {
	f := newFixture(t, upTo(100))
	f.scrollTo(50 * rowHeight)
	f.window.Canvas().Focus(f.List)
	f.wantCurrent(t, 51)
	f.wantSelected(t)
	if !f.view.pool[50%len(f.view.pool)].shown.ring {
		t.Error("the current row has no ring")
	}
	f.window.Canvas().Unfocus()
	if f.view.pool[50%len(f.view.pool)].shown.ring {
		t.Error("the ring stays without the focus")
	}
}

func TestHover(t *testing.T) {
	f := newFixture(t, upTo(100))
	e := &desktop.MouseEvent{}
	e.Position = fyne.NewPos(40, headerHeight+2.5*rowHeight)
	f.MouseIn(e)
	if !f.view.pool[2].shown.hover {
		t.Error("the row under the pointer does not show it")
	}
	f.MouseOut()
	if f.view.pool[2].shown.hover {
		t.Error("the row shows a pointer that left")
	}
}
