package sink

import (
	"cmp"
	"time"
)

// Shape is what the way to the sink, and its service, are like. The zero value holds nothing
// up.
type Shape struct {
	Latency time.Duration // before each answer
	Each    int64         // bytes a second that a connection carries; 0: any number
	All     int64         // bytes a second that all connections carry together; 0: any number
	Most    int           // requests in flight from which on more are answered 503; 0: any number
	Fail    int           // every so manieth part is answered 503; 0: none
	Lose    int64         // bytes in all after each of which a connection is lost; 0: none
	// Certificate is the file that the sink writes its certificate to: it speaks TLS. "": it
	// does not.
	Certificate string

	For  time.Duration // how long it is like that, if there is a next
	Next *Shape        // what it is like then
}

const (
	// sliceTime is how much of what a connection may carry is read at a time, and
	// bufferTime how much of it the kernel may take in ahead.
	sliceTime, bufferTime = 10 * time.Millisecond, 50 * time.Millisecond
	leastSlice, mostSlice = 4 << 10, 64 << 10
	leastBuffer           = 8 << 10
	mostBuffer            = 1 << 20
)

// rate is what a connection carries, or its share where many share a line; 0: any number.
func (s *Shape) rate(many int64) int64 {
	each, share := s.Each, s.All/many
	if each == 0 || share == 0 {
		return cmp.Or(each, share)
	}
	return min(each, share)
}

// slice is how many bytes are read at a time: so few that a capped line flows evenly.
func (s *Shape) slice() int {
	rate := s.rate(16)
	if rate == 0 {
		return mostSlice
	}
	return int(min(max(during(rate, sliceTime), leastSlice), mostSlice))
}

// buffer is what the kernel may take in ahead of what was read, the least of all shapes to
// come; 0: as it likes. What it took in has left the client: more would hide a cap from it.
func (s *Shape) buffer() int {
	least := 0
	for ; s != nil; s = s.Next {
		if rate := s.rate(64); rate > 0 {
			n := int(min(max(during(rate, bufferTime), leastBuffer), mostBuffer))
			if least == 0 || n < least {
				least = n
			}
		}
	}
	return least
}

// during is what a rate comes to in some time.
func during(rate int64, d time.Duration) int64 {
	return int64(float64(rate) * d.Seconds())
}
