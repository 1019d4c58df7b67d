package transfer

import (
	"math"
	"testing"
	"time"
)

func TestSlotsSet(t *testing.T) {
	for _, c := range []struct{ asked, limit, most int }{
		{-1, firstSlots, maxSlots},
		{0, firstSlots, maxSlots},
		{1, 1, 1},
		{17, 17, 17},
		{maxSlots, maxSlots, maxSlots},
		{maxSlots + 1, maxSlots, maxSlots},
		{math.MaxInt, maxSlots, maxSlots},
	} {
		var s slots
		if s.set(c.asked); s.limit != c.limit || s.most != c.most || s.free() != c.limit {
			t.Errorf("set(%d): %+v, want %d of %d", c.asked, s, c.limit, c.most)
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
	s.set(0)
	s.limit = 40 // as found
	if s.set(0); s.limit != 40 {
		t.Errorf("what was found was forgotten: %d", s.limit)
	}
}

func TestSlotsCountTheTimeTheyAreFree(t *testing.T) {
	now := time.Unix(1000, 0)
	s := slots{}
	s.set(2)
	for i, used := range []int{2, 1, 0, 2, 2} { // a second each
		s.used = used
		s.noteLean(now.Add(time.Duration(i) * time.Second))
	}
	if s.lean != 2*time.Second {
		t.Errorf("free for %s, want 2 s", s.lean)
	}
}

// A slot whose part waits for its upload's own limit is another's meanwhile, and tells
// nothing about the line.
func TestSlotsThatAreLent(t *testing.T) {
	for _, c := range []struct{ limit, used, lent, free int }{
		{4, 4, 0, 0}, {4, 4, 1, 1}, {4, 6, 2, 0}, {4, 7, 2, 0}, {4, 5, 3, 2}, {4, 2, 2, 4},
	} {
		s := slots{used: c.used, lent: c.lent}
		s.set(c.limit)
		if got := s.free(); got != c.free {
			t.Errorf("%d of %d in flight, %d of them lent: %d free, want %d", c.used, c.limit, c.lent, got, c.free)
		}
	}
}

// What measure tells the climb: the slots that carry, and for how long some were free.
func TestSlotsMeasure(t *testing.T) {
	now := time.Unix(1000, 0)
	s := slots{used: 10, lent: 3}
	s.set(0)
	s.measure(now, 5)
	if want := (sample{now: now, sent: 5, used: 7}); s.begun != want {
		t.Errorf("the climb was told %+v, want %+v", s.begun, want)
	}
	s.used = 9 // two of the eight are free
	s.noteLean(now)
	s.measure(now.Add(slowWindow), 9)
	if want := (sample{now: now.Add(slowWindow), sent: 9, used: 6, lean: slowWindow}); s.begun != want {
		t.Errorf("the climb was told %+v, want %+v", s.begun, want)
	}
	if s.leanSince.IsZero() {
		t.Error("slots are still free, and their time is not counted on")
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
