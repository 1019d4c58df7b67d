package transfer

import (
	"cmp"
	"context"
	"errors"
	"time"
)

const (
	// abortRounds is how often an Abort is repeated until OSS says that the upload is gone:
	// parts that were on their way when it came are not deleted by it.
	abortRounds = 5
	abortPause  = 300 * time.Millisecond
)

// advanceAbort takes an upload that is to be aborted one step on.
func (m *Manager) advanceAbort(t *task) {
	switch t.u.Phase {
	case PhasePlanned:
		m.aborted(t, "")
	case PhaseInitiating:
		if t.sure { // nothing was sent
			m.aborted(t, "")
			return
		}
		m.findUpload(t)
	case PhaseUploading:
		m.enter(t, PhaseAborting, nil) // T7
	case PhaseCompleting:
		if t.sure {
			m.enter(t, PhaseAborting, nil)
			return
		}
		m.findObject(t)
	case PhasePutting:
		if t.sure {
			m.aborted(t, "")
			return
		}
		m.findPut(t)
	case PhaseAborting:
		m.abort(t)
	case PhaseDone, PhaseAborted:
	}
}

// abort drops the upload: the effect between T7 and T8.
func (m *Manager) abort(t *task) {
	u, store := t.u, t.store
	m.work(t, stepAbort, func() (func(), error) {
		var a aborted
		a.err = bounded(m.hard, callLimit, "AbortMultipartUpload", func(ctx context.Context) (err error) {
			a, err = abortUntilGone(ctx, store, u.To, u.UploadID)
			return err
		})
		return func() { m.handleAborted(t, a) }, a.err
	})
}

// aborted is what became of an abort.
type aborted struct {
	alive    bool // the upload was there before
	unlisted bool // whether it is gone could not be asked: OSS's answer to the abort has to do
	err      error
}

// AbortUntilGone aborts an upload that is not in the queue until OSS says that there is no such
// upload. unlisted tells that this could not be asked, and OSS's answer to the abort has to do.
func AbortUntilGone(ctx context.Context, store Store, to Target, uploadID string) (unlisted bool, err error) {
	a, err := abortUntilGone(ctx, store, to, uploadID)
	return a.unlisted, err
}

// abortUntilGone aborts until OSS says that there is no such upload.
func abortUntilGone(ctx context.Context, store Store, to Target, uploadID string) (a aborted, err error) {
	gone := func(err error) bool { return IsGone(err, CodeNoSuchUpload) || IsGone(err, CodeNoSuchBucket) }
	for range abortRounds {
		if err := store.Abort(ctx, to.Key, uploadID); gone(err) {
			return a, nil
		} else if err != nil {
			return a, err
		}
		a.alive = true
		_, err := store.ListParts(ctx, to.Key, uploadID, 0)
		switch {
		case gone(err):
			return a, nil
		case KindOf(err) == KindAuth:
			a.unlisted = true
			return a, nil
		case err != nil:
			return a, err
		}
		select {
		case <-time.After(abortPause):
		case <-ctx.Done():
			return a, context.Cause(ctx)
		}
	}
	return a, &Error{Kind: KindTransient, Op: "AbortMultipartUpload", Bucket: to.Bucket, Key: to.Key, Err: errors.New("OSS still lists the upload")}
}

func (m *Manager) handleAborted(t *task, a aborted) {
	if a.alive {
		t.doubtAbort(false) // no object was made of it
	}
	if a.err != nil {
		m.failed(t, a.err)
		return
	}
	text := ""
	if a.unlisted {
		text = NotedAbortUnlisted
	}
	t.u.UploadID, t.u.Error = "", nil
	t.u.PartsDone, t.u.BytesDone = 0, 0
	t.attempts, t.nextTry = 0, time.Time{}
	switch {
	case t.u.Intent == IntentAbort:
		m.aborted(t, text) // T8
	case t.u.Receipt.Outcome != OutcomeNone: // skipped
		m.finish(t, t.u.Receipt.Outcome, ProofNone)
	default: // to begin anew with the file as it is now
		t.reset()
		t.closeFile()
		t.u.Restart = false
		m.enter(t, PhasePlanned, nil, m.event(t, EventRestarting, "the old upload is gone", ""))
	}
}

// aborted ends an upload that was aborted: T8, or the end of what was not begun. It says so if
// an object of it may be there all the same.
func (m *Manager) aborted(t *task, text string) {
	switch {
	case t.u.Receipt.Outcome == OutcomeInDoubt:
		text = inDoubt
	case t.u.Torn != "":
		t.u.Receipt.Outcome = OutcomeInDoubt
		text = cmp.Or(text, perhapsThere)
	}
	t.u.Receipt.Finished = m.now()
	m.enter(t, PhaseAborted, nil, m.event(t, EventAborted, text, ""))
}
