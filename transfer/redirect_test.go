package transfer_test

import (
	"fmt"
	"slices"
	"testing"

	"partway/transfer"
)

// TestRedirectSendsElsewhere changes the destination of all while one is on its way, others
// are in work and wait for its slot, and more wait in the journal.
func TestRedirectSendsElsewhere(t *testing.T) {
	t.Parallel()
	const files = 30
	r, g, ids := queueRig(t, files)
	told, err := r.m.Redirect(t.Context(), transfer.Everything(), r.to("q/"))
	if want := (transfer.Redirected{Moved: files - 1, Begun: 1}); err != nil || told != want {
		t.Errorf("told %+v, %v; want %+v", told, err, want)
	}
	g.open()
	keys := r.sentInOrder(ids)
	if keys[0] != "p/f0" {
		t.Errorf("the first went to %s", keys[0])
	}
	for i, key := range keys[1:] {
		if key != fmt.Sprint("q/f", i+1) {
			t.Errorf("number %d went to %s", i+1, key)
		}
	}
	if stored := r.keys(); len(stored) != files || slices.Contains(stored, "p/f1") {
		t.Errorf("stored are %v", stored)
	}
}

// TestRedirectEndsAConflict sends an upload that an object is in the way of elsewhere.
func TestRedirectEndsAConflict(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.put("p/file", "another object")
	path := r.file("file", 1000)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusConflict)
	r.until("the engine let go of it", func() bool {
		_, live := r.m.Snapshot().Live[id]
		return !live
	})
	told, err := r.m.Redirect(t.Context(), transfer.These(id), r.to("q/"))
	if want := (transfer.Redirected{Moved: 1}); err != nil || told != want {
		t.Errorf("told %+v, %v; want %+v", told, err, want)
	}
	r.reaches(id, transfer.StatusCompleted)
	r.holds("q/file", path)
}

func TestRedirectRefusesWhatIsNoDestination(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, to := range []transfer.Destination{{Bucket: "B"}, {Bucket: testBucket, Prefix: "p"}} {
		if _, err := r.m.Redirect(t.Context(), transfer.Everything(), to); err == nil {
			t.Errorf("%+v was taken", to)
		}
	}
}
