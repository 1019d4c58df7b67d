package sink

import (
	"context"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/time/rate"
)

// line is what lies between clients and the sink. It holds the bytes of real connections
// back as they are read, so that the client's kernel sees a line that is full.
type line struct {
	now  atomic.Pointer[state]
	lost atomic.Int64
	read atomic.Int64 // bytes
}

// state is the shape in force.
type state struct {
	Shape
	all *rate.Limiter // nil: any number
}

func newLine(s Shape) *line {
	l := new(line)
	l.set(s)
	return l
}

func (l *line) set(s Shape) {
	next := &state{Shape: s}
	if s.All > 0 {
		next.all = limiter(s.All)
	}
	l.now.Store(next)
}

// limiter lets no more than a few milliseconds' worth through at once: sleeps take that
// much too long.
func limiter(bytesPerSecond int64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(bytesPerSecond), int(max(during(bytesPerSecond, sliceTime/2), mostSlice)))
}

// change puts one shape after the other into force.
func (l *line) change(ctx context.Context) {
	for s := l.now.Load(); s.Next != nil; s = l.now.Load() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.For):
			l.set(*s.Next)
		}
	}
}

// listen listens on a port of this computer, with connections as the line has them.
func (l *line) listen(ctx context.Context) (net.Listener, error) {
	first := l.now.Load()
	buffer := first.buffer()
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		if buffer == 0 {
			return nil
		}
		e := c.Control(func(fd uintptr) { err = narrow(int(fd), buffer) })
		if err == nil {
			err = e
		}
		return err
	}}
	inner, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil || buffer == 0 && first.Lose == 0 {
		return inner, err
	}
	return shaped{inner, l}, nil
}

// narrow gives connections a small buffer to receive in, and segments that fit in it many
// times: the loopback device's are of 64 KiB, and would go by fits and starts.
func narrow(fd, buffer int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer); err != nil {
		return err
	}
	segment := max(buffer/8, 1460)
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG, min(segment, 16<<10))
}

type shaped struct {
	net.Listener
	line *line
}

// Accept returns a connection that is held to the shape.
func (s shaped) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, line: s.line}, nil
}

// conn is one connection over the line.
type conn struct {
	net.Conn
	line *line
	own  *rate.Limiter
}

// Read reads a little, and takes as long for it as the line would.
func (c *conn) Read(p []byte) (int, error) {
	s := c.line.now.Load()
	n, err := c.Conn.Read(p[:min(len(p), s.slice())])
	if n == 0 {
		return n, err
	}
	if before := c.line.read.Add(int64(n)) - int64(n); s.Lose > 0 && (before+int64(n))/s.Lose > before/s.Lose {
		c.line.lost.Add(1)
		c.lose()
	}
	now := time.Now()
	wait := c.delay(s.Each, n, now)
	if s.all != nil {
		wait = max(wait, s.all.ReserveN(now, n).DelayFrom(now))
	}
	if wait > 0 {
		time.Sleep(wait) //nolint:forbidigo // it is the line
	}
	return n, err
}

// delay is how long this connection takes for so many bytes.
func (c *conn) delay(each int64, n int, now time.Time) time.Duration {
	if each == 0 {
		return 0
	}
	if c.own == nil || c.own.Limit() != rate.Limit(each) {
		c.own = rate.NewLimiter(rate.Limit(each), mostSlice)
		c.own.ReserveN(now, mostSlice) // it begins with nothing saved up
	}
	return c.own.ReserveN(now, n).DelayFrom(now)
}

// lose ends the connection without a word.
func (c *conn) lose() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // it is closed already
	}
	c.Close() //nolint:errcheck // likewise
}
