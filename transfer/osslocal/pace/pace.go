// Package pace slows bytes down on order, for the faults below HTTP and in it.
package pace

import (
	"sync"
	"time"
)

// Pace hands out the time at which bytes may pass, to all that share it.
type Pace struct {
	mu   sync.Mutex
	next time.Time
}

// Take books n bytes at a rate in bytes a second, and returns how long to wait for them.
func (p *Pace) Take(n, rate int64) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	p.next = p.next.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	return p.next.Sub(now)
}
