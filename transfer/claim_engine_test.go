package transfer_test

import (
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
