package transfer

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// publish makes a new snapshot from the state at this moment.
func (m *Manager) publish() {
	now := m.now()
	m.version++
	s := &Snapshot{
		Version: m.version, Journal: m.journal.Version(), Time: now,
		Live: make(map[ID]Live, len(m.tasks)), InFlight: m.pool.used, Slots: m.pool.limit,
		Ignored:     m.ignored,
		Alternative: m.alternate,
	}
	total, going := m.wire, false
	for id, t := range m.tasks {
		flying := t.inFlight()
		s.Sending += flying
		wire := t.wire + flying
		total += wire
		t.meter.tick(wire, now)
		t.pace.tick(wire, now)
		if t.parked || t.stopped() {
			t.pace.rest() // the wait says nothing of the line
		} else {
			going = true
		}
		s.Live[id] = t.live(now, m.endpoint(t))
	}
	m.meter.tick(total, now)
	if len(m.tasks) == 0 {
		m.meter.rest() // as the meters of the uploads did that were in work
	}
	m.pace.tick(total, now)
	if !going {
		m.pace.rest()
	}
	s.Speed, s.Pace, s.Limit = m.meter.speed, m.pace.speed, m.inForce
	for i, b := range m.scans {
		scan := Scan{Batch: b.ID}
		if len(b.Roots) > 0 {
			scan.Root = b.Roots[0]
		}
		if i == 0 {
			scan.Files, scan.Bytes, scan.Root = m.scanned.files, m.scanned.bytes, cmp.Or(m.scanned.folder, scan.Root)
		}
		s.Scans = append(s.Scans, scan)
	}
	s.Found, s.FoundBytes = m.found, m.foundBytes
	m.showDown(s)
	for id := range maps.Keys(m.blocked) {
		s.NeedCredentials = append(s.NeedCredentials, id)
	}
	s.Expires = maps.Clone(m.expiries)
	for key, r := range m.parked {
		s.Refused = append(s.Refused, Refused{Account: key.account, Bucket: key.bucket, Error: r.err})
	}
	s.ClockOff = m.clock
	m.showHalt(s)
	if t := m.tasks[m.watched]; t != nil {
		s.Detail = t.detail()
	}
	m.snapshot.Store(s)
}

// sent is how many bytes left this computer since the start, but for parts that failed.
func (m *Manager) sent() int64 {
	total := m.wire
	for _, t := range m.order {
		total += t.wire + t.inFlight()
	}
	return total
}

// showDown tells of the endpoints that uploads wait for.
func (m *Manager) showDown(s *Snapshot) {
	for _, name := range slices.Sorted(maps.Keys(m.endpoints)) {
		e := m.endpoints[name]
		switch {
		case e.down == nil:
		case e.wait() == WaitOffline:
			s.Offline = append(s.Offline, name)
		default:
			s.Stalled = append(s.Stalled, name)
		}
	}
}

// live tells what the journal does not hold.
func (t *task) live(now time.Time, e *endpoint) Live {
	flying := t.inFlight()
	l := Live{
		Status: t.u.Status(), Folder: t.u.Folder, Sent: t.u.BytesDone + flying, Flying: flying,
		Speed: t.meter.speed, Pace: t.pace.speed,
		InFlight: len(t.sending), Kept: t.kept, Tries: t.attempts, Error: t.u.Error,
	}
	if t.u.Phase.Final() {
		l.Sent, l.Flying, l.Speed, l.Pace = t.u.BytesDone, 0, 0, 0
	}
	for _, n := range t.tries {
		l.Tries = max(l.Tries, n)
	}
	if size := t.checkSize.Load(); size > 0 && t.step != "" && t.u.Intent == IntentRun {
		l.Status = StatusOf(t.u.Intent, t.u.Phase, WaitChecking)
		l.Checked = float64(t.checked.Load()) / float64(size)
	}
	l.Queued = t.queued(now) && l.Status == StatusUploading
	switch at := t.wakeAt(now); {
	case t.parked && e.down != nil:
		l.NextTry = e.nextProbe
	case !at.IsZero() && len(t.sending) == 0:
		l.NextTry = at
	}
	l.Left = t.pace.left(t.u.File.Size - l.Sent)
	return l
}

// detail tells the state of each part.
func (t *task) detail() *Detail {
	plan := t.u.Plan
	d := &Detail{ID: t.u.ID, States: make([]PartState, plan.Parts), Sent: map[int]int64{}, Tries: maps.Clone(t.tries)}
	for n := range t.done {
		d.States[plan.Index(n)] = PartDone
	}
	for _, r := range t.retries {
		if t.tries[r.number] > 0 {
			d.States[plan.Index(r.number)] = PartFailed
		}
	}
	for n, f := range t.sending {
		if n > 0 {
			d.States[plan.Index(n)] = PartSending
			d.Sent[n] = f.left.Bytes()
		}
	}
	return d
}
