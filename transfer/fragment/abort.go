package fragment

import (
	"context"

	"partway/transfer"
)

// Aborted is what became of aborting some uploads.
type Aborted struct {
	Gone     []string // upload IDs that OSS no longer has
	Unlisted int      // of these, OSS answered the abort, and may not be asked whether they are gone
	Ours     int      // left alone: they turned out to be in this computer's queue
	Failed   int
}

// Abort aborts uploads of other programs, several at once, each until OSS says that it is
// gone, and tells after each how many are. Those that the journal has begun by now are left
// alone: they are the engine's. It ends early with the first error that holds for all.
func (v *Inventory) Abort(ctx context.Context, store transfer.Store, uploadIDs []string, tell func(done int)) (Aborted, error) {
	results := make(chan func(*Aborted), atOnce)
	var failed error
	go func() {
		defer close(results)
		failed = each(ctx, v.Get(uploadIDs...), func(ctx context.Context, f Fragment) error {
			if f.Origin == OriginOurs {
				results <- func(a *Aborted) { a.Ours++ }
				return nil
			}
			unlisted, err := transfer.AbortUntilGone(ctx, store, transfer.Target{Key: f.Key}, f.UploadID)
			switch {
			case err == nil:
				results <- func(a *Aborted) {
					a.Gone = append(a.Gone, f.UploadID)
					if unlisted {
						a.Unlisted++
					}
				}
				return nil
			case ofAll(err):
				return err
			}
			v.change(f.UploadID, func(f *Fragment) { f.Failed = transfer.AsError(err) })
			results <- func(a *Aborted) { a.Failed++ }
			return nil
		})
	}()
	var a Aborted
	done := 0
	for r := range results {
		r(&a)
		done++
		tell(done)
	}
	v.Drop(a.Gone...)
	return a, failed
}
