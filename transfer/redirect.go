package transfer

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// Redirected tells what became of uploads that were to go to another destination.
type Redirected struct {
	Moved   int // that go there now
	Claimed int // of these, whose new key another unfinished upload has: conflicts
	Begun   int // that had begun, and stay as they are
}

// KeyFor joins a prefix and a name inside a batch into a key.
func KeyFor(prefix, name string) string { return keyFor(prefix, name) }

// PrefixOf takes the name inside a batch off a key. It fails where the key was made otherwise.
func PrefixOf(key, name string) (prefix string, ok bool) {
	return strings.CutSuffix(key, keyFor("", name))
}

// Redirect sends the selected uploads to another destination: those of which nothing was
// begun, with keys made anew from their names. Rows that a scan under way adds later go where
// their batch goes.
func (m *Manager) Redirect(ctx context.Context, s Selection, to Destination) (Redirected, error) {
	if err := CheckBucket(to.Bucket); err != nil {
		return Redirected{}, err
	}
	if err := CheckPrefix(to.Prefix); err != nil {
		return Redirected{}, err
	}
	type answer struct {
		told Redirected
		err  error
	}
	answered := make(chan answer, 1)
	err := m.do(func() {
		m.redirect(s, to, func(told Redirected, err error) { answered <- answer{told, err} })
	})
	if err != nil {
		return Redirected{}, err
	}
	select {
	case a := <-answered:
		return a.told, a.err
	case <-ctx.Done():
		return Redirected{}, ctx.Err()
	case <-m.ended:
		return Redirected{}, ErrClosed
	}
}

// redirect lets go of the planned uploads in work that nothing is under way of but commits,
// which come before it, as their facts become others, and has the journal change what is
// planned. What else is in work has begun.
func (m *Manager) redirect(s Selection, to Destination, answer func(Redirected, error)) {
	if m.halted != nil { // commands before it are not written yet, and could undo it
		answer(Redirected{}, m.halted.err)
		return
	}
	m.commands++
	selects := s.selector()
	begun := maps.Clone(m.tasks)
	for id, t := range m.tasks {
		if t.u.Phase == PhasePlanned && t.step == "" && len(t.sending) == 0 && selects(&t.told) {
			t.dropped = true
			delete(begun, id)
		}
	}
	m.release()
	m.journal.Redirect(s, to, slices.Collect(maps.Keys(begun)), func(told Redirected, err error) {
		m.mail.put(func() { m.handleRedirected(to, err) })
		answer(told, err)
	})
}

func (m *Manager) handleRedirected(to Destination, err error) {
	m.more, m.commanded = true, true
	if KindOf(err) == KindStorage {
		m.halt("change destinations", err)
	}
	m.unpark(to.Account, to.Bucket)
	m.publish()
}
