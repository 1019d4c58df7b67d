//go:build unix

package crash

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// endpoint is OSS, which outlives the children. Each world has a bucket of its own in it.
type endpoint struct {
	oss    *osslocal.Server
	faults *fault.Plan

	mu      sync.Mutex
	records map[string][]osslocal.Record // by bucket
	doors   map[string]*door             // by bucket
}

// door holds the first request of an operation, also when its client is gone, until it is
// let in.
type door struct {
	op    string
	held  chan struct{} // closed once a request waits
	letIn chan struct{}
	once  sync.Once
}

// close puts a door in the way to a bucket.
func (e *endpoint) close(bucket, op string) *door {
	d := &door{op: op, held: make(chan struct{}), letIn: make(chan struct{})}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doors[bucket] = d
	return d
}

func (e *endpoint) hold(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := osslocal.TargetOf(r)
		e.mu.Lock()
		d := e.doors[t.Bucket]
		e.mu.Unlock()
		if d != nil && d.op == t.Op {
			d.once.Do(func() {
				close(d.held)
				<-d.letIn
			})
		}
		next.ServeHTTP(w, r)
	})
}

func startEndpoint(dir string) (*endpoint, error) {
	e := &endpoint{faults: fault.Must(), records: map[string][]osslocal.Record{}, doors: map[string]*door{}}
	var err error
	e.oss, err = osslocal.Start(osslocal.Config{
		Dir: dir, Keys: map[string]string{keyID: secret},
		Middleware: func(next http.Handler) http.Handler { return e.faults.Middleware()(e.hold(next)) },
		Observe:    e.observe,
	})
	return e, err
}

func (e *endpoint) observe(r osslocal.Record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.records[r.Bucket] = append(e.records[r.Bucket], r)
}

// seen returns what was asked of a bucket so far.
func (e *endpoint) seen(bucket string) []osslocal.Record {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.records[bucket])
}

// quiet waits until no request is under way in a bucket: what a process that was killed had
// sent has arrived, or never will.
func (e *endpoint) quiet(ctx context.Context, bucket string) error {
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for {
		open := 0
		for _, r := range e.seen(bucket) {
			if r.Phase == osslocal.PhaseBegin {
				open++
			} else {
				open--
			}
		}
		if open == 0 {
			return nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("%d requests to %s do not end: %w", open, bucket, ctx.Err())
		}
	}
}
