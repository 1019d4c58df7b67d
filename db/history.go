package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partway/transfer"
)

// recordColumns are what a record is made of: of the upload, and where that is gone, of its
// receipt.
const recordColumns = `SELECT coalesce(u.id, r.upload), coalesce(u.name, r.name), coalesce(u.path, x''), coalesce(u.size, r.size),
	coalesce(u.account, r.account), coalesce(u.endpoint, r.endpoint), coalesce(u.region, ''), coalesce(u.bucket, r.bucket),
	coalesce(u.key, r.key), coalesce(a.name, ''), coalesce(u.status, ''), u.error,
	coalesce(u.part_size, 0), coalesce(u.parts, 0), coalesce(u.upload_id, ''), coalesce(u.content_type, ''), u.created, u.initiated,
	coalesce(r.outcome, ''), coalesce(r.proof, ''), coalesce(r.etag, ''), coalesce(r.crc64, 0), coalesce(r.md5, 0),
	coalesce(r.version_id, ''), coalesce(r.request_id, ''), r.finished, coalesce(r.callback, ''), coalesce(r.reply, '')`

// History implements [transfer.Lists].
func (j *Journal) History(ctx context.Context, s transfer.Selection, each func(*transfer.Record) error) error {
	which, args, err := selected(s)
	if err != nil {
		return err
	}
	return j.fail("History", j.records(ctx, each, recordColumns+`
		FROM full_uploads u LEFT JOIN receipts r ON r.upload = u.id LEFT JOIN accounts a ON a.id = u.account
		WHERE u.id IN (SELECT id FROM uploads WHERE `+which+`) AND u.hidden = 0 ORDER BY u.id`, args...))
}

// Receipts implements [transfer.Lists].
func (j *Journal) Receipts(ctx context.Context, each func(*transfer.Record) error) error {
	return j.fail("Receipts", j.records(ctx, each, recordColumns+`
		FROM receipts r LEFT JOIN full_uploads u ON u.id = r.upload AND u.hidden = 0 LEFT JOIN accounts a ON a.id = r.account
		WHERE r.outcome <> ''
		ORDER BY r.upload`))
}

// records hands one record after the other on: memory does not grow with their number.
func (j *Journal) records(ctx context.Context, each func(*transfer.Record) error, query string, args ...any) (err error) {
	rows, err := j.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var r transfer.Record
	for rows.Next() {
		if err := scanRecord(rows, &r); err != nil {
			return err
		}
		if err := each(&r); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanRecord(rows *sql.Rows, r *transfer.Record) error {
	var (
		path                     []byte
		failed                   sql.NullString
		created, begun, finished sql.NullInt64
		crc                      int64
	)
	*r = transfer.Record{}
	err := rows.Scan(&r.ID, &r.Name, &path, &r.Size,
		&r.To.Account, &r.To.Endpoint, &r.To.Region, &r.To.Bucket,
		&r.To.Key, &r.Account, &r.Status, &failed,
		&r.Plan.PartSize, &r.Plan.Parts, &r.UploadID, &r.ContentType, &created, &begun,
		&r.Receipt.Outcome, &r.Receipt.Proof, &r.Receipt.ETag, &crc, &r.Receipt.MD5,
		&r.Receipt.VersionID, &r.Receipt.RequestID, &finished, &r.Receipt.Callback, &r.Receipt.CallbackReply)
	if err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	r.Path, r.Created, r.Begun = string(path), timeOf(created), timeOf(begun)
	r.Receipt.CRC64, r.Receipt.Finished = unsigned(crc), timeOf(finished)
	r.Error, _ = failureOf(failed) // one that cannot be read is no reason to export nothing
	return nil
}
