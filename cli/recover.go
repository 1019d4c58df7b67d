package cli

import (
	"context"
	"fmt"

	"partway/transfer"
)

// Recovery is the journal as the start asks it.
type Recovery interface {
	List(ctx context.Context, f transfer.Filter, s transfer.Sort) ([]transfer.ID, error)
	Command(s transfer.Selection, c transfer.SetCommand, done func(int, error))
}

// UnderWay returns the uploads that would go on by themselves. It is asked before the
// engine starts.
func UnderWay(ctx context.Context, j Recovery) ([]transfer.ID, error) {
	var all []transfer.ID
	for _, g := range []transfer.Group{transfer.GroupUploading, transfer.GroupWaiting} {
		ids, err := j.List(ctx, transfer.Filter{Group: g}, transfer.Sort{By: transfer.SortQueue})
		if err != nil {
			return nil, fmt.Errorf("list what was under way: %w", err)
		}
		all = append(all, ids...)
	}
	return all, nil
}

// Hold pauses uploads, so that they do not go on until a person says so.
func Hold(ctx context.Context, j Recovery, ids []transfer.ID) error {
	if len(ids) == 0 {
		return nil
	}
	done := make(chan error, 1)
	j.Command(transfer.These(ids...), transfer.SetPause, func(_ int, err error) { done <- err })
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("pause what was under way: %w", err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
