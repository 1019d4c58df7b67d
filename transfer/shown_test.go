package transfer_test

import (
	"context"
	"testing"
	"time"

	"partway/transfer"
)

// agrees compares what the rows of uploads in work say with the filters that list them, and
// returns how many are queued.
func (b *bubble) agrees() (queued int) {
	b.t.Helper()
	live := b.m.Snapshot().Live
	counts, err := b.journal.Counts(b.t.Context())
	check(b.t, err)
	for _, g := range transfer.Groups[1:] {
		ids, err := b.journal.List(b.t.Context(), transfer.Filter{Group: g}, transfer.Sort{})
		check(b.t, err)
		if len(ids) != counts.Groups[g] {
			b.t.Errorf("%d rows are counted as %s, %d listed", counts.Groups[g], g, len(ids))
		}
		for _, id := range ids {
			l, working := live[id]
			if l.Queued {
				queued++
			}
			// These are said of what has begun, and of what has not.
			either := l.Status == transfer.StatusChecking || l.Status == transfer.StatusRetrying
			if working && !either && l.Status.Group() != g {
				b.t.Errorf("among %s a row reads %s", g, l.Status)
			}
		}
	}
	return queued
}

// TestRowsSayWhatTheirFilterSays lets uploads wait for the one slot, some of them begun, for
// the network, and for a pause: each row is listed and counted as what it reads.
func TestRowsSayWhatTheirFilterSays(t *testing.T) {
	t.Parallel()
	inBubble(t, transfer.Settings{Slots: 1}, func(b *bubble) {
		slow := func(ctx context.Context, op string) *transfer.Error {
			if op != "UploadPart" {
				return nil
			}
			select {
			case <-time.After(10 * time.Second):
				return nil
			case <-ctx.Done():
				return &transfer.Error{Kind: transfer.KindCanceled, Err: ctx.Err()}
			}
		}
		b.oss.script(slow)
		for _, name := range []string{"first", "b", "c", "d"} {
			b.add(name, 30)
		}
		first, queued := transfer.Selection{Filter: transfer.Filter{Search: "first"}}, 0
		for second := range 60 {
			switch second { // two have begun when the first one takes the slot again
			case 15:
				check(b.t, b.m.Pause(first))
			case 30:
				check(b.t, b.m.Resume(first))
			}
			b.sleep(time.Second)
			queued += b.agrees()
		}
		if queued == 0 {
			b.t.Error("no upload that was begun was told to be queued")
		}
		for _, l := range b.m.Snapshot().Live {
			if l.Queued && l.InFlight > 0 {
				b.t.Error("one with a part in flight is told to be queued")
			}
		}
		b.oss.script(fails(noNetwork))
		b.until(transfer.StatusNoNetwork, time.Hour)
		b.agrees()
		check(b.t, b.m.Pause(transfer.Everything()))
		b.sleep(time.Second)
		b.until(transfer.StatusPaused, time.Minute)
		b.agrees()
		b.oss.script(nil)
		check(b.t, b.m.Resume(transfer.Everything()))
		b.sleep(time.Second)
		b.agrees()
		b.until(transfer.StatusCompleted, time.Hour)
	})
}

// TestRowsSayWhatWasKept looks at what is told of an upload that goes on after a pause.
func TestRowsSayWhatWasKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.PartSize, s.Slots = transfer.MiB, 1 })
	r.faults.MustAdd("UploadPart part=4 : stall")
	path := r.file("file", 8*transfer.MiB)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("three parts are there", func() bool { return r.upload(id).PartsDone == 3 })
	if kept := r.m.Snapshot().Live[id].Kept; kept != 0 {
		t.Errorf("%d parts are told to be kept of an upload that was just begun", kept)
	}
	check(t, r.m.Pause(transfer.These(id)))
	r.reaches(id, transfer.StatusPaused)
	r.until("its last request is over: a pause that ends before never stopped it", func() bool {
		_, live := r.m.Snapshot().Live[id]
		return !live
	})
	check(t, r.m.Resume(transfer.These(id)))
	r.until("it goes on, and three parts are told to be kept", func() bool {
		live := r.m.Snapshot().Live[id]
		return live.InFlight == 1 && live.Kept == 3
	})
	r.faults.Clear()
	r.reaches(id, transfer.StatusCompleted)
}
