package transfer_test

import (
	"strings"
	"testing"

	"partway/transfer"
)

// TestEachCopyHoldsItsKey sends three files to one key at once, all of them to be kept: each
// holds the name it got, before its first byte, and the names are those of a folder.
func TestEachCopyHoldsItsKey(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"in parts": 300 * kib, "by one request": 30 * kib} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := []interface{ Release() }{r.faults.MustAdd("UploadPart : hold"), r.faults.MustAdd("PutObject : hold")}
			var ids []transfer.ID
			var paths []string
			for _, folder := range []string{"one", "two", "three"} {
				paths = append(paths, r.file(folder+"/photo.jpg", size))
				ids = append(ids, r.add(transfer.PolicyKeepBoth, paths[len(paths)-1])...)
			}
			check(t, r.m.Resolve(transfer.These(ids...), transfer.ResolveKeepBoth))
			keys := map[string]int{}
			r.until("all three are being sent", func() bool {
				clear(keys)
				for i, id := range ids {
					u := r.upload(id)
					if u.Phase == transfer.PhasePlanned || u.Phase == transfer.PhaseInitiating {
						return false
					}
					if !u.Claims {
						t.Fatalf("%s is being sent to %q, and does not hold it", u.Path, u.To.Key)
					}
					keys[u.To.Key] = i
				}
				return true
			})
			for _, h := range held {
				h.Release()
			}
			for _, id := range ids {
				r.reaches(id, transfer.StatusCompleted)
			}
			for _, key := range []string{"p/photo.jpg", "p/photo (2).jpg", "p/photo (3).jpg"} {
				i, there := keys[key]
				if !there {
					t.Fatalf("the keys are %v, want %q among them", keys, key)
				}
				r.holds(key, paths[i])
			}
			r.nothingOpen()
		})
	}
}

// TestUploadOfAnotherRowIsNotAdopted loses an Initiate while another upload to the same object,
// by another name of the endpoint, begins: each has an upload ID of its own.
func TestUploadOfAnotherRowIsNotAdopted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("UploadPart : hold")
	lost := r.faults.MustAdd("InitiateMultipartUpload times=1 : cut")
	first := r.add(transfer.PolicyReplace, r.file("one/file", 300*kib))[0]
	check(t, lost.WaitHits(t.Context(), 1))
	r.account.Endpoint = strings.Replace(r.account.Endpoint, "127.0.0.1", "localhost", 1)
	path := r.file("two/file", 300*kib)
	second := r.add(transfer.PolicyReplace, path)[0]
	begun := func(id transfer.ID) string { u := r.upload(id); return u.UploadID }
	r.until("both are begun", func() bool { return begun(first) != "" && begun(second) != "" })
	if id := begun(first); id == begun(second) {
		t.Errorf("both have upload ID %s", id)
	}
	check(t, r.m.Abort(transfer.These(first)))
	r.reaches(first, transfer.StatusAborted)
	r.faults.Clear()
	r.reaches(second, transfer.StatusCompleted)
	r.holds("p/file", path)
	r.nothingOpen()
}
