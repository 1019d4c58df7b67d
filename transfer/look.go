package transfer

import "time"

// How a climb goes on looking while it holds a number: a line that would carry more for more
// connections shows it by nothing else; and as no line is quite even, luck would drive the
// number up, were fewer not tried as well.
const (
	// lookLuck is what the first measurement of a look may lack, and lookClear what makes
	// a second one needless.
	lookLuck, lookClear = 0.95, 1.25
	// fewerLoss is what fewer may carry less.
	fewerLoss = 0.98
	// fewerPause is how long no fewer are looked at after they carried less. It doubles each
	// time, up to fewerMost.
	fewerPause, fewerMost = 5 * time.Second, 20 * time.Second
)

// look is what is known of looks.
type look struct {
	fewer      bool    // it is for fewer
	usual      float64 // the rate held over a longer time: what fewer lose must not add up
	fewerNext  time.Time
	fewerPause time.Duration
}

// lookForMore puts half as many more on trial.
func (c *climb) lookForMore(now time.Time) {
	held := c.held.slots
	if !c.try(min(held+(held+1)/2, c.ceiling(now)), false, now) {
		c.lookForFewer(now)
	}
}

// lookForFewer puts a quarter fewer on trial, or goes on holding.
func (c *climb) lookForFewer(now time.Time) {
	held := c.held.slots
	if now.Before(c.fewerNext) || !c.try(max(held-max(held/4, 1), 1), true, now) {
		c.hold(now)
	}
}

// try begins a look, unless it is at what is held.
func (c *climb) try(n int, fewer bool, now time.Time) bool {
	if n == c.held.slots || fewer != (n < c.held.slots) {
		return false
	}
	c.stage, c.fewer, c.first = stageLook, fewer, 0
	c.set(n, now)
	return true
}

// judgeLook measures what seems to do once more, unless it does clearly.
func (c *climb) judgeLook(rate float64, now time.Time) {
	enough := climbGain * c.held.rate
	if c.fewer {
		enough = fewerLoss * c.usual
	}
	first := c.first
	switch {
	case first == 0 && !c.fewer && rate >= lookClear*c.held.rate, first > 0 && (first+rate)/2 >= enough:
		c.found(rate, now)
	case first == 0 && rate >= lookLuck*enough:
		c.first = rate
	case c.fewer:
		c.fewerPause = min(max(2*c.fewerPause, fewerPause), fewerMost)
		c.fewerNext = now.Add(c.fewerPause)
		c.hold(now)
	default:
		c.lookForFewer(now)
	}
}

// found goes on from what a look found.
func (c *climb) found(rate float64, now time.Time) {
	if c.fewer {
		c.held.slots = c.limit
		c.hold(now)
		return
	}
	c.below, c.held = c.held, level{c.limit, rate}
	c.rise(now)
}
