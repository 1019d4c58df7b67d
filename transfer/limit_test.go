package transfer

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// endless yields bytes for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// readers lets n bodies read at once, 32 KiB at a time, until ctx ends. wire counts what
// all of them read.
func readers(ctx context.Context, l *limiter, n int, wire *atomic.Int64) *sync.WaitGroup {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			b := &body{ctx: ctx, from: endless{}, own: &limiter{}, all: l}
			buffer := make([]byte, 32*KiB)
			for {
				n, err := b.Read(buffer)
				if err != nil {
					return
				}
				wire.Add(int64(n))
			}
		})
	}
	return &wg
}

func TestLimiterHoldsTheRate(t *testing.T) {
	for _, c := range []struct {
		name    string
		rate    int64
		readers int
	}{
		{"1 KB/s, one reader", 1_000, 1},
		{"64 KB/s, eight", 64_000, 8},
		{"1 MB/s, one", 1_000_000, 1},
		{"10 MB/s, eight", 10_000_000, 8},
		{"10 MB/s, sixty-four", 10_000_000, 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l limiter
				l.set(c.rate)
				var wire atomic.Int64
				ctx, cancel := context.WithCancel(t.Context())
				wg := readers(ctx, &l, c.readers, &wire)
				time.Sleep(20 * time.Second) //nolint:forbidigo // of the bubble's time
				synctest.Wait()
				got := wire.Load()
				cancel()
				wg.Wait()
				if want := 20 * c.rate; got < want*97/100 || got > want*103/100 {
					t.Errorf("%d bytes in 20 s, want %d", got, want)
				}
			})
		})
	}
}

// TestLimiterChangesLive changes the limit while a part is under way.
func TestLimiterChangesLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l limiter
		l.set(100_000)
		var wire atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		wg := readers(ctx, &l, 1, &wire)
		// next tells what passes within a second that begins a tenth after the change.
		next := func(rate int64) int64 {
			l.set(rate)
			time.Sleep(100 * time.Millisecond) //nolint:forbidigo // of the bubble's time
			synctest.Wait()
			before := wire.Load()
			time.Sleep(time.Second) //nolint:forbidigo // of the bubble's time
			synctest.Wait()
			return wire.Load() - before
		}
		for _, rate := range []int64{100_000, 5_000_000, 20_000, 1_000_000} {
			if got := next(rate); got < rate*93/100 || got > rate*107/100 {
				t.Errorf("%d bytes in the second after the limit became %d", got, rate)
			}
		}
		cancel()
		wg.Wait()
	})
}

func TestLimiterCancelEndsAWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("paused")
		var l limiter
		l.set(1) // one byte a second
		ctx, cancel := context.WithCancelCause(t.Context())
		began := time.Now()
		time.AfterFunc(1500*time.Millisecond, func() { cancel(why) })
		b := &body{ctx: ctx, from: endless{}, own: &limiter{}, all: &l}
		var err error
		for err == nil {
			_, err = b.Read(make([]byte, 100))
		}
		if !errors.Is(err, why) {
			t.Errorf("got %v, want the cause of the cancel", err)
		}
		if took := time.Since(began); took != 1500*time.Millisecond {
			t.Errorf("the wait ended after %v, the cancel was after 1.5 s", took)
		}
	})
}

func TestLimiterWithoutLimit(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var l limiter
	take := func(want int) {
		t.Helper()
		if n, err := l.take(ctx, MiB); n != want || err != nil {
			t.Fatalf("take = %d, %v, want %d", n, err, want)
		}
	}
	take(MiB)
	l.set(20_000)
	take(1_000) // a twentieth of a second at a time
	l.set(0)
	take(MiB)
	l.set(-1)
	take(MiB)
	cancel()
	if n, err := l.take(ctx, MiB); n != 0 && err == nil || !errors.Is(err, context.Canceled) {
		t.Errorf("take after the cancel = %d, %v", n, err)
	}
}

// failing yields some bytes together with its error.
type failing struct{ err error }

func (f failing) Read(p []byte) (int, error) { return min(len(p), 3), f.err }

func TestBodyPassesOnWhatItRead(t *testing.T) {
	var l limiter
	b := &body{ctx: t.Context(), from: failing{io.ErrUnexpectedEOF}, own: &limiter{}, all: &l}
	if n, err := b.Read(make([]byte, 10)); n != 3 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Read = %d, %v", n, err)
	}
}

// panickingReader is a source with a fault of ours.
type panickingReader struct{}

func (panickingReader) Read([]byte) (int, error) { panic("out of range") }

// TestA6PanicInABody reads as net/http does, in a goroutine that nothing of ours recovers.
func TestA6PanicInABody(t *testing.T) {
	t.Parallel()
	b := &body{ctx: t.Context(), from: panickingReader{}, own: &limiter{}, all: &limiter{}}
	if _, err := b.Read(make([]byte, 10)); err == nil || AsError(err).Code != CodeBug {
		t.Errorf("a reader that panics gives %v", err)
	}
}
