package db

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
)

// undoHalfDone lets SQLite undo what a process that was killed had half done while it made
// the journal. Until a new file has its log, SQLite keeps what was there before in a
// "-journal" beside it, and a connection that only reads may not put that back.
func undoHalfDone(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path + "-journal"); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	d, err := sql.Open("sqlite3", dsn(path, url.Values{"mode": {"rw"}, "_busy_timeout": {busyTimeout}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var tables int
	err = d.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables)
	if isDamage(err) {
		return nil // found and dealt with when the file is inspected
	}
	return err
}
