package transfer

import (
	"log/slog"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// setBack returns a moment as it reads once somebody has set the computer's clock back: the
// wall clock says another time, the monotonic one goes on. Time has no other way to be made so.
func setBack(t time.Time, by time.Duration) time.Time {
	parts := (*struct {
		wall uint64
		ext  int64
		loc  *time.Location
	})(unsafe.Pointer(&t))
	parts.wall -= uint64(by/time.Second) << 30 // by is positive
	return t
}

// TestD7ClockSetBack sets the clock back by an hour between two moments: rates, waits and
// probes go by the time that passed.
func TestD7ClockSetBack(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	later := func(d time.Duration) time.Time { return setBack(begun.Add(d), time.Hour) }
	if moved := later(0).Round(0).Sub(begun.Round(0)); moved != -time.Hour {
		t.Fatalf("the clock was set by %v", moved)
	}
	var set, steady meter
	for i := range 8 {
		at := time.Duration(i) * 250 * time.Millisecond
		steady.tick(int64(i)*MiB, begun.Add(at))
		now := begun.Add(at)
		if i >= 4 {
			now = later(at)
		}
		set.tick(int64(i)*MiB, now)
	}
	if set.speed != steady.speed {
		t.Errorf("the speed is %v, want %v", set.speed, steady.speed)
	}
	e := endpoint{}
	e.learn(&Error{Kind: KindOffline}, begun)
	if e.probeDue(later(firstProbe/2)) || !e.probeDue(later(firstProbe)) {
		t.Error("an endpoint is not probed when it should be")
	}
	k := task{nextTry: begun.Add(time.Second)}
	if k.able(later(time.Second/2)) || !k.able(later(time.Second)) {
		t.Error("a waiting upload does not go on when it should")
	}
	k.retries = []retry{{number: 3, at: begun.Add(time.Second)}}
	if n, ok := k.nextPart(later(time.Second)); !ok || n != 3 {
		t.Error("a part is not sent again when it should be")
	}
	s := slots{}
	s.set(16)
	s.throttle(slowdown{begun, begun, 8})
	s.throttle(slowdown{later(time.Second), later(2 * time.Second), 4})
	if s.limit != 4 {
		t.Errorf("%d slots are left of 16 after two refusals", s.limit)
	}
	if now := newManager(Config{}).now(); !strings.Contains(now.String(), "m=") {
		t.Error("the engine's clock is the wall clock")
	}
}

// TestNothingHurriesWhatMayStillArrive wakes the computer, and has a person press Start, while
// what left for OSS may still arrive there.
func TestNothingHurriesWhatMayStillArrive(t *testing.T) {
	now := time.Now()
	m := newManager(Config{Log: slog.New(slog.DiscardHandler)})
	m.now = func() time.Time { return now }
	m.seen = now.Round(0)
	u := newTask(t.Context(), Upload{ID: 1, Intent: IntentAbort, Phase: PhasePutting})
	m.order = append(m.order, u)
	m.putFailed(u, &Error{Kind: KindTransient, Op: "PutObject", Unknown: true})
	u.quiet = u.quiet.Add(time.Minute) // as if the clock had been set on
	now = now.Add(time.Minute)
	m.awake(now)
	if !u.nextTry.IsZero() || u.able(now) || !u.wakeAt(now).After(now) {
		t.Errorf("the next try is at %v, not before %v", u.wakeAt(now), u.quiet)
	}
	if now = now.Add(lookAfter); !u.able(now) {
		t.Errorf("it still waits, for %v", u.wakeAt(now))
	}
}
