package transfer

import (
	"context"
	"time"
)

// sentPart is what became of one try of a part.
type sentPart struct {
	part  Part
	proof proof
	took  time.Duration
	// hashing is how much of that the MD5 took, 0 if there is none.
	hashing time.Duration
	err     error
}

// sendParts fills the free slots with parts of the upload.
func (m *Manager) sendParts(t *task, now time.Time) {
	for m.pool.free() > 0 && t.mayWiden(now) {
		n, ok := t.nextPart(now)
		if !ok {
			return
		}
		m.sendPart(t, n)
		t.widened = now
	}
}

// widenPause is how long an upload with a limit of its own shows whether its connections
// reach the limit, before it is given one more.
const widenPause = time.Second

// mayWiden tells whether the upload may send one more part at once. One with a limit of its
// own leaves slots to others that it could only wait in.
func (t *task) mayWiden(now time.Time) bool {
	return t.u.Limit == 0 || len(t.sending) == 0 || !t.limit.short() && now.Sub(t.widened) >= widenPause
}

// sendPart sends one part on a goroutine of its own.
func (m *Manager) sendPart(t *task, n int) {
	_, size := t.u.Plan.Range(n, t.u.File.Size)
	f := &flight{number: n, size: size, asking: m.ask(t)}
	t.sending[n] = f
	m.begin(t)
	s := sender{
		u: t.u, store: t.store, ctx: t.ctx, own: &t.limit, all: &m.limit, now: m.now,
		wantMD5: m.wantsMD5(t), again: t.tries[n] > 0,
	}
	file, path, links, id := t.file, t.u.Path, t.links(), t.u.File
	s.source = func(offset, size int64) *section { return newSection(file, path, offset, size) }
	s.verify = func() error { return verifySource(file, path, links, id) }
	m.calls.Go(func() {
		var r sentPart
		if err := try("UploadPart", func() error { r = s.part(f); return nil }); err != nil {
			r.err = err
		}
		m.mail.put(func() { m.handleSent(t, f, r) })
	})
}

// sender sends bytes of one file. It holds copies only.
type sender struct {
	u       Upload
	store   Store
	ctx     context.Context //nolint:containedctx // one try's
	own     *limiter        // the upload's
	all     *limiter        // over all connections
	now     func() time.Time
	wantMD5 bool
	again   bool // the part failed before
	source  func(offset, size int64) *section
	verify  func() error
}

// part sends one part: file unchanged, read and sent, digests equal, file still unchanged.
func (s *sender) part(f *flight) (r sentPart) {
	offset, size := s.u.Plan.Range(f.number, s.u.File.Size)
	if r.err = s.verify(); r.err != nil {
		return r
	}
	request := PartRequest{
		Key: s.u.To.Key, UploadID: s.u.UploadID, Number: f.number, Size: size,
		WantMD5: s.wantMD5 || s.u.sendsMD5(), TrafficLimit: s.u.Options.TrafficLimit,
	}
	if request.ContentMD5, r.err = s.contentMD5(offset, size); r.err != nil {
		return r
	}
	request.Body = &body{ctx: s.ctx, from: s.source(offset, size), own: s.own, all: s.all}
	request.Left = &f.left
	begun := s.now()
	answer, err := s.store.UploadPart(s.ctx, request)
	r.took, r.hashing = s.now().Sub(begun), answer.MD5Time
	if err != nil {
		r.err = s.behind(AsError(err))
		return r
	}
	if r.proof, err = proveDigests(answer.Sent, answer.Stored, answer.ETag, request.WantMD5); err != nil {
		r.err = &Error{Kind: KindIntegrity, Op: "UploadPart", Bucket: s.u.To.Bucket, Key: s.u.To.Key, Part: f.number, RequestID: answer.RequestID, Err: err}
		return r
	}
	r.err = s.verify()
	r.part = Part{Number: f.number, Offset: offset, Size: size, ETag: answer.ETag, CRC64: answer.Sent.CRC64, MD5: answer.Sent.MD5}
	return r
}

// askLimit is how long the question behind a reset may take.
const askLimit = 10 * time.Second

// behind returns what is behind a part's failure. A server that refuses a part before it
// has read it may reset the connection, and its answer is lost on the way. A part that got
// no answer twice in a row is therefore followed by a question without a body, whose
// refusal is believed: the network would have refused nothing.
func (s *sender) behind(e *Error) error {
	if !s.again || e.Kind != KindTransient || e.Status != 0 || s.ctx.Err() != nil {
		return e
	}
	ctx, cancel := context.WithTimeout(s.ctx, askLimit)
	defer cancel()
	_, err := s.store.ListParts(ctx, s.u.To.Key, s.u.UploadID, MaxParts)
	switch told := AsError(err); KindOf(err) {
	case KindAuth, KindClock, KindGone:
		if !isDenied(err) { // of listing: nothing is said of parts
			return told
		}
	default:
	}
	return e
}

// contentMD5 reads a range ahead of sending it, where OSS gives no CRC64 or the person asked
// for it: OSS then refuses other bytes by their MD5.
func (s *sender) contentMD5(offset, size int64) (string, error) {
	if !s.u.sendsMD5() {
		return "", nil
	}
	d, err := digestRange(s.ctx, s.source(offset, size), true, func(int) {})
	if err != nil {
		return "", err
	}
	return contentMD5(d.MD5)
}

// handleSent takes in one try of a part.
func (m *Manager) handleSent(t *task, f *flight, r sentPart) {
	delete(t.sending, f.number)
	_, r.err = m.excused(t, f.asking, r.err)
	m.end(t, f.begun, r.err)
	if r.err != nil {
		t.u.ContentMD5 = t.u.ContentMD5 || r.proof.noCRC
		m.handlePartFailed(t, f.number, r.err)
		return
	}
	if t.u.Limit == 0 { // else it says nothing of the line
		m.endpoint(t).measured(f.size, r.took)
	}
	m.learnMD5(t, f.size, r)
	delete(t.tries, f.number)
	t.attempts = 0
	t.done[f.number] = r.part
	t.wire += f.size
	t.u.PartsDone++
	t.u.BytesDone += r.part.Size
	// As long as others follow, a part need not be written down at once: a crash finds it on OSS.
	c := Change{Parts: []PartFact{{Upload: t.u.ID, Part: r.part}}, Patient: len(t.sending) > 0}
	if r.proof.noCRC && !t.u.ContentMD5 {
		t.u.ContentMD5 = true
		c.Uploads, c.Patient = []Upload{t.u}, false
		c.Events = []Event{m.event(t, EventNoted, "OSS answered without CRC64: parts carry Content-MD5 from now on, and are read twice", "")}
	}
	m.commit(t, c, false, nil) // T4
	if r.proof.otherTag {
		m.note(t, "the ETag of parts is not their MD5 (encryption does that); their CRC64 is equal")
	}
}

// slowed tells whether OSS asks the whole upload to slow down: it says for how long, or takes
// no part of it. Where it takes others, fewer at once is the answer, which the pool gives.
func (t *task) slowed(e *Error) bool {
	return e.Kind == KindThrottled && (e.RetryAfter > 0 || len(t.sending) == 0)
}

// handlePartFailed decides when a part is sent again.
func (m *Manager) handlePartFailed(t *task, n int, err error) {
	e := AsError(err)
	if IsGone(e, CodeNoSuchUpload) || e.Code == CodeFileSuspect {
		t.ready = false // resume finds out what is left, or compares the bytes
		return
	}
	v := m.judge(t, e, t.tries[n]+1)
	t.tries[n] = v.tries
	again := retry{number: n, at: m.now()}
	defer func() { t.retries = append(t.retries, again) }()
	switch {
	case e.Kind == KindCanceled:
	case v.wait.NeedsPerson():
		m.needPerson(t, e)
	case v.wait == WaitRetry && !t.slowed(e): // the other parts go on meanwhile
		again.at = again.at.Add(v.after)
		t.u.Error = e
		m.commit(t, Change{Events: []Event{m.event(t, EventRetried, e.Error(), e.RequestID)}}, false, nil)
		if len(t.sending) == 0 && t.u.Wait == WaitNone {
			t.u.Wait = WaitRetry
		}
	default:
		m.setWait(t, v.wait, e)
		t.nextTry = m.now().Add(v.after)
	}
}
