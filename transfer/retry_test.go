package transfer

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	const justBelowOne = 1 - 1e-12
	for _, c := range []struct {
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
			t.Errorf("backoff(%d, 0) = %v: full jitter begins at 0", c.tries, got)
		}
		if got := backoff(c.tries, 0.5); got != c.most/2 {
			t.Errorf("backoff(%d, 0.5) = %v, want %v", c.tries, got, c.most/2)
		}
		if got := backoff(c.tries, justBelowOne); got > c.most || got < c.most-time.Microsecond {
			t.Errorf("backoff(%d, 1-) = %v, want %v", c.tries, got, c.most)
		}
	}
}

func TestThrottledWait(t *testing.T) {
	for _, c := range []struct {
		name   string
		asked  time.Duration
		random float64
		want   time.Duration
	}{
		{"OSS says how long", 7 * time.Second, 0.9, 7 * time.Second},
		{"OSS says too long", time.Hour, 0, 5 * time.Minute},
		{"OSS does not say", 0, 0, time.Second},
		{"OSS does not say, with jitter", 0, 0.5, 1500 * time.Millisecond},
		{"nonsense", -time.Second, 0, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := throttled(&Error{Kind: KindThrottled, RetryAfter: c.asked}, c.random); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
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
