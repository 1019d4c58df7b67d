// Package faultproxy breaks connections on order, below HTTP, where the rules of package
// fault cannot reach: it passes bytes between clients and one server, both on this
// computer, and can be told at any moment to slow down, to stop, or to cut.
package faultproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"partway/transfer/osslocal/pace"
)

// readBuffer is small, so that what a client wrote waits in the client's own kernel, as it
// does before a slow line. It is twice the largest packet on loopback: below that, the two
// kernels wait for each other, and hardly anything passes.
const readBuffer = 128 << 10

// Line is what happens to the bytes of one direction.
type Line struct {
	Rate     int64 // bytes a second; 0: no limit
	Each     bool  // Rate is each connection's own; otherwise all share it
	Stall    bool  // nothing passes
	CutAfter int64 // cut a connection once it passed so many bytes since Set; 0: never
}

// Fault is what a Proxy does. The zero Fault passes everything on.
type Fault struct {
	Reset    bool // take connections, and end them by RST at once, those that are open too
	Mute     bool // accept connections, and neither read nor answer: a half-open peer
	Up, Down Line // from the client to the server, and back
	Times    int  // CutAfter acts on so many connections; 0: on all
	InOrder  bool // CutAfter ends the connection in order (FIN), not by RST
}

// Proxy is a running proxy. It is safe for use by many goroutines.
type Proxy struct {
	target, addr string
	work         sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while off
	fault    Fault
	turn     int           // how often Set was called
	changed  chan struct{} // closed at the next Set
	cuts     int           // of this turn
	accepted int
	up, down pace.Pace // shared by all connections
	open     map[net.Conn]struct{}
}

// Start proxies a free port of this computer to target, "host:port".
func Start(target string) (*Proxy, error) {
	p := &Proxy{target: target, addr: "127.0.0.1:0", changed: make(chan struct{}), open: map[net.Conn]struct{}{}}
	if err := p.On(); err != nil {
		return nil, err
	}
	return p, nil
}

// Addr is where clients connect, "127.0.0.1:port".
func (p *Proxy) Addr() string { return p.addr }

// Set puts a fault into force, also for connections that are open.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.cuts = f, 0
	p.turn++
	close(p.changed)
	p.changed = make(chan struct{})
	if f.Reset {
		p.resetAll()
	}
}

// Cuts tells how many connections CutAfter has ended since Set.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// Accepted tells how many connections were accepted in all.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// On listens, after Off on the same port again. It does nothing while the proxy is on.
func (p *Proxy) On() error {
	p.mu.Lock()
	on := p.listener != nil
	p.mu.Unlock()
	if on {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", p.addr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.listener, p.addr = l, l.Addr().String()
	p.mu.Unlock()
	p.work.Go(func() { p.accept(l) })
	return nil
}

// Off resets all connections and refuses new ones.
func (p *Proxy) Off() {
	p.mu.Lock()
	l := p.listener
	p.listener = nil
	p.mu.Unlock()
	if l != nil {
		_ = l.Close() // it was listening
	}
	p.Reset()
}

// Reset ends all open connections by RST.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resetAll()
}

// resetAll is Reset, for callers that hold mu.
func (p *Proxy) resetAll() {
	for c := range p.open {
		reset(c)
	}
}

// Close ends the proxy and waits for its goroutines.
func (p *Proxy) Close() {
	p.Off()
	p.Set(Fault{}) // wakes up what stalls
	p.work.Wait()
}

func (p *Proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		if tcp, ok := client.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(readBuffer) // a wish
		}
		server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.target)
		if err != nil {
			reset(client)
			continue
		}
		p.join(client, server)
	}
}

// join passes bytes both ways until one side ends.
func (p *Proxy) join(client, server net.Conn) {
	p.mu.Lock()
	off := p.listener == nil || p.fault.Reset
	p.accepted++
	p.open[client], p.open[server] = struct{}{}, struct{}{}
	p.mu.Unlock()
	if off { // accepted just before, perhaps
		reset(client)
	}
	var ways sync.WaitGroup
	ways.Go(func() { p.pass(server, client, true) })
	ways.Go(func() { p.pass(client, server, false) })
	p.work.Go(func() {
		ways.Wait()
		_, _ = client.Close(), server.Close() // closed or reset already, mostly
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, client)
		delete(p.open, server)
	})
}

// pass copies one direction. Its end is passed on as it came: in order, or as a reset.
func (p *Proxy) pass(to, from net.Conn, up bool) {
	w := &way{proxy: p, up: up, to: to, from: from}
	buffer := make([]byte, 32<<10)
	for {
		size, ok := w.ready(int64(len(buffer)))
		if !ok {
			return
		}
		// A read that waits while the fault changes still passes on what came under the old one.
		n, err := from.Read(buffer[:size])
		if n > 0 {
			w.wait(int64(n))
			if _, werr := to.Write(buffer[:n]); werr != nil {
				reset(from)
				return
			}
			w.passed += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF):
			closeWrite(to)
			return
		case err != nil:
			reset(to)
			return
		}
	}
}

func closeWrite(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // gone already, perhaps
	}
}

// reset closes a connection so that its peer sees RST.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // gone already, perhaps
	}
	_ = c.Close() // as above
}

// way is one direction of a connection.
type way struct {
	proxy    *Proxy
	up       bool
	to, from net.Conn
	turn     int
	passed   int64 // bytes, since the turn began
	own      pace.Pace
	pace     *pace.Pace // nil: no limit
	rate     int64
}

// ready waits while nothing may pass, and returns how many bytes may be read at once.
// False: the connection was cut.
func (w *way) ready(most int64) (int64, bool) {
	p := w.proxy
	for {
		p.mu.Lock()
		f, changed := p.fault, p.changed
		line, shared := f.Down, &p.down
		if w.up {
			line, shared = f.Up, &p.up
		}
		if w.turn != p.turn {
			w.turn, w.passed = p.turn, 0
		}
		cut := line.CutAfter > 0 && w.passed >= line.CutAfter && (f.Times == 0 || p.cuts < f.Times)
		if cut {
			p.cuts++
		}
		ended := p.listener == nil
		p.mu.Unlock()
		if cut {
			w.cut(f.InOrder)
			return 0, false
		}
		if ended || !f.Mute && !line.Stall {
			return w.size(line, shared, most), true
		}
		<-changed
	}
}

func (w *way) size(line Line, shared *pace.Pace, most int64) int64 {
	w.pace, w.rate = nil, line.Rate
	if line.Rate > 0 {
		w.pace = shared
		if line.Each {
			w.pace = &w.own
		}
		most = min(most, max(1, line.Rate/20)) // twenty steps a second
	}
	if line.CutAfter > w.passed {
		most = min(most, line.CutAfter-w.passed)
	}
	return most
}

func (w *way) cut(inOrder bool) {
	for _, c := range []net.Conn{w.to, w.from} {
		if inOrder {
			_ = c.Close() // gone already, perhaps
		} else {
			reset(c)
		}
	}
}

// wait takes the time that n bytes need, unless the fault changes meanwhile.
func (w *way) wait(n int64) {
	if w.pace == nil {
		return
	}
	w.proxy.mu.Lock()
	changed := w.proxy.changed
	w.proxy.mu.Unlock()
	timer := time.NewTimer(w.pace.Take(n, w.rate))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	}
}
