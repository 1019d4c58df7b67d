package aliyun

import (
	"fmt"
	"time"
)

// clocks are a store's time limits, and how it looks at a connection. There is none on
// the whole of a request.
type clocks struct {
	connect  time.Duration // to reach a host, and again to agree on TLS
	stall    time.Duration // without progress while bytes wait to be sent
	answer   time.Duration // without an answer once all bytes have left
	complete time.Duration // the same, for CompleteMultipartUpload: OSS joins the parts
	tick     time.Duration // how often a request is looked at
	grace    time.Duration // how long a cancelled request may take to return
	unsent   unsentFunc
}

var productClocks = clocks{
	connect:  20 * time.Second,
	stall:    30 * time.Second,
	answer:   60 * time.Second,
	complete: 5 * time.Minute,
	tick:     250 * time.Millisecond,
	grace:    250 * time.Millisecond,
	unsent:   kernelUnsent,
}

// Where the system does not say how much of what was written has left, the answer's
// clock allows for a full buffer of this size to leave at the rate last seen, or at
// this one: an eighth of a line of 64 KiB/s.
const (
	bufferSize  = 4 << 20 // Linux's default limit of a send buffer
	slowestRate = 8 << 10 // bytes a second
)

// clockError says which clock cut a request.
type clockError struct {
	what  string
	limit time.Duration
}

func (e *clockError) Error() string {
	return fmt.Sprintf("%s for %s", e.what, e.limit)
}

// Timeout tells that nothing came for too long.
func (e *clockError) Timeout() bool { return true }

// observation is the state of a request's connection at one moment.
type observation struct {
	connected bool
	wrote     bool // the whole request was handed to the kernel
	writing   bool // a write is blocked, or just under way
	known     bool // unsent is known
	unsent    int  // bytes the peer has not acknowledged
	written   int64
	read      int64
}

// watchdog tells when a request must be cut. It has no clock of its own: it is told
// the time with each observation.
type watchdog struct {
	clocks clocks
	answer time.Duration // the answer's clock of this request
	drain  time.Duration // what that clock is given on top where unsent is not known
	seen   observation
	since  time.Time // of the last change
	looked time.Time // when check was last asked
	late   bool      // and whether that was late
}

func newWatchdog(k clocks, answer, drain time.Duration, now time.Time) *watchdog {
	return &watchdog{clocks: k, answer: answer, drain: drain, since: now, looked: now}
}

// lateTicks is how many ticks may lie between two looks of a process that runs.
const lateTicks = 8

// check returns a clockError when nothing has moved for too long. Three waits differ:
// for the network to take bytes, for OSS to answer, and for our own side to offer bytes
// (the rate limit, a slow disk), which is never cut. Bytes that the kernel still holds
// are not sent yet: at 8 KiB/s a full buffer takes minutes to leave.
//
// A look that comes late is that of a process that stood still, as its computer slept: what
// came meanwhile is in the kernel, and not read yet. The next look sees it.
func (w *watchdog) check(now time.Time, o observation) error {
	first := !w.late
	w.late = now.Sub(w.looked) > lateTicks*w.clocks.tick
	w.looked = now
	if !o.connected || o != w.seen {
		w.seen, w.since = o, now
		return nil
	}
	if w.late && first {
		return nil
	}
	idle := now.Sub(w.since)
	empty := !o.known || o.unsent == 0
	switch {
	case o.wrote && empty:
		limit := w.answer
		if !o.known {
			limit += w.drain
		}
		if idle > limit {
			return &clockError{"no answer", limit}
		}
	case empty && !o.writing:
		w.since = now
	case idle > w.clocks.stall:
		return &clockError{"no byte left this computer", w.clocks.stall}
	}
	return nil
}

// drainTime is how long the kernel may take to send what it holds of size bytes.
func drainTime(size, rate int64) time.Duration {
	rate = max(rate, slowestRate)
	return time.Duration(min(size, bufferSize)) * time.Second / time.Duration(rate)
}
