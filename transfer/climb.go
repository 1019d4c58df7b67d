package transfer

import (
	"math"
	"time"
)

// How the number of slots follows the line. It is a hill climb on the measured throughput of
// the whole pool, as AzCopy's, which stops for good where this one goes on looking, with the
// multiplicative cut of TCP (and of every client of a service that throttles) when OSS asks
// to slow down. What is compared is what left the computer, not what was acknowledged: parts
// take seconds.
const (
	firstSlots = 8
	// climbSettle is how long a number is in force before it is measured, and climbWindow how
	// long it is measured: four numbers are judged in the first 2 s.
	climbSettle = 125 * time.Millisecond
	climbWindow = 375 * time.Millisecond
	// climbGain is what twice the slots must carry more to be kept, and climbLoss what fewer
	// may carry less.
	climbGain = 1.08
	climbLoss = 0.96
	// climbDrop and climbRise tell that the line is another.
	climbDrop, climbRise = 0.75, 1.33
	// climbPause is how long a number is kept before twice of it are tried again: a line that
	// carries more for more connections shows it by nothing else.
	climbPause = 3 * time.Second
	// regrowPause is how long each slot waits that is given back to a fixed number.
	regrowPause = time.Second
	// roofTime is how long no more slots are tried than OSS took without asking to slow
	// down; it doubles each time that it was right, up to roofMost.
	roofTime, roofMost = time.Minute, 10 * time.Minute
)

// stage is what a climb is about.
type stage uint8

const (
	stageStart stage = iota // measuring where it is
	stageRise               // more are on trial
	stageTrim               // as many as should do are on trial
	stageSink               // half as many are on trial
	stageHold
)

// level is a number of slots, and what it carried in bytes per second.
type level struct {
	slots int
	rate  float64
}

// climb finds how many slots the line is worth. It is pure: time and counts are handed in.
type climb struct {
	most  int  // the ceiling
	limit int  // what is in force
	fixed bool // a person chose most: it is less only while OSS asks to slow down

	stage   stage
	held    level // the best known
	below   level // the one that the climb came by to it
	fresh   bool  // nothing is known of fewer slots on this line
	again   bool  // a trial in vain is measured once more: connections take time to get going
	strikes int   // measurements in a row that another line would yield
	retry   time.Time

	ready time.Time // when measuring may begin
	begun sample    // what it began with; no time: it has not

	roof     int // the most until roofEnds
	roofEnds time.Time
	roofTime time.Duration
	cutNext  time.Time
}

// sample is what a climb is told now and then.
type sample struct {
	now  time.Time
	sent int64         // bytes that left this computer
	used int           // slots
	lean time.Duration // for how long slots were free, in all
}

// tick takes in what was sent until now, and may change the limit.
func (c *climb) tick(s sample) {
	if c.fixed {
		c.regrow(s.now)
		return
	}
	if c.begun.now.IsZero() {
		if !s.now.Before(c.ready) {
			c.begun = s
		}
		return
	}
	passed := s.now.Sub(c.begun.now)
	if passed < climbWindow {
		return
	}
	full := s.lean-c.begun.lean <= passed/5
	rate := float64(s.sent-c.begun.sent) / passed.Seconds()
	drained := c.begun.used <= c.limit
	c.begun = s
	switch {
	case !full || rate == 0: // it is not the slots that are short
	case drained:
		c.judge(rate, s.now)
	case c.held.rate > 0 && c.another(rate): // parts begun by more slots are still under way
		c.stage = stageStart
		c.set(s.used, s.now)
	}
}

// another tells whether a rate, and the one before, cannot be that of the line as it was.
func (c *climb) another(rate float64) bool {
	if rate >= climbDrop*c.held.rate && rate <= climbRise*c.held.rate {
		c.strikes = 0
		return false
	}
	c.strikes++
	return c.strikes > 1
}

// judge acts on what the limit in force carries.
func (c *climb) judge(rate float64, now time.Time) {
	switch c.stage {
	case stageStart:
		c.held, c.below, c.fresh, c.strikes = level{c.limit, rate}, level{}, true, 0
		c.rise(now)
	case stageRise:
		c.judgeRise(rate, now)
	case stageTrim:
		if rate >= climbLoss*c.held.rate {
			c.held = level{c.limit, rate}
		}
		c.hold(now)
	case stageSink:
		c.judgeSink(rate, now)
	case stageHold:
		c.judgeHold(rate, now)
	}
}

// rise puts twice as many on trial, as far as there may be so many.
func (c *climb) rise(now time.Time) {
	most := c.ceiling(now)
	if c.held.slots >= most {
		c.settle(now)
		return
	}
	next := 2 * c.held.slots
	if !c.fresh {
		next = c.held.slots + (c.held.slots+1)/2 // a look, while all is well
	}
	c.stage, c.again = stageRise, false
	c.set(min(next, most), now)
}

func (c *climb) judgeRise(rate float64, now time.Time) {
	switch {
	case rate >= climbGain*c.held.rate:
		c.below, c.held, c.fresh = c.held, level{c.limit, rate}, true
		c.rise(now)
	case !c.again:
		c.again = true
	default:
		c.settle(now)
	}
}

// settle ends a climb: with as few slots as carry as much.
func (c *climb) settle(now time.Time) {
	if !c.fresh {
		c.hold(now)
		return
	}
	c.fresh = false
	if c.below.slots == 0 {
		c.sink(now)
		return
	}
	// Throughput grows evenly with the slots until something else is the limit.
	if enough := c.enough(c.below); enough <= c.held.slots*4/5 {
		c.stage = stageTrim
		c.set(enough, now)
		return
	}
	c.hold(now)
}

// enough is how many slots carry what is known to be carried, by what fewer did.
func (c *climb) enough(fewer level) int {
	n := int(math.Ceil(float64(fewer.slots) * c.held.rate / fewer.rate))
	return min(max(n, fewer.slots+1), c.held.slots)
}

func (c *climb) sink(now time.Time) {
	if c.held.slots == 1 {
		c.hold(now)
		return
	}
	c.stage = stageSink
	c.set(c.held.slots/2, now)
}

func (c *climb) judgeSink(rate float64, now time.Time) {
	if rate >= climbLoss*c.held.rate {
		c.held = level{c.limit, max(rate, c.held.rate)}
		c.sink(now)
		return
	}
	c.held.slots = c.enough(level{c.limit, rate})
	c.hold(now)
}

func (c *climb) hold(now time.Time) {
	c.stage, c.strikes, c.retry = stageHold, 0, now.Add(climbPause)
	c.set(c.held.slots, now)
}

func (c *climb) judgeHold(rate float64, now time.Time) {
	switch {
	case c.another(rate):
		c.stage = stageStart
		c.judge(rate, now)
		return
	case c.strikes > 0:
		return
	}
	c.held.rate += (rate - c.held.rate) / 4
	if !now.Before(c.retry) {
		c.retry = now.Add(climbPause)
		c.rise(now)
	}
}

// set puts a number in force, and has it measured once it is.
func (c *climb) set(n int, now time.Time) {
	if n == c.limit {
		return
	}
	c.limit, c.ready, c.begun, c.strikes = n, now.Add(climbSettle), sample{}, 0
}

// throttle cuts the limit, once a second at most: requests that were in flight together are
// refused together. What was too many is not tried again for a while.
func (c *climb) throttle(now time.Time) {
	if now.Before(c.cutNext) {
		return
	}
	c.cutNext = now.Add(time.Second)
	c.roofTime = min(max(2*c.roofTime, roofTime), roofMost)
	c.roof, c.roofEnds = max(c.limit*3/4, 1), now.Add(c.roofTime)
	// What more slots carried is nothing to hold fewer against, while the others drain.
	c.stage, c.held, c.retry = stageStart, level{}, now.Add(regrowPause)
	c.set(max(c.limit/2, 1), now)
}

// ceiling is the most that may be tried.
func (c *climb) ceiling(now time.Time) int {
	if now.Before(c.roofEnds) {
		return min(c.most, c.roof)
	}
	return c.most
}

// regrow gives back one by one what OSS's asking to slow down took from a fixed number.
func (c *climb) regrow(now time.Time) {
	if c.limit < c.ceiling(now) && !now.Before(c.retry) {
		c.limit++
		c.retry = now.Add(regrowPause)
	}
}
