//go:build cgo

package fastcrc

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// fast tells whether the processor multiplies without carries. Every arm64 of macOS does,
// which lets no program ask.
var fast = cpu.ARM64.HasPMULL || runtime.GOOS == "darwin"

// wide is of other processors.
var wide = false
