package aliyun

import (
	"strings"
	"sync/atomic"
	"testing"
)

// TestLeftIsWhatTheKernelNoLongerHolds tells what was read less what has not left yet.
func TestLeftIsWhatTheKernelNoLongerHolds(t *testing.T) {
	for _, c := range []struct {
		name string
		seen observation
		want int64
	}{
		{"the kernel holds a part of it", observation{known: true, unsent: 4}, 6},
		{"it holds more than the body: a header", observation{known: true, unsent: 40}, 0},
		{"all has left", observation{known: true}, 10},
		{"the system does not say", observation{unsent: 4}, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			var left atomic.Int64
			r := &request{left: &left, body: newBody(strings.NewReader("0123456789"), 10, false)}
			if _, err := r.body.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			r.tell(c.seen)
			if got := left.Load(); got != c.want {
				t.Errorf("%d bytes have left, want %d", got, c.want)
			}
		})
	}
}
