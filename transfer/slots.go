package transfer

import "time"

const (
	defaultSlots = 8
	maxSlots     = 64
	// regrowAfter is how many requests must succeed in a row to win back a slot that
	// throttling took.
	regrowAfter = 20
)

// slots is the one pool of requests in flight over all uploads.
type slots struct {
	most    int // as set
	limit   int // 1 to most: less after throttling
	used    int
	streak  int // successes since the limit last moved
	cutNext time.Time
}

// set changes how many there may be.
func (s *slots) set(n int) {
	if n <= 0 {
		n = defaultSlots
	}
	s.most = min(n, maxSlots)
	s.limit = s.most
}

func (s *slots) free() int { return max(s.limit-s.used, 0) }

// throttle halves the pool, once a second at most: requests that were in flight together
// are refused together.
func (s *slots) throttle(now time.Time) {
	s.streak = 0
	if now.Before(s.cutNext) {
		return
	}
	s.limit = max(s.limit/2, 1)
	s.cutNext = now.Add(time.Second)
}

// succeed grows the pool back.
func (s *slots) succeed() {
	if s.streak++; s.streak >= regrowAfter && s.limit < s.most {
		s.limit++
		s.streak = 0
	}
}

// endpoint is what the engine knows of one way to OSS.
type endpoint struct {
	offline   bool
	probe     *task // the one upload that tries whether it is back
	nextProbe time.Time
	// rate is what one connection carries, in bytes per second, smoothed; 0 while unknown.
	rate float64
}

// measured takes in what one part took.
func (e *endpoint) measured(bytes int64, took time.Duration) {
	if bytes < MiB/4 || took <= 0 {
		return // latency, not the line
	}
	rate := float64(bytes) / took.Seconds()
	if e.rate == 0 {
		e.rate = rate
	}
	e.rate += (rate - e.rate) / 8
}

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
