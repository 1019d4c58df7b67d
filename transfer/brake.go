package transfer

import "time"

// How a climb answers OSS's asking to slow down. One refusal among many answers is an
// accident, of which services have some all the time: the part is sent again, and that is
// all. More than that is a limit: the number is cut by half, as TCP does, but not below what
// OSS was seen to take, and the limit is then closed in on from below.
const (
	// refusalShare is one over how many answers make up for a refusal, and refusalsMost for
	// how many refusals they make up at most.
	refusalShare, refusalsMost = 20, 3
	// breath is how long an upload sends nothing new after a cut.
	breath = 100 * time.Millisecond
	// regrowPause is how long each slot waits that is given back to a fixed number.
	regrowPause = time.Second
	// roofTime is how long no more slots are tried than OSS took without asking to slow
	// down; it doubles each time that it was right, up to roofMost.
	roofTime, roofMost = time.Minute, 10 * time.Minute
)

// brake is what is known of OSS's asking to slow down.
type brake struct {
	owed     int  // answers less than make up for the refusals there may be
	doubt    bool // there was a refusal since measuring began
	good     int  // the most that OSS took; 0: not known
	roof     int  // the fewest that it did not take, until roofEnds
	roofEnds time.Time
	roofTime time.Duration
	cutAt    time.Time
}

// answered takes in that OSS took a request.
func (b *brake) answered() { b.owed = max(b.owed-1, -refusalsMost*refusalShare) }

// forgives tells whether a refusal is made up for by the answers before it.
func (b *brake) forgives() bool {
	b.doubt = true
	if b.owed > -refusalShare {
		return false
	}
	b.owed += refusalShare
	return true
}

// slowdown is a request that OSS asked to slow down at.
type slowdown struct {
	begun, now time.Time
	used       int // other requests in flight
}

// throttle takes in a refusal, and tells whether it was one too many.
func (c *climb) throttle(r slowdown) bool {
	switch {
	case c.forgives():
		return false
	case !r.begun.After(c.cutAt): // together with the one that made the cut; what is in flight still was taken
		c.cut(max(min(c.limit, r.used), c.good, 1), r.now)
		return true
	case c.limit <= c.good:
		c.good = 0
	}
	c.cutAt = r.now
	c.roofTime = min(max(2*c.roofTime, roofTime), roofMost)
	c.roof, c.roofEnds = c.limit, r.now.Add(c.roofTime)
	c.cut(max(c.limit/2, c.good, 1), r.now)
	return true
}

// cut begins anew with fewer. What more slots carried is nothing to hold fewer against, while
// the others drain.
func (c *climb) cut(n int, now time.Time) {
	c.stage, c.held, c.retry = stageStart, level{}, now.Add(regrowPause)
	c.set(n, now)
}

// took takes in that the limit in force was used, and what was refused meanwhile.
func (c *climb) took() {
	if !c.doubt {
		c.good = max(c.good, c.limit)
	}
	c.doubt = false
}

// ceiling is the most that may be tried: halfway from what OSS took to what it did not.
func (c *climb) ceiling(now time.Time) int {
	if !now.Before(c.roofEnds) {
		return c.most
	}
	low := max(c.good, min(c.limit, c.roof/2))
	if c.roof-low <= max(low/8, 1) {
		return min(c.most, low)
	}
	return min(c.most, low+(c.roof-low)/2)
}

// regrow gives back one by one what OSS's asking to slow down took from a fixed number.
func (c *climb) regrow(now time.Time) {
	if now.Before(c.retry) {
		return
	}
	c.took()
	if c.limit < c.ceiling(now) {
		c.limit++
		c.retry = now.Add(regrowPause)
	}
}
