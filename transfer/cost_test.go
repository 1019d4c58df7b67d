package transfer

import "testing"

func TestCostsAreReadBack(t *testing.T) {
	c := Carried{Kept: 41 * MiB, Proved: 3, Send: 8 * MiB}
	if got, ok := ParseCarried(c.String()); got != c || !ok {
		t.Errorf("%q is read as %+v, %v", c, got, ok)
	}
	if got, ok := ParseGivenUp(GivenUp(MiB).String()); got != MiB || !ok {
		t.Errorf("%q is read as %d, %v", GivenUp(MiB), got, ok)
	}
	for _, text := range []string{"", "kept 3, proved 1 by reading, to send 2", "kept 3 B, proved 1 B by reading, to send 2 B of", "3 B in flight "} {
		if _, ok := ParseCarried(text); ok {
			t.Errorf("%q is taken for bytes", text)
		}
		if _, ok := ParseGivenUp(text); ok {
			t.Errorf("%q is taken for bytes", text)
		}
	}
}
