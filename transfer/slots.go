package transfer

import "time"

// maxSlots is the most requests in flight that may be set, or found to help.
const maxSlots = 64

// mostLent is the most requests in flight beyond those, for uploads with limits of their own.
const mostLent = maxSlots

// slots is the one pool of requests in flight over all uploads.
type slots struct {
	climb
	used int
	lent int // of these, so many that wait for the limit of their upload, not for the line

	lean      time.Duration // for how long slots were free
	leanSince time.Time     // zero while none is
}

// set changes how many there may be: 0 lets the line decide.
func (s *slots) set(n int) {
	if n <= 0 {
		if s.most == 0 || s.fixed {
			s.climb = climb{most: maxSlots, limit: firstSlots}
		}
		return
	}
	n = min(n, maxSlots)
	s.climb = climb{most: n, limit: n, fixed: true}
}

func (s *slots) free() int { return max(s.limit-s.used+s.lent, 0) }

// noteLean keeps count of the time in which slots are free for want of anything to send.
func (s *slots) noteLean(now time.Time) {
	if !s.leanSince.IsZero() {
		s.lean += now.Sub(s.leanSince)
		s.leanSince = time.Time{}
	}
	if s.free() > 0 {
		s.leanSince = now
	}
}

// measure tells the climb how much was sent until now.
func (s *slots) measure(now time.Time, sent int64) {
	s.noteLean(now)
	s.tick(sample{now: now, sent: sent, used: s.used - s.lent, lean: s.lean})
}
