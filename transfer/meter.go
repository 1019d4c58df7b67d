package transfer

import "time"

// meter smooths a growing count of bytes into a speed.
type meter struct {
	last  int64
	speed float64
	at    time.Time
}

// meterSpan is how much of the past the speed shows.
const meterSpan = 3 * time.Second

// tick takes in the count at a moment.
func (m *meter) tick(count int64, now time.Time) {
	passed := now.Sub(m.at)
	switch {
	case m.at.IsZero():
		m.last, m.at = count, now
	case passed < 50*time.Millisecond:
	default:
		// A part that failed takes its bytes back: nothing was gained, nothing is shown as lost.
		rate := max(float64(count-m.last)/passed.Seconds(), 0)
		share := min(float64(passed)/float64(meterSpan), 1)
		m.speed += (rate - m.speed) * share
		m.last, m.at = count, now
	}
}
