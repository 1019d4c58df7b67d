package db

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"partway/transfer"
)

func TestBatches(t *testing.T) {
	j := openNew(t)
	want := batchOf(3)
	want.Paused, want.Ignore = true, []string{".git", "*.tmp"}
	first, err := j.AddBatch(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	second := addBatch(t, j)
	want.ID = first

	open, err := j.Unscanned(t.Context())
	if err != nil || len(open) != 2 || open[1].ID != second {
		t.Fatalf("unscanned: %+v, %v", open, err)
	}
	open[0].Created = open[0].Created.UTC()
	if !reflect.DeepEqual(open[0], want) {
		t.Errorf("batch\n%+v, want\n%+v", open[0], want)
	}

	if err := j.ScanDone(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	open, err = j.Unscanned(t.Context())
	if err != nil || len(open) != 1 || open[0].ID != second {
		t.Errorf("unscanned: %+v, %v", open, err)
	}
	if _, scanned, err := j.BatchCounts(t.Context(), first); !scanned || err != nil {
		t.Errorf("scanned: %v, %v", scanned, err)
	}
	if err := j.ScanDone(t.Context(), 99); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("scan of no batch: %v", err)
	}
}

func TestIgnoredIsReplaced(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	if got, err := j.Ignored(t.Context(), batch); got.Count != 0 || err != nil {
		t.Errorf("before: %+v, %v", got, err)
	}
	for _, want := range []transfer.Names{{Count: 2, First: []string{"a/照片", "a/.git/"}}, {Count: 20_000, First: []string{"x"}}} {
		if err := j.NoteIgnored(t.Context(), batch, want); err != nil {
			t.Fatal(err)
		}
		if got, err := j.Ignored(t.Context(), batch); !reflect.DeepEqual(got, want) || err != nil {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if err := j.NoteIgnored(t.Context(), 99, transfer.Names{}); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("of no batch: %v", err)
	}
	if got, err := j.Ignored(t.Context(), 99); got.Count != 0 || err != nil {
		t.Errorf("of no batch: %+v, %v", got, err)
	}
}

func TestAddUploads(t *testing.T) {
	j := openNew(t)
	batch, later := addBatch(t, j), addBatch(t, j)
	first := add(t, j, planned(batch, "a"))[0]

	again := planned(batch, "a")
	again.Name, again.To.Key, again.File.Size = "b", "p/b", 5
	sameFile := planned(later, "a")
	otherFile := planned(later, "c")
	otherFile.To = first.To
	unsendable := planned(later, "bad")
	unsendable.To, unsendable.Claims = first.To, false
	unsendable.Wait = transfer.WaitFailed
	elsewhere := planned(later, "d")
	elsewhere.To = first.To
	elsewhere.To.Bucket = "other"

	added, err := j.AddUploads(t.Context(), []transfer.Upload{again, sameFile, otherFile, unsendable, elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	if want := (transfer.Added{ID: first.ID}); added[0] != want {
		t.Errorf("batch and path there: %+v, want %+v", added[0], want)
	}
	if want := (transfer.Added{ID: first.ID, Existing: true}); added[1] != want {
		t.Errorf("same file, same key: %+v, want %+v", added[1], want)
	}
	if got := load(t, j, first.ID); got.Name != "a" || got.File.Size != first.File.Size {
		t.Errorf("the first was changed: %+v", got)
	}
	conflict := load(t, j, added[2].ID)
	if conflict.Wait != transfer.WaitConflict || conflict.Claims || conflict.Status() != transfer.StatusConflict ||
		transfer.KindOf(conflict.Error) != transfer.KindExists || !errors.Is(conflict.Error, transfer.ErrKeyClaimed) {
		t.Errorf("other file, same key: %+v", conflict)
	}
	if got := load(t, j, added[3].ID); got.Wait != transfer.WaitFailed || got.Claims {
		t.Errorf("a row without claim: %+v", got)
	}
	if got := load(t, j, added[4].ID); got.Wait != transfer.WaitNone || !got.Claims {
		t.Errorf("the same key elsewhere: %+v", got)
	}
}

// TestAPathIsOnceInABatch adds a path by other names and for other keys, where nothing but the
// path is in the way.
func TestAPathIsOnceInABatch(t *testing.T) {
	j := openNew(t)
	batch, later := addBatch(t, j), addBatch(t, j)
	again, inFolder, other := planned(batch, "b"), planned(batch, "a/b"), planned(later, "b")
	again.Path, inFolder.Path, other.Path = "/home/a/a", "/home/a/a", "/home/a/a"
	other.To.Key = "p/c"
	added, err := j.AddUploads(t.Context(), []transfer.Upload{planned(batch, "a"), again, inFolder, other})
	if err != nil || added[1] != added[0] || added[2] != added[0] || added[3] == added[0] {
		t.Errorf("got %+v, %v", added, err)
	}
}

func TestAddUploadsIsAllOrNothing(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	bad := planned(batch, "b")
	bad.Wait = "no such wait"
	if _, err := j.AddUploads(t.Context(), []transfer.Upload{planned(batch, "a"), bad}); err == nil {
		t.Error("unknown facts were taken")
	}
	noBatch := planned(99, "c")
	_, err := j.AddUploads(t.Context(), []transfer.Upload{planned(batch, "a"), noBatch})
	if transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("an upload of no batch: %v", err)
	}
	if all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); err != nil || len(all) != 0 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

// TestKeyOfAnAbortingUpload adds a file whose row is on its way out, for any of the reasons there
// are: it is not taken for that row, which will not be sent.
func TestKeyOfAnAbortingUpload(t *testing.T) {
	for _, c := range []struct {
		command  transfer.SetCommand
		existing bool
	}{{transfer.SetRemove, false}, {transfer.SetAbort, false}, {transfer.SetSkip, false}, {transfer.SetKeepBoth, true}} {
		t.Run(string(c.command), func(t *testing.T) {
			j := openNew(t)
			batch := addBatch(t, j)
			u := add(t, j, planned(batch, "a"))[0]
			u.Phase, u.UploadID, u.Wait = transfer.PhaseUploading, "ID", transfer.WaitConflict
			commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
			command(t, j, transfer.These(u.ID), c.command)

			added, err := j.AddUploads(t.Context(), []transfer.Upload{planned(addBatch(t, j), "a")})
			if err != nil || added[0].Existing != c.existing {
				t.Fatalf("added: %+v, %v; want a row that will be sent", added, err)
			}
			if c.existing {
				return
			}
			if got := load(t, j, added[0].ID); got.Status() != transfer.StatusConflict {
				t.Errorf("status %q, want conflict until the abort is done", got.Status())
			}
		})
	}
}

func TestPositionsGrow(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	batch := addBatch(t, j)
	jump := planned(batch, "jump")
	jump.Position = 50
	us := add(t, j, planned(batch, "a"), jump, planned(batch, "b"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openAt(t, dir)
	us = append(us, add(t, j, planned(batch, "c"))...)
	var got []int64
	for _, u := range us {
		got = append(got, load(t, j, u.ID).Position)
	}
	if want := []int64{spacing, 50, 2 * spacing, 3 * spacing}; !slices.Equal(got, want) {
		t.Errorf("positions %v, want %v", got, want)
	}
}

func TestIDsAreNotReused(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	u := add(t, j, planned(batch, "a"))[0]
	command(t, j, transfer.Everything(), transfer.SetRemove)
	if next := add(t, j, planned(batch, "a"))[0]; next.ID <= u.ID {
		t.Errorf("ID %d after %d", next.ID, u.ID)
	}
}

func TestRemovedStaysRemovedWhileScanning(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	u := add(t, j, planned(batch, "a"))[0]
	command(t, j, transfer.These(u.ID), transfer.SetRemove)

	added, err := j.AddUploads(t.Context(), []transfer.Upload{planned(batch, "a")})
	if err != nil || added[0].ID != u.ID {
		t.Fatalf("scanned again: %+v, %v", added, err)
	}
	if all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); err != nil || len(all) != 0 {
		t.Errorf("listed: %v, %v", all, err)
	}
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if us, err := j.Uploads(t.Context(), []transfer.ID{u.ID}); err != nil || len(us) != 0 {
		t.Errorf("after the scan: %+v, %v", us, err)
	}
}
