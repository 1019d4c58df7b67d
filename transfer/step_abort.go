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

// nothingSent tells that there is nothing of the upload on OSS that this try of it began.
func (t *task) nothingSent() bool {
	switch t.u.Phase {
	case PhasePlanned:
		return true
	case PhaseInitiating, PhasePutting:
		return t.sure
	default:
		return false
	}
}

// advanceAbort takes an upload of which something may be on OSS, and that is to be aborted,
// one step on.
func (m *Manager) advanceAbort(t *task) {
	switch t.u.Phase {
	case PhaseInitiating:
		m.findUpload(t)
	case PhaseUploading:
		m.abandon(t)
	case PhaseCompleting:
		if t.sure {
			m.abandon(t)
			return
		}
		m.findObject(t)
	case PhasePutting:
		m.findPut(t)
	case PhaseAborting:
		if t.gone {
			m.findObject(t)
			return
		}
		m.abort(t)
	case PhasePlanned, PhaseDone, PhaseAborted:
	}
}

// abandon commits that the upload ID is to be aborted: T7.
func (m *Manager) abandon(t *task) {
	t.gone = false
	m.enter(t, PhaseAborting, nil)
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
	if !a.alive && t.u.Sealed && !t.gone {
		t.gone = true // its Complete may have been carried out: the object is looked for
		return
	}
	text := ""
	if a.unlisted {
		text = NotedAbortUnlisted
	}
	m.dropped(t, text)
}

// dropped goes on once an upload ID is no more.
func (m *Manager) dropped(t *task, text string) {
	t.u.Error = nil
	t.u.forgetID()
	t.attempts, t.nextTry = 0, time.Time{}
	switch {
	case t.u.Intent == IntentAbort:
		m.aborted(t, text) // T8
	case t.u.Receipt.Outcome != OutcomeNone && t.u.Torn != "": // skipped, and it may be there
		t.u.Intent = IntentAbort
		m.aborted(t, text)
	case t.u.Receipt.Outcome != OutcomeNone: // skipped
		m.finish(t, t.u.Receipt.Outcome, ProofNone)
	default: // to begin anew with the file as it is now
		t.reset()
		t.closeFile()
		t.u.Restart = false
		m.enter(t, PhasePlanned, nil, m.event(t, EventRestarting, "the old upload is gone", ""))
	}
}

// handleGone ends the abort of an upload ID that was gone before, by what is under the key.
func (m *Manager) handleGone(t *task, a arrival) {
	switch {
	case a.fate == fateArrived && !t.u.Restart:
		m.arrived(t, a)
		return
	case a.fate == fateArrived: // by the version of the file that was to be replaced
		t.u.tornBy(a)
	case a.blind, a.fate == fateFailed && KindOf(a.err) == KindPermanent:
		t.u.Torn = TornPerhaps
	case a.fate == fateFailed && !IsGone(a.err, CodeNoSuchBucket):
		m.failed(t, a.err)
		return
	}
	m.dropped(t, "")
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
