//go:build linux

package harness

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // reads what the program writes, from outside
)

// Journal reads the program's journal, while the program runs or after it.
type Journal struct {
	path string
}

// Journal returns the journal of the program's data folder.
func (a *App) Journal() Journal { return Journal{filepath.Join(a.dataDir, "partway.db")} }

// The questions a Journal is asked.
const (
	CountBatches   = `SELECT count(*) FROM batches`
	CountUnscanned = `SELECT count(*) FROM batches WHERE scanned = 0`
	CountUploads   = `SELECT count(*) FROM uploads`
	CountParts     = `SELECT count(*) FROM parts`
	CountDone      = `SELECT count(*) FROM uploads WHERE phase = 'done'`
	CountConflicts = `SELECT count(*) FROM uploads WHERE wait = 'conflict'`
	CountMissing   = `SELECT count(*) FROM uploads WHERE wait = 'missing'`
	CountAborted   = `SELECT count(*) FROM uploads WHERE phase = 'aborted'`
	CountTrials    = `SELECT count(*) FROM accounts WHERE kind = 'trial'`
	CountPaused    = `SELECT count(*) FROM uploads WHERE intent = 'pause'`
)

// Count returns a number. A journal that is not there yet holds none of anything.
func (j Journal) Count(ctx context.Context, question string) (int, error) {
	if _, err := os.Stat(j.path); err != nil {
		return 0, nil // not there yet
	}
	dsn := url.URL{Scheme: "file", Path: j.path, RawQuery: "mode=ro&_query_only=on&_busy_timeout=5000"}
	db, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	var version, n int
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil || version == 0 {
		return 0, err // being made
	}
	if err := db.QueryRowContext(ctx, question).Scan(&n); err != nil {
		return 0, fmt.Errorf("journal: %s: %w", question, err)
	}
	return n, nil
}

// Wait waits until a count is at least n.
func (j Journal) Wait(ctx context.Context, question string, n int) error {
	return Until(ctx, fmt.Sprintf("%d of %s", n, question), func() (bool, error) {
		got, err := j.Count(ctx, question)
		return got >= n, err
	})
}

// Multiply makes n more rows like the first, of other names, behind the back of a program
// that does not run.
func (j Journal) Multiply(ctx context.Context, n int) error {
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: j.path}).String())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var columns, values []string
	rows, err := db.QueryContext(ctx, `SELECT name FROM pragma_table_info('uploads')`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	varied := map[string]string{
		"id": "NULL", "position": "position + i", "claims": "0",
		"base": "CAST(base || i AS BLOB)", "name": "i || ' ' || name", "key": "key || i",
	}
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return err
		}
		value := column
		if v := varied[column]; v != "" {
			value = v
		}
		columns, values = append(columns, column), append(values, value)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO uploads (%s) SELECT %s FROM uploads, n WHERE id = 1`, n, strings.Join(columns, ", "), strings.Join(values, ", ")))
	return err
}

// Execute changes the journal behind the program's back.
func (j Journal) Execute(ctx context.Context, statement string) error {
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: j.path}).String())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}
