package transfer_test

import (
	"sync/atomic"
	"testing"

	"partway/transfer"
)

// countingJournal counts what is committed.
type countingJournal struct {
	transfer.Journal
	commits atomic.Int64
}

func (j *countingJournal) Commit(c transfer.Change, done func(error)) {
	j.commits.Add(1)
	j.Journal.Commit(c, done)
}

// TestD8ProgressIsNotWritten lets parts crawl: what was sent of them is shown, and not written.
func TestD8ProgressIsNotWritten(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	counting := &countingJournal{}
	r.wrap = func(j transfer.Journal) transfer.Journal {
		counting.Journal = j
		return counting
	}
	r.changes = func(s *transfer.Settings) { s.PartSize, s.Slots = 16*transfer.MiB, 2 }
	crawl := r.faults.MustAdd("UploadPart : slow 1M")
	r.startEngine()
	path := r.file("file", 32*transfer.MiB)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, crawl.WaitHits(t.Context(), 2))
	sent := func() int64 { return r.m.Snapshot().Live[id].Sent }
	r.until("something is shown as sent", func() bool { return sent() > 0 })
	commits, version := counting.commits.Load(), r.journal.Version()
	for last, seen := sent(), 0; seen < 4; {
		r.until("more is shown as sent", func() bool { return sent() > last })
		last, seen = sent(), seen+1
	}
	if n := counting.commits.Load() - commits; n > 0 || r.journal.Version() != version {
		t.Errorf("%d commits while nothing but progress was made", n)
	}
	check(t, r.m.Abort(transfer.These(id)))
	r.faults.Clear()
	r.reaches(id, transfer.StatusAborted)
	r.nothingOpen()
}
