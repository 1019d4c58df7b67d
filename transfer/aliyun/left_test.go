package aliyun

import (
	"strings"
	"testing"
)

// TestSentIsWhatThePeerHas tells what was read, but no more than was acknowledged.
func TestSentIsWhatThePeerHas(t *testing.T) {
	for _, c := range []struct {
		name  string
		acked int64
		known bool
		want  int64
	}{
		{"the kernel holds a part of it", 6, true, 6},
		{"nothing was acknowledged", 0, true, 0},
		{"all has left, with a header", 40, true, 10},
		{"the system does not say", 0, false, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &request{body: newBody(strings.NewReader("0123456789"), 10, false)}
			if _, err := r.body.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			if got := r.sent(c.acked, c.known); got != c.want {
				t.Errorf("%d bytes have left, want %d", got, c.want)
			}
		})
	}
}
