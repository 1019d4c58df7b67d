package transfer

import "time"

// meter smooths a growing count of bytes into a speed.
type meter struct {
	last  int64
	speed float64
	at    time.Time
	begun time.Time // when the count began to grow; zero while it rests
}

// meterSpan is how much of the past the speed shows.
const meterSpan = 3 * time.Second

// tick takes in the count at a moment. The time before the count began to grow is no part
// of the mean, which else would creep up from 0.
func (m *meter) tick(count int64, now time.Time) {
	passed := now.Sub(m.at)
	switch {
	case m.at.IsZero():
		m.last, m.at = count, now
		return
	case passed < 50*time.Millisecond:
		return
	}
	// A part that failed takes its bytes back: nothing was gained, nothing is shown as lost.
	rate := max(float64(count-m.last)/passed.Seconds(), 0)
	if m.begun.IsZero() && rate > 0 {
		m.begun = m.at
	}
	m.last, m.at = count, now
	if m.begun.IsZero() {
		return
	}
	share := float64(passed) / float64(min(meterSpan, now.Sub(m.begun)))
	m.speed += (rate - m.speed) * min(share, 1)
	if m.speed < 1 {
		m.rest()
	}
}

// rest forgets the speed: the next growth begins anew.
func (m *meter) rest() { m.speed, m.begun = 0, time.Time{} }
