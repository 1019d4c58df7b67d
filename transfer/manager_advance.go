package transfer

import (
	"context"
	"fmt"
	"time"
)

// The names of steps: the calls of an upload that are not parts.
const (
	stepOpen       = "open"
	stepPrepare    = "prepare"
	stepCompare    = "compare"
	stepInitiate   = "initiate"
	stepFind       = "find the upload ID"
	stepResume     = "resume"
	stepSeal       = "seal"
	stepComplete   = "complete"
	stepFindObject = "find the object"
	stepPut        = "put"
	stepAbort      = "abort"
)

// advanceAll lets every upload take its next step, in the queue's order, but no more of them
// at once than the settings allow.
func (m *Manager) advanceAll(now time.Time) {
	m.pool.lent, m.ahead.now = 0, 0
	admitted := m.admitted(now)
	for _, t := range admitted {
		if t.aheadOf(now) {
			m.ahead.now++
		}
	}
	for _, t := range m.order {
		if t.limit.short() {
			m.pool.lent += max(len(t.sending)-1, 0)
		}
	}
	m.pool.lent = min(m.pool.lent, mostLent)
	for _, t := range admitted {
		m.advance(t, now)
	}
}

// admitted lists the uploads that may begin something new. What others have in flight may
// end; an abort is let through always.
func (m *Manager) admitted(now time.Time) []*task {
	most := m.settings.Uploads
	if most <= 0 {
		return m.order
	}
	list, moving := make([]*task, 0, len(m.order)), 0
	for _, t := range m.order {
		if moving >= most && !t.aborting() {
			continue
		}
		list = append(list, t)
		if !t.aborting() && !t.u.Phase.Final() && (!t.idle() || t.able(now) && !m.isParked(t)) {
			moving++
		}
	}
	return list
}

// advance starts whatever the upload needs next, if a slot is free. It is the one place
// that decides what that is.
func (m *Manager) advance(t *task, now time.Time) {
	switch {
	case t.u.Phase.Final() || t.dropped || t.stopped():
	case t.step != "" || t.gates > 0:
	case t.aborting() && !t.idle(): // parts on their way would survive the abort
	case t.pauses(now):
	case t.aborting() && t.nothingSent(): // OSS need not be asked
		m.aborted(t, "")
	case !m.reachable(t):
	case t.store == nil:
		m.open(t)
	case t.aborting(): // beyond the pool, if it is full: an abort does not wait for bytes
		m.advanceAbort(t)
	case m.pool.free() == 0:
	default:
		t.renew(m.gentle)
		m.advancePhase(t, now)
	}
}

func (m *Manager) advancePhase(t *task, now time.Time) {
	switch t.u.Phase {
	case PhasePlanned:
		switch {
		case t.taken:
			m.compare(t)
		case m.ahead.now < m.ahead.most(m.pool.limit):
			m.ahead.now++
			m.prepare(t)
		}
	case PhaseInitiating:
		switch {
		case t.sure && now.Sub(t.u.Initiated) > freshIntent:
			m.renewIntent(t, now)
		case t.sure:
			m.initiate(t)
		default:
			m.findUpload(t)
		}
	case PhaseUploading:
		switch {
		case !t.ready && t.idle():
			m.resume(t)
		case t.allSent():
			m.seal(t)
		case t.ready:
			m.sendParts(t, now)
		}
	case PhaseCompleting:
		if t.sure {
			m.complete(t)
		} else {
			m.findObject(t)
		}
	case PhasePutting:
		if t.sure {
			m.put(t)
		} else {
			m.findPut(t)
		}
	case PhaseAborting, PhaseDone, PhaseAborted:
	}
}

// reachable tells whether the upload may use the line now: its account has credentials,
// and its endpoint answers.
func (m *Manager) reachable(t *task) bool {
	if m.blocked[t.u.To.Account] {
		if !t.aborting() && t.idle() {
			m.needPerson(t, &Error{Kind: KindAuth, Op: opCredentials, Bucket: t.u.To.Bucket})
		}
		return false
	}
	if m.isParked(t) {
		return false
	}
	e := m.endpoint(t)
	if e.down == nil {
		return true
	}
	if t.idle() {
		t.parked = true
		m.setWait(t, e.wait(), e.down)
	}
	return false
}

// begin takes a slot for a call to OSS.
func (m *Manager) begin(t *task) {
	m.pool.used++
	if !t.u.Wait.NeedsPerson() {
		m.setWait(t, WaitNone, t.u.Error)
	}
}

// end gives the slot back, and learns from the answer whether the endpoint is there and
// takes as much as it is given.
func (m *Manager) end(t *task, begun time.Time, err error) {
	m.pool.used--
	m.report(err)
	e, now := AsError(err), m.now()
	m.learnt(t.u.To.Endpoint, m.endpoint(t).learn(e, now))
	if tooMuch(e) {
		if rest := now.Add(breath); m.pool.throttle(slowdown{begun, now, m.pool.used}) && rest.After(t.nextTry) {
			t.nextTry = rest
		}
	}
	switch KindOf(err) {
	case KindNone:
		m.pool.answered()
		m.learnClock(t)
		if err == nil {
			m.taken(t)
		}
	case KindClock:
		m.learnClock(t)
		m.note(t, fmt.Sprintf("this computer's clock is off by %s: requests are signed with OSS's time", m.clock.Abs().Round(time.Second)))
	default:
	}
}

// statusBusy is the status by which a server, or a gateway before it, says that it is too busy.
const statusBusy = 503

// tooMuch tells whether fewer requests at once may be the answer to an error: OSS or a gateway
// asks for it, or as many at once open too many files here.
func tooMuch(e *Error) bool {
	return e != nil && (e.Kind == KindThrottled || e.Status == statusBusy || e.Code == CodeTooManyFiles)
}

// work runs one step of an upload on a goroutine of its own. run is handed copies, may
// wait, and returns what is to happen on the owner's goroutine, and the error that
// the endpoint's state is learnt from: errUnasked when OSS was not asked.
func (m *Manager) work(t *task, step string, run func() (then func(), err error)) {
	t.step = step
	m.begin(t)
	asked := m.ask(t)
	m.calls.Go(func() {
		var then func()
		err := try(step, func() (err error) { then, err = run(); return err })
		m.mail.put(func() {
			t.step = ""
			var learnt error
			t.excused, learnt = m.excused(t, asked, err)
			m.end(t, asked.begun, learnt)
			if then == nil { // it panicked: what became of the step is found out, if it is started again
				delete(t.sending, 0)
				t.checkSize.Store(0)
				then = func() { m.failed(t, err) }
			}
			then()
			t.excused = false
		})
	})
}

// bounded runs a call that a pause does not cut, with a time limit of its own. Running
// out of it leaves the outcome unknown.
func bounded(ctx context.Context, limit time.Duration, op string, call func(context.Context) error) error {
	own, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := call(own)
	if err != nil && own.Err() != nil {
		// Cut by us, at the limit or at Close: OSS may have carried it out.
		return &Error{Kind: KindTransient, Op: op, Unknown: true, Err: err}
	}
	return err
}

// setWait notes why an upload does not move. Waits that last are committed, so that
// counts and filters know them.
func (m *Manager) setWait(t *task, w Wait, e *Error) {
	if t.u.Wait == w {
		t.u.Error = e
		return
	}
	lasting := func(w Wait) bool { return w == WaitStalled || w == WaitOffline || w.NeedsPerson() }
	was := t.u.Wait
	t.u.Wait, t.u.Error = w, e
	if lasting(was) || lasting(w) {
		m.commit(t, Change{Uploads: []Upload{t.u}}, false, nil)
	}
}

// needPerson stops an upload until a person did something.
func (m *Manager) needPerson(t *task, e *Error) {
	if t.aborting() {
		// An abort is tried again for ever; the row says why it takes so long.
		m.block(t, e)
		t.u.Error = e
		t.nextTry = m.now().Add(stalledPause)
		return
	}
	m.stop(t, e)
	m.commit(t, Change{
		Uploads: []Upload{t.u},
		Events:  []Event{m.event(t, EventWaiting, e.Error(), e.RequestID)},
	}, false, nil)
}

// stop cuts what is under way of an upload and notes what it waits for. The caller commits.
func (m *Manager) stop(t *task, e *Error) {
	t.cancel()
	m.block(t, e)
	m.park(t, e)
	t.u.Wait, t.u.Error = waitFor(e), e
}

// block stops an account whose credentials OSS did not take: one refusal says it for all
// its uploads. The next start asks for credentials anew.
func (m *Manager) block(t *task, e *Error) {
	if waitFor(e) != WaitCredentials {
		return
	}
	m.blocked[t.u.To.Account] = true
	if key := keyOf(t.u.To); m.stores[key] != nil && m.stores[key].store != nil {
		m.retire(key, m.stores[key])
	}
}

func (m *Manager) event(t *task, kind EventKind, text, requestID string) Event {
	return Event{Upload: t.u.ID, Time: m.now(), Kind: kind, Text: text, RequestID: requestID}
}

// note logs something worth saying of an upload, once.
func (m *Manager) note(t *task, text string) {
	if t.noted[text] {
		return
	}
	if t.noted == nil {
		t.noted = map[string]bool{}
	}
	t.noted[text] = true
	m.commit(t, Change{Events: []Event{m.event(t, EventNoted, text, "")}}, false, nil)
}

// enter commits a phase; then runs once it is durable.
func (m *Manager) enter(t *task, p Phase, then func(), events ...Event) {
	if !t.u.Phase.MayBecome(p) {
		m.log.Error("a step between phases that the table does not have", "upload", t.u.ID, "from", t.u.Phase, "to", p)
	}
	t.u.Phase = p
	if p.Final() {
		t.u.Claims = false
		t.u.Wait = WaitNone
	}
	c := Change{Uploads: []Upload{t.u}, Events: events}
	switch p {
	case PhaseInitiating, PhasePutting:
		m.ahead.patient++
		c.Patient = true // until slots need it
	case PhaseDone:
		c.Patient = true // its slot is free already
	default:
	}
	if t.u.UploadID == "" && !t.u.Plan.Single() {
		// With the ID go its parts, as one fact: a crash between the two would leave an upload
		// that cannot be told from one whose parts got lost.
		c.Forget = []ForgetParts{{Upload: t.u.ID}}
	}
	m.commit(t, c, true, then)
}

// stopAt commits a phase and what the upload waits for there as one fact: a crash between
// the two would let it run on without the person's answer.
func (m *Manager) stopAt(t *task, p Phase, err error) {
	e := AsError(err)
	if t.aborting() || retriable(e.Kind) || t.excused {
		m.fallBack(t, p, err)
		return
	}
	m.stop(t, e)
	m.enter(t, p, nil, m.event(t, EventWaiting, e.Error(), e.RequestID))
}

// fallBack commits a phase, and decides there what comes after a failure.
func (m *Manager) fallBack(t *task, p Phase, err error) {
	excused := t.excused
	m.enter(t, p, func() {
		t.excused = excused
		m.failed(t, err)
		t.excused = false
	})
}

// judge decides by the one retry policy what comes after the tries-th failure in a row.
func (m *Manager) judge(t *task, e *Error, tries int) verdict {
	v := judge(e, tries, m.endpoint(t).refusals, m.random())
	if e.Kind == KindTransient && e.Op == opCredentials { // no probe tells when they can be got
		v.after = min(v.after, probePause)
	}
	return v
}

// failed decides what comes after a step failed.
func (m *Manager) failed(t *task, err error) {
	if t.excused {
		return
	}
	e := AsError(err)
	now := m.now()
	if e.Kind == KindCanceled && t.ctx.Err() == nil {
		again := *e // nobody stopped it: something of ours ran out of time
		again.Kind = KindTransient
		e = &again
	}
	if e.Kind == KindCanceled {
		return // paused, aborted or closing: the facts say which
	}
	v := m.judge(t, e, t.attempts+1)
	t.attempts = v.tries
	if v.wait.NeedsPerson() {
		m.needPerson(t, e)
		return
	}
	m.setWait(t, v.wait, e)
	if v.wait != WaitOffline { // which ends with the endpoint's return
		t.nextTry = now.Add(v.after)
	}
}
