package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"partway/transfer"
)

// Facts of a damaged row as this program can work with them. A row that is taken to be
// uploading is compared with OSS and the file before anything is sent.
var (
	soundIntent = `CASE WHEN uploads.intent IN ` + quoted(intents...) + ` THEN uploads.intent ELSE 'pause' END`
	soundPhase  = `CASE WHEN uploads.phase IN ` + quoted(transfer.Phases...) + ` THEN uploads.phase
		WHEN uploads.upload_id <> '' THEN 'uploading' ELSE 'planned' END`
)

var errUnknownFacts = errors.New("its state in the list is not one that Partway knows")

// setRowAside says of a row that cannot be read that it failed, and why. Start tries it again.
func setRowAside(ctx context.Context, t *txn, id transfer.ID, why error) error {
	return markUnread(ctx, t, why, `status = 'failed', turn = 0`, `id = ?`, id)
}

// setUnknownAside does so with all rows whose facts have no status: a command on one of them
// would fail, for all others that it is given for, too.
func setUnknownAside(ctx context.Context, t *txn) error {
	return markUnread(ctx, t, errUnknownFacts, derived(soundIntent, soundPhase, `'failed'`),
		`NOT EXISTS (SELECT 1 FROM states s WHERE s.intent = uploads.intent AND s.phase = uploads.phase AND s.wait = uploads.wait)`)
}

func markUnread(ctx context.Context, t *txn, why error, status, which string, args ...any) error {
	text, err := failureText(&transfer.Error{Kind: transfer.KindStorage, Op: "read", Code: transfer.CodeJournalDamaged, Err: why})
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `UPDATE uploads SET intent = `+soundIntent+`, phase = `+soundPhase+
		`, wait = 'failed', error = ?, `+status+` WHERE `+which, append([]any{text}, args...)...)
	if err != nil {
		return fmt.Errorf("set aside what cannot be read: %w", err)
	}
	return nil
}

// setBatchesAside ends the scans of batches that cannot be read, each with a row that says
// so: what their folders hold is not known, and the scans of others must go on.
func (j *Journal) setBatchesAside(ctx context.Context, t *txn) error {
	unread := map[int64]error{}
	_, err := collect(ctx, t, func(rows *sql.Rows) (none struct{}, err error) {
		b, err := scanBatch(rows)
		if err != nil && b.ID != 0 {
			unread[int64(b.ID)], err = err, nil
		}
		return none, err
	}, selectBatch+`WHERE scanned = 0`)
	if err != nil {
		return fmt.Errorf("read unfinished scans: %w", err)
	}
	for id, why := range unread {
		_, err := j.addUpload(ctx, t, transfer.Upload{
			Batch: transfer.BatchID(id), Name: fmt.Sprintf("? (%d)", id),
			Policy: transfer.PolicySkipSame, Intent: transfer.IntentRun, Phase: transfer.PhasePlanned, Wait: transfer.WaitFailed,
			Error: &transfer.Error{
				Kind: transfer.KindStorage, Op: "read", Code: transfer.CodeJournalDamaged,
				Err: fmt.Errorf("a folder was being added, and which one cannot be read: please add it again: %w", why),
			},
			Created: time.Now(),
		}, newLocations())
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE batches SET scanned = 1 WHERE id = ?`, id); err != nil {
			return fmt.Errorf("end the scan of batch %d: %w", id, err)
		}
	}
	return nil
}
