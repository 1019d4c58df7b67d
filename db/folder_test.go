package db

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"partway/transfer"
)

// folders makes a journal with two dropped folders, of three and two files, and a file beside them.
func folders(t *testing.T) (j *Journal, photos, music transfer.FolderID, us []transfer.Upload) {
	t.Helper()
	j = openNew(t)
	batch := addBatch(t, j)
	us = add(t, j,
		planned(batch, "photos/b"), planned(batch, "photos/2026/a"), planned(batch, "note"),
		planned(batch, "music/z"), planned(batch, "photos/c"), planned(addBatch(t, j), "music/y"))
	for i := range us {
		us[i] = load(t, j, us[i].ID)
	}
	return j, us[0].Folder, us[3].Folder, us
}

func TestRowsKnowTheirFolder(t *testing.T) {
	t.Parallel()
	_, photos, music, us := folders(t)
	var got []transfer.FolderID
	for _, u := range us {
		got = append(got, u.Folder)
	}
	other := us[5].Folder // of that name, and of another batch
	if want := []transfer.FolderID{photos, photos, 0, music, photos, other}; !slices.Equal(got, want) ||
		photos == 0 || music == photos || other == 0 || other == music {
		t.Errorf("folders %v", got)
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	j, photos, music, us := folders(t)
	us[1].Intent = transfer.IntentPause
	us[1].File.Size = 1
	us[3].File.Size = 500 << 20
	commit(t, j, transfer.Change{Uploads: us})
	p, m, other, note := photos.Entry(), music.Entry(), us[5].Folder.Entry(), us[2].ID
	for name, c := range map[string]struct {
		filter transfer.Filter
		sort   transfer.Sort
		want   []transfer.ID
	}{
		"queue":       {want: []transfer.ID{p, note, m, other}},
		"queue, last": {sort: transfer.Sort{Descending: true}, want: []transfer.ID{other, m, note, p}},
		"name":        {sort: transfer.Sort{By: transfer.SortName}, want: []transfer.ID{m, other, note, p}},
		"size":        {sort: transfer.Sort{By: transfer.SortSize}, want: []transfer.ID{note, other, p, m}},
		"added, last": {sort: transfer.Sort{By: transfer.SortAdded, Descending: true}, want: []transfer.ID{other, m, note, p}},
		"paused":      {filter: transfer.Filter{Group: transfer.GroupPaused}, want: []transfer.ID{p}},
		"search":      {filter: transfer.Filter{Search: "Z"}, want: []transfer.ID{m}},
	} {
		if c.sort.By == "" {
			c.sort.By = transfer.SortQueue
		}
		got, err := j.Entries(t.Context(), c.filter, c.sort)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestFolderRows(t *testing.T) {
	t.Parallel()
	j, photos, music, us := folders(t)
	us[1].Intent = transfer.IntentPause
	commit(t, j, transfer.Change{Uploads: us[1:2]})
	size := us[0].File.Size
	got, err := j.Folders(t.Context(), []transfer.FolderID{music, 99, photos}, transfer.Filter{})
	if err != nil || len(got) != 2 || got[0].Name != "music" || got[1].ID != photos ||
		!maps.Equal(got[1].Sums, map[transfer.Status]transfer.Sum{
			transfer.StatusWaiting: {Rows: 2, Size: 2 * size}, transfer.StatusPaused: {Rows: 1, Size: size},
		}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = j.Folders(t.Context(), []transfer.FolderID{music, photos}, transfer.Filter{Group: transfer.GroupPaused})
	if err != nil || len(got) != 1 || got[0].ID != photos || got[0].Sums[transfer.StatusPaused].Rows != 1 {
		t.Errorf("paused ones: %+v, %v", got, err)
	}
}

// TestFolderGoesWhereItsFilesGo when they were sent elsewhere, all or some.
func TestFolderGoesWhereItsFilesGo(t *testing.T) {
	t.Parallel()
	j, photos, music, us := folders(t)
	tell := func() transfer.FolderRow {
		rows, err := j.Folders(t.Context(), []transfer.FolderID{photos}, transfer.Filter{})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		return rows[0]
	}
	before := tell()
	redirectTo(t, j, transfer.Chosen(transfer.Filter{}, music.Entry()), elsewhere)
	if got := tell(); got.To != before.To || got.Spread {
		t.Errorf("another folder was sent elsewhere, and this one goes to %+v, %v", got.To, got.Spread)
	}
	us[0].Phase = transfer.PhaseInitiating
	commit(t, j, transfer.Change{Uploads: us[:1]})
	redirectTo(t, j, transfer.Chosen(transfer.Filter{}, photos.Entry()), elsewhere)
	if got := tell(); got.To != elsewhere || !got.Spread {
		t.Errorf("with one begun it goes to %+v, %v", got.To, got.Spread)
	}
	us[0].Phase = transfer.PhasePlanned
	commit(t, j, transfer.Change{Uploads: us[:1]})
	redirectTo(t, j, transfer.Chosen(transfer.Filter{}, photos.Entry()), elsewhere)
	if got := tell(); got.To != elsewhere || got.Spread {
		t.Errorf("all were sent elsewhere, and it goes to %+v, %v", got.To, got.Spread)
	}
}

// TestCommandOnFolder pauses, and aborts, what a filter shows of a folder, and a file beside it.
func TestCommandOnFolder(t *testing.T) {
	t.Parallel()
	j, photos, _, us := folders(t)
	pick := transfer.Chosen(transfer.Filter{Search: "a"}, photos.Entry(), us[2].ID)
	if n := command(t, j, pick, transfer.SetPause); n != 2 {
		t.Fatalf("%d rows paused", n)
	}
	for i, want := range []transfer.Intent{"run", "pause", "pause", "run", "run", "run"} {
		if got := load(t, j, us[i].ID).Intent; got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
	whole := transfer.Chosen(transfer.Filter{}, photos.Entry())
	if l, err := j.Unfinished(t.Context(), whole); err != nil || l.Rows != 3 || l.Unfinished != 3 {
		t.Errorf("unfinished: %+v, %v", l, err)
	}
	if n := command(t, j, whole, transfer.SetAbort); n != 3 {
		t.Errorf("%d rows aborted", n)
	}
	if l, err := j.Unfinished(t.Context(), whole); err != nil || l.Unfinished != 0 {
		t.Errorf("unfinished after the abort: %+v, %v", l, err)
	}
}

func TestPlacesAreCounted(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	batch := addBatch(t, j)
	var us []transfer.Upload
	for n := range 5 {
		u := planned(batch, fmt.Sprint("f", n))
		u.To.Bucket = []string{"one", "two"}[n%2]
		us = append(us, u)
	}
	us = add(t, j, us...)
	us[4] = load(t, j, us[4].ID)
	us[4].Hidden = true
	commit(t, j, transfer.Change{Uploads: us[4:]})
	c, err := j.Counts(t.Context())
	account := us[0].To.Account
	if want := []transfer.PlaceCount{{Account: account, Bucket: "one", Rows: 2}, {Account: account, Bucket: "two", Rows: 2}}; err != nil || !slices.Equal(c.Places, want) {
		t.Errorf("%+v, %v", c.Places, err)
	}
}

// TestStoppedScanStays stops a scan: it is not among those that go on, also not when a folder
// of it comes back.
func TestStoppedScanStays(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	batch := addBatch(t, j)
	u := planned(batch, "photos")
	u.Wait, u.Claims = transfer.WaitMissing, false
	u = add(t, j, u)[0]
	removed := add(t, j, planned(batch, "removed"))[0]
	command(t, j, transfer.These(removed.ID), transfer.SetRemove)
	stop := func(over bool) {
		t.Helper()
		if err := waitFor(func(done func(error)) { j.StopScan(batch, over, done) }); err != nil {
			t.Fatal(err)
		}
	}
	stop(false)
	if open, err := j.Unscanned(t.Context()); err != nil || len(open) != 1 || !open[0].Stopped {
		t.Errorf("stopped, and not over yet: %+v, %v", open, err)
	}
	if again := add(t, j, planned(batch, "removed"))[0]; again.ID != removed.ID {
		t.Error("what the scan still has in hand brought back a row that was removed")
	}
	stop(true)
	b, err := j.Rescan(t.Context(), u.ID)
	if err != nil || !b.Scanned {
		t.Errorf("scanned again: %+v, %v", b, err)
	}
	if open, err := j.Unscanned(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("to be scanned: %+v, %v", open, err)
	}
	if got := load(t, j, u.ID); got.ID != u.ID {
		t.Error("the row of the folder is gone")
	}
}
