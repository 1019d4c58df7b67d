//go:build unix

package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // reads what a process left, without its code

	"partway/transfer"
)

// left is what the journal holds after a process ended.
type left struct {
	uploads   []leftUpload
	parts     map[transfer.ID]map[int]bool
	perhaps   map[string]bool // upload IDs that may be ours
	unscanned int
	stopped   int // scans
}

type leftUpload struct {
	id       transfer.ID
	path     string
	key      string
	intent   transfer.Intent
	phase    transfer.Phase
	status   transfer.Status
	uploadID string
	priority transfer.Priority
	limit    int64
}

// lookAt reads the journal as it lies in a data folder: from a copy, as opening it would put
// in order what the next start has to. It fails if the journal is not sound.
func lookAt(ctx context.Context, data, scratch string) (left, error) {
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return left{}, err
	}
	copied := filepath.Join(scratch, "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(filepath.Join(data, "partway.db"+suffix))
		if errors.Is(err, os.ErrNotExist) {
			content, err = nil, nil
		}
		if err == nil {
			err = os.WriteFile(copied+suffix, content, 0o600)
		}
		if err != nil {
			return left{}, err
		}
	}
	db, err := sql.Open("sqlite3", copied)
	if err != nil {
		return left{}, err
	}
	l := left{parts: map[transfer.ID]map[int]bool{}, perhaps: map[string]bool{}}
	return l, errors.Join(l.read(ctx, db), db.Close())
}

// unsound counts what must not be in a journal.
var unsound = map[string]string{
	"damage":         `SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'`,
	"rows of no row": `SELECT count(*) FROM pragma_foreign_key_check`,
	"sums of parts that are wrong": `SELECT count(*) FROM uploads u WHERE u.parts > 0 AND (u.parts_done, u.bytes_done) <>
		(SELECT count(*), coalesce(sum(size), 0) FROM parts WHERE upload = u.id)`,
	"parts of an upload without an ID": `SELECT count(*) FROM parts JOIN uploads u ON u.id = upload WHERE u.upload_id = ''`,
	"IDs that are missing":             `SELECT count(*) FROM uploads WHERE upload_id = '' AND phase IN ('uploading', 'completing', 'aborting')`,
	"objects begun with parts missing": `SELECT count(*) FROM uploads WHERE phase = 'completing' AND parts_done <> parts`,
	"unfinished uploads without their key": `SELECT count(*) FROM uploads WHERE claims = 0 AND phase IN
		('initiating', 'uploading', 'completing', 'putting', 'aborting')`,
	"finished uploads that keep their key": `SELECT count(*) FROM uploads WHERE claims = 1 AND phase IN ('done', 'aborted')`,
}

func (l *left) read(ctx context.Context, db *sql.DB) error {
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables)
	if err != nil || tables == 0 { // killed before the journal was begun
		return err
	}
	for what, question := range unsound {
		var n int
		if err := db.QueryRowContext(ctx, question).Scan(&n); err != nil {
			return fmt.Errorf("look for %s: %w", what, err)
		}
		if n > 0 {
			return fmt.Errorf("the journal holds %d %s", n, what)
		}
	}
	// A journal that is being made may not have all columns yet, and then has no rows.
	limit, err := column(ctx, db, "uploads", "speed_limit")
	if err != nil {
		return err
	}
	stopped, err := column(ctx, db, "batches", "stopped")
	if err != nil {
		return err
	}
	path, err := column(ctx, db, "full_uploads", "path")
	if err != nil {
		return err
	}
	table := `uploads`
	if path != `0` {
		table = `full_uploads`
	}
	return errors.Join(
		db.QueryRowContext(ctx, `SELECT count(*) FROM batches WHERE `+stopped+` = 1`).Scan(&l.stopped),
		db.QueryRowContext(ctx, `SELECT count(*) FROM batches WHERE scanned = 0`).Scan(&l.unscanned),
		each(ctx, db, `SELECT id, `+path+`, key, intent, phase, status, upload_id, priority, `+limit+` FROM `+table, func(scan func(...any) error) error {
			var u leftUpload
			err := scan(&u.id, &u.path, &u.key, &u.intent, &u.phase, &u.status, &u.uploadID, &u.priority, &u.limit)
			l.uploads = append(l.uploads, u)
			return err
		}),
		each(ctx, db, `SELECT upload, number FROM parts`, func(scan func(...any) error) error {
			var id transfer.ID
			var number int
			err := scan(&id, &number)
			if l.parts[id] == nil {
				l.parts[id] = map[int]bool{}
			}
			l.parts[id][number] = true
			return err
		}),
		each(ctx, db, `SELECT upload_id FROM perhaps_ours`, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			l.perhaps[id] = true
			return err
		}),
	)
}

// column is the name of a table's column, or 0 if the table does not have it.
func column(ctx context.Context, db *sql.DB, table, name string) (string, error) {
	expression := `0`
	err := db.QueryRowContext(ctx, `SELECT name FROM pragma_table_info(?) WHERE name = ?`, table, name).Scan(&expression)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return expression, err
}

// each calls row with a func that reads the columns of each row of an answer.
func each(ctx context.Context, db *sql.DB, question string, row func(scan func(...any) error) error) error {
	rows, err := db.QueryContext(ctx, question)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
