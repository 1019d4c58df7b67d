package transfer

import (
	"cmp"
	"time"
)

// meter smooths a growing count of bytes into a speed.
type meter struct {
	span  time.Duration // how much of the past the speed shows; 0: meterSpan
	last  int64
	speed float64
	at    time.Time
	begun time.Time // when the count began to grow; zero while it rests
}

const (
	// meterSpan is what a speed that is shown looks back on.
	meterSpan = 3 * time.Second
	// paceSpan is what a speed looks back on that tells how long the rest takes: what is left
	// must not jump with each part that ends.
	paceSpan = 30 * time.Second
)

// newPace returns a meter for what is left.
func newPace() meter { return meter{span: paceSpan} }

// left is how long so many bytes take at this speed, 0 when that is not known.
func (m *meter) left(bytes int64) time.Duration {
	if m.speed < 1 || bytes <= 0 {
		return 0
	}
	return time.Duration(float64(bytes) / m.speed * float64(time.Second))
}

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
	span := cmp.Or(m.span, meterSpan)
	share := float64(passed) / float64(min(span, now.Sub(m.begun)))
	m.speed += (rate - m.speed) * min(share, 1)
	if m.speed < 1 {
		m.rest()
	}
}

// rest forgets the speed: the next growth begins anew.
func (m *meter) rest() { m.speed, m.begun = 0, time.Time{} }
