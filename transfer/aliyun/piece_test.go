package aliyun

import (
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// pacedConn takes so long for each write.
type pacedConn struct {
	net.Conn
	takes func(n int) time.Duration
}

func (c pacedConn) Write(p []byte) (int, error) {
	time.Sleep(c.takes(len(p))) //nolint:forbidigo // in a bubble
	return len(p), nil
}

// readSizes notes how much is asked for at a time.
type readSizes struct {
	from  io.Reader
	sizes []int
}

func (r *readSizes) Read(p []byte) (int, error) {
	r.sizes = append(r.sizes, len(p))
	return r.from.Read(p)
}

// TestLargePiecesAreFew: only so many connections have room for large pieces, another gets it
// once one is slow or ends, and no room is made while one lies idle.
func TestLargePiecesAreFew(t *testing.T) {
	var r rooms
	var connections [][]byte
	large := func() (n int) {
		for _, room := range connections {
			if len(room) == mostPiece {
				n++
			}
		}
		return n
	}
	for range 64 {
		connections = append(connections, r.fitting(r.takeSmall(), 2*leastPiece))
	}
	if n := large(); n != largeRooms {
		t.Fatalf("%d connections have large pieces, want %d", n, largeRooms)
	}
	connections[0] = r.fitting(connections[0], leastPiece)
	connections[63] = r.fitting(connections[63], 2*leastPiece)
	if len(connections[0]) != leastPiece || len(connections[63]) != mostPiece || large() != largeRooms {
		t.Errorf("%d connections have large pieces, the slow one %d bytes, another %d", large(), len(connections[0]), len(connections[63]))
	}
	for _, room := range connections {
		r.give(room)
	}
	if len(r.large) != largeRooms || len(r.small) != 64-largeRooms+1 { // large ones took the place of one small one
		t.Errorf("%d large and %d small ones are kept", len(r.large), len(r.small))
	}
}

func TestPiecesFollowTheLine(t *testing.T) {
	const fast, crawling = time.Millisecond, 100 * time.Millisecond
	told := func(net.Conn) (int, bool) { return 0, true }
	untold := func(net.Conn) (int, bool) { return 0, false }
	tests := []struct {
		name   string
		unsent unsentFunc
		takes  []time.Duration // write by write; the last goes on
		want   []int           // KiB
	}{
		{"fast", told, []time.Duration{fast}, []int{32, 64, 128, 256, 256, 256}},
		{"in between", told, []time.Duration{fast, 20 * time.Millisecond}, []int{32, 64, 64, 64, 64, 64}},
		{"slow", told, []time.Duration{crawling}, []int{32, 32, 32, 32, 32, 32}},
		{"turns slow", told, []time.Duration{fast, fast, fast, crawling}, []int{32, 64, 128, 256, 32, 32}},
		{"the system does not say what has left", untold, []time.Duration{fast}, []int{32, 32, 32, 32, 32, 32}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				c := newConn(pacedConn{takes: func(int) time.Duration {
					n++
					return tt.takes[min(n, len(tt.takes))-1]
				}}, tt.unsent)
				r := &readSizes{from: io.LimitReader(endless{}, 4<<20)}
				sent, err := c.ReadFrom(r)
				if sent != 4<<20 || err != nil || c.written.Load() != sent {
					t.Errorf("sent %d, written %d, error %v", sent, c.written.Load(), err)
				}
				for i := range r.sizes {
					r.sizes[i] >>= 10
				}
				if got := r.sizes[:len(tt.want)]; !slices.Equal(got, tt.want) {
					t.Errorf("pieces of %v KiB, want %v", got, tt.want)
				}
			})
		})
	}
}
