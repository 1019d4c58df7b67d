package transfer

import (
	"math"
	"testing"
	"time"
)

func TestSlotsSet(t *testing.T) {
	for _, c := range []struct{ asked, want int }{
		{-1, defaultSlots},
		{0, defaultSlots},
		{1, 1},
		{17, 17},
		{maxSlots, maxSlots},
		{maxSlots + 1, maxSlots},
		{math.MaxInt, maxSlots},
	} {
		var s slots
		if s.set(c.asked); s.limit != c.want || s.most != c.want || s.free() != c.want {
			t.Errorf("set(%d): %+v, want %d", c.asked, s, c.want)
		}
	}
	s := slots{used: 5}
	if s.set(3); s.free() != 0 {
		t.Errorf("with 5 in flight and 3 allowed, %d are free", s.free())
	}
	s.used = 2
	if s.free() != 1 {
		t.Errorf("with 2 in flight and 3 allowed, %d are free", s.free())
	}
}

func TestSlotsThrottle(t *testing.T) {
	now := time.Unix(1000, 0)
	var s slots
	s.set(16)
	wantLimit := func(why string, want int) {
		t.Helper()
		if s.limit != want {
			t.Fatalf("%s: %d slots, want %d", why, s.limit, want)
		}
	}
	s.throttle(now)
	wantLimit("refused once", 8)
	s.throttle(now)
	s.throttle(now.Add(999 * time.Millisecond))
	wantLimit("refused with the first", 8)
	for i, want := range []int{4, 2, 1, 1} {
		s.throttle(now.Add(time.Duration(i+1) * time.Second))
		wantLimit("refused a second later", want)
	}

	for range regrowAfter - 1 {
		s.succeed()
	}
	wantLimit("19 successes", 1)
	s.succeed()
	wantLimit("20 successes", 2)
	for range regrowAfter - 1 {
		s.succeed()
	}
	s.throttle(now.Add(4500 * time.Millisecond)) // too soon to cut, and the row is broken
	s.succeed()
	wantLimit("19 successes, a refusal, a success", 2)
	for range 100 * regrowAfter {
		s.succeed()
	}
	wantLimit("successes without end", 16)
	s.throttle(now.Add(time.Minute))
	wantLimit("refused after all these", 8)
	s.set(16)
	wantLimit("set anew", 16)
}

func TestEndpointMeasured(t *testing.T) {
	var e endpoint
	e.measured(MiB/4-1, time.Second)
	e.measured(MiB, 0)
	e.measured(MiB, -time.Second)
	if e.rate != 0 {
		t.Fatalf("rate %g, learnt from what is too small or took no time", e.rate)
	}
	e.measured(8*MiB, 2*time.Second)
	if e.rate != 4*MiB {
		t.Fatalf("rate %g, want the first measure", e.rate)
	}
	e.measured(12*MiB, time.Second)
	if e.rate != 5*MiB {
		t.Fatalf("rate %g, want an eighth of the way to the second", e.rate)
	}
	for range 200 {
		e.measured(MiB, time.Second)
	}
	if math.Abs(e.rate-MiB) > 1 {
		t.Errorf("rate %g after 200 measures of 1 MiB/s", e.rate)
	}
}

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

func TestMailboxKeepsTheOrder(t *testing.T) {
	b := newMailbox()
	var got []int
	for n := range 3 {
		b.put(func() { got = append(got, n) })
	}
	<-b.ready
	for _, f := range b.take() {
		f()
	}
	if len(got) != 3 || got[0] != 0 || got[2] != 2 {
		t.Errorf("called in the order %v", got)
	}
	if left := b.take(); len(left) != 0 {
		t.Errorf("%d taken twice", len(left))
	}
	select {
	case <-b.ready:
		t.Error("ready without mail")
	default:
	}
}
