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
	// evenWindow is how long it is measured where there is time: parts that begin and end
	// together make a line look uneven.
	evenWindow = 750 * time.Millisecond
	// slotBytes is what each slot should have sent until it is judged, within slowWindow:
	// buffers on the way take in so much that is no sign of the line.
	slotBytes  = 256 << 10
	slowWindow = 2 * time.Second
	// climbGain is what twice the slots must carry more to be kept, and climbLoss what fewer
	// may carry less.
	climbGain = 1.08
	climbLoss = 0.96
	// climbDrop and climbRise tell that the line is another.
	climbDrop, climbRise = 0.75, 1.33
	// climbPause is how long a number is kept before others are looked at.
	climbPause = 2500 * time.Millisecond
)

// stage is what a climb is about.
type stage uint8

const (
	stageStart stage = iota // measuring where it is
	stageRise               // more are on trial
	stageTrim               // as many as should do are on trial
	stageSink               // half as many are on trial
	stageHold
	stageLook // a few more, or a few fewer, are on trial
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
	held    level   // the best known
	below   level   // the one that the climb came by to it
	first   float64 // what is on trial was measured to carry first; 0: it was not yet
	strikes int     // measurements in a row that another line would yield
	retry   time.Time

	ready time.Time // when measuring may begin
	begun sample    // what it began with; no time: it has not

	look
	brake
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
			c.begun, c.doubt = s, false
		}
		return
	}
	passed := s.now.Sub(c.begun.now)
	sent := s.sent - c.begun.sent
	if passed < c.window() || passed < slowWindow && sent < int64(s.used)*slotBytes {
		return
	}
	full := s.lean-c.begun.lean <= passed/5
	rate := float64(sent) / passed.Seconds()
	drained := c.begun.used <= c.limit
	c.begun = s
	switch {
	case !full || rate == 0: // it is not the slots that are short
	case drained:
		c.took()
		c.judge(rate, s.now)
	case c.held.rate > 0 && c.another(rate): // parts begun by more slots are still under way
		c.stage = stageStart
		c.set(s.used, s.now)
	}
}

// window is how long is measured.
func (c *climb) window() time.Duration {
	if c.stage == stageStart || c.stage == stageRise || c.stage == stageLook && c.fewer && c.first == 0 {
		return climbWindow
	}
	return evenWindow
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
	if fewer := c.limit < c.held.slots; fewer && rate > climbRise*c.held.rate {
		c.stage = stageStart // fewer do not carry so much more of the same line
	}
	switch c.stage {
	case stageStart:
		c.held, c.below, c.strikes, c.fewerPause = level{c.limit, rate}, level{}, 0, 0
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
	case stageLook:
		c.judgeLook(rate, now)
	}
}

// rise puts twice as many on trial, as far as there may be so many.
func (c *climb) rise(now time.Time) {
	most := c.ceiling(now)
	if c.held.slots >= most {
		c.settle(now)
		return
	}
	c.stage, c.first = stageRise, 0
	c.set(min(2*c.held.slots, most), now)
}

// judgeRise measures a trial in vain once more: connections take time to get going.
func (c *climb) judgeRise(rate float64, now time.Time) {
	switch {
	case rate >= climbGain*c.held.rate:
		c.below, c.held = c.held, level{c.limit, rate}
		c.rise(now)
	case c.first == 0:
		c.first = rate
	default:
		c.settle(now)
	}
}

// settle ends a climb: with as few slots as carry as much.
func (c *climb) settle(now time.Time) {
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
	c.stage, c.first = stageSink, 0
	c.set(c.held.slots/2, now)
}

// judgeSink measures twice before it gives up half of what works: no line is quite even.
func (c *climb) judgeSink(rate float64, now time.Time) {
	enough := climbLoss * c.held.rate
	switch {
	case c.first == 0 && rate >= lookLuck*enough:
		c.first = rate
		return
	case c.first > 0 && (c.first+rate)/2 >= enough:
		c.held.slots = c.limit
		c.sink(now)
		return
	}
	c.held.slots = c.enough(level{c.limit, rate})
	c.hold(now)
}

func (c *climb) hold(now time.Time) {
	if c.stage < stageHold { // a climb is over; after a look, and while holding, it is followed
		c.usual = c.held.rate
	}
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
	c.usual += (c.held.rate - c.usual) / 16
	if !now.Before(c.retry) {
		c.lookForMore(now)
	}
}

// set puts a number in force, and has it measured once it is.
func (c *climb) set(n int, now time.Time) {
	if n == c.limit {
		return
	}
	c.limit, c.ready, c.begun, c.strikes = n, now.Add(climbSettle), sample{}, 0
}
