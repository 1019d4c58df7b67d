package aliyun

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// earlyAnswer is how long a failed write waits for an answer to be read. A server that
// refuses a part before having read it answers and closes; the write then fails, and
// net/http would report that failure and drop the answer, which says why.
const earlyAnswer = 250 * time.Millisecond

// unsentFunc tells how many bytes written to a connection the peer's kernel has not
// acknowledged. False: this system cannot say.
type unsentFunc func(net.Conn) (int, bool)

// conn counts what passes through a connection, below TLS.
type conn struct {
	net.Conn
	unsent  unsentFunc
	begun   atomic.Int64 // bytes that a Write was called with
	written atomic.Int64 // bytes that the kernel took
	read    atomic.Int64
	writing atomic.Bool // a Write is under way

	closing sync.Once
	closed  chan struct{}
}

func newConn(c net.Conn, unsent unsentFunc) *conn {
	return &conn{Conn: c, unsent: unsent, closed: make(chan struct{})}
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	c.begun.Add(int64(len(p)))
	c.writing.Store(true)
	n, err := c.Conn.Write(p)
	c.writing.Store(false)
	c.written.Add(int64(n))
	if err != nil {
		c.awaitAnswer()
	}
	return n, err
}

// net/http copies a body in pieces of 32 KiB. Larger ones cost a fast line less. On a slow one
// they would only be read before their time, so that their size follows the line.
const (
	leastPiece = 32 << 10
	mostPiece  = 256 << 10
	swift      = 5 * time.Millisecond // a piece that is gone within this makes the next larger
	slow       = 50 * time.Millisecond
)

var pieces = sync.Pool{New: func() any { return new([mostPiece]byte) }}

// ReadFrom sends what r holds. net/http has the body of a request written by it, where there
// is no TLS in between.
func (c *conn) ReadFrom(r io.Reader) (sent int64, err error) {
	piece, size := pieces.Get().(*[mostPiece]byte), leastPiece //nolint:forcetypeassert // nothing else is put there
	defer pieces.Put(piece)
	most := mostPiece
	if _, known := c.unsent(c.Conn); !known { // a write that returns is all that shows progress
		most = leastPiece
	}
	for {
		read, end := r.Read(piece[:size])
		if read > 0 {
			begun := time.Now()
			n, err := c.Write(piece[:read])
			sent += int64(n)
			if err != nil {
				return sent, err
			}
			size = min(nextPiece(size, time.Since(begun)), most)
		}
		if errors.Is(end, io.EOF) {
			return sent, nil
		}
		if end != nil {
			return sent, end
		}
	}
}

// nextPiece is how much to send at once after a piece that took so long.
func nextPiece(size int, took time.Duration) int {
	switch {
	case took < swift:
		return min(2*size, mostPiece)
	case took > slow:
		return leastPiece
	}
	return size
}

func (c *conn) awaitAnswer() {
	timer := time.NewTimer(earlyAnswer)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.closed:
	}
}

// Close closes the connection, and ends a wait for an early answer.
func (c *conn) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// discard makes the coming Close drop what the kernel still holds. Without it a paused
// upload would go on sending up to 4 MiB a connection.
func (c *conn) discard() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // fails on a closed connection only
	}
}
