package uploadlist

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"partway/transfer"
	"partway/ui/look"
)

// The test app's own goroutines live as long as the process.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a list in a window, with what its callbacks were told.
type fixture struct {
	*List
	window  fyne.Window
	held    fyne.KeyModifier
	counts  []int
	sorts   []transfer.Sort
	visible [][]transfer.ID
	menus   []fyne.Position
	opened  []transfer.ID
	deletes int
	told    [][]Column
	others  []fyne.Shortcut

	columnMenus []fyne.Position
	moves       []transfer.Move
}

// rowsHigh is the number of whole rows the fixture's window shows.
const rowsHigh = 10

func newFixture(tb testing.TB, ids []transfer.ID) *fixture {
	tb.Helper()
	test.NewTempApp(tb).Settings().SetTheme(look.New(look.ModeLight))
	f := &fixture{}
	f.List = New(Callbacks{
		OnSelect:     func(n int) { f.counts = append(f.counts, n) },
		OnSort:       func(s transfer.Sort) { f.sorts = append(f.sorts, s) },
		OnVisible:    func(ids []transfer.ID) { f.visible = append(f.visible, ids) },
		OnMenu:       func(at fyne.Position) { f.menus = append(f.menus, at) },
		OnActivate:   func(id transfer.ID) { f.opened = append(f.opened, id) },
		OnDelete:     func() { f.deletes++ },
		OnColumns:    func(told []Column) { f.told = append(f.told, told) },
		OnColumnMenu: func(at fyne.Position) { f.columnMenus = append(f.columnMenus, at) },
		OnMove:       func(m transfer.Move) { f.moves = append(f.moves, m) },
		OnShortcut:   func(s fyne.Shortcut) { f.others = append(f.others, s) },
	})
	f.modifiers = func() fyne.KeyModifier { return f.held }
	f.window = test.NewTempWindow(tb, f.List)
	f.window.SetPadded(false)
	f.window.Resize(fyne.NewSize(1000, headerHeight+rowsHigh*rowHeight))
	f.SetIDs(ids)
	return f
}

// upTo returns the IDs 1 to n.
func upTo(n int) []transfer.ID {
	ids := make([]transfer.ID, n)
	for i := range ids {
		ids[i] = transfer.ID(i + 1)
	}
	return ids
}

func rowsOf(ids []transfer.ID) []Row {
	rows := make([]Row, len(ids))
	for i, id := range ids {
		rows[i] = Row{
			ID: id, Name: fmt.Sprintf("file-%d.bin", id), Size: int64(id) << 20, Progress: 0.5,
			Status: transfer.Statuses[int(id)%len(transfer.Statuses)], Destination: "oss://bucket/prefix/",
		}
	}
	return rows
}

// press presses a mouse button on the k-th row in sight.
func (f *fixture) press(k int, button desktop.MouseButton, held fyne.KeyModifier) {
	e := &desktop.MouseEvent{Button: button, Modifier: held}
	e.Position = fyne.NewPos(100, headerHeight+float32(k)*rowHeight+rowHeight/2)
	e.AbsolutePosition = e.Position
	f.MouseDown(e)
	f.MouseUp(e)
	if button == desktop.MouseButtonSecondary {
		f.TappedSecondary(&e.PointEvent)
	}
}

func (f *fixture) click(k int, held ...fyne.KeyModifier) {
	var all fyne.KeyModifier
	for _, m := range held {
		all |= m
	}
	f.press(k, desktop.MouseButtonPrimary, all)
}

func (f *fixture) key(name fyne.KeyName, held ...fyne.KeyModifier) {
	for _, m := range held {
		f.held |= m
	}
	f.TypedKey(&fyne.KeyEvent{Name: name})
	f.held = 0
}

func (f *fixture) controlKey(name fyne.KeyName, more fyne.KeyModifier) {
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: control | more})
}

const (
	control = fyne.KeyModifierShortcutDefault
	shift   = fyne.KeyModifierShift
)

func (f *fixture) wantSelected(t *testing.T, want ...transfer.ID) {
	t.Helper()
	if got := f.Selected(); !slices.Equal(got, want) {
		t.Errorf("selected are %v, want %v", got, want)
	}
	if f.SelectedCount() != len(want) {
		t.Errorf("%d rows count as selected, want %d", f.SelectedCount(), len(want))
	}
}

func (f *fixture) wantCurrent(t *testing.T, want transfer.ID) {
	t.Helper()
	if got, ok := f.Current(); !ok || got != want {
		t.Errorf("the current row is %d (%v), want %d", got, ok, want)
	}
}

func TestOnlyRowsInSightHaveObjects(t *testing.T) {
	f := newFixture(t, upTo(100_000))
	if got, most := len(f.view.pool), rowsHigh+2; got > most {
		t.Errorf("%d row views for %d rows in sight", got, rowsHigh)
	}
	if got := len(f.VisibleIDs()); got != rowsHigh {
		t.Errorf("%d rows in sight, want %d", got, rowsHigh)
	}
	f.scrollTo(12_345.5 * rowHeight)
	if got, want := f.VisibleIDs()[0], transfer.ID(12_346); got != want {
		t.Errorf("the first row in sight is %d, want %d", got, want)
	}
	if got, most := len(f.view.pool), rowsHigh+2; got > most {
		t.Errorf("%d row views after scrolling", got)
	}
}

func TestScrollingStopsAtBothEnds(t *testing.T) {
	f := newFixture(t, upTo(100_000))
	f.scrollTo(1e12)
	ids := f.VisibleIDs()
	if got := ids[len(ids)-1]; got != 100_000 || len(ids) != rowsHigh {
		t.Errorf("at the end %v are in sight", ids)
	}
	f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 1e9)})
	if got := f.VisibleIDs()[0]; got != 1 {
		t.Errorf("at the start the first row is %d", got)
	}
}

func TestVisibleRowsAreAskedForOnce(t *testing.T) {
	f := newFixture(t, upTo(100))
	asked := len(f.visible)
	f.SetRows(rowsOf(f.VisibleIDs()))
	f.SetIDs(upTo(200)) // more rows, none of them in sight
	f.scrollTo(0.25 * rowHeight)
	f.scrollTo(0.5 * rowHeight)
	if got := len(f.visible) - asked; got != 1 {
		t.Errorf("rows were asked for %d times, want once for the one that came into sight", got)
	}
	if last := f.visible[len(f.visible)-1]; !slices.Equal(last, upTo(rowsHigh+1)) {
		t.Errorf("asked for %v", last)
	}
}

func TestRowsShowWhatTheyWereHanded(t *testing.T) {
	f := newFixture(t, upTo(3))
	f.SetRows([]Row{
		{ID: 1, Name: "a\u202egpj.exe", Size: 64 << 20, Progress: 0.999, Speed: 2 << 20, Left: 44.2e9, Status: transfer.StatusUploading},
		{ID: 2, Name: "empty", Status: transfer.StatusCompleted, StatusText: "Empty folder"},
		{ID: 99, Name: "not in sight"},
	})
	cells := func(k int) []string {
		var got []string
		for _, c := range f.view.pool[k].cells[atName:atPlace] {
			got = append(got, c.Text)
		}
		return got
	}
	want := []string{"a\ufffdgpj.exe", "64 MiB", "99 %", "2.0 MiB/s", "45 s", "Uploading", ""}
	if got := cells(0); !slices.Equal(got, want) {
		t.Errorf("row 1 shows %q, want %q", got, want)
	}
	want = []string{"empty", "0 B", "0 %", "", "", "Empty folder", ""}
	if got := cells(1); !slices.Equal(got, want) {
		t.Errorf("row 2 shows %q, want %q", got, want)
	}
	if _, ok := f.rows[99]; ok {
		t.Error("a row out of sight is kept")
	}
	if got := f.view.pool[2].icon.Visible(); got {
		t.Error("a row without content has an icon")
	}
}

func TestUnchangedRowsAreNotDrawn(t *testing.T) {
	f := newFixture(t, upTo(100))
	rows := rowsOf(f.VisibleIDs())
	f.SetRows(rows)
	cell := f.view.pool[3].cells[atName]
	cell.Text = "as it was drawn"
	f.SetRows(rows)
	if cell.Text != "as it was drawn" {
		t.Error("a row that did not change was drawn anew")
	}
	rows[3].Speed = 5
	f.SetRows(rows)
	if cell.Text == "as it was drawn" {
		t.Error("a row that changed was not drawn")
	}
}

func TestSetIDsKeepsSelectionAndSight(t *testing.T) {
	f := newFixture(t, upTo(1000))
	f.Select(500, 502, 504)
	f.scrollTo(495.5 * rowHeight)
	f.counts = nil

	// 100 rows come in above, and 502 leaves.
	ids := make([]transfer.ID, 0, 1100)
	for i := range 100 {
		ids = append(ids, transfer.ID(5000+i))
	}
	for _, id := range upTo(1000) {
		if id != 502 {
			ids = append(ids, id)
		}
	}
	f.SetIDs(ids)
	f.wantSelected(t, 500, 504)
	f.wantCurrent(t, 500)
	if got := f.VisibleIDs()[0]; got != 496 {
		t.Errorf("the first row in sight is %d, want 496 as before", got)
	}
	if got, want := f.offset, 595.5*rowHeight; got != want {
		t.Errorf("the offset is %v, want %v", got, want)
	}
	if !slices.Equal(f.counts, []int{2}) {
		t.Errorf("told of %v selected rows, want [2]", f.counts)
	}
}

func TestSetIDsKeepsSightWhenTheFirstRowLeaves(t *testing.T) {
	f := newFixture(t, upTo(1000))
	f.scrollTo(100.5 * rowHeight) // 101 is the first in sight
	f.SetIDs(slices.DeleteFunc(upTo(1000), func(id transfer.ID) bool { return id == 101 || id == 50 }))
	// 102 was half a row below the edge, and stays there.
	if got, want := f.offset, 98.5*rowHeight; got != want {
		t.Errorf("the offset is %v, want %v", got, want)
	}
}

func TestAtTheTopNewRowsAreSeen(t *testing.T) {
	f := newFixture(t, upTo(100))
	f.SetIDs(append([]transfer.ID{900}, upTo(100)...))
	if got := f.VisibleIDs()[0]; got != 900 {
		t.Errorf("the first row in sight is %d, want the new one", got)
	}
}

func TestSetIDsMovesTheKeyboardToTheNeighbour(t *testing.T) {
	f := newFixture(t, upTo(5))
	f.click(4)
	f.SetIDs([]transfer.ID{1, 2, 3, 4})
	f.wantSelected(t)
	f.wantCurrent(t, 4)
	f.SetIDs(nil)
	if _, ok := f.Current(); ok {
		t.Error("an empty list has a current row")
	}
	f.key(fyne.KeyDown)
	f.key(fyne.KeyEnd, shift)
	f.controlKey(fyne.KeySpace, 0)
	f.wantSelected(t)
}

func TestAThemeChangeReachesEveryRow(t *testing.T) {
	f := newFixture(t, upTo(3))
	f.SetRows(rowsOf(upTo(3)))
	before := f.view.pool[0].cells[atName].Color
	fyne.CurrentApp().Settings().SetTheme(look.New(look.ModeDark))
	f.Refresh()
	if after := f.view.pool[0].cells[atName].Color; after == before {
		t.Error("the text has the same colour in light and dark")
	}
}

func TestAListWithoutItsRendererIsQuiet(t *testing.T) {
	f := newFixture(t, upTo(100))
	v := f.view
	v.Destroy()
	v.header.Refresh()
	v.bar.Refresh()
	f.SetIDs(upTo(50))
	f.SetRows(rowsOf(upTo(5)))
	f.SetSort(transfer.Sort{By: transfer.SortName})
	f.wantSelected(t)

	again, ok := f.CreateRenderer().(*view)
	if !ok {
		t.Fatal("the list has another renderer")
	}
	if got := again.pool[0].cells[atName].Text; got != "file-1.bin" {
		t.Errorf("the first row shows %q in the new renderer", got)
	}
}
