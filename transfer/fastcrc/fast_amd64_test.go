//go:build cgo

package fastcrc

import "testing"

// The width that this processor does not take by itself is as right, if it has it.
func TestTheOtherWidthEqualsTheStandardLibrary(t *testing.T) {
	if !wide {
		t.Log("this processor has one width only")
		return
	}
	wide = false
	defer func() { wide = true }()
	equalsTheStandardLibrary(t)
}
