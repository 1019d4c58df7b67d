package transfer

import "testing"

// TestOutflowIsAskedWhileItIsFollowed asks for the count of the moment, and keeps the last.
func TestOutflowIsAskedWhileItIsFollowed(t *testing.T) {
	var o Outflow
	if o.Bytes() != 0 {
		t.Errorf("%d bytes before anything was sent", o.Bytes())
	}
	left := int64(3)
	o.Follow(func() int64 { return left })
	for _, want := range []int64{3, 5} {
		left = want
		if got := o.Bytes(); got != want {
			t.Errorf("%d bytes, want %d", got, want)
		}
	}
	left = 7
	o.Follow(nil)
	left = 9 // the connection carries another request
	if o.Bytes() != 7 {
		t.Errorf("%d bytes after the end, want 7", o.Bytes())
	}
	o.Follow(nil)
}
