package transfer

import "context"

// Keep takes rows off the list and leaves on OSS what is there of them, to be finished or
// aborted later, see [Journal.Keep]: they are paused first. Rows that are being completed,
// put or aborted stay in the list.
func (m *Manager) Keep(ctx context.Context, s Selection) error {
	// Pausing changes what a filter shows.
	ids, err := s.resolve(ctx, m.journal)
	if err != nil {
		return err
	}
	return m.do(func() {
		m.command(These(ids...), SetPause)
		m.keeping = append(m.keeping, These(ids...))
	})
}

// keep takes the rows away of which nothing is in work any more: what is under way of the
// others still changes their facts.
func (m *Manager) keep() {
	if m.closing {
		return // they are paused
	}
	waiting := m.keeping[:0:0]
	for _, s := range m.keeping {
		selects, busy := s.selector(), false
		for _, t := range m.order {
			// What was started meanwhile stays in the list.
			busy = busy || selects(&t.told) && t.told.Intent == IntentPause && t.u.Phase != PhaseCompleting && t.u.Phase != PhasePutting && !t.aborting()
		}
		if busy {
			waiting = append(waiting, s)
			continue
		}
		m.commands++
		m.save("keep parts on OSS for later", func(done func(error)) {
			m.journal.Keep(s, func(_ int, err error) { done(err) })
		})
	}
	m.keeping = waiting
}
