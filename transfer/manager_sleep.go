package transfer

import "time"

// sleepGap is how long the engine, which looks at the clock four times a second while it runs,
// must have stood still for the computer to have slept.
const sleepGap = 3 * time.Second

// awake notices that the computer slept: by the wall clock, as the other may have stood still
// too. Connections are dead by then, and what fails of them counts against nobody.
func (m *Manager) awake(now time.Time) {
	wall := now.Round(0)
	slept := wall.Sub(m.seen)
	m.seen = wall
	if slept < sleepGap {
		return
	}
	m.log.Info("the computer slept, or this process stood still", "for", slept.Round(time.Second))
	m.woke = now
	for name, e := range m.endpoints {
		e.failures = 0
		e.nextProbe = now
		m.dropIdle(name)
	}
	for _, t := range m.order {
		t.hurry()
	}
}

// excused takes the failure of a request that was under way while the computer slept, or one
// with credentials that were changed since, for one that was cut: it is sent again at once,
// and counts nowhere. Whether it was carried out stays as open as it is.
func (m *Manager) excused(t *task, a asking, err error) (excused bool, _ error) {
	e := AsError(err)
	if e == nil {
		return false, err
	}
	m.awake(m.now()) // it may have slept in the midst of the mail
	slept := a.begun.Before(m.woke) && (e.Kind == KindTransient || e.Kind == KindOffline)
	if !slept && (waitFor(e) != WaitCredentials || m.holds(t, a.store)) {
		return false, err
	}
	cut := *e
	cut.Kind = KindCanceled
	return true, &cut
}

// asking is when a request was begun, and by which store.
type asking struct {
	begun time.Time
	store Store
}

func (m *Manager) ask(t *task) asking { return asking{m.now(), t.store} }

// holds tells whether a store is the one that the upload's bucket is reached by.
func (m *Manager) holds(t *task, s Store) bool {
	o := m.stores[keyOf(t.u.To)]
	return o != nil && o.store == s
}
