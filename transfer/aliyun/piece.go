package aliyun

import (
	"errors"
	"io"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// net/http copies a body in pieces of 32 KiB. Larger ones cost a fast line less. On a slow one
// they would only be read before their time, so that their size follows the line; and where
// many connections send at once, each is slower: their pieces share a budget.
const (
	leastPiece  = 32 << 10
	mostPiece   = 256 << 10
	pieceBudget = 2 << 20
	swift       = 5 * time.Millisecond // a piece that is gone within this makes the next larger
	slow        = 50 * time.Millisecond
)

var (
	sending atomic.Int64 // connections
	pieces  [4]sync.Pool // of leastPiece, twice as much, and so on to mostPiece
)

func poolOf(size int) *sync.Pool { return &pieces[bits.TrailingZeros(uint(size/leastPiece))] }

func takePiece(size int) *[]byte {
	if p, ok := poolOf(size).Get().(*[]byte); ok {
		return p
	}
	p := make([]byte, size)
	return &p
}

func givePiece(p *[]byte) { poolOf(len(*p)).Put(p) }

// ReadFrom sends what r holds. net/http has the body of a request written by it, where there
// is no TLS in between.
func (c *conn) ReadFrom(r io.Reader) (sent int64, err error) {
	sending.Add(1)
	defer sending.Add(-1)
	piece := takePiece(leastPiece)
	defer func() { givePiece(piece) }()
	_, known := c.unsent(c.Conn)
	for {
		read, end := r.Read(*piece)
		if read > 0 {
			begun := time.Now()
			n, err := c.Write((*piece)[:read])
			sent += int64(n)
			if err != nil {
				return sent, err
			}
			// Where the system does not say what has left, a write that returns is all that shows
			// progress.
			if known {
				piece = resized(piece, nextPiece(len(*piece), time.Since(begun), sending.Load()))
			}
		}
		if errors.Is(end, io.EOF) {
			return sent, nil
		}
		if end != nil {
			return sent, end
		}
	}
}

func resized(piece *[]byte, size int) *[]byte {
	if size == len(*piece) {
		return piece
	}
	givePiece(piece)
	return takePiece(size)
}

// nextPiece is how much to send at once after a piece that took so long, while so many
// connections send.
func nextPiece(size int, took time.Duration, many int64) int {
	switch {
	case took < swift:
		size = min(2*size, mostPiece)
	case took > slow:
		size = leastPiece
	}
	for size > leastPiece && int64(size)*many > pieceBudget {
		size /= 2
	}
	return size
}
