package transfer

import "time"

// haltPause is how long nothing is asked of a journal that failed, before it is tried again.
const haltPause = 5 * time.Second

// halt is the time from a failure of the journal until it can be written to again. Nothing
// new is begun: no effect on OSS without its intent on disk. What is in flight may end; an
// acknowledged part whose fact could not be written is proved by reading later.
type halt struct {
	err   *Error // the latest
	next  time.Time
	asked bool     // whether it works again is being found out
	after []func() // what to do once it does
}

// order is a person's command, kept until the journal has it.
type order struct {
	what  string
	write func(done func(error))
	saved bool
}

// halt stops anything new until the journal works again.
func (m *Manager) halt(what string, err error) {
	if m.closing {
		return
	}
	m.more = true
	if m.halted == nil {
		m.halted = &halt{next: m.now().Add(haltPause)}
		m.log.Error("the journal failed; uploads wait", "doing", what, "error", err)
	}
	m.halted.err = AsError(err)
	m.publish()
}

// afterHalt has f done once the journal works again. There is a halt.
func (m *Manager) afterHalt(f func()) {
	if m.halted != nil {
		m.halted.after = append(m.halted.after, f)
	}
}

// recheck asks the journal whether it works again, and returns how long until the next time,
// or most.
func (m *Manager) recheck(now time.Time, most time.Duration) time.Duration {
	h := m.halted
	switch {
	case h == nil || h.asked || m.closing:
		return most
	case now.Before(h.next):
		return min(most, h.next.Sub(now))
	}
	h.asked = true
	m.journal.Writable(func(err error) { m.mail.put(func() { m.handleWritable(err) }) })
	return most
}

func (m *Manager) handleWritable(err error) {
	h := m.halted
	h.asked = false
	switch {
	case m.closing:
		return
	case err != nil:
		h.err, h.next = AsError(err), m.now().Add(haltPause)
		m.publish()
		return
	}
	m.halted = nil
	m.log.Info("the journal works again; uploads go on")
	m.saveAgain()
	for _, f := range h.after {
		f()
	}
	m.publish()
}

// save has a command written, now or once the journal works again. Commands are written in
// the order in which they were given: those after one that failed are written anew, too.
func (m *Manager) save(what string, write func(done func(error))) {
	o := &order{what: what, write: write}
	m.orders = append(m.orders, o)
	if m.halted == nil {
		m.send(o)
	}
}

func (m *Manager) send(o *order) {
	o.saved = false
	o.write(func(err error) { m.mail.put(func() { m.handleSaved(o, err) }) })
}

// saveAgain writes the commands that the journal may not have.
func (m *Manager) saveAgain() {
	for _, o := range m.orders {
		m.send(o)
	}
}

func (m *Manager) handleSaved(o *order, err error) {
	m.more, m.commanded = true, true
	if err != nil {
		m.halt(o.what, err)
	}
	o.saved = KindOf(err) != KindStorage // anything else would not get better by itself
	for len(m.orders) > 0 && m.orders[0].saved {
		m.orders = m.orders[1:]
	}
	m.publish()
}

// showHalt tells of a halt that lasts until somebody does something about this computer.
func (m *Manager) showHalt(s *Snapshot) {
	if m.halted == nil || m.halted.err.Kind != KindStorage {
		return
	}
	s.Halted, s.Unsaved = m.halted.err, len(m.orders)
}
