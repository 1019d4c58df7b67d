package transfer

import (
	"context"
	"maps"
	"slices"
	"time"
)

// apply puts settings into force.
func (m *Manager) apply(s Settings) {
	m.settings = s
	m.pool.set(s.Slots)
	m.keepLimit(m.now())
}

// keepLimit puts the speed limit into force that is due.
func (m *Manager) keepLimit(now time.Time) {
	local := now.Local()
	limit := m.settings.At(local)
	m.alternate = m.settings.UsesAlternative(local)
	if limit != m.inForce {
		m.inForce = limit
		m.limit.set(limit)
	}
}

// limitSpeed changes the speed limit of uploads: as one statement in the journal, and of
// those in work at once.
func (m *Manager) limitSpeed(s Selection, bytesPerSecond int64) {
	m.commands++
	m.more = true
	m.save("limit the speed of uploads", func(done func(error)) {
		m.journal.LimitSpeed(s, bytesPerSecond, func(_ int, err error) { done(err) })
	})
	selects := s.selector()
	for _, t := range m.order {
		if selects(&t.told) {
			t.told.Limit, t.u.Limit = bytesPerSecond, bytesPerSecond
			t.limit.set(bytesPerSecond)
		}
	}
	m.publish()
}

// command carries out a command on a set: as one statement in the journal, and on the
// uploads in work, whose facts the engine holds.
func (m *Manager) command(s Selection, c SetCommand) {
	m.commands++
	m.more, m.commanded = true, true
	m.save("carry out "+string(c), func(done func(error)) {
		m.journal.Command(s, c, func(_ int, err error) { done(err) })
	})
	now := m.now()
	if c == SetRun {
		clear(m.blocked) // tried anew, and blocked again if the answer is the same
		clear(m.parked)
		m.probeNow(now)
	}
	if c.answers() {
		m.doubt() // before what is answered comes into work
	}
	selects := s.selector()
	if c == SetPause { // said after the repair
		maps.DeleteFunc(m.repairs, func(_ ID, u Upload) bool { return selects(&u) })
	}
	for _, t := range m.order {
		if selects(&t.told) { // as the journal does: short waits are not told it
			c.Apply(&t.told, now)
			m.applyTo(t, c, now)
		}
	}
	m.publish()
}

// applyTo changes one upload in work as the journal's statement does.
func (m *Manager) applyTo(t *task, c SetCommand, now time.Time) {
	if t.u.Phase.Final() {
		return
	}
	was, waited := t.u.Intent, t.u.Wait
	c.Apply(&t.u, now)
	if c == SetPause && was != t.u.Intent {
		m.commit(t, Change{Events: []Event{m.event(t, EventPausing, GivenUp(t.inFlight()).String(), "")}}, false, nil)
	}
	switch {
	case c.answers():
		if waited != t.u.Wait {
			// Nothing is done by the answer before the journal has it.
			t.ready, t.sure = false, false
			m.commit(t, Change{Uploads: []Upload{t.u}}, true, nil)
		}
	case t.stopped() || t.aborting():
		t.cancel()
		t.nextTry = time.Time{}
	case c == SetRun:
		t.renew(m.gentle)
		t.hurry()
		t.attempts = 0
		clear(t.tries)
	case c == SetCredentialsBack:
		t.store = nil
	}
}

// Apply changes an upload's facts as the command does. The journal's statements do
// the same to rows.
func (c SetCommand) Apply(u *Upload, now time.Time) {
	if u.Phase.Final() {
		return
	}
	switch c {
	case SetPause:
		if u.Intent == IntentRun && u.Phase != PhaseAborting {
			u.Intent = IntentPause
		}
	case SetRun:
		if u.Intent == IntentAbort {
			return
		}
		u.Intent = IntentRun
		if u.Wait == WaitFailed {
			u.Again = 0 // a person who starts it may have put an end to what aborts it
		}
		if u.Wait != WaitConflict && u.Wait != WaitChanged {
			u.Wait, u.Error = WaitNone, nil
		}
	case SetRemove, SetAbort:
		u.Hidden = u.Hidden || c == SetRemove
		u.Intent = IntentAbort
		if u.Phase == PhasePlanned && u.Torn == "" {
			u.Phase, u.Claims, u.Receipt.Finished = PhaseAborted, false, now
		}
	case SetCredentialsBack:
		if u.Wait == WaitCredentials {
			u.Wait, u.Error = WaitNone, nil
		}
	case SetReplace, SetKeepBoth, SetSkip:
		c.answer(u, now)
	}
}

// selector returns a func that tells whether the selection holds an upload.
func (s Selection) selector() func(*Upload) bool {
	if s.IDs == nil && s.Folders == nil {
		return s.Filter.Shows
	}
	selected := make(map[ID]bool, len(s.IDs))
	for _, id := range s.IDs {
		selected[id] = true
	}
	folders := make(map[FolderID]bool, len(s.Folders))
	for _, id := range s.Folders {
		folders[id] = true
	}
	return func(u *Upload) bool { return selected[u.ID] || folders[u.Folder] && s.Filter.Shows(u) }
}

// resolve reads which uploads the selection names.
func (s Selection) resolve(ctx context.Context, l Lists) ([]ID, error) {
	if s.IDs == nil && s.Folders == nil {
		return l.List(ctx, s.Filter, Sort{By: SortQueue})
	}
	ids := s.IDs
	for _, folder := range s.Folders {
		f := s.Filter
		f.Folder = folder
		inside, err := l.List(ctx, f, Sort{By: SortQueue})
		if err != nil {
			return nil, err
		}
		ids = append(slices.Clip(ids), inside...)
	}
	return ids, nil
}

// Shows tells whether the filter shows the upload.
func (f Filter) Shows(u *Upload) bool {
	switch {
	case u.Hidden,
		f.Account != 0 && f.Account != u.To.Account,
		f.Bucket != "" && f.Bucket != u.To.Bucket,
		f.Batch != 0 && f.Batch != u.Batch,
		f.Folder != 0 && f.Folder != u.Folder,
		f.Group != "" && f.Group != GroupAll && f.Group != u.Status().Group():
		return false
	case f.Search == "":
		return true
	default:
		return containsFold(u.Name, f.Search) || containsFold(u.To.Key, f.Search)
	}
}

// handleCredentials forgets the stores of an account and lets its uploads go on.
func (m *Manager) handleCredentials(id AccountID) {
	for key, o := range m.stores {
		if key.account == id {
			m.retire(key, o)
		}
	}
	delete(m.blocked, id)
	delete(m.expiries, id)
	m.unpark(id, "")
	m.command(Selection{Filter: Filter{Account: id}}, SetCredentialsBack)
}

// handleNetwork has every bucket opened anew, and asks the endpoints that did not answer.
func (m *Manager) handleNetwork() {
	for key, o := range m.stores {
		m.retire(key, o)
	}
	m.probeNow(m.now())
	for name, e := range m.endpoints {
		if e.down != nil { // there is no open bucket left to ask by
			m.learnt(name, e.rise())
		}
	}
}

// edit changes rows one by one, where a decision cannot be said as one statement. It
// reads them off the owner's goroutine, once the commands before it are written, and starts
// over when a command came between, or the journal failed.
func (m *Manager) edit(s Selection, change func(*Upload) bool) {
	if m.halted != nil { // commands before it are not written yet
		m.afterHalt(func() { m.edit(s, change) })
		return
	}
	asked := m.commands
	m.journal.Runnable(RunnableQuery{}, func(_ []Upload, err error) {
		m.mail.put(func() {
			if err != nil {
				m.handleEdit(s, nil, err, asked, change)
				return
			}
			m.readToEdit(s, asked, change)
		})
	})
}

func (m *Manager) readToEdit(s Selection, asked uint64, change func(*Upload) bool) {
	if m.closing {
		return
	}
	m.calls.Go(func() {
		ids, err := s.resolve(m.gentle, m.journal)
		var uploads []Upload
		if err == nil {
			uploads, err = m.journal.Uploads(m.gentle, ids)
		}
		m.mail.put(func() { m.handleEdit(s, uploads, err, asked, change) })
	})
}

func (m *Manager) handleEdit(s Selection, uploads []Upload, err error, asked uint64, change func(*Upload) bool) {
	switch {
	case m.closing:
		return
	case err != nil:
		m.halt("read rows to change", err)
		m.edit(s, change)
		return
	case asked != m.commands || m.halted != nil:
		m.edit(s, change)
		return
	}
	var c Change
	changed := false
	for _, u := range uploads {
		t := m.tasks[u.ID]
		switch {
		case t == nil && change(&u):
			c.Uploads = append(c.Uploads, u)
			m.unpark(u.To.Account, u.To.Bucket) // as with Start
		case t == nil || !t.stopped(): // not what was asked about any more
		case change(&t.u):
			t.ready, t.sure, changed = false, false, true
			m.unpark(u.To.Account, u.To.Bucket)
			m.commit(t, Change{Uploads: []Upload{t.u}}, true, nil)
		}
	}
	if len(c.Uploads) == 0 && !changed {
		return
	}
	m.commands++
	m.more = true
	m.save("change rows", func(done func(error)) { m.journal.Commit(c, done) })
}

// answers tells whether the command answers conflicts.
func (c SetCommand) answers() bool { return c == SetReplace || c == SetKeepBoth || c == SetSkip }

// answer answers one conflict; an upload without stays as it is.
func (c SetCommand) answer(u *Upload, now time.Time) {
	if u.Wait != WaitConflict || u.Intent == IntentAbort {
		return
	}
	u.Wait, u.Error, u.Intent = WaitNone, nil, IntentRun
	switch c {
	case SetReplace:
		u.Policy = PolicyReplace
	case SetKeepBoth:
		u.Policy = PolicyKeepBoth
		if u.UploadID != "" {
			u.Phase, u.Restart = PhaseAborting, true
		}
	default:
		leave(u, OutcomeSkipped, now)
	}
}

// leave ends an upload that a person does not want any more, once what is of it on OSS is
// aborted. One that may have an object there ends as aborted, in doubt.
func leave(u *Upload, o Outcome, now time.Time) {
	if u.Torn != "" {
		u.Intent, u.Restart = IntentAbort, false
		return
	}
	u.Receipt.Outcome, u.Restart = o, false
	if u.UploadID != "" {
		u.Phase = PhaseAborting
		return
	}
	u.Phase, u.Claims, u.Receipt.Finished = PhaseDone, false, now
}

// newVersion takes the file as it is now. It reports whether it had changed at all.
func newVersion(u *Upload) bool {
	if u.Wait != WaitChanged || u.Phase.Final() || u.Intent == IntentAbort {
		return false
	}
	u.Wait, u.Error, u.Intent = WaitNone, nil, IntentRun
	u.Restart = u.UploadID != ""
	return true
}

// skip ends an upload whose file changed or is missing, without it. It reports whether it
// waited for that.
func skip(u *Upload, now time.Time) bool {
	if u.Wait != WaitChanged && u.Wait != WaitMissing || u.Phase.Final() || u.Intent == IntentAbort {
		return false
	}
	u.Wait, u.Error = WaitNone, nil
	if u.Phase == PhasePutting {
		u.Intent = IntentAbort // the object may have arrived: it is looked for before anything is said
		return true
	}
	u.Intent = IntentRun
	leave(u, OutcomeLeftOut, now)
	return true
}

// comeBack lets an upload go on whose file is there again.
func comeBack(u *Upload) bool {
	if u.Wait != WaitMissing || u.Phase.Final() || u.Intent == IntentAbort {
		return false
	}
	u.Wait, u.Error = WaitNone, nil
	return true
}
