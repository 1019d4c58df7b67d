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

func TestPiecesShareABudget(t *testing.T) {
	for many, want := range map[int64]int{1: 256, 8: 256, 9: 128, 16: 128, 17: 64, 32: 64, 33: 32, 64: 32, 1000: 32} {
		size := leastPiece
		for range 5 {
			size = nextPiece(size, 0, many)
		}
		if size != want<<10 {
			t.Errorf("%d connections: pieces of %d KiB, want %d", many, size>>10, want)
		}
	}
	if got := nextPiece(mostPiece, 0, 64); got != leastPiece {
		t.Errorf("a large piece stays at %d bytes once many send", got)
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
