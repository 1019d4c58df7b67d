package db

import (
	"testing"

	"partway/transfer"
)

// TestMissing pages through the files that are waited for.
func TestMissing(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	missing := func(path string, change func(*transfer.Upload)) {
		u := planned(batch, path)
		u.Path, u.Wait, u.Claims = path, transfer.WaitMissing, false
		change(&u)
		add(t, j, u)
	}
	missing("/b/\xff", func(*transfer.Upload) {})
	missing("/b/2", func(u *transfer.Upload) { u.Intent = transfer.IntentPause })
	missing("/a/1", func(*transfer.Upload) {})
	missing("/a/changed", func(u *transfer.Upload) { u.Wait = transfer.WaitChanged })
	missing("/a/aborted", func(u *transfer.Upload) { u.Intent = transfer.IntentAbort })
	missing("/a/done", func(u *transfer.Upload) { u.Phase = transfer.PhaseDone })
	var got []string
	from := ""
	for {
		files, err := j.Missing(t.Context(), from, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			break
		}
		f := files[0]
		if f.ID == 0 || f.Batch != batch || f.Name == "" {
			t.Errorf("%+v", f)
		}
		got = append(got, f.Path)
		from = f.Path + "\x00"
	}
	if len(got) != 3 || got[0] != "/a/1" || got[1] != "/b/2" || got[2] != "/b/\xff" {
		t.Errorf("%q", got)
	}
}

// TestRescan lets a batch be scanned again, without the row of the folder that could not be read.
func TestRescan(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	batch := addBatch(t, j)
	us := add(t, j, planned(batch, "folder"), planned(batch, "file"))
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	b, err := j.Rescan(t.Context(), us[0].ID)
	if err != nil || b.ID != batch || b.Scanned || len(b.Roots) == 0 {
		t.Fatalf("%+v, %v", b, err)
	}
	if left, err := j.Uploads(t.Context(), []transfer.ID{us[0].ID, us[1].ID}); err != nil || len(left) != 1 || left[0].ID != us[1].ID {
		t.Errorf("%d rows left, %v", len(left), err)
	}
	if unscanned, err := j.Unscanned(t.Context()); err != nil || len(unscanned) != 1 || unscanned[0].ID != batch {
		t.Errorf("unscanned %+v, %v", unscanned, err)
	}
	if _, err := j.Rescan(t.Context(), us[0].ID); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("a row that is gone: %v", err)
	}
}
