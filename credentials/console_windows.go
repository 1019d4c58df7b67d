package credentials

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// windowless keeps Windows from opening a console for a program, which a program with a window
// has none to lend: it would flash up each time the credentials are renewed.
func windowless(run *exec.Cmd) {
	run.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}
