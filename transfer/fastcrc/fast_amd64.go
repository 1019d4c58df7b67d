//go:build cgo

package fastcrc

import "golang.org/x/sys/cpu"

// fast tells whether the processor multiplies without carries.
var fast = cpu.X86.HasPCLMULQDQ

// wide tells whether it does so for 512 bits at once.
var wide = cpu.X86.HasAVX512F && cpu.X86.HasAVX512VPCLMULQDQ
