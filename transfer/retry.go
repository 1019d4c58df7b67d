package transfer

import "time"

// The one retry policy. Everything here is pure; the engine keeps the counts.
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
	// repairs is how often an upload is repaired when OSS refuses its list of parts.
	repairs = 2
	// probePause is how long an endpoint that cannot be reached is left alone.
	probePause = 3 * time.Second
	// throttlePause is waited when OSS asks to slow down and does not say for how long.
	throttlePause = time.Second
	throttleCap   = 5 * time.Minute
	// settleTime is how old a file's last change must be, lest it is still being written.
	settleTime = 2 * time.Second
)

// backoff returns the wait before the next try after tries failures in a row, tries being
// 1 or more. random is in [0, 1).
func backoff(tries int, random float64) time.Duration {
	most := backoffCap
	if n := tries - 1; n < 7 { // 300 ms x 2^7 is above the cap
		most = min(most, backoffBase<<n)
	}
	return time.Duration(random * float64(most))
}

// throttled returns how long to wait when OSS asked to slow down.
func throttled(e *Error, random float64) time.Duration {
	if e.RetryAfter > 0 {
		return min(e.RetryAfter, throttleCap)
	}
	return throttlePause + time.Duration(random*float64(throttlePause))
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
		if e.Code == CodeAccessDenied {
			return WaitFailed // the credentials are right, and not allowed this one thing
		}
		return WaitCredentials
	case KindExists:
		return WaitConflict
	case KindSource:
		switch e.Code {
		case CodeFileMissing:
			return WaitMissing
		case CodeFileChanged, CodeFileSuspect:
			return WaitChanged
		default:
			return WaitFailed
		}
	case KindNone, KindCanceled, KindTransient, KindThrottled, KindOffline, KindClock, KindGone,
		KindParts, KindIntegrity, KindStorage, KindPermanent:
		return WaitFailed
	default:
		return WaitFailed
	}
}
