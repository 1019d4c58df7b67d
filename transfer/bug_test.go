package transfer_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"partway/transfer"
	"partway/transfer/aliyun"
)

// faultyStore panics once in one call about one key, before or after it is carried out.
type faultyStore struct {
	transfer.Store
	op    string
	after bool
	left  *atomic.Int64
}

func (s *faultyStore) panics(op, key string, after bool) {
	if op == s.op && after == s.after && key == "p/bad" && s.left.Add(-1) >= 0 {
		panic("index out of range in " + op)
	}
}

func (s *faultyStore) Initiate(ctx context.Context, key string, o transfer.Options, forbid bool) (string, error) {
	s.panics("Initiate", key, false)
	id, err := s.Store.Initiate(ctx, key, o, forbid)
	s.panics("Initiate", key, true)
	return id, err
}

func (s *faultyStore) UploadPart(ctx context.Context, r transfer.PartRequest) (transfer.PartAnswer, error) {
	s.panics("UploadPart", r.Key, false)
	a, err := s.Store.UploadPart(ctx, r)
	s.panics("UploadPart", r.Key, true)
	return a, err
}

func (s *faultyStore) Complete(ctx context.Context, r transfer.CompleteRequest) (transfer.ObjectAnswer, error) {
	s.panics("Complete", r.Key, false)
	a, err := s.Store.Complete(ctx, r)
	s.panics("Complete", r.Key, true)
	return a, err
}

func (s *faultyStore) Put(ctx context.Context, r transfer.PutRequest) (transfer.ObjectAnswer, error) {
	s.panics("Put", r.Key, false)
	a, err := s.Store.Put(ctx, r)
	s.panics("Put", r.Key, true)
	return a, err
}

// TestA6PanicInAWorker panics in each call of one upload, before and after it is carried out:
// that upload fails with the stack in the log, the other goes on, and Start mends the first.
func TestA6PanicInAWorker(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{"Initiate": 350 * kib, "UploadPart": 350 * kib, "Complete": 350 * kib, "Put": 50 * kib} {
		for when, after := range map[string]bool{"before": false, "after": true} {
			t.Run(when+" "+op, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.stopEngine()
				left := &atomic.Int64{}
				left.Store(1)
				r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
					s, err := aliyun.Dial(a, c, bucket)
					return &faultyStore{Store: s, op: op, after: after, left: left}, err
				}
				r.startEngine()
				bad, good := r.file("bad", size), r.file("good", 350*kib)
				ids := r.add(transfer.PolicySkipSame, bad, good)
				u := r.reaches(ids[0], transfer.StatusFailed)
				if u.Error == nil || u.Error.Code != transfer.CodeBug {
					t.Errorf("it failed with %v", u.Error)
				}
				if text := r.log.String(); !strings.Contains(text, "faultyStore).panics") {
					t.Errorf("the log has no stack:\n%s", text)
				}
				r.reaches(ids[1], transfer.StatusCompleted)
				check(t, r.m.Resume(transfer.These(ids[0])))
				r.reaches(ids[0], transfer.StatusCompleted)
				r.holds("p/bad", bad)
				r.holds("p/good", good)
				r.nothingOpen()
				if n := len(r.keys()); n != 2 {
					t.Errorf("%d objects, want 2", n)
				}
			})
		}
	}
}
