//go:build cgo

package fastcrc

import "golang.org/x/sys/cpu"

// fast tells whether the processor multiplies without carries.
var fast = cpu.X86.HasPCLMULQDQ
