package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"partway/transfer"
)

// Accounts implements [transfer.Accounts].
func (j *Journal) Accounts(ctx context.Context) ([]transfer.Account, error) {
	accounts, err := collect(ctx, j.readers, scanAccount, `SELECT id, name, kind, endpoint, region,
		addressing, signature, key_id, fingerprint, bucket, prefix, options, credentials FROM accounts ORDER BY used DESC, id DESC`)
	return accounts, j.fail("Accounts", err)
}

func scanAccount(rows *sql.Rows) (a transfer.Account, err error) {
	var options, source string
	err = rows.Scan(&a.ID, &a.Name, &a.Kind, &a.Endpoint, &a.Region, &a.Addressing, &a.Signature,
		&a.KeyID, &a.Fingerprint, &a.Bucket, &a.Prefix, &options, &source)
	if err == nil {
		err = json.Unmarshal([]byte(options), &a.Options)
	}
	if err == nil {
		err = json.Unmarshal([]byte(source), &a.Source)
	}
	if err != nil {
		return a, fmt.Errorf("read account %d: %w", a.ID, err)
	}
	return a, nil
}

// nextUse is the rank of a use that is later than all others.
const nextUse = `(SELECT coalesce(max(used), 0) + 1 FROM accounts)`

// SaveAccount implements [transfer.Accounts]. A new account counts as used last.
func (j *Journal) SaveAccount(ctx context.Context, a transfer.Account) (transfer.AccountID, error) {
	const op = "SaveAccount"
	options, err := jsonText(a.Options)
	if err != nil {
		return 0, err
	}
	source, err := jsonText(a.Source)
	if err != nil {
		return 0, err
	}
	err = j.committer.do(ctx, op, func(ctx context.Context, t *txn) error {
		t.shown = true
		args := []any{
			a.Name, a.Kind, a.Endpoint, a.Region, a.Addressing, a.Signature, a.KeyID, a.Fingerprint, a.Bucket, a.Prefix, options, source,
		}
		if a.ID != 0 {
			n, err := affected(t.ExecContext(ctx, `UPDATE accounts SET name = ?, kind = ?, endpoint = ?, region = ?,
				addressing = ?, signature = ?, key_id = ?, fingerprint = ?, bucket = ?, prefix = ?, options = ?, credentials = ? WHERE id = ?`,
				append(args, a.ID)...))
			if err == nil && n == 0 {
				return absent(op, "account", int64(a.ID))
			}
			return err
		}
		r, err := t.ExecContext(ctx, `INSERT INTO accounts
			(name, kind, endpoint, region, addressing, signature, key_id, fingerprint, bucket, prefix, options, credentials, used)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+nextUse+`)`, args...)
		if err != nil {
			return fmt.Errorf("write account %q: %w", a.Name, err)
		}
		id, err := r.LastInsertId()
		a.ID = transfer.AccountID(id)
		return err
	})
	if err != nil {
		return 0, err
	}
	return a.ID, nil
}

// RemoveAccount implements [transfer.Accounts]. An upload that still has to be aborted, and
// a folder that is still being scanned, need their account too.
func (j *Journal) RemoveAccount(ctx context.Context, id transfer.AccountID) error {
	const op = "RemoveAccount"
	return j.committer.do(ctx, op, func(ctx context.Context, t *txn) error {
		var uploads, scans int
		err := t.QueryRowContext(ctx, `SELECT
			(SELECT count(*) FROM full_uploads WHERE account = ?1 AND phase NOT IN `+finalPhases+`),
			(SELECT count(*) FROM batches WHERE account = ?1 AND scanned = 0)`, id).Scan(&uploads, &scans)
		if err != nil {
			return fmt.Errorf("look for uploads of account %d: %w", id, err)
		}
		if uploads+scans > 0 {
			return &transfer.Error{
				Kind: transfer.KindPermanent, Op: op,
				Err: fmt.Errorf("account %d is needed by %d unfinished uploads and %d scans", id, uploads, scans),
			}
		}
		t.shown = true
		_, err = t.ExecContext(ctx, `DELETE FROM accounts WHERE id = ?`, id)
		return err
	})
}

// UseAccount implements [transfer.Accounts].
func (j *Journal) UseAccount(ctx context.Context, id transfer.AccountID, bucket, prefix string) error {
	const op = "UseAccount"
	return j.committer.do(ctx, op, func(ctx context.Context, t *txn) error {
		n, err := affected(t.ExecContext(ctx,
			`UPDATE accounts SET bucket = ?, prefix = ?, used = `+nextUse+` WHERE id = ?`, bucket, prefix, id))
		if err == nil && n == 0 {
			return absent(op, "account", int64(id))
		}
		if err != nil || bucket == "" {
			return err
		}
		return useDestination(ctx, t, id, bucket, prefix)
	})
}

// useDestination puts a destination before the account's others, and forgets the oldest.
func useDestination(ctx context.Context, t *txn, id transfer.AccountID, bucket, prefix string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO destinations (account, bucket, prefix, used)
		SELECT ?1, ?2, ?3, coalesce(max(used), 0) + 1 FROM destinations WHERE account = ?1
		ON CONFLICT DO UPDATE SET used = excluded.used`, id, bucket, prefix)
	if err != nil {
		return fmt.Errorf("note destination of account %d: %w", id, err)
	}
	_, err = t.ExecContext(ctx, `DELETE FROM destinations WHERE account = ?1 AND used <=
		(SELECT used FROM destinations WHERE account = ?1 ORDER BY used DESC LIMIT 1 OFFSET ?2)`,
		id, transfer.RecentDestinations)
	if err != nil {
		return fmt.Errorf("forget destinations of account %d: %w", id, err)
	}
	return nil
}

// Destinations implements [transfer.Lists].
func (j *Journal) Destinations(ctx context.Context, id transfer.AccountID) ([]transfer.Destination, error) {
	to, err := collect(ctx, j.readers, func(rows *sql.Rows) (d transfer.Destination, err error) {
		err = rows.Scan(&d.Account, &d.Bucket, &d.Prefix)
		return d, err
	}, `SELECT account, bucket, prefix FROM destinations WHERE account = ? ORDER BY used DESC`, id)
	return to, j.fail("Destinations", err)
}
