package transfer

import (
	"errors"
	"maps"
	"slices"
	"time"
)

const (
	// tickPause is how often the line is measured, and tellPause how often progress is told,
	// while anything moves.
	tickPause = 125 * time.Millisecond
	tellPause = 250 * time.Millisecond
	// closeGrace is how long calls that change OSS may go on after Close; commits
	// have the rest of the 3 s.
	closeGrace = 1500 * time.Millisecond
	closeLimit = 2800 * time.Millisecond
	// mostTasks bounds the uploads of one place held in memory, waiting ones included: those
	// of another must not wait for them.
	mostTasks = 512
)

// run owns all state. It returns when the engine is closed and nothing is under way.
func (m *Manager) run() {
	defer close(m.ended)
	tick := time.NewTicker(tickPause)
	defer tick.Stop()
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	m.schedule()
	for !m.over() {
		select {
		case <-m.mail.ready:
			m.handleMail()
		case <-tick.C:
			m.handleTick()
		case <-m.routes:
			m.handleRoutes()
		case <-wake.C:
		}
		wake.Reset(m.schedule())
	}
	m.handleEnd()
}

// handleMail applies results and commands, in the order they came.
func (m *Manager) handleMail() {
	m.awake(m.now())
	for _, f := range m.mail.take() {
		f()
	}
}

// handleTick tells progress, and once more after the last of it.
func (m *Manager) handleTick() {
	now := m.now()
	m.awake(now)
	m.keepLimit(now)
	m.pool.measure(now, m.sent())
	told := m.Snapshot()
	if now.Sub(told.Time) < tellPause-tickPause/2 {
		return
	}
	if len(m.tasks)+len(told.Live)+len(m.scans)+len(told.Scans) > 0 || told.InFlight > 0 || told.Speed > 0 || m.journal.Version() != told.Journal ||
		told.Limit != m.inForce || told.Alternative != m.alternate {
		m.publish()
	}
}

// handleClose begins the end: what may be cut is cut, what changes OSS gets a moment.
func (m *Manager) handleClose() {
	m.closing = true
	if m.halted != nil {
		m.saveAgain() // a last time
	}
	m.endGentle()
	time.AfterFunc(closeGrace, m.endHard)
	time.AfterFunc(closeLimit, func() { m.mail.put(func() { clear(m.tasks) }) })
}

// over tells whether the engine may end.
func (m *Manager) over() bool {
	if !m.closing {
		return false
	}
	for _, t := range m.tasks {
		if !t.idle() {
			return false
		}
	}
	return true
}

func (m *Manager) handleEnd() {
	m.endHard()
	for _, t := range m.order {
		t.closeFile()
		t.cancel()
	}
	for _, o := range m.stores {
		if o.store != nil {
			o.store.Close()
		}
	}
}

// schedule lets every upload take its next step, as far as slots are free, drops those
// that are finished or stopped, loads more, and returns how long until one goes on by
// itself.
func (m *Manager) schedule() time.Duration {
	now := m.now()
	wait := time.Hour
	if !m.closing && m.halted == nil {
		m.advanceAll(now)
	}
	m.hasten(now)
	m.pool.noteLean(now)
	m.release()
	m.keep()
	m.load(now)
	for _, t := range m.order {
		if at := t.wakeAt(now); !at.IsZero() {
			wait = min(wait, max(at.Sub(now), time.Millisecond))
		}
	}
	wait = m.probe(now, wait)
	if at := m.lookForMissing(now); !at.IsZero() {
		wait = min(wait, max(at.Sub(now), time.Millisecond))
	}
	return m.recheck(now, wait)
}

// release drops the uploads that are finished or stopped, once nothing of them is under way.
// Those that a person stopped stay until the journal has the command: it is what the list
// shows of them then.
func (m *Manager) release() {
	unsaved := m.halted != nil || len(m.orders) > 0
	m.order = slices.DeleteFunc(m.order, func(t *task) bool {
		leaves := t.idle() && (t.dropped || t.u.Phase.Final() || t.stopped())
		if leaves && unsaved && t.u.Intent != IntentRun && !t.u.Phase.Final() {
			return false
		}
		if leaves {
			t.closeFile()
			t.cancel()
			m.wire += t.wire
			m.more = m.more || m.full[placeOf(t.u.To)]
			delete(m.tasks, t.u.ID)
		}
		return leaves
	})
}

// load asks the journal for more uploads when those in work may not keep the slots busy.
func (m *Manager) load(now time.Time) {
	if m.loading || !m.more || m.closing || m.halted != nil {
		return
	}
	active := 0
	for _, t := range m.order {
		if !t.u.Phase.Final() && t.able(now) && !m.blocked[t.u.To.Account] {
			active++
		}
	}
	enough := 2*m.ahead.most(m.pool.limit) + 8
	limit := enough - active + max(8, enough/4) // a few at a time would cost more each
	switch {
	case m.commanded:
		limit = max(limit, 8) // what a command set going must not wait for all before it
	case active >= enough:
		return
	}
	m.commanded = false
	m.loading, m.more = true, false // what is said from here on may come after what is read
	asked := m.commands
	m.journal.Runnable(RunnableQuery{
		Limit: limit, NotIDs: slices.Collect(maps.Keys(m.tasks)),
		NotAccounts: slices.Collect(maps.Keys(m.blocked)), NotPlaces: m.resting(),
	}, func(us []Upload, err error) {
		m.mail.put(func() { m.handleLoaded(us, err, asked, limit) })
	})
}

// resting lists the places of which no more uploads are taken on: their endpoint does not
// answer, and those in work are enough to ask by and to show why; or so many wait already.
func (m *Manager) resting() []Place {
	counts := map[Place]int{}
	for _, t := range m.order {
		counts[placeOf(t.u.To)]++
		if m.endpoint(t).down != nil {
			counts[placeOf(t.u.To)] = mostTasks
		}
	}
	clear(m.full)
	for place, n := range counts {
		if n >= mostTasks {
			m.full[place] = true
		}
	}
	return slices.Collect(maps.Keys(m.full))
}

func (m *Manager) handleLoaded(us []Upload, err error, asked uint64, limit int) {
	m.loading = false
	m.more = m.more || len(us) == limit
	switch {
	case err != nil:
		m.halt("read what to upload", err)
		return
	case asked != m.commands || m.closing:
		m.more = true // rows may have changed since: read again
		return
	}
	for _, u := range us {
		if m.tasks[u.ID] != nil {
			continue
		}
		t := newTask(m.gentle, u)
		if u.Phase == PhasePutting { // what left in a life before may still arrive
			t.quiet = m.now().Add(lookAfter)
		}
		m.tasks[u.ID] = t
		m.order = append(m.order, t)
	}
	m.sortTasks()
}

// commit makes a change durable. then runs on the owner's goroutine afterwards, unless
// the commit failed; a gate keeps the next step of the upload waiting for it.
func (m *Manager) commit(t *task, c Change, gate bool, then func()) {
	t.commits++
	if gate {
		t.gates++
	}
	if len(c.Uploads) > 0 {
		t.told = c.Uploads[0]
	}
	m.journal.Commit(c, func(err error) {
		m.mail.put(func() {
			t.commits--
			if gate {
				t.gates--
			}
			m.missing.some = m.missing.some || t.u.Wait == WaitMissing
			switch {
			case err != nil:
				m.handleCommitFailed(t, err)
			case then != nil:
				then()
			}
		})
	})
}

// handleCommitFailed lets go of an upload whose facts could not be written: the
// journal is the truth, and it is read anew later.
func (m *Manager) handleCommitFailed(t *task, err error) {
	if errors.Is(err, ErrKeyClaimed) {
		t.u.Phase, t.u.Claims = PhasePlanned, false
		t.told = t.u
		if t.u.Policy == PolicyKeepBoth {
			t.taken = true
			if t.held == nil {
				t.held = map[string]bool{}
			}
			t.held[t.u.To.Key] = true
			return
		}
		m.needPerson(t, &Error{Kind: KindExists, Op: "add", Bucket: t.u.To.Bucket, Key: t.u.To.Key, Err: ErrKeyClaimed})
		return
	}
	if !errors.Is(err, ErrAbsent) { // else the row was removed, and nothing of it is left to be written
		m.halt("write a fact", err)
	}
	t.cancel()
	t.dropped = true // it leaves once idle, and is read again
}
