package aliyun

import (
	"sync"
	"time"
)

// offset is what is known of OSS's time less this computer's. Every answer bounds it, a slow
// one by little: what was known before stays, as far as the two agree.
type offset struct {
	mu          sync.Mutex
	known       bool          // guarded by mu
	least, most time.Duration // guarded by mu
}

// note takes an answer's Date, which counts whole seconds, and between which times of this
// computer OSS took it.
func (o *offset) note(date, from, to time.Time) {
	// Round drops the monotonic reading: what is compared is this computer's wall clock.
	least, most := date.Sub(to.Round(0)), date.Add(time.Second).Sub(from.Round(0))
	o.mu.Lock()
	defer o.mu.Unlock()
	if l, m := max(least, o.least), min(most, o.most); o.known && l <= m {
		least, most = l, m
	} // else one of the clocks was set
	o.known, o.least, o.most = true, least, most
}

// value is the middle of what it can be, 0 before the first answer.
func (o *offset) value() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return (o.least + o.most) / 2
}
