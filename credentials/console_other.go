//go:build !windows

package credentials

import "os/exec"

// windowless does nothing: no system but Windows opens a window for a program's output.
func windowless(*exec.Cmd) {}
