package aliyun

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"
)

type exchangeKey struct{}

// exchange notes what is known of one request while net/http carries it out, in
// goroutines of its own.
type exchange struct {
	mu        sync.Mutex
	conn      *conn
	base      int64 // conn.begun when the request got it
	ackedBase int64 // what of the connection was acknowledged then
	earlier   bool  // a connection before this one was written to
	got       time.Time
	wrote     time.Time
	tlsFailed bool // the TLS handshake was refused by one side
	first     time.Time
	status    int // 0 while there is no answer
	header    http.Header
	signature string // of this request: never to be repeated
}

// trace returns a context whose requests report to the exchange.
func (e *exchange) trace(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, exchangeKey{}, e)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { e.noteConn(info.Conn) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.tlsFailed = isTLSRefusal(err)
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			e.mu.Lock()
			defer e.mu.Unlock()
			if info.Err == nil {
				e.wrote = time.Now()
			}
		},
		GotFirstResponseByte: func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.first = time.Now()
		},
	})
}

func (e *exchange) noteConn(c net.Conn) {
	for {
		t, ok := c.(*tls.Conn)
		if !ok {
			break
		}
		c = t.NetConn()
	}
	counted, _ := c.(*conn)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.earlier = e.writtenTo()
	e.conn, e.got = counted, time.Now()
	if counted != nil {
		e.base = counted.begun.Load()
		e.ackedBase, _ = kernelAcked(counted.Conn)
	}
}

// noteRequest keeps the signature: what follows "Signature=" in V4, ":" in V1.
func (e *exchange) noteRequest(r *http.Request) {
	signature := r.Header.Get("Authorization")
	for _, mark := range []string{"Signature=", ":"} {
		if _, after, found := strings.Cut(signature, mark); found {
			signature = after
			break
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.signature = signature
}

func (e *exchange) noteAnswer(a *http.Response) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.status, e.header = a.StatusCode, a.Header
	if e.first.IsZero() {
		e.first = time.Now()
	}
}

// writtenTo tells whether a byte of the request may have left. The caller holds mu.
func (e *exchange) writtenTo() bool {
	return e.earlier || e.conn != nil && e.conn.begun.Load() > e.base
}

// sent tells whether the request may have reached the server.
func (e *exchange) sent() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.writtenTo() || e.status != 0
}

func (e *exchange) refusedTLS() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tlsFailed
}

// answer returns the status and header of the answer, 0 and nil when there is none.
func (e *exchange) answer() (int, http.Header) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.status, e.header
}

// answered returns the request's end and the answer's begin, between which OSS took the
// answer's Date; of an answer that did not wait for the end, the request's begin. Both are zero
// without an answer.
func (e *exchange) answered() (from, to time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.first.IsZero():
		return time.Time{}, time.Time{}
	case e.wrote.IsZero() || e.wrote.After(e.first):
		return e.got, e.first
	default:
		return e.wrote, e.first
	}
}

func (e *exchange) observe() observation {
	e.mu.Lock()
	c, wrote := e.conn, !e.wrote.IsZero()
	e.mu.Unlock()
	if c == nil {
		return observation{}
	}
	o := observation{
		connected: true,
		wrote:     wrote,
		writing:   c.writing.Load(),
		written:   c.written.Load(),
		read:      c.read.Load(),
	}
	o.unsent, o.known = c.unsent(c.Conn)
	return o
}

// acked tells how many bytes of the request the peer's kernel has acknowledged. False: nobody
// can say.
func (e *exchange) acked() (int64, bool) {
	e.mu.Lock()
	c, base := e.conn, e.ackedBase
	e.mu.Unlock()
	if c == nil {
		return 0, true // nothing was sent
	}
	n, known := kernelAcked(c.Conn)
	return max(n-base, 0), known
}

// local returns this computer's end of the connection, nil while there is none.
func (e *exchange) local() net.Addr {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn == nil {
		return nil
	}
	return e.conn.LocalAddr()
}

// discard drops what the kernel still holds of the request, once it is cancelled.
func (e *exchange) discard() {
	e.mu.Lock()
	c := e.conn
	e.mu.Unlock()
	if c != nil {
		c.discard()
	}
}

func (e *exchange) secretSignature() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.signature
}
