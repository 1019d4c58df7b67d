package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partway/transfer"
)

const opRedirect = "Redirect"

// Redirect implements [transfer.Journal].
func (j *Journal) Redirect(
	s transfer.Selection, to transfer.Destination, begun []transfer.ID, done func(transfer.Redirected, error),
) {
	if done == nil {
		done = func(transfer.Redirected, error) {}
	}
	var told transfer.Redirected
	j.committer.push(op{
		name: opRedirect,
		apply: func(ctx context.Context, t *txn) (err error) {
			told, err = redirect(ctx, t, s, to, begun)
			t.shown = told.Moved > 0
			return err
		},
		done: func(err error) {
			if err != nil {
				told = transfer.Redirected{}
			}
			done(told, err)
		},
	})
}

// named is an upload that gets another key.
type named struct {
	ID  transfer.ID `json:"id"`
	Key string      `json:"key"`
}

func redirect(
	ctx context.Context, t *txn, s transfer.Selection, to transfer.Destination, begun []transfer.ID,
) (told transfer.Redirected, err error) {
	which, args, err := selected(s)
	if err != nil {
		return told, err
	}
	notIDs, err := jsonText(append([]transfer.ID{}, begun...))
	if err != nil {
		return told, err
	}
	open := queued + ` AND intent <> 'abort' AND (` + which + `)`
	// A Put that caught two versions of its file has left an object: that has begun.
	planned := ` phase = 'planned' AND torn = '' AND id NOT IN (SELECT value FROM json_each(?))`
	err = t.QueryRowContext(ctx, `SELECT count(*) FROM uploads WHERE NOT (`+planned+`) AND `+open,
		append([]any{notIDs}, args...)...).Scan(&told.Begun)
	if err != nil {
		return told, fmt.Errorf("count uploads that have begun: %w", err)
	}
	moved, err := collect(ctx, t, func(rows *sql.Rows) (n named, err error) {
		err = rows.Scan(&n.ID, &n.Key)
		n.Key = transfer.KeyFor(to.Prefix, n.Key)
		return n, err
	}, `SELECT id, name FROM uploads WHERE `+planned+` AND `+open+` ORDER BY id`, append([]any{notIDs}, args...)...)
	if err != nil || len(moved) == 0 {
		return told, err
	}
	told.Moved = len(moved)
	if told.Claimed, err = rename(ctx, t, moved, to); err != nil {
		return told, err
	}
	return told, redirectBatches(ctx, t, moved, to)
}

// redirectBatches gives batches the destination too of which all rows go there. One that is
// being scanned keeps its own: what the scan still finds goes there.
func redirectBatches(ctx context.Context, t *txn, moved []named, to transfer.Destination) error {
	list, err := jsonText(moved)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `WITH moved AS (SELECT value ->> 'id' AS id FROM json_each(?))
		UPDATE batches SET account = ?, endpoint = ?, region = ?, bucket = ?, prefix = ?
		WHERE scanned = 1 AND id IN (SELECT batch FROM uploads WHERE id IN (SELECT id FROM moved))
			AND NOT EXISTS (SELECT 1 FROM uploads u
				WHERE u.batch = batches.id AND u.hidden = 0 AND u.id NOT IN (SELECT id FROM moved))`,
		list, to.Account, to.Endpoint, to.Region, to.Bucket, to.Prefix)
	if err != nil {
		return fmt.Errorf("change destinations of batches: %w", err)
	}
	return nil
}

// keptWaits are the waits that another destination does not end: they are the file's.
var keptWaits = quoted(transfer.WaitMissing, transfer.WaitChanged)

// rename gives planned uploads their new targets. All let go of their keys first, as they may
// take over each other's; then each takes its new one, if it is free, in the order in which
// they were added. It tells how many found it taken. An answer to a conflict was about the
// object that was in the way there: it is no leave to replace another.
func rename(ctx context.Context, t *txn, moved []named, to transfer.Destination) (claimedByOthers int, err error) {
	list, err := jsonText(moved)
	if err != nil {
		return 0, err
	}
	const those = ` WHERE id IN (SELECT value ->> 'id' FROM json_each(?))`
	wait := `CASE WHEN uploads.wait IN ` + keptWaits + ` THEN uploads.wait ELSE '' END`
	// A row that stands for what cannot be sent holds no key, and takes none before it is
	// looked at again.
	_, err = t.ExecContext(ctx, `UPDATE uploads SET claims = CASE WHEN claims = 1 OR wait = 'conflict' THEN -1 ELSE 0 END`+those, list)
	if err != nil {
		return 0, fmt.Errorf("let go of keys: %w", err)
	}
	at, err := placeOf(ctx, t, transfer.Target{Account: to.Account, Endpoint: to.Endpoint, Region: to.Region, Bucket: to.Bucket})
	if err != nil {
		return 0, err
	}
	_, err = t.ExecContext(ctx, `UPDATE uploads SET key = n.key, place = ?, site = ?,
			wait = `+wait+`, error = CASE WHEN uploads.wait IN `+keptWaits+` THEN error END, before = NULL, again = 0,
			policy = (SELECT b.policy FROM batches b WHERE b.id = uploads.batch), `+
		derived("uploads.intent", "uploads.phase", wait)+`
		FROM (SELECT value ->> 'id' AS id, value ->> 'key' AS key FROM json_each(?)) n WHERE uploads.id = n.id`,
		at.id, at.site, list)
	if err != nil {
		return 0, fmt.Errorf("write keys: %w", err)
	}
	_, err = t.ExecContext(ctx, `UPDATE OR IGNORE uploads SET claims = 1`+those+` AND claims = -1`, list)
	if err != nil {
		return 0, fmt.Errorf("take keys: %w", err)
	}
	return conflictTaken(ctx, t, to, those, list)
}

// conflictTaken makes conflicts of those uploads that found their keys taken.
func conflictTaken(ctx context.Context, t *txn, to transfer.Destination, those, list string) (int, error) {
	failed, err := failureText(claimed(opRedirect, transfer.Target{Bucket: to.Bucket}))
	if err != nil {
		return 0, err
	}
	if !failed.Valid {
		return 0, errors.New("a conflict has no text")
	}
	n, err := affected(t.ExecContext(ctx, `UPDATE uploads SET claims = 0, wait = 'conflict', error = json_set(?, '$.key', key), `+
		derived("uploads.intent", "uploads.phase", "'conflict'")+those+` AND claims = -1`, failed.String, list))
	if err != nil {
		return 0, fmt.Errorf("note conflicts: %w", err)
	}
	return n, nil
}
