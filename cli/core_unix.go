//go:build unix

package cli

import (
	"fmt"
	"syscall"
)

// ForbidCoreDumps has the system write no image of this process's memory to the disk when
// it crashes: secrets are in it. A stack without their text is in the log anyway.
func ForbidCoreDumps() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("read the limit of core dumps: %w", err)
	}
	limit.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	return nil
}
