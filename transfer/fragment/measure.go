package fragment

import (
	"context"
	"sync"

	"partway/transfer"
)

// atOnce bounds the requests under way of one measuring or aborting.
const atOnce = 8

// Measure asks OSS for the parts of these uploads, several at once, and notes what they hold;
// those that are gone leave the inventory. It tells after each. It ends early with the first
// error that holds for all: a refusal, no network, or the end of ctx.
func (v *Inventory) Measure(ctx context.Context, store transfer.Store, uploadIDs []string, tell func()) error {
	return each(ctx, v.Get(uploadIDs...), func(ctx context.Context, f Fragment) error {
		size, err := measure(ctx, store, f.OpenUpload)
		switch {
		case err == nil:
			v.change(f.UploadID, func(f *Fragment) { f.Measured, f.Size, f.Failed = true, size, nil })
		case transfer.IsGone(err, transfer.CodeNoSuchUpload):
			v.Drop(f.UploadID)
		case ofAll(err):
			return err
		default:
			v.change(f.UploadID, func(f *Fragment) { f.Failed = transfer.AsError(err) })
		}
		tell()
		return nil
	})
}

func measure(ctx context.Context, store transfer.Store, u transfer.OpenUpload) (s Size, err error) {
	for marker := 0; ; {
		page, err := store.ListParts(ctx, u.Key, u.UploadID, marker)
		if err != nil {
			return s, err
		}
		for _, p := range page.Parts {
			s.Parts++
			s.Bytes += p.Size
		}
		if !page.More {
			return s, nil
		}
		marker = page.Next
	}
}

// ofAll tells whether an error holds for the other uploads too.
func ofAll(err error) bool {
	switch transfer.KindOf(err) {
	case transfer.KindAuth, transfer.KindOffline, transfer.KindClock, transfer.KindCanceled:
		return true
	default:
		return transfer.IsGone(err, transfer.CodeNoSuchBucket)
	}
}

// each runs do for every fragment, no more than atOnce together, and returns its first error,
// which keeps further ones from being begun.
func each(ctx context.Context, list []Fragment, do func(context.Context, Fragment) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan Fragment)
	var workers sync.WaitGroup
	for range min(atOnce, len(list)) {
		workers.Go(func() {
			for f := range work {
				if err := do(ctx, f); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, f := range list {
		select {
		case work <- f:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}
