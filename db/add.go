package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"partway/transfer"
)

const opAdd = "AddUploads"

// AddBatch implements [transfer.Journal].
func (j *Journal) AddBatch(ctx context.Context, b transfer.Batch) (transfer.BatchID, error) {
	var id transfer.BatchID
	err := j.committer.do(ctx, "AddBatch", func(ctx context.Context, t *txn) (err error) {
		id, err = insertBatch(ctx, t, b)
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

func insertBatch(ctx context.Context, t *txn, b transfer.Batch) (transfer.BatchID, error) {
	roots := make([][]byte, len(b.Roots))
	for i, r := range b.Roots {
		roots[i] = []byte(r)
	}
	rootsText, err := jsonText(roots)
	if err != nil {
		return 0, err
	}
	options, err := jsonText(b.Options)
	if err != nil {
		return 0, err
	}
	ignore, err := jsonText(b.Ignore)
	if err != nil {
		return 0, err
	}
	r, err := t.ExecContext(ctx, `INSERT INTO batches
		(roots, account, endpoint, region, bucket, prefix, policy, options, ignore, paused, scanned, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		rootsText, b.To.Account, b.To.Endpoint, b.To.Region, b.To.Bucket, b.To.Prefix,
		b.Policy, options, ignore, b.Paused, b.Scanned, nanos(b.Created))
	if err != nil {
		return 0, fmt.Errorf("write batch: %w", err)
	}
	id, err := r.LastInsertId()
	return transfer.BatchID(id), err
}

// AddUploads implements [transfer.Journal]. An upload whose key is held by the same path
// on its way to be aborted is a conflict, not Existing: that row will not be sent.
func (j *Journal) AddUploads(ctx context.Context, us []transfer.Upload) ([]transfer.Added, error) {
	var added []transfer.Added
	err := j.committer.do(ctx, opAdd, func(ctx context.Context, t *txn) error {
		t.shown = true
		added = make([]transfer.Added, len(us))
		known := newLocations()
		for i := range us {
			a, err := j.addUpload(ctx, t, us[i], known)
			if err != nil {
				return err
			}
			added[i] = a
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// addUpload adds a row. Nearly all are new: what may be in the way is looked for only if
// something is.
func (j *Journal) addUpload(ctx context.Context, t *txn, u transfer.Upload, known *locations) (a transfer.Added, err error) {
	if at, all := known.known(&u); all {
		if a.ID, err = j.insertUpload(ctx, t, u, at, insertIfFree); err != nil || a.ID != 0 {
			return a, err
		}
	}
	return j.addCarefully(ctx, t, u, known)
}

func (j *Journal) addCarefully(ctx context.Context, t *txn, u transfer.Upload, known *locations) (a transfer.Added, err error) {
	dir, base := splitPath(u.Path)
	err = t.QueryRowContext(ctx, `SELECT id FROM uploads
		WHERE dir = (SELECT d.id FROM dirs d WHERE d.batch = ? AND d.path = ?) AND base = ?`,
		u.Batch, []byte(dir), []byte(base)).Scan(&a.ID)
	if err == nil {
		return a, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("look for upload %q: %w", u.Path, err)
	}
	if u.Claims {
		holder, path, goesOn, err := holderOf(ctx, t, u.To)
		if err != nil {
			return a, fmt.Errorf("look for key %q: %w", u.To.Key, err)
		}
		if holder != 0 && path == u.Path && goesOn {
			return transfer.Added{ID: holder, Existing: true}, nil
		}
		if holder != 0 {
			u.Claims, u.Wait, u.Error = false, transfer.WaitConflict, claimed(opAdd, u.To)
		}
	}
	at, err := known.of(ctx, t, &u)
	if err != nil {
		return a, err
	}
	a.ID, err = j.insertUpload(ctx, t, u, at, insertUpload)
	return a, err
}

// insertUpload writes a new row by one of two statements, and returns its ID, 0 if the
// statement did not.
func (j *Journal) insertUpload(ctx context.Context, t *txn, u transfer.Upload, at located, statement string) (transfer.ID, error) {
	if u.Position == 0 {
		u.Position = j.lastPosition + spacing
	}
	facts, err := factArgs(&u)
	if err != nil {
		return 0, err
	}
	if err := knownFacts(&u); err != nil {
		return 0, fmt.Errorf("write upload %q: %w", u.Name, err)
	}
	args := slices.Concat(identityArgs(&u, at), facts, []any{u.Status(), turnOf(u.Intent, u.Phase, u.Wait)})
	r, err := t.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, fmt.Errorf("write upload %q: %w", u.Name, err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return 0, err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return 0, err
	}
	j.firstPosition, j.lastPosition = min(j.firstPosition, u.Position), max(j.lastPosition, u.Position)
	u.ID = transfer.ID(id)
	return u.ID, putReceipt(ctx, t, &u)
}

// NoteIgnored implements [transfer.Journal].
func (j *Journal) NoteIgnored(ctx context.Context, id transfer.BatchID, ignored transfer.Names) error {
	const op = "NoteIgnored"
	text, err := jsonText(ignored)
	if err != nil {
		return err
	}
	return j.committer.do(ctx, op, func(ctx context.Context, t *txn) error {
		n, err := affected(t.ExecContext(ctx, `UPDATE batches SET ignored = ? WHERE id = ?`, text, id))
		if err == nil && n == 0 {
			return absent(op, "batch", int64(id))
		}
		return err
	})
}

// Ignored implements [transfer.Lists].
func (j *Journal) Ignored(ctx context.Context, id transfer.BatchID) (ignored transfer.Names, err error) {
	var text string
	err = j.readers.QueryRowContext(ctx, `SELECT ignored FROM batches WHERE id = ?`, id).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ignored, nil
	case err == nil:
		err = json.Unmarshal([]byte(text), &ignored)
	}
	return ignored, j.fail("Ignored", err)
}

// ScanDone implements [transfer.Journal].
func (j *Journal) ScanDone(ctx context.Context, id transfer.BatchID) error {
	return j.committer.do(ctx, "ScanDone", func(ctx context.Context, t *txn) error {
		n, err := affected(t.ExecContext(ctx, `UPDATE batches SET scanned = 1 WHERE id = ?`, id))
		if err != nil {
			return fmt.Errorf("note scan of batch %d: %w", id, err)
		}
		if n == 0 {
			return absent("ScanDone", "batch", int64(id))
		}
		t.shown = true
		return sweep(ctx, t, `batch = ?`, id)
	})
}

// StopScan implements [transfer.Journal].
func (j *Journal) StopScan(id transfer.BatchID, over bool, done func(error)) {
	j.committer.push(op{
		name: "StopScan",
		apply: func(ctx context.Context, t *txn) error {
			n, err := affected(t.ExecContext(ctx, `UPDATE batches SET scanned = ?, stopped = 1 WHERE id = ? AND scanned = 0`, over, id))
			if err != nil {
				return fmt.Errorf("note stopped scan of batch %d: %w", id, err)
			}
			if n == 0 || !over { // rows that the scan has in hand must find those that were removed
				return nil
			}
			t.shown = true
			return sweep(ctx, t, `batch = ?`, id)
		},
		done: done,
	})
}

const selectBatch = `SELECT id, roots, account, endpoint, region, bucket,
	prefix, policy, options, ignore, paused, scanned, stopped, created FROM batches `

// Unscanned implements [transfer.Journal].
func (j *Journal) Unscanned(ctx context.Context) ([]transfer.Batch, error) {
	batches, err := collect(ctx, j.readers, scanBatch, selectBatch+`WHERE scanned = 0 ORDER BY id`)
	return batches, j.fail("Unscanned", err)
}

// Rescan implements [transfer.Journal].
func (j *Journal) Rescan(ctx context.Context, id transfer.ID) (b transfer.Batch, err error) {
	const op = "Rescan"
	err = j.committer.do(ctx, op, func(ctx context.Context, t *txn) error {
		batches, err := collect(ctx, t, scanBatch, selectBatch+`WHERE id = (SELECT batch FROM uploads WHERE id = ?)`, id)
		if err != nil {
			return fmt.Errorf("read batch of upload %d: %w", id, err)
		}
		if len(batches) == 0 {
			return absent(op, "upload", int64(id))
		}
		b = batches[0]
		if b.Stopped {
			return nil
		}
		b.Scanned = false
		if err := asToldOf(ctx, t, &b, id); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM uploads WHERE id = ?`, id); err != nil {
			return fmt.Errorf("drop row %d of a folder: %w", id, err)
		}
		_, err = t.ExecContext(ctx, `UPDATE batches SET scanned = 0, paused = ?,
			account = ?, endpoint = ?, region = ?, bucket = ?, prefix = ? WHERE id = ?`,
			b.Paused, b.To.Account, b.To.Endpoint, b.To.Region, b.To.Bucket, b.To.Prefix, b.ID)
		if err != nil {
			return fmt.Errorf("scan batch %d again: %w", b.ID, err)
		}
		t.shown = true
		return nil
	})
	return b, err
}

// asToldOf makes a batch that is scanned again for a folder's row what the row was told to be:
// paused or not, and where its files go.
func asToldOf(ctx context.Context, t *txn, b *transfer.Batch, id transfer.ID) error {
	var intent transfer.Intent
	var to transfer.Target
	var name string
	err := t.QueryRowContext(ctx, `SELECT intent, account, endpoint, region, bucket, key, name FROM full_uploads WHERE id = ?`, id).
		Scan(&intent, &to.Account, &to.Endpoint, &to.Region, &to.Bucket, &to.Key, &name)
	if err != nil {
		return fmt.Errorf("read row %d of a folder: %w", id, err)
	}
	b.Paused = intent == transfer.IntentPause
	if prefix, ok := transfer.PrefixOf(to.Key, name); ok {
		b.To = transfer.Destination{Account: to.Account, Endpoint: to.Endpoint, Region: to.Region, Bucket: to.Bucket, Prefix: prefix}
	}
	return nil
}

func scanBatch(rows *sql.Rows) (transfer.Batch, error) {
	var (
		b                      transfer.Batch
		roots, options, ignore string
		created                sql.NullInt64
	)
	err := rows.Scan(&b.ID, &roots, &b.To.Account, &b.To.Endpoint, &b.To.Region, &b.To.Bucket, &b.To.Prefix,
		&b.Policy, &options, &ignore, &b.Paused, &b.Scanned, &b.Stopped, &created)
	if err != nil {
		return b, fmt.Errorf("read batch: %w", err)
	}
	var paths [][]byte
	if err := json.Unmarshal([]byte(roots), &paths); err != nil {
		return b, fmt.Errorf("read batch %d: roots: %w", b.ID, err)
	}
	for _, p := range paths {
		b.Roots = append(b.Roots, string(p))
	}
	if err := json.Unmarshal([]byte(options), &b.Options); err != nil {
		return b, fmt.Errorf("read batch %d: options: %w", b.ID, err)
	}
	if err := json.Unmarshal([]byte(ignore), &b.Ignore); err != nil {
		return b, fmt.Errorf("read batch %d: ignore patterns: %w", b.ID, err)
	}
	b.Created = timeOf(created)
	return b, nil
}
