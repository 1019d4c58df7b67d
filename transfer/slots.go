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
	lent    int // of these, so many that wait for the limit of their upload, not for the line
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

func (s *slots) free() int { return max(s.limit-s.used+s.lent, 0) }

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
