package transfer_test

import (
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

// TestAnswerAfterAbortDoesNotUndoIt aborts a conflict and answers it before the abort is
// written: nothing is sent, and the object stays.
func TestAnswerAfterAbortDoesNotUndoIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	var slow *mortalJournal
	life := newLife()
	defer life.end()
	r.wrap = func(j transfer.Journal) transfer.Journal {
		slow = &mortalJournal{Journal: j, life: life}
		return slow
	}
	r.startEngine()
	r.put("p/file", "the old object")
	id := r.add(transfer.PolicySkipSame, r.file("file", 50*kib))[0]
	r.reaches(id, transfer.StatusConflict)
	r.until("the engine let go of it", func() bool {
		_, live := r.m.Snapshot().Live[id]
		return !live && slow.waiting() == 0
	})
	slow.held.Lock()
	check(t, r.m.Abort(transfer.These(id)))
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
	r.until("the answer waits behind the abort", func() bool { return slow.waiting() >= 3 })
	after := make(chan []transfer.Upload, 1)
	slow.Runnable(transfer.RunnableQuery{Limit: 10}, func(us []transfer.Upload, err error) {
		if err != nil {
			t.Error(err)
		}
		after <- us
	})
	slow.held.Unlock()
	if us := <-after; len(us) > 0 {
		t.Errorf("an upload that was aborted is %s %s again", us[0].Intent, us[0].Phase)
	}
	r.reaches(id, transfer.StatusAborted)
	other := r.file("other", 50*kib)
	r.reaches(r.add(transfer.PolicySkipSame, other)[0], transfer.StatusCompleted)
	r.reaches(id, transfer.StatusAborted)
	object, err := r.oss.Objects(testBucket)
	check(t, err)
	if len(object) != 2 || object[0].Size != int64(len("the old object")) {
		t.Errorf("the object was replaced: %+v", object)
	}
}

// TestCommandsByFilterMeanWhatTheListShows gives a command for a group of the list while an
// upload of it is for the moment, in work, of another: what is aborted is not sent.
func TestCommandsByFilterMeanWhatTheListShows(t *testing.T) {
	t.Parallel()
	for name, give := range map[string]struct {
		do   func(*transfer.Manager, transfer.Selection) error
		want transfer.Status
	}{
		"abort": {(*transfer.Manager).Abort, transfer.StatusAborted},
		"pause": {(*transfer.Manager).Pause, transfer.StatusPaused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transfer.Settings{}, func(b *bubble) {
				t := b.t
				b.oss.script(fails(transfer.Error{Kind: transfer.KindThrottled, RetryAfter: time.Minute}))
				b.add("file", 1)
				b.until(transfer.StatusRetrying, 10*time.Second)
				listed, err := b.journal.List(t.Context(), transfer.Filter{Group: transfer.GroupWaiting}, transfer.Sort{})
				if err != nil || len(listed) != 1 {
					t.Fatalf("%d rows are listed as waiting, %v", len(listed), err)
				}
				check(t, give.do(b.m, transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupWaiting}}))
				b.oss.script(nil)
				b.sleep(5 * time.Minute)
				b.until(give.want, time.Second)
				if n := b.oss.count("PutObject"); n > 0 {
					t.Errorf("%d objects were sent", n)
				}
			})
		})
	}
}

// TestRemovedWhileItsBucketIsOpened removes a row that nothing was sent of, at the moment in
// which it turns out that its bucket cannot be reached: nothing waits for that.
func TestRemovedWhileItsBucketIsOpened(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	opening, answer := make(chan struct{}, 1), make(chan struct{})
	r.dial = func(transfer.Account, transfer.Credentials, string) (transfer.Store, error) {
		opening <- struct{}{}
		<-answer
		return nil, &transfer.Error{Kind: transfer.KindOffline, Op: "dial"}
	}
	r.startEngine()
	id := r.add(transfer.PolicySkipSame, r.file("file", 10))[0]
	<-opening
	check(t, r.m.Remove(transfer.These(id)))
	r.until("the row is gone", func() bool {
		left, err := r.journal.Uploads(t.Context(), []transfer.ID{id})
		check(t, err)
		return len(left) == 0
	})
	close(answer)
	r.until("the engine let go of it", func() bool { return len(r.m.Snapshot().Live) == 0 })
	check(t, r.m.Pause(transfer.Everything())) // what was committed before is answered
	if log := r.log.String(); strings.Contains(log, "the journal failed") {
		t.Errorf("it halted all uploads:\n%s", log)
	}
}

// TestUploadAgainGoesToTheSameFolder adds a file to a folder without a name, and uploads it again.
func TestUploadAgainGoesToTheSameFolder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.file("file", 50*kib)}, To: r.to("p//"), Policy: transfer.PolicySkipSame})
	check(t, err)
	first := r.reaches(r.scanned(batch)[0], transfer.StatusCompleted)
	check(t, r.m.UploadAgain(t.Context(), []transfer.ID{first.ID}))
	again := r.reaches(r.scanned(batch + 1)[0], transfer.StatusCompleted)
	if again.To != first.To || again.To.Key != "p//file" || again.Receipt.Outcome != transfer.OutcomeAlreadyThere {
		t.Errorf("it went to %q, and then to %q: %q", first.To.Key, again.To.Key, again.Receipt.Outcome)
	}
}

// TestUploadAgainAsksAgain answers a conflict by replacing, and uploads the file again when
// somebody else's object is there: the answer was of the first.
func TestUploadAgainAsksAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.put("p/file", "an old object")
	path := r.file("file", 50*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusConflict)
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	r.put("p/file", "somebody else's object")
	check(t, r.m.UploadAgain(t.Context(), []transfer.ID{id}))
	var again []transfer.ID
	r.until("it is in the list again", func() bool {
		ids, err := r.journal.List(t.Context(), transfer.Filter{Batch: r.upload(id).Batch + 1}, transfer.Sort{})
		check(t, err)
		again = ids
		return len(ids) == 1
	})
	r.reaches(again[0], transfer.StatusConflict)
}
