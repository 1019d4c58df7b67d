//go:build cgo

package fastcrc

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// fast tells whether the processor multiplies without carries.
var fast = cpu.X86.HasPCLMULQDQ

// wide tells whether it does so for 512 bits at once. GCC for Windows puts such registers on
// a stack that is not aligned for them (its bug 54412).
var wide = cpu.X86.HasAVX512F && cpu.X86.HasAVX512VPCLMULQDQ && runtime.GOOS != "windows"
