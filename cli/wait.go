package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partway/transfer"
)

// waitTick is how often the journal's version is looked at. It is a number in memory.
const waitTick = 200 * time.Millisecond

// rowsPage is how many rows are read at once.
const rowsPage = 500

// Scope is what an exit status speaks of: a batch, or, with Batch 0, everything.
type Scope struct {
	Batch transfer.BatchID
	// Roots and To find those rows that were in the list already when the batch was added.
	Roots []string
	To    transfer.Destination
}

// Waiter tells when nothing is left to do.
type Waiter struct {
	journal Journal
	// paused and aborted count the rows that were so at the start. What was paused then
	// stays so and needs a person; what is paused later has somebody at the window, and is
	// waited for.
	paused, aborted int
}

// NewWaiter notes what is paused now. It is made before uploads are added.
func NewWaiter(ctx context.Context, j Journal) (*Waiter, error) {
	c, err := j.Counts(ctx)
	if err != nil {
		return nil, err
	}
	return &Waiter{journal: j, paused: c.Groups[transfer.GroupPaused], aborted: aborted(c)}, nil
}

// All waits until no upload can go on by itself, and returns the exit status for the
// scope.
func (w *Waiter) All(ctx context.Context, s Scope) (int, error) {
	err := w.until(ctx, w.settled)
	if err != nil {
		return StatusUnverified, err
	}
	return w.status(ctx, s)
}

// Batch waits until no upload of the scope can go on by itself, and returns its exit
// status.
func (w *Waiter) Batch(ctx context.Context, s Scope) (int, error) {
	if s.Batch == 0 {
		return w.All(ctx, s)
	}
	err := w.until(ctx, func(ctx context.Context) (bool, error) { return w.batchSettled(ctx, s) })
	if err != nil {
		return StatusUnverified, err
	}
	return w.status(ctx, s)
}

// until asks after each change of the journal whether it is settled.
func (w *Waiter) until(ctx context.Context, settled func(context.Context) (bool, error)) error {
	tick := time.NewTicker(waitTick)
	defer tick.Stop()
	for seen := w.journal.Version() - 1; ; {
		if v := w.journal.Version(); v != seen {
			seen = v
			ok, err := settled(ctx)
			if ok || err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (w *Waiter) settled(ctx context.Context) (bool, error) {
	unscanned, err := w.journal.Unscanned(ctx)
	if err != nil || len(unscanned) > 0 {
		return false, err
	}
	c, err := w.journal.Counts(ctx)
	if err != nil {
		return false, err
	}
	g := c.Groups
	return g[transfer.GroupUploading] == 0 && g[transfer.GroupWaiting] == 0 && g[transfer.GroupPaused] <= w.paused, nil
}

func (w *Waiter) batchSettled(ctx context.Context, s Scope) (bool, error) {
	counts, scanned, err := w.journal.BatchCounts(ctx, s.Batch)
	if err != nil || !scanned {
		return false, err
	}
	for status, n := range counts {
		if n > 0 && moving(status.Group()) {
			return false, nil
		}
	}
	for _, g := range []transfer.Group{transfer.GroupUploading, transfer.GroupWaiting} {
		found, err := w.existing(ctx, s, g)
		if found || err != nil {
			return false, err
		}
	}
	return true, nil
}

// moving tells whether uploads of the group end without a person, or have one at work.
func moving(g transfer.Group) bool {
	return g == transfer.GroupUploading || g == transfer.GroupWaiting || g == transfer.GroupPaused
}

// status is what the scope came to, once it is settled.
func (w *Waiter) status(ctx context.Context, s Scope) (int, error) {
	verified, err := w.verified(ctx, s)
	if err != nil || !verified {
		return StatusUnverified, err
	}
	return StatusOK, nil
}

func (w *Waiter) verified(ctx context.Context, s Scope) (bool, error) {
	if s.Batch == 0 {
		c, err := w.journal.Counts(ctx)
		open := c.Groups[transfer.GroupAttention] + c.Groups[transfer.GroupPaused]
		return err == nil && open == 0 && aborted(c) <= w.aborted, err
	}
	counts, _, err := w.journal.BatchCounts(ctx, s.Batch)
	if err != nil {
		return false, err
	}
	for status, n := range counts {
		if n > 0 && status != transfer.StatusCompleted {
			return false, nil
		}
	}
	for _, g := range []transfer.Group{transfer.GroupAttention, transfer.GroupPaused} {
		found, err := w.existing(ctx, s, g)
		if found || err != nil {
			return false, err
		}
	}
	return true, nil
}

// existing tells whether the group has a row of the scope's files and destination: one
// that an earlier batch added, and that this one therefore did not.
func (w *Waiter) existing(ctx context.Context, s Scope, g transfer.Group) (bool, error) {
	f := transfer.Filter{Group: g, Account: s.To.Account, Bucket: s.To.Bucket}
	ids, err := w.journal.List(ctx, f, transfer.Sort{By: transfer.SortQueue})
	if err != nil {
		return false, err
	}
	for len(ids) > 0 {
		n := min(rowsPage, len(ids))
		rows, err := w.journal.Rows(ctx, ids[:n])
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(rows, s.holds) {
			return true, nil
		}
		ids = ids[n:]
	}
	return false, nil
}

// holds tells whether a row is of the scope's files on their way to its destination.
func (s Scope) holds(r transfer.Row) bool {
	if !strings.HasPrefix(r.To.Key, s.To.Prefix) {
		return false
	}
	for _, root := range s.Roots {
		if r.Path == root || strings.HasPrefix(r.Path, root+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// aborted counts the rows that no group but GroupAll shows.
func aborted(c transfer.Counts) int {
	n := c.Groups[transfer.GroupAll]
	for _, g := range transfer.Groups {
		if g != transfer.GroupAll {
			n -= c.Groups[g]
		}
	}
	return n
}
