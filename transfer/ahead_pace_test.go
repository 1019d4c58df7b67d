package transfer

import (
	"testing"
	"time"
)

// TestMoreAreBegunAheadWhereFilesAreFast: as many more as leave while intents become durable,
// however many slots there are.
func TestMoreAreBegunAheadWhereFilesAreFast(t *testing.T) {
	const slots = 8
	tests := []struct {
		name  string
		every time.Duration // one leaves
		want  int
	}{
		{"small files", 500 * time.Microsecond, slots + 60},
		{"a line that answers after 30 ms", 4 * time.Millisecond, slots + 7},
		{"slow", time.Second, slots},
	}
	for _, test := range tests {
		var a ahead
		if got := a.most(slots); got != slots {
			t.Fatalf("%d at the start, want %d", got, slots)
		}
		now := time.Unix(1000, 0)
		for range 200 {
			now = now.Add(test.every)
			a.leave(now)
		}
		if got := a.most(slots); got < test.want-1 || got > test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	var a ahead
	now := time.Unix(1000, 0)
	for range 200 {
		now = now.Add(time.Millisecond)
		a.leave(now)
	}
	a.leave(now.Add(time.Minute))
	if got := a.most(slots); got != slots {
		t.Errorf("after a pause %d, want %d", got, slots)
	}
}
