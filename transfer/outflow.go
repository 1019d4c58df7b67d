package transfer

import "sync/atomic"

// Outflow tells how many bytes of a request's body have left this computer, at the moment
// at which it is asked: several MiB of what was read may still wait in the system. A count
// brought up to date now and then would be too coarse for judging a line by a fraction of a
// second of it. Its zero value tells of nothing.
type Outflow struct {
	ask  atomic.Pointer[func() int64]
	last atomic.Int64
}

// Follow has ask asked from now on; nil ends that, and keeps the last count. ask must not wait.
func (p *Outflow) Follow(ask func() int64) {
	if ask != nil {
		p.ask.Store(&ask)
		return
	}
	if before := p.ask.Swap(nil); before != nil {
		p.last.Store((*before)())
	}
}

// Bytes is how many have left.
func (p *Outflow) Bytes() int64 {
	if ask := p.ask.Load(); ask != nil {
		return (*ask)()
	}
	return p.last.Load()
}
