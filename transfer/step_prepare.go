package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"time"
	"unicode/utf8"
)

// askFirst is the size from which a single PutObject that must not overwrite asks by
// HEAD before it sends: the question then costs less than sending in vain. Under PolicyAsk
// every upload does: on a bucket with versions OSS would overwrite without a word.
const askFirst = 4 * MiB

// prepared is what a look at the file, and at the key where that pays, led to.
type prepared struct {
	file   Identity
	settle time.Duration // the file may still be written to: come back after this
	before ObjectState
	known  bool
	asked  bool // OSS was
	err    error

	contentType string
}

// prepare looks at a file that nothing was sent of, plans it, and begins.
func (m *Manager) prepare(t *task) {
	u, store, ctx, now := t.u, t.store, t.ctx, m.now()
	m.work(t, stepPrepare, func() (func(), error) {
		p := lookBefore(ctx, store, &u, now)
		asked := p.err
		if p.err == nil && !p.asked {
			asked = errUnasked
		}
		return func() { m.handlePrepared(t, p) }, asked
	})
}

func lookBefore(ctx context.Context, store Store, u *Upload, now time.Time) (p prepared) {
	if p.err = CheckKey(u.To.Key); p.err == nil && !utf8.ValidString(u.Path) && !utf8.ValidString(filepath.Base(u.Path)) {
		p.err = KeyNotUTF8 // the key is a stand-in, for the list only
	}
	if p.err != nil {
		p.err = &Error{Kind: KindPermanent, Op: "add", Path: u.Path, Code: CodeBadName, Err: p.err}
		return p
	}
	f, id, err := openSource(u.Path, picked(u))
	if err != nil {
		p.err = err
		return p
	}
	p.file = id
	p.contentType = u.detect(f)
	f.Close() //nolint:errcheck // it was only read
	if p.settle = settling(id, now); p.settle > 0 {
		return p
	}
	single := id.Size <= singleMax
	if u.Torn != "" || u.Policy == PolicyAsk || single && (u.Policy == PolicyReplace || id.Size >= askFirst) {
		p.asked = true
		p.before, p.known, p.err = headIfAllowed(ctx, store, u.To.Key)
	}
	return p
}

// headIfAllowed asks for an object's state. A policy that allows writing only is no
// error: the state then stays unknown.
func headIfAllowed(ctx context.Context, store Store, key string) (ObjectState, bool, error) {
	state, err := store.Head(ctx, key)
	if isDenied(err) {
		return ObjectState{}, false, nil
	}
	return state, err == nil, err
}

func (m *Manager) handlePrepared(t *task, p prepared) {
	switch {
	case t.u.Phase != PhasePlanned: // aborted meanwhile
		return
	case p.err != nil && AsError(p.err).Code == CodeFolder && !t.u.Claims:
		// The row of a folder that could not be read: it is scanned in place of the row.
		m.needPerson(t, AsError(p.err))
		m.rescan(t.u.ID, t.u.Batch)
		return
	case p.err != nil:
		m.failed(t, p.err)
		return
	case p.settle > 0:
		m.settle(t, p.settle)
		return
	}
	plan, ok := PlanFor(p.file.Size, m.endpoint(t).rate, m.settings.PartSize)
	if !ok {
		m.needPerson(t, &Error{Kind: KindPermanent, Op: "add", Path: t.u.Path, Code: CodeTooLarge, Err: errors.New("the file is larger than 48.8 TB, the most that OSS takes")})
		return
	}
	t.u.File, t.u.Plan, t.u.ContentType = p.file, plan, p.contentType
	t.u.Before, t.u.BeforeKnown = p.before, p.known
	if t.u.Torn != "" && p.known && !t.u.mayBeOwn(p.before) { // it is not there any more
		t.u.Torn = ""
		m.commit(t, Change{Uploads: []Upload{t.u}}, false, nil)
	}
	t.u.Restart, t.u.Error = false, nil
	t.u.PartsDone, t.u.BytesDone = 0, 0
	if p.known && p.before.Exists && t.u.forbidsOverwrite() {
		t.taken = true
		return // compared next
	}
	m.beginSending(t)
}

// settle looks at a file again once it was left alone long enough.
func (m *Manager) settle(t *task, after time.Duration) {
	m.setWait(t, WaitSettling, nil)
	t.nextTry = m.now().Add(after)
}

// beginSending commits the intent of the first request that changes OSS: T2 or P1. With it
// the upload takes its key, which a copy has not held before.
func (m *Manager) beginSending(t *task) {
	t.u.Claims = true
	phase := PhaseInitiating
	if t.u.Plan.Single() {
		phase = PhasePutting
	}
	t.u.Initiated = m.now()
	m.enter(t, phase, func() { t.sure = true })
}

// compared is what became of a key that has an object already.
type compared struct {
	gone    bool // it was deleted meanwhile: send after all
	same    bool
	free    string // a key without an object, for PolicyKeepBoth
	state   ObjectState
	crc     uint64
	problem error
}

// compare asks what is under the key, when it must not be overwritten, and what to do
// with it.
func (m *Manager) compare(t *task) {
	u, store, ctx := t.u, t.store, t.ctx
	t.taken = false
	copies := copies{of: wantedKey(&u), held: maps.Clone(t.held)}
	t.checked.Store(0)
	t.checkSize.Store(u.File.Size)
	m.work(t, stepCompare, func() (func(), error) {
		c := compareObject(ctx, store, &u, copies, func(n int) { t.checked.Add(int64(n)) })
		asked := c.problem
		if u.Policy == PolicySkip {
			asked = errUnasked
		}
		return func() {
			t.checkSize.Store(0)
			m.handleCompared(t, c)
		}, asked
	})
}

func compareObject(ctx context.Context, store Store, u *Upload, copies copies, progress func(int)) (c compared) {
	switch u.Policy {
	case PolicySkip, PolicyReplace:
		return compared{}
	case PolicyKeepBoth:
		c.free, c.problem = copies.freeKey(ctx, store)
		return c
	case PolicySkipSame, PolicyAsk:
	}
	c.state, c.problem = store.Head(ctx, u.To.Key)
	if c.problem != nil || !c.state.Exists {
		c.gone = c.problem == nil
		return c
	}
	if c.state.Size != u.File.Size || !c.state.HasCRC || u.Policy == PolicyAsk {
		return c
	}
	c.crc, c.problem = digestFile(ctx, u, progress)
	c.same = c.problem == nil && c.crc == c.state.CRC64
	return c
}

// mostCopies bounds the search for a free name.
const mostCopies = 1000

// copies are the names that a file may be kept under beside another's object.
type copies struct {
	of   string          // the key that was wanted
	held map[string]bool // keys of other uploads, which may have no object yet
}

// wantedKey is the key that a file would have if it were free: that of a copy is numbered.
func wantedKey(u *Upload) string {
	return keyFor(u.To.folder().Prefix, path.Base(u.Name))
}

// freeKey finds a key without an object: "photo (2).jpg", "photo (3).jpg", …
func (c copies) freeKey(ctx context.Context, store Store) (string, error) {
	for n := 2; n <= mostCopies; n++ {
		candidate := numbered(c.of, n)
		if err := CheckKey(candidate); err != nil {
			return "", &Error{Kind: KindPermanent, Op: "HeadObject", Key: c.of, Code: CodeBadName, Err: err}
		}
		if c.held[candidate] {
			continue
		}
		state, err := store.Head(ctx, candidate)
		if err != nil {
			return "", err
		}
		if !state.Exists {
			return candidate, nil
		}
	}
	return "", &Error{Kind: KindExists, Op: "HeadObject", Key: c.of, Err: fmt.Errorf("%d copies are there already", mostCopies)}
}

// digestFile returns the CRC64 of the whole file, which must be the one that was planned.
func digestFile(ctx context.Context, u *Upload, progress func(int)) (uint64, error) {
	f, id, err := openSource(u.Path, picked(u))
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if u.File.compare(id) == changedFile {
		return 0, changeError(u.Path, u.File, id)
	}
	d, err := digestRange(ctx, io.Reader(newSection(f, u.Path, 0, u.File.Size)), false, progress)
	return d.CRC64, err
}

func (m *Manager) handleCompared(t *task, c compared) {
	switch {
	case t.u.Phase != PhasePlanned: // aborted meanwhile
	case KindOf(c.problem) == KindAuth:
		m.conflict(t, fmt.Errorf("what is there could not be looked at: %w", c.problem))
	case c.problem != nil:
		m.failed(t, c.problem)
	case c.gone:
		m.beginSending(t)
	case c.free != "":
		if t.u.Torn != "" {
			t.u.Torn = ""
			m.note(t, perhapsThere+" "+t.u.To.Key)
		}
		t.u.To.Key = c.free
		m.beginSending(t)
	case t.u.Policy == PolicySkip && t.u.Torn != "":
		t.u.Intent = IntentAbort
		m.aborted(t, "") // what it is skipped for may be its own
	case t.u.Policy == PolicySkip:
		m.finish(t, OutcomeSkipped, ProofNone)
	case c.same:
		t.u.Receipt.ETag, t.u.Receipt.CRC64, t.u.Receipt.VersionID = c.state.ETag, c.crc, c.state.VersionID
		m.finish(t, OutcomeAlreadyThere, ProofHead)
	default:
		m.conflict(t, errors.New("another object has this key"))
	}
}

// conflict asks the person: nothing is overwritten without.
func (m *Manager) conflict(t *task, why error) {
	m.needPerson(t, AsError(conflictOf(t, why)))
}

// conflictOf makes an error that waits for the person's answer.
func conflictOf(t *task, why error) error {
	return &Error{Kind: KindExists, Op: "add", Bucket: t.u.To.Bucket, Key: t.u.To.Key, Err: why}
}

// finish ends an upload well: T6 or P2.
func (m *Manager) finish(t *task, o Outcome, p Proof) {
	t.u.Receipt.Outcome, t.u.Receipt.Proof, t.u.Receipt.Finished = o, p, m.now()
	if o == OutcomeAlreadyThere && t.u.Options.Callback != nil {
		t.u.Receipt.Callback = CallbackNotDue
	}
	t.u.Error = nil
	m.enter(t, PhaseDone, nil)
}

// refused handles OSS's word that the key may not be overwritten, before anything of
// the upload is there.
func (m *Manager) refused(t *task) {
	if t.u.Policy == PolicyReplace {
		m.conflict(t, errors.New("OSS does not let this object be replaced"))
		return
	}
	t.taken = true
	m.enter(t, PhasePlanned, nil)
}
