package aliyun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
)

// listen serves connections, below HTTP, until the test ends, and returns its URL.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				serve(c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); work.Wait() })
	return "http://" + listener.Addr().String()
}

// stalled accepts connections and neither reads nor answers.
func stalled(t *testing.T) string {
	t.Helper()
	end := make(chan struct{})
	url := listen(t, func(net.Conn) { <-end })
	t.Cleanup(func() { close(end) })
	return url
}

// endless is content without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func bigPart() transfer.PartRequest {
	return transfer.PartRequest{Key: "k", UploadID: "UP1", Number: 1, Size: 64 << 20, Body: endless{}}
}

func clockOf(t *testing.T, err error) time.Duration {
	t.Helper()
	e := asError(t, err)
	var ce *clockError
	if e.Kind != transfer.KindTransient || !e.Unknown || !errors.As(err, &ce) {
		t.Fatalf("got kind %s, unknown %t: %v", e.Kind, e.Unknown, err)
	}
	return ce.limit
}

func TestAStallIsCut(t *testing.T) {
	for name, unsent := range map[string]unsentFunc{
		"known":   kernelUnsent,
		"unknown": func(net.Conn) (int, bool) { return 0, false },
	} {
		t.Run(name, func(t *testing.T) {
			k := quick()
			k.stall, k.unsent = 200*time.Millisecond, unsent
			s := testStore(t, stalled(t), k)
			_, err := s.UploadPart(t.Context(), bigPart())
			if got := clockOf(t, err); got != k.stall {
				t.Errorf("the clock of %s cut", got)
			}
		})
	}
}

func TestAMissingAnswerIsCut(t *testing.T) {
	k := quick()
	k.answer, k.complete = 100*time.Millisecond, 300*time.Millisecond
	release := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { drain(r); <-release })
	t.Cleanup(func() { close(release) })
	s := testStore(t, server.URL, k)
	_, err := s.UploadPart(t.Context(), part("content"))
	if got := clockOf(t, err); got != k.answer {
		t.Errorf("part: the clock of %s cut", got)
	}
	start := time.Now()
	_, err = s.Complete(t.Context(), transfer.CompleteRequest{Key: "k", UploadID: "UP1", Parts: []transfer.PartRef{{Number: 1, ETag: "A"}}, ForbidOverwrite: true})
	if got := clockOf(t, err); got != k.complete || time.Since(start) < k.complete {
		t.Errorf("complete: the clock of %s cut after %s", got, time.Since(start))
	}
}

// TestBytesInTheKernelAreNotSentYet has a peer that reads slowly for longer than the
// answer's clock, while the whole body is in the kernel's buffer from the start.
func TestBytesInTheKernelAreNotSentYet(t *testing.T) {
	k := quick()
	if _, known := k.unsent(nil); known {
		t.Fatal("a nil connection has nothing to tell")
	}
	k.answer = 150 * time.Millisecond
	const size = 4 << 20
	s := testStore(t, slowServer(t, size, 10, 100*time.Millisecond), k)
	p := bigPart()
	p.Size = size
	a, err := s.UploadPart(t.Context(), p)
	if err != nil || a.ETag != "E" {
		t.Errorf("got %+v, %v", a, err)
	}
}

// slowServer reads one request whose body has size bytes in steps, one per pause, and
// answers it.
func slowServer(t *testing.T, size, steps int, pause time.Duration) string {
	t.Helper()
	return listen(t, func(c net.Conn) {
		_ = c.(*net.TCPConn).SetReadBuffer(64 << 10) // a TCP listener
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		for range steps {
			<-ticker.C
			_, _ = io.CopyN(io.Discard, c, int64(size/steps))
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Oss-Request-Id: R\r\nETag: \"E\"\r\nContent-Length: 0\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
}

// held is content that a rate limit holds back until its context ends.
type held struct {
	ctx context.Context //nolint:containedctx // a source is made for one request
}

func (h held) Read([]byte) (int, error) { <-h.ctx.Done(); return 0, h.ctx.Err() }

// lost is content on a disk that does not answer.
type lost struct{ back chan struct{} }

func (l lost) Read([]byte) (int, error) { <-l.back; return 0, io.ErrUnexpectedEOF }

func TestCancelReturnsAtOnce(t *testing.T) {
	back := make(chan struct{})
	t.Cleanup(func() { close(back) })
	tests := []struct {
		name    string
		body    func(context.Context) io.Reader
		unknown bool
	}{
		{"peer stalls", func(context.Context) io.Reader { return endless{} }, true},
		{"rate limit holds", func(ctx context.Context) io.Reader { return held{ctx} }, true},
		{"disk hangs", func(context.Context) io.Reader { return lost{back} }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := quick()
			s := testStore(t, stalled(t), k)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(150*time.Millisecond, cancel)
			p := bigPart()
			p.Body = tt.body(ctx)
			start := time.Now()
			_, err := s.UploadPart(ctx, p)
			e := asError(t, err)
			if e.Kind != transfer.KindCanceled || e.Unknown != tt.unknown || !errors.Is(err, context.Canceled) {
				t.Errorf("got kind %s, unknown %t: %v", e.Kind, e.Unknown, err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := testStore(t, "http://127.0.0.1:1", quick()).Head(ctx, "k")
		if e := asError(t, err); e.Kind != transfer.KindCanceled || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
}

// TestAPauseDropsWhatTheKernelHolds: the peer must not receive the rest of the buffer
// after a cancel.
func TestAPauseDropsWhatTheKernelHolds(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	s := testStore(t, "http://"+listener.Addr().String(), quick())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	if _, err := s.UploadPart(ctx, bigPart()); transfer.KindOf(err) != transfer.KindCanceled {
		t.Fatal(err)
	}
	c, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_, err = io.Copy(io.Discard, c)
	if err == nil {
		t.Error("connection ended in order, after all that was in the buffer")
	}
}

func TestWhatWasSentIsKnown(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		server := serve(t, nil)
		server.Close()
		_, err := testStore(t, server.URL, quick()).Initiate(t.Context(), "k", transfer.Options{}, true)
		if e := asError(t, err); e.Kind != transfer.KindOffline || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	t.Run("no such host", func(t *testing.T) {
		s := testStore(t, "http://oss.invalid", quick())
		_, err := s.Initiate(t.Context(), "k", transfer.Options{}, true)
		if e := asError(t, err); e.Kind != transfer.KindOffline || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	t.Run("connection ends without an answer", func(t *testing.T) {
		s := serveStore(t, func(_ http.ResponseWriter, r *http.Request) {
			drain(r)
			panic(http.ErrAbortHandler)
		})
		_, err := s.Initiate(t.Context(), "k", transfer.Options{}, true)
		if e := asError(t, err); e.Kind != transfer.KindTransient || !e.Unknown {
			t.Errorf("got %#v", e)
		}
		_, err = s.Head(t.Context(), "k")
		if e := asError(t, err); e.Kind != transfer.KindTransient || e.Unknown {
			t.Errorf("a question changes nothing: got %#v", e)
		}
	})
}

// TestAnEarlyRefusalIsNotLost has a server that answers a part before it has read it,
// and closes, so that the kernel resets the connection under the part's writes.
func TestAnEarlyRefusalIsNotLost(t *testing.T) {
	s := testStore(t, listen(t, func(c net.Conn) {
		_, _ = io.CopyN(io.Discard, c, 100<<10)
		const refusal = "<Error><Code>InvalidAccessKeyId</Code></Error>"
		_, _ = fmt.Fprintf(c, "HTTP/1.1 403 Forbidden\r\nX-Oss-Request-Id: R\r\nContent-Length: %d\r\n\r\n%s",
			len(refusal), refusal)
	}), quick())
	for range 20 {
		_, err := s.UploadPart(t.Context(), bigPart())
		if e := asError(t, err); e.Kind != transfer.KindAuth || e.Code != "InvalidAccessKeyId" {
			t.Fatalf("got %v", e)
		}
	}
}

func TestClockIsLearntAndCorrected(t *testing.T) {
	const ahead = 3 * time.Hour
	requests := 0
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		now := time.Now().Add(ahead)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		date, err := http.ParseTime(r.Header.Get("Date"))
		stamp, stampErr := time.Parse(xmlDate, r.Header.Get("X-Oss-Date"))
		if err != nil || stampErr != nil || !date.Equal(stamp) {
			t.Errorf("dates %q and %q", r.Header.Get("Date"), r.Header.Get("X-Oss-Date"))
		}
		if now.Sub(date).Abs() > 15*time.Minute {
			fail(w, 403, "RequestTimeTooSkewed", "0002-00000504", "The difference is too large.")
			return
		}
		mark(w)
		w.WriteHeader(http.StatusNoContent)
	})
	err := s.Abort(t.Context(), "k", "UP1")
	e := asError(t, err)
	if e.Kind != transfer.KindClock || e.Unknown || (e.Clock-ahead).Abs() > 3*time.Second {
		t.Fatalf("got %#v", e)
	}
	if err := s.Abort(t.Context(), "k", "UP1"); err != nil {
		t.Fatal(err)
	}
	if (s.ClockOffset()-ahead).Abs() > 3*time.Second || requests != 2 {
		t.Errorf("offset %s after %d requests", s.ClockOffset(), requests)
	}
}

func TestTextsOfClocks(t *testing.T) {
	k := quick()
	k.stall = 100 * time.Millisecond
	s := testStore(t, stalled(t), k)
	_, err := s.UploadPart(t.Context(), bigPart())
	if !strings.Contains(err.Error(), "no byte left this computer for 100ms") {
		t.Errorf("got %v", err)
	}
}

// counting counts the Reads of a source that gives a byte at a time.
type counting struct{ reads atomic.Int64 }

func (c *counting) Read(p []byte) (int, error) {
	c.reads.Add(1)
	return min(1, len(p)), nil
}

// TestNothingIsReadAfterTheReturn has a server that refuses a part early: net/http is
// still writing the part when the refusal is returned.
func TestNothingIsReadAfterTheReturn(t *testing.T) {
	b := newBody(&counting{}, 10, false)
	p := make([]byte, 4)
	if n, err := b.Read(p); n != 1 || err != nil {
		t.Fatalf("got %d, %v", n, err)
	}
	b.close()
	if n, err := b.Read(p); n != 0 || !errors.Is(err, errBodyClosed) {
		t.Errorf("got %d, %v", n, err)
	}
	s := serveStore(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		fail(w, 403, "AccessDenied", "", "No.")
	})
	source := &counting{}
	part := bigPart()
	part.Body = source
	if _, err := s.UploadPart(t.Context(), part); err == nil {
		t.Fatal("no error")
	}
	before := source.reads.Load()
	s.Close()
	if after := source.reads.Load(); after > before+1 {
		t.Errorf("%d reads after the return", after-before)
	}
}
