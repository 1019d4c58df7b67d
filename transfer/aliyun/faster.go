package aliyun

import (
	"time"

	"partway/transfer"
)

// Faster returns a Dial whose clocks run n times as fast as [Dial]'s, for tests that let
// them run out. What is not a limit stays as it is.
func Faster(n time.Duration) transfer.Dial {
	k := productClocks
	k.connect, k.stall, k.answer, k.complete = k.connect/n, k.stall/n, k.answer/n, k.complete/n
	k.tick = max(k.tick/n, 5*time.Millisecond)
	return by(environment{}, k)
}
