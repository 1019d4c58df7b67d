package transfer

import "time"

// ahead is how uploads are begun before there are slots for them: an intent takes a moment to
// become durable, and each transaction of the journal costs a flush of the disk. The faster
// uploads leave, the more are begun ahead, and share one.
type ahead struct {
	now     int // uploads begun that wait for a slot, as of this round
	patient int // intents handed to the journal since it was last hastened

	since time.Time // when counting began
	left  int       // uploads that got a slot since then
	pace  int       // and in as much time as intents may take, by the count before
}

// intentTime is for how long what is begun ahead lasts: the journal is patient for less.
const intentTime = 30 * time.Millisecond

// most is how many uploads may be begun that wait for a slot: more would only look busy.
func (a *ahead) most(slots int) int { return slots + a.pace }

// leave notes that an upload got its slot.
func (a *ahead) leave(now time.Time) {
	if passed := now.Sub(a.since); passed >= intentTime {
		a.pace = int(time.Duration(a.left) * intentTime / passed)
		a.left, a.since = 0, now
	}
	a.left++
}

// hasten has the journal write intents down at once, when the uploads that need not wait for
// theirs are about to leave slots free.
func (m *Manager) hasten(now time.Time) {
	if m.ahead.patient == 0 {
		return
	}
	ready, enough := 0, m.ahead.most(m.pool.limit)/2
	for _, t := range m.order {
		if t.gates == 0 && t.aheadOf(now) {
			ready++
		}
		if ready > enough {
			return
		}
	}
	m.ahead.patient = 0
	m.journal.Hasten()
}
