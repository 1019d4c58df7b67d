package transfer

import (
	"testing"
	"time"
)

func TestMD5IsLeftOutWhereItIsTheLimit(t *testing.T) {
	const size = 8 * MiB
	hashing := 10 * time.Millisecond // of 8 MiB
	var l md5Load
	step := func(rest time.Duration) {
		if l.heavy {
			l.learn(size, 0, rest)
		} else {
			l.learn(size, hashing, rest+hashing)
		}
	}
	parts := func(n int, rest time.Duration) {
		for range n {
			step(rest)
		}
	}
	parts(50, 90*time.Millisecond) // a tenth of the time
	if l.heavy {
		t.Fatal("left out where it takes a tenth of the time")
	}
	parts(1, 5*time.Millisecond)
	if l.heavy {
		t.Error("left out because of one part")
	}
	parts(10, 5*time.Millisecond) // two thirds
	if !l.heavy {
		t.Fatal("computed where it takes two thirds of the time")
	}
	parts(50, 40*time.Millisecond) // would take a fifth
	if !l.heavy {
		t.Error("computed again where it would take a fifth: that goes back and forth")
	}
	parts(50, 190*time.Millisecond) // would take a twentieth
	if l.heavy {
		t.Error("left out where it would take a twentieth of the time")
	}
	parts(50, 40*time.Millisecond)
	if l.heavy {
		t.Error("left out where it takes a fifth: that goes back and forth")
	}
}

func TestMD5LearnsNothingFromSmallParts(t *testing.T) {
	var l md5Load
	for range 50 {
		l.learn(leastMD5-1, time.Second, time.Second)
		l.learn(MiB, 0, 0)
	}
	if l != (md5Load{}) {
		t.Errorf("learnt %+v", l)
	}
}
