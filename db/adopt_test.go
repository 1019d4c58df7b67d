package db

import (
	"errors"
	"slices"
	"testing"

	"partway/transfer"
)

// foreign is an upload that another program began, with the two parts that were proved of it.
func foreign(name, uploadID string) (transfer.Batch, transfer.Upload, []transfer.Part) {
	u := planned(0, name)
	u.Phase, u.UploadID, u.Initiated = transfer.PhaseUploading, uploadID, created
	return batchOf(1), u, []transfer.Part{part(0, 1, 10<<20).Part, part(0, 3, 10<<20).Part}
}

func adopt(tb testing.TB, j *Journal, name, uploadID string) (transfer.ID, error) {
	tb.Helper()
	b, u, parts := foreign(name, uploadID)
	return j.Adopt(tb.Context(), b, u, parts)
}

func begun(tb testing.TB, j *Journal) []transfer.BegunUpload {
	tb.Helper()
	all, err := j.Begun(tb.Context(), "bucket")
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func doubt(tb testing.TB, j *Journal, uploadIDs ...string) {
	tb.Helper()
	for _, id := range uploadIDs {
		commit(tb, j, transfer.Change{Perhaps: []transfer.PerhapsOurs{{Upload: 99, To: planned(0, "d").To, UploadID: id, Noted: created}}})
	}
}

// TestAdopt has a row with its parts, and its upload ID in doubt no longer.
func TestAdopt(t *testing.T) {
	j := openNew(t)
	doubt(t, j, "U", "V")
	id, err := adopt(t, j, "a", "U")
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	u := load(t, j, id)
	if u.UploadID != "U" || u.Phase != transfer.PhaseUploading || u.Batch == 0 || u.PartsDone != 2 || u.BytesDone != 20<<20 {
		t.Errorf("the row is %+v", u)
	}
	_, _, want := foreign("a", "U")
	if parts, err := j.Parts(t.Context(), id); err != nil || !slices.Equal(parts, want) {
		t.Errorf("parts %+v, %v", parts, err)
	}
	events, err := j.Events(t.Context(), id)
	if err != nil || len(events) != 1 || events[0].Kind != transfer.EventAdopted {
		t.Fatalf("events %+v, %v", events, err)
	}
	if c, ok := transfer.ParseCarried(events[0].Text); !ok || c != (transfer.Carried{Proved: 20 << 20, Send: 80 << 20}) {
		t.Errorf("it says %q", events[0].Text)
	}
	list := []transfer.BegunUpload{
		{Upload: id, Key: "p/a", UploadID: "U", Path: "/home/a/a"},
		{Upload: 99, Key: "p/d", UploadID: "V", Doubt: true},
	}
	if got := begun(t, j); !slices.Equal(got, list) {
		t.Errorf("begun: %+v", got)
	}
}

// TestAdoptRefuses what the list has already, and leaves nothing of it behind.
func TestAdoptRefuses(t *testing.T) {
	j := openNew(t)
	first, err := adopt(t, j, "a", "U")
	if err != nil {
		t.Fatal(err)
	}
	for uploadID, want := range map[string]error{"U": transfer.ErrInQueue, "V": transfer.ErrKeyClaimed} {
		_, err := adopt(t, j, "a", uploadID)
		e := transfer.AsError(err)
		if !errors.Is(err, want) || e.Kind != transfer.KindPermanent || e.Code != transfer.CodeInQueue || e.Key != "p/a" {
			t.Errorf("%s: %v", uploadID, err)
		}
	}
	var batches int
	if err := j.readers.QueryRowContext(t.Context(), `SELECT count(*) FROM batches`).Scan(&batches); err != nil || batches != 1 {
		t.Errorf("%d batches, %v", batches, err)
	}
	u := load(t, j, first)
	u.Phase, u.Claims = transfer.PhaseAborted, false
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
	if again, err := adopt(t, j, "a", "U"); err != nil || again == first {
		t.Errorf("after the first has ended: %d, %v", again, err)
	}
}

func keepRows(tb testing.TB, j *Journal, s transfer.Selection) (kept int) {
	tb.Helper()
	err := waitFor(func(done func(error)) {
		j.Keep(s, func(n int, err error) {
			kept = n
			done(err)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return kept
}

// TestKeep takes rows away whose parts stay on OSS, which are then known by their files; and
// with them rows that have nothing there. What is being sent stays.
func TestKeep(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 6)
	for i, change := range []func(u *transfer.Upload){
		func(u *transfer.Upload) {
			u.Phase, u.UploadID, u.Intent = transfer.PhaseUploading, "K", transfer.IntentPause
		},
		func(u *transfer.Upload) { u.Phase, u.UploadID = transfer.PhaseUploading, "R" },
		func(u *transfer.Upload) { u.Intent = transfer.IntentPause },
		func(u *transfer.Upload) { u.Phase, u.Claims = transfer.PhaseDone, false },
		func(u *transfer.Upload) {
			u.Phase, u.UploadID, u.Intent = transfer.PhaseUploading, "L", transfer.IntentPause
		},
	} {
		change(&us[i])
		commit(t, j, transfer.Change{Uploads: us[i : i+1]})
	}
	if n := keepRows(t, j, transfer.These(append(ids(us[:4]), us[5].ID)...)); n != 3 {
		t.Errorf("%d rows were taken away, not 3", n)
	}
	list := []transfer.BegunUpload{
		{Upload: us[1].ID, Key: "p/001", UploadID: "R", Path: "/home/a/001"},
		{Upload: us[4].ID, Key: "p/004", UploadID: "L", Path: "/home/a/004"},
		{Key: "p/000", UploadID: "K", Kept: true, Path: "/home/a/000"},
	}
	if got := begun(t, j); !slices.Equal(got, list) {
		t.Errorf("begun: %+v", got)
	}
	counts, err := j.Counts(t.Context())
	if err != nil || counts.Groups[transfer.GroupAll] != 3 {
		t.Errorf("the list has %+v, %v", counts.Groups, err)
	}
	if _, err := adopt(t, j, "000", "K"); err != nil { // its key is free
		t.Fatal(err)
	}
	if got := begun(t, j); slices.ContainsFunc(got, func(b transfer.BegunUpload) bool { return b.Kept }) {
		t.Errorf("adopted, it is still kept: %+v", got)
	}
}

// TestSettled forgets upload IDs of one bucket that OSS has no longer.
func TestSettled(t *testing.T) {
	j := openNew(t)
	doubt(t, j, "U", "V", "W")
	if err := j.Settled(t.Context(), "other", []string{"U"}); err != nil {
		t.Fatal(err)
	}
	if err := j.Settled(t.Context(), "bucket", []string{"V", "X"}); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, b := range begun(t, j) {
		left = append(left, b.UploadID)
	}
	if !slices.Equal(left, []string{"U", "W"}) {
		t.Errorf("left: %q", left)
	}
}
