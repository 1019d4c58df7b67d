package transfer_test

import (
	"fmt"
	"sync"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// sleepyJournal writes patient changes down only once it is hastened.
type sleepyJournal struct {
	transfer.Journal
	mu      sync.Mutex
	waiting []func()
	awake   bool
}

func (j *sleepyJournal) Commit(c transfer.Change, done func(error)) {
	commit := func() { j.Journal.Commit(c, done) }
	j.mu.Lock()
	defer j.mu.Unlock()
	if c.Patient && !j.awake {
		j.waiting = append(j.waiting, commit)
		return
	}
	commit()
}

func (j *sleepyJournal) Hasten() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, commit := range j.waiting {
		commit()
	}
	j.waiting = nil
	j.Journal.Hasten()
}

// TestIntentsDoNotWaitWhileSlotsAreFree sends by a journal that takes its time as long as nobody
// asks it to hurry: also the last file, after which none begins.
func TestIntentsDoNotWaitWhileSlotsAreFree(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	sleepy := &sleepyJournal{}
	r.wrap = func(j transfer.Journal) transfer.Journal {
		sleepy.Journal = j
		return sleepy
	}
	r.startEngine()
	var paths []string
	for i := range 30 {
		paths = append(paths, r.file(fmt.Sprint("f", i), 1000))
	}
	ids := r.add(transfer.PolicySkipSame, paths...)
	r.until("all are sent", func() bool { return r.begun(osslocal.OpPutObject) == len(ids) })
	sleepy.mu.Lock()
	sleepy.awake = true
	sleepy.mu.Unlock()
	sleepy.Hasten()
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
}
