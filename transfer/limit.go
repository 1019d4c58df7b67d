package transfer

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// limitSlice is how much of the limit one read takes at most: many readers share it evenly.
const limitSlice = 50 * time.Millisecond

// limiter is the speed limit over all connections. Its zero value does not limit.
type limiter struct {
	now atomic.Pointer[limit]
}

// short tells whether more is asked of the limit than it gives.
func (l *limiter) short() bool {
	current := l.now.Load()
	return current != nil && current.waiting.Load() > 0
}

// most bounds want by what may be taken at a time.
func (l *limiter) most(want int) int {
	if current := l.now.Load(); current != nil {
		return min(want, current.bucket.Burst())
	}
	return want
}

// limit is one setting of the limiter.
type limit struct {
	bucket  *rate.Limiter
	changed chan struct{} // closed when another setting takes its place
	waiting atomic.Int32  // readers that it holds up
}

// set changes the limit, in bytes per second; 0 is none. Readers that wait under the old
// limit wait on under the new one.
func (l *limiter) set(bytesPerSecond int64) {
	var next *limit
	if bytesPerSecond > 0 {
		slice := max(int(float64(bytesPerSecond)*limitSlice.Seconds()), 1)
		next = &limit{bucket: rate.NewLimiter(rate.Limit(bytesPerSecond), slice), changed: make(chan struct{})}
	}
	if old := l.now.Swap(next); old != nil {
		close(old.changed)
	}
}

// take waits until some of want bytes may be read, and tells how many.
func (l *limiter) take(ctx context.Context, want int) (int, error) {
	for {
		current := l.now.Load()
		if current == nil || ctx.Err() != nil {
			return want, context.Cause(ctx)
		}
		n := min(want, current.bucket.Burst())
		ok, err := current.wait(ctx, n)
		if ok || err != nil {
			return n, err
		}
	}
}

// wait waits for n bytes. It reports false when the limit was changed meanwhile.
func (l *limit) wait(ctx context.Context, n int) (bool, error) {
	place := l.bucket.ReserveN(time.Now(), n)
	delay := place.Delay()
	if delay == 0 {
		return true, nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	l.waiting.Add(1)
	defer l.waiting.Add(-1)
	select {
	case <-timer.C:
		return true, nil
	case <-l.changed:
		return false, nil
	case <-ctx.Done():
		place.Cancel()
		return false, context.Cause(ctx)
	}
}

// body is what a store reads a part from: the file's range, held to the speed limit, and
// ended at once with its context.
type body struct {
	ctx  context.Context //nolint:containedctx // a reader has no other way to be cancelled
	from io.Reader
	own  *limiter // the upload's
	all  *limiter // over all connections
}

// Read reads what both limits allow.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.own.take(b.ctx, b.all.most(len(p))) // what one limit gives is not lost at the other
	if err == nil {
		n, err = b.all.take(b.ctx, n)
	}
	if err != nil {
		return 0, err
	}
	// The reader of a request's body has a goroutine that nothing of ours could recover.
	got := 0
	err = try("read", func() (err error) { got, err = b.from.Read(p[:n]); return err })
	return got, err
}
