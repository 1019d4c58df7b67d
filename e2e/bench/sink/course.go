package sink

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Step is how far moments of a report are apart.
const Step = 50 * time.Millisecond

// Moment is what had come when so many steps had passed since the first request.
type Moment struct {
	Bytes    int64
	InFlight int64 // requests
}

// course notes how an upload goes on, for measuring parts of it.
type course struct {
	once  sync.Once
	begin func() // at the first request

	mu      sync.Mutex
	moments []Moment
}

// follow notes moments until the context ends.
func (c *course) follow(ctx context.Context, now func() Moment) {
	tick := time.NewTicker(Step)
	defer tick.Stop()
	begun := time.Now()
	for {
		m := now()
		c.mu.Lock()
		for due := int(time.Since(begun) / Step); len(c.moments) <= due; { // also what was missed
			c.moments = append(c.moments, m)
		}
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (c *course) told() []Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.moments)
}

func (s *Server) moment() Moment {
	return Moment{Bytes: s.bytes.Load(), InFlight: s.inFlight.Load()}
}

// Between returns what was carried from one time to another, both since the first request,
// in bytes a second, and how many requests were in flight on average.
func (r *Report) Between(from, to time.Duration) (rate, inFlight float64) {
	last := len(r.Course) - 1
	a, b := min(int(from/Step), last), min(int(to/Step), last)
	if a >= b {
		return 0, 0
	}
	for _, m := range r.Course[a:b] {
		inFlight += float64(m.InFlight)
	}
	passed := time.Duration(b-a) * Step
	return float64(r.Course[b].Bytes-r.Course[a].Bytes) / passed.Seconds(), inFlight / float64(b-a)
}
