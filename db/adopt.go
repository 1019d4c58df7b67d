package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"partway/transfer"
)

const opAdopt = "Adopt"

// Adopt implements [transfer.Journal].
func (j *Journal) Adopt(ctx context.Context, b transfer.Batch, u transfer.Upload, parts []transfer.Part) (id transfer.ID, err error) {
	err = j.committer.do(ctx, opAdopt, func(ctx context.Context, t *txn) error {
		if err := unknownYet(ctx, t, &u); err != nil {
			return err
		}
		if u.Batch, err = insertBatch(ctx, t, b); err != nil {
			return err
		}
		added, err := j.addCarefully(ctx, t, u, newLocations())
		if err != nil {
			return err
		}
		id = added.ID
		carried := transfer.Carried{Send: u.File.Size}
		facts := make([]transfer.PartFact, len(parts))
		for i, p := range parts {
			carried.Proved += p.Size
			carried.Send -= p.Size
			facts[i] = transfer.PartFact{Upload: id, Part: p}
		}
		if err := putParts(ctx, t, facts); err != nil {
			return err
		}
		e := transfer.Event{Upload: id, Time: u.Created, Kind: transfer.EventAdopted, Text: carried.String()}
		if err := putEvent(ctx, t, e); err != nil {
			return err
		}
		t.shown = true
		return settle(ctx, t, u.To.Bucket, []string{u.UploadID})
	})
	return id, err
}

// unknownYet refuses an upload that the journal has, or whose key another has.
func unknownYet(ctx context.Context, t *txn, u *transfer.Upload) error {
	refuse := func(why error) error {
		return &transfer.Error{
			Kind: transfer.KindPermanent, Op: opAdopt, Bucket: u.To.Bucket, Key: u.To.Key, Path: u.Path,
			Code: transfer.CodeInQueue, Err: why,
		}
	}
	var known transfer.ID
	err := t.QueryRowContext(ctx, `SELECT id FROM full_uploads WHERE bucket = ? AND key = ? AND upload_id = ?
		AND phase NOT IN `+finalPhases, u.To.Bucket, u.To.Key, u.UploadID).Scan(&known)
	switch {
	case err == nil:
		return refuse(transfer.ErrInQueue)
	case !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("look for upload ID: %w", err)
	}
	holder, _, _, err := holderOf(ctx, t, u.To)
	switch {
	case err != nil:
		return fmt.Errorf("look for key %q: %w", u.To.Key, err)
	case holder != 0:
		return refuse(transfer.ErrKeyClaimed)
	}
	return nil
}

// Begun implements [transfer.Lists].
func (j *Journal) Begun(ctx context.Context, bucket string) ([]transfer.BegunUpload, error) {
	begun, err := collect(ctx, j.readers, scanBegun, `
		SELECT id, key, upload_id, 0, 0, path FROM full_uploads
			WHERE bucket = ?1 AND upload_id <> '' AND phase NOT IN `+finalPhases+`
		UNION ALL SELECT upload, key, upload_id, 1, 0, x'' FROM perhaps_ours WHERE bucket = ?1
		UNION ALL SELECT 0, key, upload_id, 0, 1, path FROM kept WHERE bucket = ?1`, bucket)
	return begun, j.fail("Begun", err)
}

func scanBegun(rows *sql.Rows) (b transfer.BegunUpload, err error) {
	var path []byte
	err = rows.Scan(&b.Upload, &b.Key, &b.UploadID, &b.Doubt, &b.Kept, &path)
	b.Path = string(path)
	return b, err
}

// keepable are the uploads whose parts can stay on OSS without their row: those that wait in
// the phase of parts. unbegun are those that have none there. Both were paused before, and
// were not started again.
var (
	keepable = `phase = '` + string(transfer.PhaseUploading) + `' AND intent = '` + string(transfer.IntentPause) + `' AND upload_id <> ''`
	unbegun  = `phase = '` + string(transfer.PhasePlanned) + `' AND intent = '` + string(transfer.IntentPause) + `'`
)

// Keep implements [transfer.Journal].
func (j *Journal) Keep(s transfer.Selection, done func(int, error)) {
	j.onSet("Keep", done, func(ctx context.Context, t *txn) (int, error) { return keep(ctx, t, s) })
}

func keep(ctx context.Context, t *txn, s transfer.Selection) (int, error) {
	which, args, err := selected(s)
	if err != nil {
		return 0, err
	}
	_, err = t.ExecContext(ctx, `INSERT OR REPLACE INTO kept (bucket, key, upload_id, path, kept)
		SELECT bucket, key, upload_id, path, ? FROM full_uploads WHERE `+keepable+` AND (`+which+`)`,
		append([]any{nanos(time.Now())}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("note uploads to be kept: %w", err)
	}
	n, err := affected(t.ExecContext(ctx, `UPDATE uploads SET hidden = 1, phase = 'aborted', claims = 0, upload_id = '', `+
		derived("uploads.intent", "'aborted'", "uploads.wait")+
		` WHERE (`+keepable+` OR `+unbegun+`) AND (`+which+`)`, args...))
	if err != nil {
		return 0, fmt.Errorf("take rows away: %w", err)
	}
	ended, err := affected(t.ExecContext(ctx, `UPDATE uploads SET hidden = 1 WHERE phase IN `+finalPhases+` AND hidden = 0 AND (`+which+`)`, args...))
	if err != nil {
		return 0, fmt.Errorf("take finished rows away: %w", err)
	}
	return n + ended, sweep(ctx, t, `true`)
}

// Settled implements [transfer.Lists].
func (j *Journal) Settled(ctx context.Context, bucket string, uploadIDs []string) error {
	return j.committer.do(ctx, "Settled", func(ctx context.Context, t *txn) error {
		return settle(ctx, t, bucket, uploadIDs)
	})
}

func settle(ctx context.Context, t *txn, bucket string, uploadIDs []string) error {
	list, err := jsonText(uploadIDs)
	if err != nil {
		return err
	}
	for _, table := range []string{"perhaps_ours", "kept"} {
		_, err = t.ExecContext(ctx, `DELETE FROM `+table+` WHERE bucket = ? AND upload_id IN (SELECT value FROM json_each(?))`, bucket, list)
		if err != nil {
			return fmt.Errorf("forget upload IDs of %s: %w", table, err)
		}
	}
	return nil
}
