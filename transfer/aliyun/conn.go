package aliyun

import (
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
