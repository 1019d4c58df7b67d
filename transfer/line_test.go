package transfer_test

import (
	"context"
	"io"
	"net"
	"sync"
)

// line is what lies between the engine and the endpoint: a relay that can be cut.
type line struct {
	t    tester
	addr string
	to   string // the endpoint's address

	mu       sync.Mutex
	state    lineState
	listener net.Listener // nil while connections are refused
	conns    map[net.Conn]bool
	calls    sync.WaitGroup
}

// lineState is what becomes of connections.
type lineState string

const (
	lineUp      lineState = "up"
	lineReset   lineState = "reset"   // taken, and ended by RST
	lineRefused lineState = "refused" // nobody listens
)

func newLine(t tester) *line {
	t.Helper()
	n := &line{t: t, addr: "127.0.0.1:0", state: lineRefused, conns: map[net.Conn]bool{}}
	n.set(lineUp)
	n.addr = n.listener.Addr().String()
	t.Cleanup(func() {
		n.set(lineRefused)
		n.calls.Wait()
	})
	return n
}

func (n *line) url() string { return "http://" + n.addr }

func (n *line) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		n.calls.Go(func() { n.relay(c) })
	}
}

// relay carries both directions until one of them ends.
func (n *line) relay(c net.Conn) {
	defer n.drop(c)
	if !n.keep(c) {
		return
	}
	var d net.Dialer
	there, err := d.DialContext(context.Background(), "tcp", n.to)
	if err != nil {
		return
	}
	defer n.drop(there)
	if !n.keep(there) {
		return
	}
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{c: there, there: c} {
		both.Go(func() {
			io.Copy(to, from) //nolint:errcheck // however it ends, both are dropped
			n.drop(c)
			n.drop(there)
		})
	}
	both.Wait()
}

// keep notes a connection, unless the line is cut.
func (n *line) keep(c net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state == lineUp {
		n.conns[c] = true
	}
	return n.state == lineUp
}

// drop ends a connection by RST, as a router does that forgot it.
func (n *line) drop(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0) //nolint:errcheck // it is gone already
	}
	c.Close() //nolint:errcheck // as above
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// set cuts the line, with all that is on it, or mends it.
func (n *line) set(state lineState) {
	n.t.Helper()
	n.mu.Lock()
	n.state = state
	if state == lineRefused && n.listener != nil {
		n.listener.Close() //nolint:errcheck // another is made
		n.listener = nil
	}
	if state != lineRefused && n.listener == nil {
		var lc net.ListenConfig
		l, err := lc.Listen(context.Background(), "tcp", n.addr)
		if err != nil {
			n.mu.Unlock()
			n.t.Fatal(err)
		}
		n.listener = l
		n.calls.Go(func() { n.accept(l) })
	}
	var conns []net.Conn
	if state != lineUp {
		for c := range n.conns {
			conns = append(conns, c)
		}
	}
	n.mu.Unlock()
	for _, c := range conns {
		n.drop(c)
	}
}
