package db

import (
	"context"

	"partway/transfer"
)

// goingOn lists the statuses of rows that are not at their end and wait for no decision.
var goingOn = quoted(append(append(statusesOf(transfer.GroupUploading), statusesOf(transfer.GroupWaiting)...), transfer.StatusPaused)...)

// OpenBatches implements [transfer.Lists].
func (j *Journal) OpenBatches(ctx context.Context) ([]transfer.BatchID, error) {
	ids, err := collect(ctx, j.readers, scanOne[transfer.BatchID], `SELECT id FROM batches b WHERE scanned = 0
		OR EXISTS (SELECT 1 FROM uploads WHERE batch = b.id AND hidden = 0 AND status IN `+goingOn+`) ORDER BY id`)
	return ids, j.fail("OpenBatches", err)
}

// Batch implements [transfer.Lists].
func (j *Journal) Batch(ctx context.Context, id transfer.BatchID) (transfer.Batch, error) {
	const op = "Batch"
	batches, err := collect(ctx, j.readers, scanBatch, selectBatch+`WHERE id = ?`, id)
	if err != nil {
		return transfer.Batch{}, j.fail(op, err)
	}
	if len(batches) == 0 {
		return transfer.Batch{}, absent(op, "batch", int64(id))
	}
	return batches[0], nil
}

// Progress implements [transfer.Lists].
func (j *Journal) Progress(ctx context.Context) (k transfer.Progress, err error) {
	err = j.readers.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(parts_done), 0), coalesce(sum(bytes_done), 0)
		FROM uploads WHERE hidden = 0 AND status IN `+goingOn+` AND status <> '`+string(transfer.StatusPaused)+`'`).
		Scan(&k.Uploads, &k.Parts, &k.Bytes)
	if err == nil {
		err = j.readers.QueryRowContext(ctx, `SELECT count(*) FROM uploads
			WHERE hidden = 0 AND status IN `+quoted(statusesOf(transfer.GroupAttention)...)).Scan(&k.NeedYou)
	}
	return k, j.fail("Progress", err)
}
