package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// completeLimit is how long a Complete may take before its outcome counts as unknown. The
// store has a clock of its own, of 5 minutes; this one is for stores without.
const completeLimit = 6 * time.Minute

// sealed is the last look before an object comes into being.
type sealed struct {
	before ObjectState
	known  bool
	gone   bool // the upload ID is
	err    error
}

// seal makes sure that the file is still the one whose parts were sent, and notes what is
// under the key, so that a lost answer to Complete can be told from none: T5.
func (m *Manager) seal(t *task) {
	u, store, ctx, file := t.u, t.store, t.ctx, t.file
	m.work(t, stepSeal, func() (func(), error) {
		var s sealed
		if s.err = verifySource(file, u.Path, picked(&u), u.File); s.err == nil {
			s = lookBeforeComplete(ctx, store, &u)
		}
		return func() { m.handleSealed(t, s) }, s.err
	})
}

// lookBeforeComplete asks what is under the key. A Complete that was sent before, and was not
// carried out when that was looked up, may have arrived since: what came under the key since is
// another's only if the upload ID is alive.
func lookBeforeComplete(ctx context.Context, store Store, u *Upload) (s sealed) {
	s.before, s.known, s.err = headIfAllowed(ctx, store, u.To.Key)
	if !u.Sealed || !s.known || u.BeforeKnown && u.Before.Same(s.before) {
		return s
	}
	switch _, err := store.ListParts(ctx, u.To.Key, u.UploadID, 0); {
	case IsGone(err, CodeNoSuchUpload):
		s.gone = true
	case isDenied(err):
		s.known = u.Torn != "" // which may be replaced only as it is now
	default:
		s.err = err
	}
	return s
}

func (m *Manager) handleSealed(t *task, s sealed) {
	switch {
	case t.stopped() || t.aborting() || m.closing:
		return
	case s.err != nil && AsError(s.err).Code == CodeFileSuspect:
		t.ready = false // resume compares the bytes
		return
	case s.err != nil:
		m.failed(t, s.err)
		return
	}
	t.attempts = 0
	if s.gone {
		t.gone = true
		m.enter(t, PhaseCompleting, nil)
		return
	}
	if s.known || !t.u.Sealed || t.u.Torn != "" {
		t.u.Before, t.u.BeforeKnown = s.before, s.known
	}
	t.u.Sealed = true
	m.enter(t, PhaseCompleting, func() { t.sure = true })
}

// wholeCRC returns the CRC64 the object must have, from parts that must be the plan's.
func wholeCRC(u *Upload, parts []Part) (uint64, error) {
	if len(parts) != u.Plan.Parts {
		return 0, fmt.Errorf("%d parts of %d are acknowledged", len(parts), u.Plan.Parts)
	}
	total := int64(0)
	for i, p := range parts {
		if p.Number != u.Plan.Number(i) || p.Offset != total {
			return 0, fmt.Errorf("part %d is not where the plan has it", p.Number)
		}
		total += p.Size
	}
	if total != u.File.Size {
		return 0, fmt.Errorf("the parts have %d bytes, the file %d", total, u.File.Size)
	}
	return combineParts(parts), nil
}

// arrival is what became of the object.
type arrival struct {
	answer ObjectAnswer
	proof  Proof
	crc    uint64
	fate   fate
	blind  bool // OSS refuses to tell whether the object is there
	// perhaps tells that an object is there which may be ours: that takes the file, or all of its
	// parts, to tell, and they are others by now.
	perhaps bool
	others  *ObjectState // what Complete was refused for, with the upload ID alive: another's
	err     error
}

// fate is what an unknown or refused outcome turned out to be.
type fate int

const (
	fateArrived       fate = iota
	fateAgain              // not carried out: ask again
	fateLost               // the upload ID is gone and there is no object of ours
	fateConflict           // somebody else's object is there
	fateConflictAlive      // the same, and the upload ID may be alive
	fateFailed             // err tells
	fateMismatch           // the object is there, and its CRC64 is another
	fateTorn               // the object is there, and the file changed while it was sent
)

// complete joins the parts: the effect between T5 and T6.
func (m *Manager) complete(t *task) {
	u, store, parts := t.u, t.store, t.acknowledged()
	t.sure = false
	m.work(t, stepComplete, func() (func(), error) {
		a := completeObject(m.hard, store, &u, parts)
		return func() { m.handleArrival(t, a) }, a.err
	})
}

func completeObject(ctx context.Context, store Store, u *Upload, parts []Part) (a arrival) {
	crc, err := wholeCRC(u, parts)
	if err != nil {
		// The journal does not have the plan's parts: they are reconciled anew.
		return arrival{fate: fateFailed, err: &Error{Kind: KindParts, Op: "CompleteMultipartUpload", Bucket: u.To.Bucket, Key: u.To.Key, Err: err}}
	}
	a.crc = crc
	list := make([]PartRef, len(parts))
	for i, p := range parts {
		list[i] = PartRef{Number: p.Number, ETag: p.ETag}
	}
	err = bounded(ctx, completeLimit, "CompleteMultipartUpload", func(ctx context.Context) (err error) {
		a.answer, err = store.Complete(ctx, CompleteRequest{
			Key: u.To.Key, UploadID: u.UploadID, Parts: list,
			Options: u.objectOptions(), ForbidOverwrite: u.forbidsOverwrite(),
		})
		return err
	})
	if err != nil {
		a.fate, a.err = fateFailed, err
		if KindOf(err) == KindExists {
			if s := lookBeforeComplete(ctx, store, u); s.err == nil && s.known && !s.gone {
				a.others = &s.before
			}
		}
		return a
	}
	a.judge(ctx, store, u)
	return a
}

// judge compares OSS's word of the whole object with ours. Its answer is the proof; HEAD
// is asked only where the answer has no CRC64.
func (a *arrival) judge(ctx context.Context, store Store, u *Upload) {
	stored, proof := a.answer.Stored, ProofCRC64
	if !stored.HasCRC {
		state, allowed, err := headIfAllowed(ctx, store, u.To.Key)
		switch {
		case err != nil:
			a.fate, a.err = fateFailed, unknown(err)
			return
		case !allowed:
			a.proof = ProofAnswer
			return
		case !state.Exists || state.Size != u.File.Size:
			a.fate, a.err = fateConflict, errors.New("the object was there, and is another already")
			return
		case !state.HasCRC:
			a.proof = ProofParts
			return
		}
		stored, proof = Digest{CRC64: state.CRC64, HasCRC: true}, ProofHead
	}
	a.proof = proof
	if stored.CRC64 != a.crc {
		a.fate = fateMismatch
		a.err = &Error{
			Kind: KindIntegrity, Op: effectOf(u), Bucket: u.To.Bucket, Key: u.To.Key, Code: CodeObjectDiffers, RequestID: a.answer.RequestID,
			Err: fmt.Errorf("the object's CRC64 is %d, that of the bytes read is %d", stored.CRC64, a.crc),
		}
	}
}

// effectOf names the request that makes the object.
func effectOf(u *Upload) string {
	if u.Plan.Single() {
		return "PutObject"
	}
	return "CompleteMultipartUpload"
}

// unknown marks an error as one that leaves the outcome open.
func unknown(err error) error {
	e := *AsError(err)
	e.Unknown = true
	return &e
}

// findObject finds out whether a Complete whose answer was lost was carried out.
func (m *Manager) findObject(t *task) {
	u, store, gone := t.u, t.store, t.gone
	m.work(t, stepFindObject, func() (func(), error) {
		var a arrival
		err := bounded(m.hard, callLimit, "HeadObject", func(ctx context.Context) error {
			parts, err := m.journal.Parts(ctx, u.ID)
			if err != nil {
				return err
			}
			a = lookForObject(ctx, store, &u, parts, gone)
			return a.err
		})
		if err != nil && a.err == nil {
			a = arrival{fate: fateFailed, err: err}
		}
		return func() { m.handleArrival(t, a) }, a.err
	})
}

// lookForObject asks for the upload ID first: while it is alive, Complete was not carried
// out. Once it is gone, the object decides, and only if it is not the one from before.
// gone tells that Complete itself was answered that there is no such upload.
func lookForObject(ctx context.Context, store Store, u *Upload, parts []Part, gone bool) (a arrival) {
	listed := gone
	if !gone {
		_, err := store.ListParts(ctx, u.To.Key, u.UploadID, 0)
		switch {
		case err == nil:
			return arrival{fate: fateAgain}
		case IsGone(err, CodeNoSuchUpload):
			listed = true
		case !isDenied(err):
			return arrival{fate: fateFailed, err: unknown(err)}
		}
	}
	state, allowed, err := headIfAllowed(ctx, store, u.To.Key)
	switch {
	case err != nil:
		return arrival{fate: fateFailed, err: unknown(err)}
	case !allowed && !listed:
		return arrival{fate: fateAgain, blind: true} // neither may be asked: Complete again tells whether the ID is alive
	case !allowed:
		return arrival{fate: fateFailed, blind: true, err: &Error{
			Kind: KindAuth, Op: "HeadObject", Bucket: u.To.Bucket, Key: u.To.Key, Code: CodeAccessDenied,
			Err: errors.New("the answer was lost, and whether the object arrived may not be looked up"),
		}}
	}
	crc, err := wholeCRC(u, parts)
	a = arrivedState(u, state, crc)
	if err != nil && a.fate != fateLost { // parts of a newer version of the file are on their way
		a = arrival{fate: fateConflict, perhaps: true, err: errors.New("an object is there, which may be this upload's own")}
	}
	switch {
	case a.fate == fateLost && !listed:
		a.fate = fateAgain // the ID may be alive: Complete again tells
	case a.fate == fateConflict && !listed:
		a.fate = fateConflictAlive
	}
	return a
}

// arrivedState judges the object found under the key after an answer was lost.
func arrivedState(u *Upload, state ObjectState, crc uint64) arrival {
	unchanged := u.BeforeKnown && u.Before.Same(state)
	equal := state.Exists && state.Size == u.File.Size && state.HasCRC && state.CRC64 == crc
	switch {
	case !state.Exists || unchanged:
		return arrival{fate: fateLost}
	case equal:
		return arrival{proof: ProofHead, crc: crc, answer: ObjectAnswer{ETag: state.ETag, VersionID: state.VersionID}}
	default:
		return conflictWith(u, state)
	}
}

// conflictWith is the arrival of another object than the file's. The file's may be there all the
// same: an older version below it, or this one, if OSS does not tell what bytes it has.
func conflictWith(u *Upload, state ObjectState) arrival {
	return arrival{
		fate: fateConflict, err: errors.New("another object was stored under this key meanwhile"),
		perhaps: state.VersionID != "" || state.Size == u.File.Size && !state.HasCRC,
	}
}

// doubtAbort notes with an upload that is to be aborted whether its object may be there.
func (t *task) doubtAbort(blind bool) {
	switch {
	case t.u.Intent == IntentAbort && blind:
		t.u.Receipt.Outcome = OutcomeInDoubt
	case t.u.Receipt.Outcome == OutcomeInDoubt:
		t.u.Receipt.Outcome = OutcomeNone
	}
}

// inDoubt and perhapsThere are what the log of an aborted upload says then.
const (
	inDoubt      = "OSS refuses to tell whether the object was made before"
	perhapsThere = "an object that an earlier request of it made may be under the key"
)

// handleArrival takes in what became of a Complete.
func (m *Manager) handleArrival(t *task, a arrival) {
	t.doubtAbort(a.blind)
	if a.others != nil {
		t.u.Before, t.u.BeforeKnown = *a.others, true
	}
	if a.fate == fateMismatch || a.perhaps {
		t.u.Torn = TornPerhaps
	}
	if t.u.Phase == PhaseAborting {
		m.handleGone(t, a)
		return
	}
	if t.u.Intent == IntentAbort && (a.fate == fateConflict || a.fate == fateConflictAlive || a.fate == fateMismatch) {
		m.abandon(t) // whatever is there now stays
		return
	}
	switch a.fate {
	case fateArrived:
		if t.u.Restart { // with the version of the file that is to be replaced
			t.u.tornBy(a)
			m.back(t, PhasePlanned, nil)
			return
		}
		m.arrived(t, a)
	case fateAgain:
		m.completeAgain(t)
	case fateLost:
		m.completeLost(t)
	case fateConflict:
		m.back(t, PhasePlanned, conflictOf(t, a.err))
	case fateConflictAlive:
		m.back(t, PhaseUploading, conflictOf(t, a.err))
	case fateMismatch, fateTorn:
		// The object stays: nothing is deleted that we cannot prove to be ours alone.
		m.back(t, PhasePlanned, a.err)
	case fateFailed:
		m.completeFailed(t, a.err)
	}
}

// arrived ends the upload with what proves it.
func (m *Manager) arrived(t *task, a arrival) {
	md5 := len(t.done) > 0
	for _, p := range t.done {
		md5 = md5 && p.MD5 != "" && sameETag(p.ETag, p.MD5)
	}
	if t.u.Plan.Single() {
		md5 = a.answer.Sent.MD5 != "" && sameETag(a.answer.ETag, a.answer.Sent.MD5)
	}
	t.u.Receipt = Receipt{
		ETag: a.answer.ETag, CRC64: a.crc, MD5: md5, VersionID: a.answer.VersionID, RequestID: a.answer.RequestID,
		Callback: a.answer.Callback, CallbackReply: a.answer.CallbackReply,
	}
	if a.answer.VersionID != "" && t.u.Policy.ForbidsOverwrite() {
		m.note(t, "the bucket keeps versions: an older object of this name stays as an older version")
	}
	switch {
	case a.answer.Callback == CallbackFailed:
		m.note(t, "the object is stored, but OSS's callback about it failed: "+a.answer.CallbackReply)
	case a.answer.Callback == CallbackNone && t.u.Options.Callback != nil:
		t.u.Receipt.Callback = CallbackUnknown
		m.note(t, "the object is stored, but the answer was lost: OSS's callback may have run, and what it was answered is not known")
	}
	outcome := OutcomeSent
	if t.aborting() {
		outcome = OutcomeTooLate
	}
	m.finish(t, outcome, a.proof)
}

// completeAgain sends Complete once more, with the same parts: the ID is alive.
func (m *Manager) completeAgain(t *task) {
	switch {
	case t.u.Intent == IntentAbort:
		m.abandon(t)
	case len(t.done) == t.u.Plan.Parts && !t.u.replacesTorn():
		t.sure = true
	default: // begun in a life before, or what it replaces is to be looked at again
		m.back(t, PhaseUploading, nil)
	}
}

// completeLost begins anew when neither upload nor object is there, once.
func (m *Manager) completeLost(t *task) {
	if t.u.Intent == IntentAbort {
		m.abandon(t) // finds it gone
		return
	}
	m.lost(t)
}

// completeFailed sorts out an error of Complete, or of finding out about it.
func (m *Manager) completeFailed(t *task, err error) {
	e := AsError(err)
	aborting := t.u.Intent == IntentAbort
	switch {
	case aborting && (e.Kind == KindGone || e.Kind == KindPermanent) && !IsGone(err, CodeNoSuchUpload):
		m.abandon(t) // looking again would tell no more
	case e.Unknown || e.Kind == KindCanceled:
		m.failed(t, err) // and the object is looked for
	case IsGone(err, CodeNoSuchUpload):
		t.attempts, t.gone = 0, true // carried out by a request whose answer was lost, or aborted by others
	case aborting:
		m.abandon(t)
	case e.Kind == KindExists:
		m.back(t, PhaseUploading, conflictOf(t, errors.New("an object was stored under this key meanwhile")))
	case e.Kind == KindParts && t.repairs < repairs:
		t.repairs++
		m.back(t, PhaseUploading, nil)
	case !t.u.replacesTorn() && (e.Kind == KindTransient || e.Kind == KindThrottled || e.Kind == KindOffline || e.Kind == KindClock):
		t.sure = len(t.done) == t.u.Plan.Parts
		m.failed(t, err)
	default:
		m.back(t, PhaseUploading, err)
	}
}

// back returns to an earlier phase and stops there for the reason why, if there is one.
func (m *Manager) back(t *task, p Phase, why error) {
	t.reset()
	t.sure = false
	if p == PhasePlanned {
		t.u.forgetID()
	}
	if why == nil {
		m.enter(t, p, nil)
		return
	}
	m.stopAt(t, p, why)
}
