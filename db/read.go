package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partway/transfer"
)

// Uploads implements [transfer.Journal]: the uploads of these IDs, in their order.
func (j *Journal) Uploads(ctx context.Context, ids []transfer.ID) ([]transfer.Upload, error) {
	us, _, err := readUploads(ctx, j.readers, ids)
	return us, j.fail("Uploads", err)
}

// Parts implements [transfer.Journal].
func (j *Journal) Parts(ctx context.Context, id transfer.ID) ([]transfer.Part, error) {
	parts, err := collect(ctx, j.readers, scanPart,
		`SELECT number, offset, size, etag, crc64, md5 FROM parts WHERE upload = ? ORDER BY number`, id)
	return parts, j.fail("Parts", err)
}

// KnownUploadIDs implements [transfer.Journal]. It is asked after lost answers only, and
// worth no index.
func (j *Journal) KnownUploadIDs(ctx context.Context, bucket, key string) ([]string, error) {
	ids, err := collect(ctx, j.readers, scanOne[string], `
		SELECT upload_id FROM full_uploads WHERE bucket = ?1 AND key = ?2 AND upload_id <> ''
		UNION SELECT upload_id FROM perhaps_ours WHERE bucket = ?1 AND key = ?2
		UNION SELECT upload_id FROM kept WHERE bucket = ?1 AND key = ?2`, bucket, key)
	return ids, j.fail("KnownUploadIDs", err)
}

func scanPart(rows *sql.Rows) (p transfer.Part, err error) {
	var crc int64
	err = rows.Scan(&p.Number, &p.Offset, &p.Size, &p.ETag, &crc, &p.MD5)
	p.CRC64 = unsigned(crc)
	if err == nil && (p.Number < 1 || p.Number > transfer.MaxParts || p.Offset < 0 || p.Size < 0) {
		err = fmt.Errorf("read parts: part %d of %d bytes at %d cannot be", p.Number, p.Size, p.Offset)
	}
	return p, err
}

// Events implements [transfer.Lists]. The newest 200 lines are kept. How the upload was completed
// is told by its receipt, but in journals of earlier versions, where that was a line of its own.
func (j *Journal) Events(ctx context.Context, id transfer.ID) ([]transfer.Event, error) {
	events, err := collect(ctx, j.readers, scanEvent, `
		SELECT upload, time, kind, text, request_id FROM (
			SELECT id, upload, time, kind, text, request_id FROM events WHERE upload = ?1
			UNION ALL
			SELECT 0, r.upload, r.finished, ?2, r.outcome || ' ' || r.proof, r.request_id
			FROM receipts r JOIN uploads u ON u.id = r.upload AND u.phase = 'done'
			WHERE r.upload = ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE upload = ?1 AND kind = ?2)
		) ORDER BY CASE kind WHEN ?2 THEN 1 WHEN ?3 THEN 2 ELSE 0 END, id`,
		id, transfer.EventCompleted, transfer.EventVerified) // what is verified was completed before
	return events, j.fail("Events", err)
}

func scanEvent(rows *sql.Rows) (e transfer.Event, err error) {
	var at sql.NullInt64
	err = rows.Scan(&e.Upload, &at, &e.Kind, &e.Text, &e.RequestID)
	e.Time = timeOf(at)
	return e, err
}

// PerhapsOurs implements [transfer.Lists], the oldest first.
func (j *Journal) PerhapsOurs(ctx context.Context) ([]transfer.PerhapsOurs, error) {
	all, err := collect(ctx, j.readers, scanPerhaps, `SELECT upload, account, endpoint, region, bucket, key,
		upload_id, noted FROM perhaps_ours ORDER BY noted, key, upload_id`)
	return all, j.fail("PerhapsOurs", err)
}

func scanPerhaps(rows *sql.Rows) (p transfer.PerhapsOurs, err error) {
	var noted sql.NullInt64
	err = rows.Scan(&p.Upload, &p.To.Account, &p.To.Endpoint, &p.To.Region, &p.To.Bucket, &p.To.Key,
		&p.UploadID, &noted)
	p.Noted = timeOf(noted)
	return p, err
}

// Setting implements [transfer.Lists].
func (j *Journal) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := j.readers.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, j.fail("Setting", err)
}

// SetSetting implements [transfer.Lists].
func (j *Journal) SetSetting(ctx context.Context, key, value string) error {
	return j.committer.do(ctx, "SetSetting", func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)`, key, value)
		if err != nil {
			return fmt.Errorf("write setting %q: %w", key, err)
		}
		return nil
	})
}

// Version implements [transfer.Lists].
func (j *Journal) Version() uint64 { return j.version.Load() }
