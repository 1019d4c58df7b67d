package transfer

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	const justBelowOne = 1 - 1e-12
	for _, c := range []struct { // the first that is wrong ends it: the last would take for ever
		tries int
		most  time.Duration
	}{
		{1, 300 * time.Millisecond},
		{2, 600 * time.Millisecond},
		{3, 1200 * time.Millisecond},
		{7, 19200 * time.Millisecond},
		{8, 20 * time.Second},
		{9, 20 * time.Second},
		{70, 20 * time.Second}, // no shift goes out of its width
		{1 << 40, 20 * time.Second},
	} {
		if got := backoff(c.tries, 0); got != 0 {
			t.Fatalf("backoff(%d, 0) = %v: full jitter begins at 0", c.tries, got)
		}
		if got := backoff(c.tries, 0.5); got != c.most/2 {
			t.Fatalf("backoff(%d, 0.5) = %v, want %v", c.tries, got, c.most/2)
		}
		if got := backoff(c.tries, justBelowOne); got > c.most || got < c.most-time.Microsecond {
			t.Fatalf("backoff(%d, 1-) = %v, want %v", c.tries, got, c.most)
		}
	}
}

func TestThrottledWait(t *testing.T) {
	for _, c := range []struct {
		name     string
		asked    time.Duration
		refusals int
		random   float64
		want     time.Duration
	}{
		{"OSS says how long", 7 * time.Second, 5, 0.9, 7 * time.Second},
		{"OSS says too long", time.Hour, 1, 0, 5 * time.Minute},
		{"OSS does not say", 0, 1, 0, time.Second / 2},
		{"OSS does not say, with jitter", 0, 1, 0.5, 750 * time.Millisecond},
		{"and refuses again", 0, 2, 0.5, 1500 * time.Millisecond},
		{"and again", 0, 6, 0, 16 * time.Second},
		{"without end", 0, 1 << 40, 0, 30 * time.Second},
		{"no refusal noted", 0, 0, 0, time.Second / 2},
		{"nonsense", -time.Second, 1, 0, time.Second / 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := throttled(&Error{Kind: KindThrottled, RetryAfter: c.asked}, c.refusals, c.random); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestJudge is the whole retry policy, a kind a line.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		tries int
		want  verdict
	}{
		{KindCanceled, 3, verdict{tries: 2}},
		{KindOffline, 3, verdict{wait: WaitOffline, tries: 2}},
		{KindThrottled, 3, verdict{wait: WaitRetry, after: 750 * time.Millisecond, tries: 2}},
		{KindTransient, 1, verdict{wait: WaitRetry, after: 150 * time.Millisecond, tries: 1}},
		{KindTransient, 7, verdict{wait: WaitRetry, after: 9600 * time.Millisecond, tries: 7}},
		{KindTransient, 8, verdict{wait: WaitStalled, after: 30 * time.Second, tries: 8}},
		{KindTransient, 9, verdict{wait: WaitStalled, after: 30 * time.Second, tries: 8}},
		{KindStorage, 1, verdict{wait: WaitRetry, after: 150 * time.Millisecond, tries: 1}},
		{KindStorage, 8, verdict{wait: WaitStalled, after: 30 * time.Second, tries: 8}},
		{KindClock, 1, verdict{wait: WaitRetry, tries: 1}},
		{KindClock, 2, verdict{wait: WaitFailed}},
		{KindIntegrity, 2, verdict{wait: WaitRetry, tries: 2}},
		{KindIntegrity, 3, verdict{wait: WaitFailed}},
		{KindParts, 2, verdict{wait: WaitRetry, tries: 2}},
		{KindParts, 3, verdict{wait: WaitFailed}},
		{KindAuth, 1, verdict{wait: WaitCredentials}},
		{KindExists, 1, verdict{wait: WaitConflict}},
		{KindGone, 1, verdict{wait: WaitFailed}},
		{KindSource, 1, verdict{wait: WaitFailed}},
		{KindPermanent, 1, verdict{wait: WaitFailed}},
		{"unheard of", 1, verdict{wait: WaitFailed}},
	} {
		if got := judge(&Error{Kind: c.kind}, c.tries, 1, 0.5); got != c.want {
			t.Errorf("%s, %d tries: %+v, want %+v", c.kind, c.tries, got, c.want)
		}
	}
}

func TestWaitFor(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		code string
		want Wait
	}{
		{KindAuth, "", WaitCredentials},
		{KindAuth, "SecurityTokenExpired", WaitCredentials},
		{KindAuth, CodeAccessDenied, WaitFailed},
		{KindExists, "FileAlreadyExists", WaitConflict},
		{KindSource, CodeFileMissing, WaitMissing},
		{KindSource, CodeFileChanged, WaitChanged},
		{KindSource, CodeFileUnreadable, WaitFailed},
		{KindSource, CodeNotRegular, WaitFailed},
		{KindSource, CodeLink, WaitFailed},
		{KindGone, CodeNoSuchBucket, WaitFailed},
		{KindClock, "", WaitFailed},
		{KindIntegrity, "", WaitFailed},
		{KindPermanent, CodeBadName, WaitFailed},
		{"unheard of", "", WaitFailed},
	} {
		t.Run(string(c.kind)+" "+c.code, func(t *testing.T) {
			got := waitFor(&Error{Kind: c.kind, Code: c.code})
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !got.NeedsPerson() {
				t.Errorf("%q ends by itself", got)
			}
		})
	}
}

// TestThePolicysNumbers is a second copy of them: none changes unseen.
func TestThePolicysNumbers(t *testing.T) {
	for name, c := range map[string]struct{ got, want time.Duration }{
		"the first wait": {backoffBase, 300 * time.Millisecond}, "the longest wait": {backoffCap, 20 * time.Second},
		"a stalled upload's wait": {stalledPause, 30 * time.Second}, "a throttled one's first wait": {throttleBase, time.Second},
		"its longest": {throttleCap, time.Minute}, "the longest that OSS may ask for": {throttleMost, 5 * time.Minute},
		"a file's age": {settleTime, 2 * time.Second}, "the first probe": {firstProbe, 300 * time.Millisecond},
		"the next probes": {probePause, 3 * time.Second}, "a probe's answer": {probeLimit, 15 * time.Second},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	if maxTries != 8 || integrityTries != 2 || clockTries != 1 || repairs != 2 {
		t.Error("the tries are others")
	}
}
