package transfer

import "time"

const (
	// budgetMost is the retry budget of an endpoint. An incident, which is all failures of
	// one second, costs failureCost, or timeoutCost when nothing came for too long; each
	// success gives one back. These are the figures of Amazon's clients, which have
	// held the load on failing services down for years.
	budgetMost  = 500
	failureCost = 5
	timeoutCost = 10
	// breakAfter is how many requests must fail in a row, whoever sent them, for nothing but
	// probes to be sent on.
	breakAfter = 6
	// probePause is how often an endpoint that does not answer is asked whether it does, and
	// firstProbe how soon for the first time: most troubles are over at once.
	probePause = 3 * time.Second
	firstProbe = 300 * time.Millisecond
	// probeLimit is how long an answer to a probe is waited for: long enough for a line with
	// seconds of latency. Probes overlap, so that one sent just before the network's return
	// holds nothing up.
	probeLimit = 15 * time.Second
	mostProbes = 5
)

// endpoint is what the engine knows of one way to OSS: whether it answers, how much
// failure it may still cost, and how fast one connection is.
type endpoint struct {
	down      *Error    // why nothing but probes is sent; nil while it answers
	nextProbe time.Time // while down
	probes    int       // under way

	spent    int       // of budgetMost
	charged  time.Time // when an incident was last paid for
	failures int       // in a row, since OSS last answered
	refusals int       // in a row, of a second each: OSS asked to slow down
	refused  time.Time // the last of these

	// rate is what one connection carries, in bytes per second, smoothed; 0 while unknown.
	rate float64
	md5  md5Load
}

// change is what an outcome did to an endpoint.
type change int

const (
	unchanged change = iota
	wentDown
	cameUp
)

// learn takes in the outcome of a request, nil for a success.
func (e *endpoint) learn(err *Error, now time.Time) change {
	kind := KindNone
	if err != nil {
		kind = err.Kind
	}
	switch kind {
	case KindCanceled, KindSource, KindStorage: // ours: nothing is learnt of the endpoint
		return unchanged
	case KindOffline:
		return e.fall(err, now)
	case KindTransient:
		return e.fail(err, now)
	case KindThrottled:
		if now.Sub(e.refused) >= time.Second {
			e.refusals++
			e.refused = now
		}
		return e.rise()
	case KindNone:
		e.spent = max(e.spent-1, 0)
		e.refusals = 0
		return e.rise()
	case KindAuth, KindClock, KindGone, KindParts, KindIntegrity, KindExists, KindPermanent:
		return e.rise()
	default:
		return e.rise()
	}
}

// fail pays for a failure, and breaks the circuit when it is one too many.
func (e *endpoint) fail(err *Error, now time.Time) change {
	e.failures++
	if now.Sub(e.charged) >= time.Second {
		cost := failureCost
		if timedOut(err) {
			cost = timeoutCost
		}
		e.spent = min(e.spent+cost, budgetMost)
		e.charged = now
	}
	if e.failures >= breakAfter || e.spent >= budgetMost {
		return e.fall(err, now)
	}
	return unchanged
}

func (e *endpoint) fall(err *Error, now time.Time) change {
	if e.down != nil {
		return unchanged
	}
	e.down = err
	e.nextProbe = now.Add(firstProbe)
	return wentDown
}

// rise takes in that OSS answered.
func (e *endpoint) rise() change {
	e.failures = 0
	if e.down == nil {
		return unchanged
	}
	e.down = nil
	return cameUp
}

// wait is what uploads wait for while the endpoint is down: for the network, when nothing
// came back at all.
func (e *endpoint) wait() Wait {
	if e.down.Kind == KindOffline || e.down.Status == 0 {
		return WaitOffline
	}
	return WaitStalled
}

// probeDue tells whether a probe is to be sent now.
func (e *endpoint) probeDue(now time.Time) bool {
	return e.down != nil && e.probes < mostProbes && !now.Before(e.nextProbe)
}

// probeBegun notes a probe that was sent.
func (e *endpoint) probeBegun(now time.Time) {
	e.probes++
	e.nextProbe = now.Add(probePause)
}

// probed takes in the outcome of a probe, nil for a success. Only an answer counts: the
// next probe is on its way anyway.
func (e *endpoint) probed(err *Error) change {
	e.probes--
	if err == nil {
		return e.rise()
	}
	switch err.Kind {
	case KindOffline, KindTransient:
		if e.down != nil {
			e.down = err // what it is like by now
		}
		return unchanged
	case KindCanceled, KindSource, KindStorage:
		return unchanged
	case KindNone, KindThrottled, KindAuth, KindClock, KindGone, KindParts, KindIntegrity, KindExists, KindPermanent:
		return e.rise()
	default:
		return e.rise()
	}
}

// measured takes in what one part took.
func (e *endpoint) measured(bytes int64, took time.Duration) {
	if bytes < MiB/4 || took <= 0 {
		return // latency, not the line
	}
	rate := float64(bytes) / took.Seconds()
	if e.rate == 0 {
		e.rate = rate
	}
	e.rate += (rate - e.rate) / 8
}
