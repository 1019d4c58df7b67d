package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partway/transfer"
)

// keptEvents is how many lines of an upload's log are kept, the newest.
const keptEvents = 200

const opCommit = "Commit"

// Commit implements [transfer.Journal]. An upload that takes a key which another holds
// fails the change with [transfer.ErrKeyClaimed]; one that is not in the journal any more
// fails it with [transfer.ErrAbsent].
func (j *Journal) Commit(c transfer.Change, done func(error)) {
	if done == nil {
		done = func(error) {}
	}
	j.committer.push(op{
		name:    opCommit,
		apply:   func(ctx context.Context, t *txn) error { return applyChange(ctx, t, c) },
		done:    done,
		patient: c.Patient,
		change:  &c,
	})
}

// Hasten implements [transfer.Journal].
func (j *Journal) Hasten() { j.committer.hasten() }

// onlyParts tells whether a change does nothing but to add parts.
func onlyParts(c *transfer.Change) bool {
	return len(c.Uploads)+len(c.Forget)+len(c.Perhaps)+len(c.Events) == 0
}

func applyChange(ctx context.Context, t *txn, c transfer.Change) error {
	t.shown = t.shown || len(c.Uploads)+len(c.Parts)+len(c.Forget) > 0
	for _, f := range c.Forget {
		if err := forgetParts(ctx, t, f); err != nil {
			return err
		}
	}
	if err := putParts(ctx, t, c.Parts); err != nil {
		return err
	}
	for _, p := range c.Perhaps {
		if err := putPerhaps(ctx, t, p); err != nil {
			return err
		}
	}
	for _, e := range c.Events {
		if err := putEvent(ctx, t, e); err != nil {
			return err
		}
	}
	// Last, as a finished hidden upload takes its parts and log with it.
	for i := range c.Uploads {
		if err := replaceUpload(ctx, t, &c.Uploads[i]); err != nil {
			return err
		}
	}
	return nil
}

// replaceUpload writes an upload's row. What is done of a multipart upload is what its
// part rows say, whatever the caller holds.
func replaceUpload(ctx context.Context, t *txn, u *transfer.Upload) error {
	if !u.Plan.Single() {
		summed := *u
		u = &summed
		err := t.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM parts WHERE upload = ?`, u.ID).
			Scan(&u.PartsDone, &u.BytesDone)
		if err != nil {
			return fmt.Errorf("sum parts of upload %d: %w", u.ID, err)
		}
	}
	facts, err := factArgs(u)
	if err != nil {
		return err
	}
	facts = append(facts, u.ID)
	usual := updateRunning
	if u.Phase.Final() {
		usual = updateFinal
	}
	n, err := affected(t.ExecContext(ctx, usual, facts...))
	if err != nil {
		return fmt.Errorf("write upload %d: %w", u.ID, err)
	}
	if n == 0 || u.Hidden {
		return replaceUnusual(ctx, t, u, facts)
	}
	return putReceipt(ctx, t, u)
}

// replaceUnusual writes the row of an upload that is not in the list, or has another key.
func replaceUnusual(ctx context.Context, t *txn, u *transfer.Upload, facts []any) error {
	n, err := affected(t.ExecContext(ctx, updateUpload, facts...))
	if err == nil && n == 0 {
		return absent(opCommit, "upload", int64(u.ID))
	}
	if err != nil {
		return fmt.Errorf("write upload %d: %w", u.ID, err)
	}
	if err := takeKey(ctx, t, u, facts[:keyColumns]); err != nil {
		return err
	}
	if u.Hidden {
		if _, err := t.ExecContext(ctx, `UPDATE uploads SET hidden = 1 WHERE id = ?`, u.ID); err != nil {
			return fmt.Errorf("hide upload %d: %w", u.ID, err)
		}
	}
	if err := putReceipt(ctx, t, u); err != nil || !u.Phase.Final() {
		return err
	}
	var hidden bool
	err = t.QueryRowContext(ctx, `SELECT hidden FROM uploads WHERE id = ?`, u.ID).Scan(&hidden)
	if err != nil || !hidden {
		return err
	}
	return sweep(ctx, t, `id = ?`, u.ID)
}

// takeKey writes the key of an upload, and whether it claims it, where that has changed.
func takeKey(ctx context.Context, t *txn, u *transfer.Upload, key []any) error {
	_, err := t.ExecContext(ctx, `UPDATE uploads SET key = ?1, claims = ?2 WHERE id = ?3 AND (key, claims) IS NOT (?1, ?2)`, append(key, u.ID)...)
	switch {
	case isUnique(err):
		return takenOr(ctx, t, u, err)
	case err != nil:
		return fmt.Errorf("write key of upload %d: %w", u.ID, err)
	}
	return nil
}

// inDoubt is the outcome of aborted uploads of which an object may be there.
var inDoubt = quoted(transfer.OutcomeInDoubt)

// sweep deletes those of some uploads that left the list and are finished. As long as a
// batch is being scanned, its rows stay, so that a scan that begins again does not add
// what was removed. Of uploads that were aborted, no receipt remains but of what is in doubt.
func sweep(ctx context.Context, t *txn, which string, args ...any) error {
	which = `hidden = 1 AND phase IN ` + finalPhases +
		` AND batch NOT IN (SELECT id FROM batches WHERE scanned = 0) AND ` + which
	_, err := t.ExecContext(ctx, `DELETE FROM receipts WHERE outcome NOT IN `+inDoubt+` AND upload IN
		(SELECT id FROM uploads WHERE phase = 'aborted' AND `+which+`)`, args...)
	if err != nil {
		return fmt.Errorf("drop receipts of removed uploads: %w", err)
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM uploads WHERE `+which, args...); err != nil {
		return fmt.Errorf("drop removed uploads: %w", err)
	}
	return nil
}

// takenOr is why a row could not be written: its key is held, or else err.
func takenOr(ctx context.Context, t *txn, u *transfer.Upload, err error) error {
	holder, _, _, held := holderOf(ctx, t, u.To)
	if held == nil && holder != 0 && holder != u.ID {
		return claimed(opCommit, u.To)
	}
	return fmt.Errorf("write upload %d: %w", u.ID, err)
}

// holderOf returns the upload that claims a key, its path, and whether it goes on to be
// sent; ID 0 when there is none.
func holderOf(ctx context.Context, t *txn, to transfer.Target) (id transfer.ID, path string, goesOn bool, err error) {
	var raw []byte
	// One that a person skipped is not sent either, once what is of it on OSS is aborted.
	err = t.QueryRowContext(ctx, `SELECT id, path, intent <> 'abort' AND (phase <> 'aborting' OR restart = 1) FROM full_uploads
		WHERE site = (SELECT min(site) FROM places WHERE endpoint = ? AND bucket = ?) AND key = ? AND claims = 1`, to.Endpoint, to.Bucket, to.Key).
		Scan(&id, &raw, &goesOn)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", false, nil
	}
	return id, string(raw), goesOn, err
}

// putReceipt keeps what remains of a finished upload.
func putReceipt(ctx context.Context, t *txn, u *transfer.Upload) error {
	r := u.Receipt
	if r == (transfer.Receipt{}) {
		return nil
	}
	_, err := t.ExecContext(ctx, `INSERT OR REPLACE INTO receipts
		(upload, name, account, endpoint, bucket, key, size,
		outcome, proof, etag, crc64, md5, version_id, request_id, finished, callback, reply)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		u.ID, u.Name, u.To.Account, u.To.Endpoint, u.To.Bucket, u.To.Key, u.File.Size,
		r.Outcome, r.Proof, r.ETag, signed(r.CRC64), r.MD5, r.VersionID, r.RequestID, nanos(r.Finished), r.Callback, r.CallbackReply)
	if err != nil {
		return fmt.Errorf("write receipt of upload %d: %w", u.ID, err)
	}
	return nil
}

// putParts adds or replaces parts, and counts them; a replaced one is not counted twice.
func putParts(ctx context.Context, t *txn, facts []transfer.PartFact) error {
	for len(facts) > 0 {
		id, n := facts[0].Upload, 0
		var parts int
		var bytes int64
		for ; n < len(facts) && facts[n].Upload == id; n++ {
			added, size, err := putPart(ctx, t, facts[n])
			if err != nil {
				return err
			}
			parts, bytes = parts+added, bytes+size
		}
		if err := addDone(ctx, t, id, parts, bytes); err != nil {
			return err
		}
		facts = facts[n:]
	}
	return nil
}

// putPart adds or replaces a part, and tells by how much what is done grows.
func putPart(ctx context.Context, t *txn, f transfer.PartFact) (added int, size int64, err error) {
	added, size, p := 1, f.Part.Size, f.Part
	put := func(verb string) (int, error) {
		n, err := affected(t.ExecContext(ctx, verb+` INTO parts (upload, number, offset, size, etag, crc64, md5)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, f.Upload, p.Number, p.Offset, p.Size, p.ETag, signed(p.CRC64), p.MD5))
		switch {
		case isForeignKey(err):
			return 0, absent(opCommit, "upload", int64(f.Upload))
		case err != nil:
			return 0, fmt.Errorf("write part %d of upload %d: %w", p.Number, f.Upload, err)
		}
		return n, nil
	}
	n, err := put(`INSERT OR IGNORE`)
	if err != nil || n > 0 {
		return added, size, err
	}
	var old int64
	err = t.QueryRowContext(ctx, `SELECT size FROM parts WHERE upload = ? AND number = ?`, f.Upload, p.Number).Scan(&old)
	if err != nil {
		return 0, 0, fmt.Errorf("look for part %d of upload %d: %w", p.Number, f.Upload, err)
	}
	_, err = put(`REPLACE`)
	return 0, size - old, err
}

// addDone moves an upload's counts of what is done.
func addDone(ctx context.Context, t *txn, id transfer.ID, parts int, bytes int64) error {
	n, err := affected(t.ExecContext(ctx,
		`UPDATE uploads SET parts_done = parts_done + ?, bytes_done = bytes_done + ? WHERE id = ?`, parts, bytes, id))
	if err != nil {
		return fmt.Errorf("count parts of upload %d: %w", id, err)
	}
	if n == 0 {
		return absent(opCommit, "upload", int64(id))
	}
	return nil
}

func forgetParts(ctx context.Context, t *txn, f transfer.ForgetParts) error {
	which, args := `upload = ?`, []any{f.Upload}
	if len(f.Numbers) > 0 {
		numbers, err := jsonText(f.Numbers)
		if err != nil {
			return err
		}
		which, args = which+` AND number IN (SELECT value FROM json_each(?))`, append(args, numbers)
	}
	var parts int
	var bytes int64
	err := t.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM parts WHERE `+which, args...).
		Scan(&parts, &bytes)
	if err != nil {
		return fmt.Errorf("sum parts of upload %d: %w", f.Upload, err)
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM parts WHERE `+which, args...); err != nil {
		return fmt.Errorf("forget parts of upload %d: %w", f.Upload, err)
	}
	return addDone(ctx, t, f.Upload, -parts, -bytes)
}

func putPerhaps(ctx context.Context, t *txn, p transfer.PerhapsOurs) error {
	_, err := t.ExecContext(ctx, `INSERT INTO perhaps_ours
		(upload, account, endpoint, region, bucket, key, upload_id, noted) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`,
		p.Upload, p.To.Account, p.To.Endpoint, p.To.Region, p.To.Bucket, p.To.Key, p.UploadID, nanos(p.Noted))
	if err != nil {
		return fmt.Errorf("note doubtful upload ID of upload %d: %w", p.Upload, err)
	}
	return nil
}

func putEvent(ctx context.Context, t *txn, e transfer.Event) error {
	_, err := t.ExecContext(ctx, `INSERT INTO events (upload, time, kind, text, request_id) VALUES (?, ?, ?, ?, ?)`,
		e.Upload, nanos(e.Time), e.Kind, e.Text, e.RequestID)
	switch {
	case isForeignKey(err):
		return absent(opCommit, "upload", int64(e.Upload))
	case err != nil:
		return fmt.Errorf("log event of upload %d: %w", e.Upload, err)
	}
	_, err = t.ExecContext(ctx, `DELETE FROM events WHERE upload = ?1 AND id <=
		(SELECT id FROM events WHERE upload = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`, e.Upload, keptEvents)
	if err != nil {
		return fmt.Errorf("shorten log of upload %d: %w", e.Upload, err)
	}
	return nil
}

// affected is the number of rows that a statement changed.
func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
