package sink

import "time"

// Shape is what the way to the sink, and its service, are like. The zero value holds nothing
// up.
type Shape struct {
	Latency time.Duration // before each answer
	Fail    int           // every so manieth part is answered 503; 0: none
}
