package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"partway/transfer"
)

// op is one change, or one read that must come after the changes before it.
type op struct {
	name  string // for errors, as "Commit"
	apply func(ctx context.Context, t *txn) error
	done  func(error) // never nil

	patient bool             // nobody waits for it
	change  *transfer.Change // all that apply would do, if that is one
}

// patience is how long a change that nobody waits for may stand in the queue, for others to
// join it: each transaction costs a flush of the disk, however little it holds.
const patience = 20 * time.Millisecond

// txn is what an op works in.
type txn struct {
	*sql.Tx
	shown bool // the op changed what a list shows
}

// committer carries out ops in the order they were pushed. A goroutine owns the writer's
// connection while there is work, and ends when there is none: it takes all that waits,
// and commits it as one transaction.
type committer struct {
	conn      *sql.Conn // used by work only
	fail      func(op string, err error) error
	committed func()        // called after a transaction that changed what a list shows
	patience  time.Duration // how long patient ops wait for others

	mu      sync.Mutex
	idle    sync.Cond // working became false
	queue   []op      // guarded by mu
	hasty   bool      // guarded by mu: the queue is not to wait any longer
	armed   bool      // guarded by mu: a timer will end its waiting
	working bool      // guarded by mu
	closed  bool      // guarded by mu
}

var errClosed = errors.New("the journal is closed")

func newCommitter(conn *sql.Conn, fail func(string, error) error, committed func()) *committer {
	c := &committer{conn: conn, fail: fail, committed: committed, patience: patience}
	c.idle.L = &c.mu
	return c
}

// push queues an op. It never blocks.
func (c *committer) push(o op) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		o.apply = nil
	}
	c.queue = append(c.queue, o)
	c.hasty = c.hasty || !o.patient
	c.begin()
}

// begin has the queue carried out now, or soon if all in it is patient. The caller holds mu.
func (c *committer) begin() {
	switch {
	case c.working || len(c.queue) == 0:
	case c.hasty || c.closed:
		c.working = true
		go c.work()
	case !c.armed:
		c.armed = true
		time.AfterFunc(c.patience, c.ripen)
	}
}

// ripen ends the waiting of patient ops by its timer.
func (c *committer) ripen() {
	c.mu.Lock()
	c.armed = false
	c.mu.Unlock()
	c.hasten()
}

// hasten ends the waiting of patient ops.
func (c *committer) hasten() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hasty = c.hasty || len(c.queue) > 0
	c.begin()
}

// do queues an op and waits for it. When ctx ends first, the op may still be carried out,
// unless its turn has not come yet.
func (c *committer) do(ctx context.Context, name string, apply func(context.Context, *txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	answer := make(chan error, 1)
	c.push(op{
		name: name,
		apply: func(ownCtx context.Context, t *txn) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return apply(ownCtx, t)
		},
		done: func(err error) { answer <- err },
	})
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets what is queued be carried out, and refuses what comes later.
func (c *committer) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.begin()
	for c.working {
		c.idle.Wait()
	}
}

func (c *committer) work() {
	for {
		group := c.take()
		if len(group) == 0 {
			return
		}
		errs, shown := c.commit(context.Background(), group)
		if shown {
			c.committed()
		}
		for i, o := range group {
			o.done(errs[i])
		}
	}
}

// take returns what is to be carried out next. If that is nothing, the caller's work is over.
func (c *committer) take() (group []op) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hasty || c.closed {
		group, c.queue, c.hasty = c.queue, nil, false
	}
	if len(group) == 0 {
		c.working = false
		c.idle.Broadcast()
		c.begin()
	}
	return group
}

// commit carries out a group in one transaction. An op that fails is undone alone; if the
// transaction itself fails, so do all.
func (c *committer) commit(ctx context.Context, group []op) (errs []error, shown bool) {
	errs = make([]error, len(group))
	shown, err := c.transact(ctx, group, errs)
	if err == nil {
		return errs, shown
	}
	for i, o := range group {
		if errs[i] == nil {
			errs[i] = c.fail(o.name, err)
		}
	}
	return errs, false
}

func (c *committer) transact(ctx context.Context, group []op, errs []error) (shown bool, err error) {
	live := false
	for i, o := range group {
		if o.apply == nil {
			errs[i] = c.fail(o.name, errClosed)
			continue
		}
		live = true
	}
	if !live {
		return false, nil
	}
	tx, err := c.conn.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	for i := 0; i < len(group); {
		n, changed, err := c.step(ctx, tx, group[i:], errs[i:])
		if err != nil {
			return false, errors.Join(err, undone(tx.Rollback()))
		}
		i, shown = i+n, shown || changed
	}
	if err := tx.Commit(); err != nil {
		return false, errors.Join(err, undone(tx.Rollback()))
	}
	return shown, nil
}

// step carries out the first op, or all changes that come first, and tells how many ops that
// were. Changes share a savepoint, as each costs, and seldom does one fail: those before it are
// then carried out without it, and it comes next, alone.
func (c *committer) step(ctx context.Context, tx *sql.Tx, group []op, errs []error) (n int, shown bool, err error) {
	if group[0].apply == nil {
		return 1, false, nil
	}
	n = max(changes(group), 1)
	for {
		t, applied := &txn{Tx: tx}, 0
		failed, err := isolate(ctx, t, func() (err error) {
			applied, err = applyAll(ctx, t, group[:n])
			return err
		})
		switch {
		case failed == nil || err != nil:
			return n, t.shown, err
		case n == 1:
			errs[0] = c.fail(group[0].name, failed)
			return 1, false, nil
		}
		n = max(applied, 1)
	}
}

// changes counts the ops at the beginning that are changes.
func changes(group []op) (n int) {
	for n < len(group) && group[n].apply != nil && group[n].change != nil {
		n++
	}
	return n
}

// applyAll carries out ops, those that only add parts as one, and tells how many it did before
// one failed.
func applyAll(ctx context.Context, t *txn, ops []op) (n int, err error) {
	for n < len(ops) {
		parts, joined := joinedParts(ops[n:])
		if parts > 1 {
			err = applyChange(ctx, t, joined)
		} else {
			parts, err = 1, ops[n].apply(ctx, t)
		}
		if err != nil {
			return n, err
		}
		n += parts
	}
	return n, nil
}

// joinedParts makes one change of those at the beginning that only add parts.
func joinedParts(ops []op) (n int, joined transfer.Change) {
	for ; n < len(ops) && ops[n].change != nil && onlyParts(ops[n].change); n++ {
		joined.Parts = append(joined.Parts, ops[n].change.Parts...)
	}
	return n, joined
}

// undone drops what a rollback says of a transaction that SQLite has ended already.
func undone(err error) error {
	if errors.Is(err, sql.ErrTxDone) || isSQLite(err) {
		return nil
	}
	return err
}

// isolate carries something out under a savepoint. An err, as against failed, means that the
// whole transaction is lost.
func isolate(ctx context.Context, t *txn, apply func() error) (failed, err error) {
	if _, err := t.ExecContext(ctx, "SAVEPOINT op"); err != nil {
		return nil, err
	}
	failed = apply()
	if failed != nil {
		if _, err := t.ExecContext(ctx, "ROLLBACK TO op"); err != nil {
			// A full disk or a read error makes SQLite end the transaction by itself.
			return nil, failed
		}
	}
	if _, err := t.ExecContext(ctx, "RELEASE op"); err != nil {
		return nil, errors.Join(failed, err)
	}
	return failed, nil
}

// fail makes the error that leaves the journal. Errors that say their kind already, and
// the end of a caller's context, stay as they are.
func (j *Journal) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *transfer.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	kind := transfer.KindStorage
	if isConstraint(err) {
		kind = transfer.KindPermanent
	}
	return &transfer.Error{Kind: kind, Code: codeOf(err), Op: op, Path: j.file, Err: err}
}
