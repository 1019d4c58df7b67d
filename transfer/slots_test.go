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
