//go:build !linux

package look

import "runtime/debug"

// Release gives memory back to the system that the runtime keeps for later. It may be called
// from any goroutine.
func Release() { debug.FreeOSMemory() }
