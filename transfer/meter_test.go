package transfer

import (
	"math"
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	var m meter
	now := time.Unix(1000, 0)
	if m.tick(5*MiB, now); m.speed != 0 {
		t.Fatalf("speed %g at the first look: bytes from before do not count", m.speed)
	}
	count := int64(5 * MiB)
	for range 100 {
		now, count = now.Add(250*time.Millisecond), count+MiB/4
		m.tick(count, now)
	}
	if math.Abs(m.speed-MiB) > MiB/100 {
		t.Errorf("speed %g at 1 MiB/s", m.speed)
	}
	var late meter // of a row that was resumed
	late.tick(count, now.Add(-2*time.Second))
	late.tick(count, now.Add(-time.Second))
	if late.tick(count+MiB, now); math.Abs(late.speed-MiB) > 1 {
		t.Errorf("speed %g in the first second at 1 MiB/s: the time before counts as slow", late.speed)
	}
	before := m
	if m.tick(count+MiB, now.Add(49*time.Millisecond)); m != before {
		t.Error("two looks right after one another moved the speed")
	}
	now = now.Add(time.Second)
	if m.tick(count, now); m.speed > 0.7*MiB || m.speed < 0.6*MiB {
		t.Errorf("speed %g a second after the stop, of 3 that it shows", m.speed)
	}
	if m.tick(count, now.Add(time.Hour)); m.speed != 0 {
		t.Errorf("speed %g an hour after", m.speed)
	}
}

// What is left must be of use to a person: it may not jump as parts end in bursts, and must
// follow a line that became slower.
func TestLeftDoesNotJump(t *testing.T) {
	const rate, total = 4 * MiB, 4000 * MiB
	pace := newPace()
	now, count := time.Unix(1000, 0), int64(0)
	tick := func(bytes int64) {
		now, count = now.Add(250*time.Millisecond), count+bytes
		pace.tick(count, now)
	}
	tick(0)
	for i := range 400 { // half of each second nothing moves
		tick(int64(i / 2 % 2 * rate / 2))
		if i < 20 {
			continue
		}
		want := time.Duration(float64(total-count) / rate * float64(time.Second))
		if left := pace.left(total - count); (left - want).Abs() > want/8 {
			t.Fatalf("after %d looks %v are left, not %v", i, left, want)
		}
	}
	for range 240 {
		tick(rate / 8) // half as fast
	}
	want := time.Duration(float64(total-count) / (rate / 2) * float64(time.Second))
	if left := pace.left(total - count); (left - want).Abs() > want/4 {
		t.Errorf("a minute after the line became slower %v are left, not %v", left, want)
	}
	if pace.left(0) != 0 {
		t.Error("nothing takes time")
	}
	pace.rest()
	if left := pace.left(total); left != 0 {
		t.Errorf("at rest %v are left", left)
	}
}
