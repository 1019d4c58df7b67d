package db

import (
	"context"
	"errors"
	"fmt"

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
