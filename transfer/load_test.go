package transfer_test

import (
	"strings"
	"sync"
	"testing"

	"partway/transfer"
)

// slowReader keeps back the answer to one question for what could move.
type slowReader struct {
	transfer.Journal
	once     sync.Once
	asked    chan struct{} // closed once the journal has read
	released chan struct{}
	waiting  sync.WaitGroup
}

func (j *slowReader) Runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	j.Journal.Runnable(q, func(us []transfer.Upload, err error) {
		held := false
		j.once.Do(func() {
			held = true
			j.waiting.Go(func() {
				<-j.released
				done(us, err)
			})
			close(j.asked)
		})
		if !held {
			done(us, err)
		}
	})
}

// TestRowsAddedWhileTheQueueIsReadAreSent adds a file after the journal was read for what
// could move, and before the answer is there.
func TestRowsAddedWhileTheQueueIsReadAreSent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	slow := &slowReader{asked: make(chan struct{}), released: make(chan struct{})}
	r.wrap = func(j transfer.Journal) transfer.Journal {
		slow.Journal = j
		return slow
	}
	r.startEngine()
	<-slow.asked
	path := r.file("file", 150*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("the engine knows that the scan is done", func() bool { return strings.Contains(r.log.String(), "scanned batch") })
	close(slow.released)
	slow.waiting.Wait()
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}
