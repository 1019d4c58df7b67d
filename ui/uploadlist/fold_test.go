package uploadlist

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

// newFolders is a list of a folder, a file and another folder; opening one shows its files.
func newFolders(t *testing.T) (f *fixture, opened func() []transfer.FolderID) {
	t.Helper()
	f = newFixture(t, nil)
	inside := map[transfer.FolderID][]transfer.ID{7: {1, 2}, 8: {3}}
	var now []transfer.FolderID
	list := func(open []transfer.FolderID) {
		now = open
		var ids []transfer.ID
		for _, id := range []transfer.ID{-7, 9, -8} {
			ids = append(ids, id)
			if slices.Contains(open, id.Folder()) {
				ids = append(ids, inside[id.Folder()]...)
			}
		}
		f.SetIDs(ids)
		var rows []Row
		for _, id := range ids {
			rows = append(rows, Row{ID: id, Name: "name", Inside: id > 0 && id < 9})
		}
		f.SetRows(rows)
	}
	f.cb.OnFold = list
	list(nil)
	return f, func() []transfer.FolderID { return now }
}

// TestFoldersByKeys opens, enters, leaves and closes a folder by Right and Left.
func TestFoldersByKeys(t *testing.T) {
	f, opened := newFolders(t)
	f.click(0)
	for i, step := range []struct {
		key  fyne.KeyName
		at   transfer.ID
		open []transfer.FolderID
	}{
		{fyne.KeyLeft, -7, nil},
		{fyne.KeyRight, -7, []transfer.FolderID{7}},
		{fyne.KeyRight, 1, []transfer.FolderID{7}},
		{fyne.KeyRight, 1, []transfer.FolderID{7}},
		{fyne.KeyDown, 2, []transfer.FolderID{7}},
		{fyne.KeyLeft, -7, []transfer.FolderID{7}},
		{fyne.KeyLeft, -7, nil},
		{fyne.KeyDown, 9, nil},
		{fyne.KeyLeft, 9, nil},
		{fyne.KeyDown, -8, nil},
		{fyne.KeyReturn, -8, []transfer.FolderID{8}},
		{fyne.KeyReturn, -8, nil},
	} {
		f.key(step.key)
		if at, _ := f.Current(); at != step.at || !slices.Equal(opened(), step.open) {
			t.Fatalf("step %d, %s: on row %d with %v open; want %d, %v", i, step.key, at, opened(), step.at, step.open)
		}
	}
	f.wantSelected(t, -8)
	if len(f.opened) > 0 {
		t.Errorf("folders %v were activated as uploads", f.opened)
	}
}

// TestFoldersByMouse opens a folder by its triangle and by a double click on its name, and
// keeps it selected.
func TestFoldersByMouse(t *testing.T) {
	f, opened := newFolders(t)
	triangle := func(k int) {
		e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		e.Position = fyne.NewPos(f.columns[atName].x+pad+4, headerHeight+float32(k)*rowHeight+4)
		f.MouseDown(e)
	}
	triangle(0)
	if !slices.Equal(opened(), []transfer.FolderID{7}) {
		t.Fatalf("open are %v", opened())
	}
	f.wantSelected(t, -7)
	triangle(1) // a file has none
	f.click(4)
	f.click(4)
	e := &fyne.PointEvent{Position: fyne.NewPos(200, headerHeight+4.5*rowHeight)}
	f.DoubleTapped(e)
	if !slices.Equal(opened(), []transfer.FolderID{7, 8}) {
		t.Errorf("open are %v", opened())
	}
	triangle(0)
	f.wantSelected(t, -7)
	if !slices.Equal(opened(), []transfer.FolderID{8}) {
		t.Errorf("open are %v", opened())
	}
}

// TestFolderShowsItsMarks draws a folder's triangle and its note, the short one where the
// long one leaves no room for the name.
func TestFolderShowsItsMarks(t *testing.T) {
	f, _ := newFolders(t)
	f.Resize(fyne.NewSize(1100, 300))
	row := Row{ID: -7, Name: "photos", Note: "1 of 100 000 files", ShortNote: "1/100 000"}
	f.SetRows([]Row{row})
	cell := func() *nameCell { return &f.view.pool[0].name }
	if !cell().fold.Visible() || cell().note.Text != row.Note {
		t.Errorf("triangle %v, note %q", cell().fold.Visible(), cell().note.Text)
	}
	row.Name = "a name that is longer than most of the column"
	f.SetRows([]Row{row})
	if cell().note.Text != row.ShortNote {
		t.Errorf("beside a long name the note is %q", cell().note.Text)
	}
	if f.view.pool[1].name.fold.Visible() {
		t.Error("a file has a triangle")
	}
}
