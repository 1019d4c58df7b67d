package sink

import (
	"context"
	"net"
	"time"

	"golang.org/x/time/rate"
)

// Shape is a line, and how much its service takes. The zero value holds nothing up.
type Shape struct {
	Latency time.Duration // before each answer
	Each    float64       // bytes per second of one connection; 0: no cap
	All     float64       // bytes per second of all; 0: no cap
	Most    int           // requests in flight from which on 503 is answered; 0: any number
	Fail    int           // every so manieth part is answered 503; 0: none

	Then  *Shape        // what it becomes, if it does
	After time.Duration // since the first request
}

// piece is how much of a capped connection is taken at once, in bytes.
const piece = 16 << 10

// buffer is how much a capped connection holds in the kernel: what a client has sent is to be
// what the line took.
const buffer = 64 << 10

func limiter(bytesPerSecond float64) *rate.Limiter {
	if bytesPerSecond <= 0 {
		return rate.NewLimiter(rate.Inf, piece)
	}
	return rate.NewLimiter(rate.Limit(bytesPerSecond), piece)
}

// line is what connections have in common.
type line struct {
	net.Listener
	now Shape
	all *rate.Limiter
}

func newLine(l net.Listener, s Shape) *line { return &line{Listener: l, now: s, all: limiter(s.All)} }

// become changes what new connections, and the sum of all, are held to. Connections that are
// open are held to the cap of their begin, as those of a real line would keep their path.
func (l *line) become(s Shape) {
	l.all.SetLimit(limiter(s.All).Limit())
}

// Accept takes a connection, and caps it.
func (l *line) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil || l.now.Each <= 0 && l.now.All <= 0 {
		return c, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		if err := tcp.SetReadBuffer(buffer); err != nil {
			return nil, err
		}
	}
	return &capped{Conn: c, limits: []*rate.Limiter{limiter(l.now.Each), l.all}}, nil
}

type capped struct {
	net.Conn
	limits []*rate.Limiter
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p[:min(len(p), piece)])
	for _, l := range c.limits {
		if err := l.WaitN(context.Background(), n); err != nil {
			return n, err
		}
	}
	return n, err
}
