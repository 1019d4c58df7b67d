//go:build unix

package cli

import (
	"syscall"
	"testing"
)

func TestE12NoCoreDumps(t *testing.T) {
	var before, after syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	before.Cur = before.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	if err := ForbidCoreDumps(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &after); err != nil || after.Cur != 0 || after.Max != before.Max {
		t.Errorf("limits %+v, then %+v, %v", before, after, err)
	}
}
