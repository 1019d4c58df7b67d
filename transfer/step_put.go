package transfer

import (
	"cmp"
	"context"
	"errors"
	"os"
)

// put sends the whole file in one request: the effect between P1 and P2.
func (m *Manager) put(t *task) {
	t.sure = false
	m.ahead.leave(m.now())
	f := &flight{number: 0, size: t.u.File.Size, asking: m.ask(t)}
	t.sending[0] = f
	s := sender{u: t.u, store: t.store, ctx: t.ctx, own: &t.limit, all: &m.limit, now: m.now, wantMD5: m.wantsMD5(t)}
	m.work(t, stepPut, func() (func(), error) {
		a := s.put(f)
		return func() {
			delete(t.sending, 0)
			m.handlePut(t, a)
		}, a.err
	})
}

// put sends the file: unchanged, read and sent, digests equal.
func (s *sender) put(f *flight) (a arrival) {
	u := &s.u
	file, _, err := openSource(u.Path, picked(u))
	if err != nil {
		return arrival{fate: fateFailed, err: err}
	}
	defer file.Close() //nolint:errcheck // it was only read
	s.source = func(offset, size int64) *section { return newSection(file, u.Path, offset, size) }
	if err := verifySource(file, u.Path, picked(u), u.File); err != nil {
		return arrival{fate: fateFailed, err: err}
	}
	r := PutRequest{
		Key: u.To.Key, Size: u.File.Size, WantMD5: s.wantMD5 || u.sendsMD5(),
		Options: u.objectOptions(), ForbidOverwrite: u.forbidsOverwrite(),
	}
	if r.ContentMD5, err = s.contentMD5(0, u.File.Size); err != nil {
		return arrival{fate: fateFailed, err: err}
	}
	r.Body = &body{ctx: s.ctx, from: s.source(0, u.File.Size), own: s.own, all: s.all}
	r.Left = &f.left
	if a.answer, err = s.store.Put(s.ctx, r); err != nil {
		return arrival{fate: fateFailed, err: err}
	}
	if err := s.stillThatFile(file, a.answer.Sent.CRC64); err != nil {
		// What was read may be of two versions. The object stays: nothing is deleted.
		return arrival{fate: fateTorn, err: err, answer: a.answer}
	}
	a.crc = a.answer.Sent.CRC64
	a.judge(s.ctx, s.store, u)
	if a.fate == fateArrived && a.proof != ProofCRC64 && a.proof != ProofHead {
		// There are no parts to have proved: the ETag of a Put is its MD5.
		p, err := proveDigests(a.answer.Sent, a.answer.Stored, a.answer.ETag, r.WantMD5)
		if err != nil || !p.md5 {
			a.fate, a.err = fateMismatch, &Error{Kind: KindIntegrity, Op: "PutObject", Bucket: u.To.Bucket, Key: u.To.Key, Code: CodeObjectDiffers, RequestID: a.answer.RequestID, Err: errors.New("OSS gave no CRC64, and its ETag is not the MD5 of the bytes read")}
		}
	}
	return a
}

// stillThatFile makes sure that what was sent, with this CRC64, is one version of the file.
func (s *sender) stillThatFile(file *os.File, crc uint64) error {
	u := &s.u
	err := verifySource(file, u.Path, picked(u), u.File)
	if err == nil || AsError(err).Code != CodeFileSuspect {
		return err
	}
	if now, err := digestFile(s.ctx, u, func(int) {}); err != nil || now != crc {
		return changedError(u.Path, CodeFileRewritten, "the file was rewritten while it was sent")
	}
	return nil
}

func (m *Manager) handlePut(t *task, a arrival) {
	t.doubtAbort(a.blind)
	switch {
	case a.fate == fateTorn:
		t.u.Torn = cmp.Or(a.answer.ETag, TornPerhaps)
	case a.fate == fateMismatch, a.perhaps:
		t.u.Torn = TornPerhaps
	}
	if t.u.Intent == IntentAbort && (a.fate == fateConflict || a.fate == fateMismatch || a.fate == fateTorn) {
		m.aborted(t, "") // whatever is there now stays
		return
	}
	switch a.fate {
	case fateArrived:
		t.u.BytesDone = t.u.File.Size
		t.wire += t.u.File.Size
		m.arrived(t, a)
	case fateConflict, fateConflictAlive:
		m.stopAt(t, PhasePlanned, conflictOf(t, a.err))
	case fateMismatch, fateTorn:
		m.stopAt(t, PhasePlanned, a.err)
	case fateFailed:
		m.putFailed(t, a.err)
	case fateAgain, fateLost:
		m.putAgain(t)
	}
}

// putFailed sorts out an error of Put, or of finding out about it.
func (m *Manager) putFailed(t *task, err error) {
	e := AsError(err)
	switch {
	case t.aborting() && IsGone(err, CodeNoSuchBucket):
		m.aborted(t, "")
	case t.aborting() && e.Unknown && e.Kind == KindPermanent: // looking again would tell no more
		t.u.Torn = TornPerhaps
		m.aborted(t, "")
	case e.Kind == KindCanceled, e.Unknown:
		m.failed(t, err) // and the object is looked for
		if e.Unknown {
			t.quiet = m.now().Add(lookAfter)
		}
	case t.u.Intent == IntentAbort:
		text := ""
		if e.Kind == KindSource {
			text = "an object of this size came under the key meanwhile; whether it is this file cannot be told without the file"
		}
		m.aborted(t, text)
	case e.Kind == KindExists:
		m.refused(t)
	case e.Code == CodeFileSuspect: // nothing of it is there: it is sent as it is now
		m.enter(t, PhasePlanned, nil)
	case e.Kind == KindAuth, e.Kind == KindPermanent, e.Kind == KindGone, e.Kind == KindSource:
		m.stopAt(t, PhasePlanned, err)
	case t.u.replacesTorn(): // only what is still ours: it is looked at before each try
		m.fallBack(t, PhasePlanned, err)
	default:
		t.sure = true
		m.failed(t, err)
	}
}

// putAgain sends once more what did not arrive, or lets an abort end.
func (m *Manager) putAgain(t *task) {
	if t.u.Intent == IntentAbort {
		m.aborted(t, "")
		return
	}
	// The file is looked at anew before it is sent.
	m.enter(t, PhasePlanned, nil)
}

// findPut finds out whether a Put whose answer was lost, or that was cut, was carried out.
func (m *Manager) findPut(t *task) {
	u, store := t.u, t.store
	t.checked.Store(0)
	t.checkSize.Store(u.File.Size)
	m.work(t, stepFindObject, func() (func(), error) {
		var a arrival
		err := bounded(m.hard, callLimit, "HeadObject", func(ctx context.Context) error {
			a = lookForPut(ctx, store, &u, func(n int) { t.checked.Add(int64(n)) })
			return a.err
		})
		if err != nil && a.err == nil {
			a = arrival{fate: fateFailed, err: err}
		}
		return func() {
			t.checkSize.Store(0)
			m.handlePut(t, a)
		}, a.err
	})
}

func lookForPut(ctx context.Context, store Store, u *Upload, progress func(int)) arrival {
	state, allowed, err := headIfAllowed(ctx, store, u.To.Key)
	old := state.LastModified.Before(u.Initiated.Add(store.ClockOffset() - clockPrecision))
	switch {
	case err != nil:
		return arrival{fate: fateFailed, err: unknown(err)}
	case !allowed:
		return arrival{fate: fateAgain, blind: true}
	case !state.Exists, u.BeforeKnown && u.Before.Same(state):
		return arrival{fate: fateAgain}
	case state.Size != u.File.Size || !state.HasCRC:
		a := conflictWith(u, state)
		a.perhaps = a.perhaps && !old
		if asksAgain(u) {
			a.fate = fateAgain
		}
		return a
	}
	crc, err := digestFile(ctx, u, progress)
	if err != nil && sourceWait(AsError(err).Code) == WaitMissing && u.Intent != IntentAbort {
		err = unknown(err) // the question stays open until the file is back
	}
	if err != nil {
		return arrival{fate: fateFailed, err: err, perhaps: KindOf(err) == KindSource}
	}
	a := arrivedState(u, state, crc)
	if asksAgain(u) && (a.fate == fateConflict || old) {
		a = arrival{fate: fateAgain, perhaps: a.perhaps}
	}
	// Other bytes than the file's are another program's only if the file is still what was sent.
	a.perhaps = a.fate != fateArrived && !old && (a.perhaps || !untouched(u))
	return a
}

// untouched tells whether nothing at all happened to the file since it was planned.
func untouched(u *Upload) bool {
	f, _, err := openSource(u.Path, picked(u))
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only looked at
	return verifySource(f, u.Path, picked(u), u.File) == nil
}

// asksAgain tells whether putting again is safe and settles what is under the key: it was
// not looked at before, and the request must not overwrite.
func asksAgain(u *Upload) bool { return !u.BeforeKnown && u.forbidsOverwrite() }
