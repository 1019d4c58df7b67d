package transfer

import (
	"errors"
	"time"
)

// The one retry policy. Everything in this file is pure, and so is endpoint: time and
// chance are handed in, and the engine keeps the counts.
const (
	// backoffBase and backoffCap bound the wait before try n+1: a random share of
	// min(cap, base x 2^n), so that many parts that failed together do not come back together.
	backoffBase = 300 * time.Millisecond
	backoffCap  = 20 * time.Second
	// maxTries is how often in a row something is tried at that pace. After it the upload is
	// Stalled, and tried on for ever at stalledPause.
	maxTries     = 8
	stalledPause = 30 * time.Second
	// integrityTries is how often a part whose digests differ is read and sent again.
	integrityTries = 2
	// clockTries is how often a request that OSS found skewed is sent again, with the time
	// that OSS's refusal told.
	clockTries = 1
	// repairs is how often an upload is repaired when OSS refuses its list of parts.
	repairs = 2
	// throttleBase and throttleCap bound the wait when OSS asks to slow down and does not
	// say for how long; throttleMost is the longest that it may ask for.
	throttleBase = time.Second
	throttleCap  = time.Minute
	throttleMost = 5 * time.Minute
	// settleTime is how old a file's last change must be, lest it is still being written.
	settleTime = 2 * time.Second
)

// verdict is what comes after a failure.
type verdict struct {
	wait  Wait          // what the upload waits for
	after time.Duration // until the next try; not for waits that a person or the endpoint ends
	tries int           // failures in a row, to carry on with
}

// judge decides what comes after the tries-th failure in a row, by the error's kind and
// nothing else. refusals is how often in a row the endpoint asked to slow down; random is
// in [0, 1).
func judge(e *Error, tries, refusals int, random float64) verdict {
	switch e.Kind {
	case KindCanceled: // not a failure
		return verdict{tries: tries - 1}
	case KindOffline: // the endpoint's failure, not the request's
		return verdict{wait: WaitOffline, tries: tries - 1}
	case KindThrottled: // asked too fast: no try is spent
		return verdict{wait: WaitRetry, after: throttled(e, refusals, random), tries: tries - 1}
	case KindTransient, KindStorage:
		if tries >= maxTries {
			return verdict{wait: WaitStalled, after: stalledPause, tries: maxTries}
		}
		return verdict{wait: WaitRetry, after: backoff(tries, random), tries: tries}
	case KindClock:
		return fewTimes(e, tries, clockTries)
	case KindIntegrity:
		return fewTimes(e, tries, integrityTries)
	case KindParts:
		return fewTimes(e, tries, repairs)
	case KindNone, KindAuth, KindGone, KindSource, KindExists, KindPermanent:
		return verdict{wait: waitFor(e)}
	default:
		return verdict{wait: waitFor(e)}
	}
}

// fewTimes tries again at once, so many times, before a person has to look.
func fewTimes(e *Error, tries, most int) verdict {
	if tries > most {
		return verdict{wait: waitFor(e)}
	}
	return verdict{wait: WaitRetry, tries: tries}
}

// backoff returns the wait before the next try after tries failures in a row, tries being
// 1 or more. random is in [0, 1).
func backoff(tries int, random float64) time.Duration {
	return time.Duration(random * float64(doubled(backoffBase, backoffCap, tries)))
}

// throttled returns how long to wait when OSS asked to slow down, for the refusals-th
// time in a row: as long as it says, or half to all of a time that doubles.
func throttled(e *Error, refusals int, random float64) time.Duration {
	if e.RetryAfter > 0 {
		return min(e.RetryAfter, throttleMost)
	}
	return time.Duration((1 + random) / 2 * float64(doubled(throttleBase, throttleCap, refusals)))
}

// doubled returns min(most, base x 2^(n-1)), for n of 1 or more.
func doubled(base, most time.Duration, n int) time.Duration {
	for ; n > 1 && base < most; n-- {
		base *= 2
	}
	return min(base, most)
}

// timedOut tells whether an error says that nothing came for too long.
func timedOut(e *Error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.Err)
	return ok && timeout.Timeout()
}

// retriable tells whether trying again may mend an error.
func retriable(k Kind) bool {
	switch k {
	case KindNone, KindCanceled, KindTransient, KindThrottled, KindOffline, KindClock, KindParts, KindStorage:
		return true
	case KindAuth, KindGone, KindIntegrity, KindSource, KindExists, KindPermanent:
		return false
	default:
		return false
	}
}

// waitFor tells what an upload waits for after an error that trying again does not mend.
func waitFor(e *Error) Wait {
	switch e.Kind {
	case KindAuth:
		if isDenied(e) {
			return WaitFailed // the credentials are right, and not allowed this one thing
		}
		return WaitCredentials
	case KindExists:
		return WaitConflict
	case KindSource:
		return sourceWait(e.Code)
	case KindNone, KindCanceled, KindTransient, KindThrottled, KindOffline, KindClock, KindGone,
		KindParts, KindIntegrity, KindStorage, KindPermanent:
		return WaitFailed
	default:
		return WaitFailed
	}
}
