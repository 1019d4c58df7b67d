package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"partway/transfer"
)

// withFolder is a window on a folder of 1,200 files and a file beside it.
func withFolder(t *testing.T) *harness {
	t.Helper()
	h := newReady(t)
	h.journal.add(5, transfer.StatusWaiting)
	h.journal.change(func() {
		h.journal.entries = []transfer.ID{-3, 5}
		h.journal.folders = []transfer.FolderRow{{
			ID: 3, Batch: 7, Name: "photos", Path: "/home/photos",
			To: transfer.Destination{Account: 1, Bucket: "pictures", Prefix: "old/"},
			Sums: map[transfer.Status]transfer.Sum{
				transfer.StatusCompleted: {Rows: 200, Size: 2000, Done: 0},
				transfer.StatusWaiting:   {Rows: 997, Size: 8000, Done: 0},
				transfer.StatusConflict:  {Rows: 3, Size: 0},
			},
		}}
	})
	h.until("folder and file are listed", func() bool { return h.u.main.list.Len() == 2 })
	return h
}

func TestFolderRowSumsItsFiles(t *testing.T) {
	h := withFolder(t)
	h.engine.change(func(s *transfer.Snapshot) {
		s.Speed = 500
		s.Live = map[transfer.ID]transfer.Live{
			8: {Status: transfer.StatusUploading, Folder: 3, Flying: 1000, Speed: 400},
			9: {Status: transfer.StatusWaiting, Folder: 3},
		}
	})
	folders, err := h.journal.Folders(t.Context(), []transfer.FolderID{3}, transfer.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	row := folderRowsOf(folders, h.engine.Snapshot())[0]
	if row.ID != -3 || row.Size != 10_000 || row.Progress != 0.3 || row.Speed != 500 || row.Left != 14*time.Second ||
		row.Note != "200 of 1200 files" || row.Status != transfer.StatusUploading || row.StatusText != "Uploading · 3 need attention" ||
		row.Destination != "pictures/old/" {
		t.Errorf("%+v", row)
	}
}

// TestFolderCommands acts on a folder as on one selection, and asks with its sums.
func TestFolderCommands(t *testing.T) {
	h := withFolder(t)
	h.u.main.list.Select(-3)
	h.until("what the folder allows is known", func() bool { return h.u.main.allowed.Pause && h.u.main.allowed.Resolve })
	if h.u.main.allowed.Again {
		t.Error("a folder can be uploaded again")
	}
	h.u.pauseSelected()
	whole := transfer.Selection{IDs: []transfer.ID{}, Folders: []transfer.FolderID{3}, Filter: h.u.pump.filter()}
	if got := h.engine.last; len(got.IDs) != 0 || !slices.Equal(got.Folders, whole.Folders) {
		t.Errorf("paused %+v", got)
	}
	h.u.resolve(whole, transfer.ResolveSkip)
	if got := h.engine.last.Filter.Group; got != transfer.GroupAttention {
		t.Errorf("all %s rows of the folder are read for the conflicts", got)
	}
	h.u.abortSelected()
	h.until("it asks", func() bool { return h.u.topModal() != nil })
	if words := h.u.topModal().title.Text; !strings.Contains(words, "photos") {
		t.Errorf("it asks %q", words)
	}
}

func TestFoldersCanBeShownFlat(t *testing.T) {
	h := withFolder(t)
	h.u.main.menu.group.Action()
	h.until("only the file is listed", func() bool { return slices.Equal(h.u.main.list.VisibleIDs(), []transfer.ID{5}) })
	if !h.u.prefs.Flat || h.u.main.menu.group.Checked {
		t.Error("it is not remembered")
	}
}

// TestFiltersByPlace offers accounts and buckets where there is something to choose, and
// goes back to all when there is not.
func TestFiltersByPlace(t *testing.T) {
	h := newReady(t)
	f := h.u.main.filters
	counts := func(places ...transfer.PlaceCount) {
		f.setCounts(&transfer.Counts{Groups: map[transfer.Group]int{}, Places: places})
	}
	counts(transfer.PlaceCount{Account: 1, Bucket: "one", Rows: 3})
	if f.accounts.content.Visible() || f.buckets.content.Visible() {
		t.Error("there is nothing to choose")
	}
	counts(transfer.PlaceCount{Account: 1, Bucket: "one", Rows: 3}, transfer.PlaceCount{Account: 1, Bucket: "two", Rows: 4})
	if f.accounts.content.Visible() || !f.buckets.content.Visible() {
		t.Error("buckets are not offered, or the one account is")
	}
	if got := f.buckets.lines["two"].count.Text + f.buckets.lines[""].count.Text; got != "47" {
		t.Errorf("counts %s", got)
	}
	test.Tap(f.buckets.lines["two"])
	if got := h.u.pump.filter(); got.Bucket != "two" {
		t.Errorf("filter %+v", got)
	}
	test.Tap(f.buckets.title)
	if f.buckets.box.Visible() {
		t.Error("the section does not close")
	}
	counts(transfer.PlaceCount{Account: 2, Bucket: "one", Rows: 3}, transfer.PlaceCount{Account: 1, Bucket: "one", Rows: 4})
	if got := h.u.pump.filter(); got.Bucket != "" || f.buckets.content.Visible() {
		t.Errorf("a filter that cannot be seen is in force: %+v", got)
	}
	if got := f.accounts.lines["1"].title.Text + ", " + f.accounts.lines["2"].title.Text; got != "Work, Removed account" {
		t.Errorf("accounts are named %q", got)
	}
	test.Tap(f.accounts.lines["2"])
	f.lines[transfer.GroupPaused].TypedRune(' ') // as a press does
	if got := h.u.pump.filter(); got.Account != 2 || got.Group != transfer.GroupPaused {
		t.Errorf("filter %+v: they do not act together", got)
	}
}

// TestScanIsShownAndStopped shows how far a long scan is, and stops it.
func TestScanIsShownAndStopped(t *testing.T) {
	h := newReady(t)
	now := time.Now()
	at := func(after time.Duration, scans ...transfer.Scan) {
		h.u.main.scans.show(&transfer.Snapshot{Time: now.Add(after), Scans: scans})
	}
	scan := transfer.Scan{Batch: 9, Root: "/home/photos", Files: 1200, Bytes: 5 << 30}
	at(0, scan)
	b := h.u.main.scans
	if b.content.Visible() {
		t.Error("a scan is shown that may be over at once")
	}
	at(time.Second, scan, transfer.Scan{Batch: 10})
	if want := "Looking through photos: 1200 files, 5 GiB · 1 more to look through"; !b.content.Visible() || b.words.Text != want {
		t.Errorf("it says %q", b.words.Text)
	}
	test.Tap(b.stop)
	test.Tap(b.stop)
	if got := h.engine.commands(); !slices.Equal(got, []string{"stop scan 9"}) {
		t.Errorf("commands %v", got)
	}
	at(2 * time.Second)
	if b.content.Visible() || len(h.u.notices.shown) != 1 {
		t.Error("nothing says what became of the scan")
	}
	for _, said := range h.u.notices.shown {
		if !strings.Contains(said.words, "files found by then stay") {
			t.Errorf("it says %q", said.words)
		}
	}
}

// TestDetailsOfAFolder shows its sums, follows them, and makes way for an upload's.
func TestDetailsOfAFolder(t *testing.T) {
	h := withFolder(t)
	d := h.u.main.details
	h.u.main.list.Select(-3)
	h.until("the folder's sums", func() bool { return d.folder.content.Visible() && d.folder.facts.shown() > 0 })
	if d.nothing.Visible() || d.tabs.Visible() || d.folder.name.Text != "photos" || !d.folder.steps.Visible() {
		t.Errorf("it shows %q, steps %v", d.folder.name.Text, d.folder.steps.Visible())
	}
	if got := d.folder.facts.values[0].Text + ", " + d.folder.facts.values[1].Text; got != "200 of 1200 files, 2.0 KiB of 9.8 KiB" {
		t.Errorf("it says %q", got)
	}
	test.Tap(d.folder.steps.Objects[0].(*button))
	h.until("only what needs attention is listed", func() bool { return h.u.pump.filter().Group == transfer.GroupAttention })
	h.u.main.filters.choose(transfer.GroupAll)
	h.u.main.list.SelectAll()
	h.u.main.list.Select(5)
	h.until("the upload's details", func() bool { return d.tabs.Visible() })
	if d.folder.content.Visible() {
		t.Error("the folder is shown too")
	}
}
