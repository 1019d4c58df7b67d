package transfer_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// holdingJournal keeps the first commit that it is to hold from becoming durable, until it
// is released.
type holdingJournal struct {
	transfer.Journal
	holds    func(transfer.Change) bool
	reached  chan struct{} // closed when such a commit was asked for
	released chan struct{}
	once     sync.Once
	waiting  sync.WaitGroup
}

func holding(holds func(transfer.Change) bool) *holdingJournal {
	return &holdingJournal{holds: holds, reached: make(chan struct{}), released: make(chan struct{})}
}

// around is a rig's wrap.
func (j *holdingJournal) around(inner transfer.Journal) transfer.Journal {
	j.Journal = inner
	return j
}

func (j *holdingJournal) release() {
	close(j.released)
	j.waiting.Wait()
}

func (j *holdingJournal) Commit(c transfer.Change, done func(error)) {
	held := false
	if j.holds(c) {
		j.once.Do(func() {
			held = true
			j.waiting.Go(func() {
				<-j.released
				j.Journal.Commit(c, done)
			})
			close(j.reached)
		})
	}
	if !held {
		j.Journal.Commit(c, done)
	}
}

// TestIntentIsDurableBeforeItsEffect holds back the commit of each intent: no request
// may arrive before it is on the disk.
func TestIntentIsDurableBeforeItsEffect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		phase transfer.Phase
		op    string
		size  int64
	}{
		{transfer.PhaseInitiating, osslocal.OpInitiate, 350 * kib},
		{transfer.PhaseUploading, osslocal.OpUploadPart, 350 * kib},
		{transfer.PhaseCompleting, osslocal.OpComplete, 350 * kib},
		{transfer.PhasePutting, osslocal.OpPutObject, 50 * kib},
		{transfer.PhaseAborting, osslocal.OpAbort, 350 * kib},
	}
	for _, test := range tests {
		t.Run(string(test.phase), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.stopEngine()
			hold := holding(func(c transfer.Change) bool {
				return slices.ContainsFunc(c.Uploads, func(u transfer.Upload) bool { return u.Phase == test.phase })
			})
			r.wrap = hold.around
			if test.phase == transfer.PhaseAborting {
				r.faults.MustAdd("UploadPart : stall")
			}
			r.startEngine()
			path := r.file("file", test.size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if test.phase == transfer.PhaseAborting {
				r.until("parts are sent", func() bool { return r.begun(osslocal.OpUploadPart) > 0 })
				check(t, r.m.Abort(transfer.These(id)))
			}
			<-hold.reached
			if n := r.arrivals(test.op, 300*time.Millisecond); n > 0 {
				t.Errorf("%d %s requests before phase %s was durable", n, test.op, test.phase)
			}
			hold.release()
			r.until("it is over", func() bool { return r.upload(id).Phase.Final() })
			if test.phase != transfer.PhaseAborting {
				r.holds("p/file", path)
			}
			r.nothingOpen()
		})
	}
}

// arrivals gives requests of op a while to arrive, and counts them.
func (r *rig) arrivals(op string, while time.Duration) int {
	ctx, cancel := context.WithTimeout(r.t.Context(), while)
	defer cancel()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for r.begun(op) == 0 {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return 0
		}
	}
	return r.begun(op)
}
