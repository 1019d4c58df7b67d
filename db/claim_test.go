package db

import (
	"errors"
	"testing"

	"partway/transfer"
)

func TestTakingAHeldKeyFails(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	holder := add(t, j, planned(batch, "a"))[0]
	other := planned(batch, "b")
	other.To = holder.To
	other = add(t, j, other)[0]

	other.Claims, other.Wait = true, transfer.WaitNone
	err := tryCommit(j, transfer.Change{
		Uploads: []transfer.Upload{other},
		Events:  []transfer.Event{{Upload: other.ID, Kind: transfer.EventNoted}},
	})
	if !errors.Is(err, transfer.ErrKeyClaimed) || transfer.KindOf(err) != transfer.KindExists {
		t.Errorf("error %v, want ErrKeyClaimed of KindExists", err)
	}
	if got := load(t, j, other.ID); got.Claims || got.Wait != transfer.WaitConflict {
		t.Errorf("the row was changed: %+v", got)
	}
	if events, err := j.Events(t.Context(), other.ID); err != nil || len(events) != 0 {
		t.Errorf("half of the change was kept: %v, %v", events, err)
	}
}

func TestFinishedUploadsReleaseTheirKey(t *testing.T) {
	for _, phase := range []transfer.Phase{transfer.PhaseDone, transfer.PhaseAborted} {
		t.Run(string(phase), func(t *testing.T) {
			j := openNew(t)
			batch := addBatch(t, j)
			u := add(t, j, planned(batch, "a"))[0]
			u.Phase, u.Claims = phase, true
			commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
			if load(t, j, u.ID).Claims {
				t.Error("it claims its key still")
			}
			next := planned(addBatch(t, j), "a")
			if got := load(t, j, add(t, j, next)[0].ID); !got.Claims {
				t.Errorf("the next upload has no claim: %+v", got)
			}
		})
	}
}

func TestAbortOfPlannedReleasesItsKey(t *testing.T) {
	for _, c := range []transfer.SetCommand{transfer.SetAbort, transfer.SetRemove} {
		t.Run(string(c), func(t *testing.T) {
			j := openNew(t)
			u := add(t, j, planned(addBatch(t, j), "a"))[0]
			command(t, j, transfer.These(u.ID), c)
			next := add(t, j, planned(addBatch(t, j), "a"))[0]
			if !load(t, j, next.ID).Claims {
				t.Error("the key is held by an aborted upload")
			}
		})
	}
}

// TestAKeyIsClaimedWhateverTheAccount adds uploads of one key by two accounts, where both were
// met before; by another endpoint it is another object.
func TestAKeyIsClaimedWhateverTheAccount(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	by := func(name string, account transfer.AccountID, region, endpoint string) transfer.Upload {
		u := planned(batch, name)
		u.To = transfer.Target{Account: account, Endpoint: endpoint, Region: region, Bucket: "b", Key: name}
		return u
	}
	first, second, elsewhere := by("1", 1, "r", sameHost), by("2", 2, "", sameHost), by("3", 1, "r", otherHost)
	one, two, three := by("x", 1, "r", sameHost), by("y", 2, "", sameHost), by("z", 1, "r", otherHost)
	two.To.Key, three.To.Key = "x", "x"
	us := add(t, j, first, second, elsewhere, one, two, three)
	for i, claims := range []bool{true, true, true, true, false, true} {
		if got := load(t, j, us[i].ID); got.Claims != claims || (got.Wait == transfer.WaitConflict) == claims {
			t.Errorf("upload %d claims %q: %v, %q", i, got.To.Key, got.Claims, got.Wait)
		}
	}
}
