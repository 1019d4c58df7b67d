package faultproxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo starts a server that says back what it hears, and a proxy before it.
func echo(t *testing.T) *Proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c) // until either side ends
				_ = c.Close()
			}()
		}
	}()
	p, err := Start(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(); _ = l.Close(); <-done })
	return p
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := tryToDial(t, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tryToDial(t *testing.T, p *Proxy) (net.Conn, error) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second)) // nothing waits for it otherwise
	return c, nil
}

// say sends n bytes and returns how many came back before the end, and how it ended.
func say(c net.Conn, n int) (int64, error) {
	go func() { _, _ = c.Write(bytes.Repeat([]byte("x"), n)) }() // what comes back tells
	return io.CopyN(io.Discard, c, int64(n))
}

func TestBytesPassBothWays(t *testing.T) {
	p := echo(t)
	if n, err := say(dial(t, p), 1<<20); err != nil {
		t.Errorf("%d bytes came back: %v", n, err)
	}
	if p.Accepted() != 1 || p.Cuts() != 0 {
		t.Errorf("%d connections, %d cuts", p.Accepted(), p.Cuts())
	}
}

func TestCutAfter(t *testing.T) {
	p := echo(t)
	p.Set(Fault{Down: Line{CutAfter: 1000}, Times: 1})
	if n, err := say(dial(t, p), 1<<20); !errors.Is(err, syscall.ECONNRESET) || n > 1000 {
		t.Errorf("%d bytes came back: %v, want a reset", n, err)
	}
	if n, err := say(dial(t, p), 1<<20); err != nil {
		t.Errorf("the second connection got %d bytes: %v", n, err)
	}
	if p.Cuts() != 1 {
		t.Errorf("%d cuts", p.Cuts())
	}
	p.Set(Fault{Down: Line{CutAfter: 1000}, InOrder: true})
	if n, err := say(dial(t, p), 1000); err != nil || n != 1000 {
		t.Errorf("%d bytes came back in order: %v", n, err)
	}
}

func TestRate(t *testing.T) {
	p := echo(t)
	p.Set(Fault{Up: Line{Rate: 100 << 10}})
	begun := time.Now()
	one, other := dial(t, p), dial(t, p)
	done := make(chan error, 1)
	go func() { _, err := say(one, 20<<10); done <- err }()
	_, err := say(other, 20<<10)
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 350*time.Millisecond {
		t.Errorf("40 KiB passed two connections at 100 KiB/s in %v", took)
	}
}

func TestStallAndMuteEndLive(t *testing.T) {
	for _, f := range []Fault{{Mute: true}, {Up: Line{Stall: true}}, {Down: Line{Stall: true}}} {
		p := echo(t)
		p.Set(f)
		c := dial(t, p)
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, err := say(c, 10); n != 0 || err == nil {
			t.Errorf("%+v: %d bytes came back", f, n)
		}
		p.Set(Fault{})
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.CopyN(io.Discard, c, 10); err != nil {
			t.Errorf("%+v: after its end: %v", f, err)
		}
	}
}

func TestResetEndsOpenConnectionsAndNewOnes(t *testing.T) {
	p := echo(t)
	c := dial(t, p)
	if _, err := say(c, 10); err != nil {
		t.Fatal(err)
	}
	p.Set(Fault{Reset: true})
	fresh, err := tryToDial(t, p)
	var back int64
	if err == nil { // else the reset came before connect returned
		back, err = say(fresh, 10)
	}
	if err == nil {
		t.Errorf("%d bytes came back on a new connection", back)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("an open connection ended by %v", err)
	}
	p.Set(Fault{})
	if _, err := say(dial(t, p), 10); err != nil {
		t.Error(err)
	}
}

func TestOffRefusesAndOnServesTheSamePort(t *testing.T) {
	p := echo(t)
	c := dial(t, p)
	if _, err := say(c, 10); err != nil {
		t.Fatal(err)
	}
	p.Off()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("an open connection ended by %v", err)
	}
	if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new connection: %v", err)
	}
	if err := p.On(); err != nil {
		t.Fatal(err)
	}
	if _, err := say(dial(t, p), 10); err != nil {
		t.Error(err)
	}
}
