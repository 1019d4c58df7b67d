package transfer

import (
	"context"
	"slices"
	"time"
)

const (
	// callLimit is how long an Initiate, a Put's lookup or an Abort may take in all.
	callLimit = 2 * time.Minute
	// adoptMargin is added to the time in which a lost Initiate may have been carried out.
	adoptMargin = time.Minute
	// clockPrecision is how far OSS's time may be off what is known of it: Date and the
	// listing both cut off fractions of a second.
	clockPrecision = 2 * time.Second
	// lookAfter is how long after a lost Initiate its upload is looked for: the listing
	// may lag behind.
	lookAfter = 2 * time.Second
)

// freshIntent is how old T2 may be when its request leaves. The time it was committed at
// bounds the search for an upload whose making was not answered.
const freshIntent = 10 * time.Second

// renewIntent commits T2 anew after a long wait for a slot, the network or a person.
func (m *Manager) renewIntent(t *task, now time.Time) {
	t.u.Initiated = now
	m.commit(t, Change{Uploads: []Upload{t.u}}, true, nil)
}

// initiate asks for the upload ID: the effect between T2 and T3.
func (m *Manager) initiate(t *task) {
	u, store := t.u, t.store
	t.sure = false
	m.ahead.leave(m.now())
	m.work(t, stepInitiate, func() (func(), error) {
		var id string
		err := bounded(m.hard, callLimit, "InitiateMultipartUpload", func(ctx context.Context) (err error) {
			id, err = store.Initiate(ctx, u.To.Key, u.objectOptions(), u.forbidsOverwrite())
			return err
		})
		return func() { m.handleInitiated(t, id, err) }, err
	})
}

func (m *Manager) handleInitiated(t *task, id string, err error) {
	e := AsError(err)
	switch {
	case err == nil:
		m.adopt(t, id, EventInitiated)
	case e.Unknown || e.Kind == KindCanceled:
		m.failed(t, err)
		t.quiet = m.now().Add(lookAfter)
	case t.u.Intent == IntentAbort: // refused: there is nothing to abort
		m.aborted(t, "")
	case e.Kind == KindExists:
		m.refused(t)
	case e.Kind == KindAuth || e.Kind == KindPermanent || e.Kind == KindGone:
		m.stopAt(t, PhasePlanned, err)
	default:
		t.sure = true
		m.failed(t, err)
	}
}

// adopt commits an upload ID: T3, or T7 when the upload is to be aborted.
func (m *Manager) adopt(t *task, id string, how EventKind) {
	t.u.UploadID, t.u.Sealed = id, false
	t.u.Before, t.u.BeforeKnown = ObjectState{}, false // noted when it is completed
	t.attempts = 0
	t.reset()
	phase := PhaseUploading
	if t.u.Intent == IntentAbort {
		phase = PhaseAborting
	}
	m.enter(t, phase, func() { t.sure = true }, m.event(t, how, id, ""))
}

// lookup is what a search for a lost Initiate's upload found.
type lookup struct {
	adopt  string   // the one upload that is ours
	others []string // uploads that may be
	denied bool     // the listing was refused
	err    error
}

// findUpload looks for the upload that an Initiate with an unknown outcome may have begun.
// A life that begins right after one that was killed waits as well: the request may be on
// its way still.
func (m *Manager) findUpload(t *task) {
	now := m.now()
	if since := now.Sub(t.u.Initiated); since >= 0 && since < lookAfter {
		t.quiet = now.Add(lookAfter - since)
		return
	}
	u, store := t.u, t.store
	m.work(t, stepFind, func() (func(), error) {
		var l lookup
		l.err = bounded(m.hard, callLimit, "ListMultipartUploads", func(ctx context.Context) error {
			known, err := m.journal.KnownUploadIDs(ctx, u.To.Bucket, u.To.Key)
			if err != nil {
				return err
			}
			l = findOpenUpload(ctx, store, &u, known)
			return l.err
		})
		return func() { m.handleFound(t, l) }, l.err
	})
}

// findOpenUpload adopts only what can be nobody else's: the one upload of this key, begun
// while the request was under way, by OSS's clock, without parts, unknown to the journal.
func findOpenUpload(ctx context.Context, store Store, u *Upload, known []string) (l lookup) {
	open, err := store.ListUploads(ctx, u.To.Key)
	if isDenied(err) {
		return lookup{denied: true}
	}
	if err != nil {
		return lookup{err: err}
	}
	begun := u.Initiated.Add(store.ClockOffset() - clockPrecision)
	end := begun.Add(clockPrecision + callLimit + adoptMargin)
	var candidates []string
	for _, o := range open {
		if o.Key == u.To.Key && !slices.Contains(known, o.UploadID) && !o.Initiated.Before(begun) && !o.Initiated.After(end) {
			candidates = append(candidates, o.UploadID)
		}
	}
	if len(candidates) != 1 {
		return lookup{others: candidates}
	}
	page, err := store.ListParts(ctx, u.To.Key, candidates[0], 0)
	switch {
	case err != nil && !IsGone(err, CodeNoSuchUpload):
		return lookup{err: err}
	case err != nil || len(page.Parts) > 0:
		return lookup{others: candidates}
	default:
		return lookup{adopt: candidates[0]}
	}
}

func (m *Manager) handleFound(t *task, l lookup) {
	switch {
	case t.aborting() && IsGone(l.err, CodeNoSuchBucket):
		m.aborted(t, "")
		return
	case t.aborting() && KindOf(l.err) == KindPermanent: // looking again would tell no more
		m.note(t, "whether the lost request began an upload could not be looked up: "+l.err.Error())
	case l.err != nil:
		m.failed(t, l.err)
		return
	case l.adopt != "" && m.isOthers(t, l.adopt):
		l.others = []string{l.adopt}
	case l.adopt != "":
		m.adopt(t, l.adopt, EventInitiated)
		return
	case l.denied:
		m.note(t, "whether the lost request began an upload could not be looked up: listing uploads is refused")
	}
	if len(l.others) > 0 {
		m.commit(t, m.perhaps(t, l.others), true, nil)
	}
	if t.u.Intent == IntentAbort {
		m.aborted(t, "")
		return
	}
	// Nothing of ours is there to go on with: begin anew, under a time of its own.
	t.u.Initiated = m.now()
	m.commit(t, Change{Uploads: []Upload{t.u}}, true, func() { t.sure = true })
}

// isOthers tells whether an upload ID that was found may be that of another upload in work,
// which the journal does not know yet. The key alone does not tell: a bucket may be reached
// by more than one endpoint.
func (m *Manager) isOthers(t *task, id string) bool {
	for _, other := range m.order {
		same := other != t && other.u.To.Bucket == t.u.To.Bucket && other.u.To.Key == t.u.To.Key
		if same && (other.u.UploadID == id || other.u.Phase == PhaseInitiating) {
			return true
		}
	}
	return false
}

// perhaps remembers upload IDs that may be ours: shown, and never aborted unasked.
func (m *Manager) perhaps(t *task, ids []string) Change {
	var c Change
	for _, id := range ids {
		c.Perhaps = append(c.Perhaps, PerhapsOurs{Upload: t.u.ID, To: t.u.To, UploadID: id, Noted: m.now()})
		c.Events = append(c.Events, m.event(t, EventPerhaps, id, ""))
	}
	return c
}
