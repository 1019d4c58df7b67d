//go:build unix

package crash

import (
	"context"
	"io"

	"partway/transfer"
	"partway/transfer/aliyun"
)

// store is OSS with a point at each call.
type store struct {
	transfer.Store
	points *points
}

// dial is [transfer.Dial] with points.
func (p *points) dial(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
	s, err := aliyun.Dial(a, c, bucket)
	if err != nil {
		return nil, err
	}
	return &store{Store: s, points: p}, nil
}

// effect is one request that changes something: a point before it, and one once OSS has
// answered, whatever it said.
func effect[T any](p *points, name string, call func() (T, error)) (T, error) {
	p.reach(name, before)
	answer, err := call()
	p.reach(name, after)
	return answer, err
}

// Initiate implements [transfer.Store].
func (s *store) Initiate(ctx context.Context, key string, o transfer.Options, forbid bool) (string, error) {
	return effect(s.points, "Initiate", func() (string, error) { return s.Store.Initiate(ctx, key, o, forbid) })
}

// UploadPart implements [transfer.Store].
func (s *store) UploadPart(ctx context.Context, r transfer.PartRequest) (transfer.PartAnswer, error) {
	r.Body = &half{from: r.Body, size: r.Size, points: s.points, name: "UploadPart"}
	return effect(s.points, "UploadPart", func() (transfer.PartAnswer, error) { return s.Store.UploadPart(ctx, r) })
}

// Complete implements [transfer.Store].
func (s *store) Complete(ctx context.Context, r transfer.CompleteRequest) (transfer.ObjectAnswer, error) {
	return effect(s.points, "Complete", func() (transfer.ObjectAnswer, error) { return s.Store.Complete(ctx, r) })
}

// Abort implements [transfer.Store].
func (s *store) Abort(ctx context.Context, key, id string) error {
	_, err := effect(s.points, "Abort", func() (struct{}, error) { return struct{}{}, s.Store.Abort(ctx, key, id) })
	return err
}

// Put implements [transfer.Store].
func (s *store) Put(ctx context.Context, r transfer.PutRequest) (transfer.ObjectAnswer, error) {
	r.Body = &half{from: r.Body, size: r.Size, points: s.points, name: "Put"}
	return effect(s.points, "Put", func() (transfer.ObjectAnswer, error) { return s.Store.Put(ctx, r) })
}

// Head implements [transfer.Store].
func (s *store) Head(ctx context.Context, key string) (transfer.ObjectState, error) {
	s.points.reach("read Head", before)
	return s.Store.Head(ctx, key)
}

// ListParts implements [transfer.Store].
func (s *store) ListParts(ctx context.Context, key, id string, marker int) (transfer.PartPage, error) {
	s.points.reach("read ListParts", before)
	return s.Store.ListParts(ctx, key, id, marker)
}

// ListUploads implements [transfer.Store].
func (s *store) ListUploads(ctx context.Context, prefix string) ([]transfer.OpenUpload, error) {
	s.points.reach("read ListUploads", before)
	return s.Store.ListUploads(ctx, prefix)
}

// half is a body with a point where half of it is on its way.
type half struct {
	from   io.Reader
	size   int64
	points *points
	name   string
	read   int64
	passed bool
}

// Read implements [io.Reader].
func (h *half) Read(p []byte) (int, error) {
	if !h.passed && h.read >= h.size/2 {
		h.passed = true
		h.points.reach(h.name, during)
	}
	n, err := h.from.Read(p[:min(len(p), 16<<10)])
	h.read += int64(n)
	return n, err
}
