package transfer

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// limitSlice is how long one wait of the limiter lasts at most: so soon does a change of
// the limit act, also inside a part.
const limitSlice = 50 * time.Millisecond

// limiter is the speed limit over all connections. Its zero value does not limit.
type limiter struct {
	bucket atomic.Pointer[rate.Limiter]
}

// set changes the limit, in bytes per second; 0 is none.
func (l *limiter) set(bytesPerSecond int64) {
	if bytesPerSecond <= 0 {
		l.bucket.Store(nil)
		return
	}
	slice := max(int(float64(bytesPerSecond)*limitSlice.Seconds()), 1)
	l.bucket.Store(rate.NewLimiter(rate.Limit(bytesPerSecond), slice))
}

// take waits until some of want bytes may be read, and tells how many.
func (l *limiter) take(ctx context.Context, want int) (int, error) {
	bucket := l.bucket.Load()
	if bucket == nil {
		return want, ctx.Err()
	}
	n := min(want, bucket.Burst())
	if err := bucket.WaitN(ctx, n); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return 0, cause
		}
		return 0, err
	}
	return n, nil
}

// body is what a store reads a part from: the file's range, held to the speed limit, and
// ended at once with its context.
type body struct {
	ctx   context.Context //nolint:containedctx // a reader has no other way to be cancelled
	from  io.Reader
	limit *limiter
}

// Read reads what the limit allows.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.limit.take(b.ctx, len(p))
	if err != nil {
		return 0, err
	}
	return b.from.Read(p[:n])
}
