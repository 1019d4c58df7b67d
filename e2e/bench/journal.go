package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	_ "github.com/mattn/go-sqlite3" // which the journal is made with

	"partway/db"
	"partway/transfer"
)

// history is 100,000 uploads, a hundred of them cut into 10,000 parts each.
const history = `
INSERT INTO batches (id, roots, account, endpoint, region, bucket, prefix, policy, options, paused, scanned)
	VALUES (1, '[]', 0, 'http://127.0.0.1:1', 'r', 'bench', '', 'skip-same', '{}', 1, 1);
INSERT INTO places (id, account, endpoint, region, bucket, site) VALUES (1, 0, 'http://127.0.0.1:1', 'r', 'bench', 1);
INSERT INTO dirs (id, batch, path) VALUES (1, 1, CAST('/photos/' AS BLOB));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO uploads (batch, position, priority, dir, base, name, size, device, inode, folder, place, site, key,
	policy, content_type, part_size, parts, layout, intent, phase, wait, upload_id, content_md5, again, restart, claims, hidden,
	torn, speed_limit, parts_done, bytes_done, status, turn)
	SELECT 1, i, 0, 1, CAST(i AS BLOB), printf('photo %06d.jpg', i), i * 1000, 0, 0, 0, 1, 1, printf('photo %06d.jpg', i),
	'skip-same', '', 0, 0, '', 'pause', 'planned', '', '', 0, 0, 0, 1, 0, '', 0, 0, 0, 'paused', 0
	FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
INSERT INTO parts (upload, number, offset, size, etag, crc64, md5)
	SELECT 1 + i / 10000, i % 10000 + 1, i % 10000 * 1048576, 1048576, 'ABCDEFABCDEFABCDEFABCDEFABCDEFAB', i * 7919, '' FROM n;
`

// journalJob opens a journal of a long life.
func journalJob(ctx context.Context, dir string, c chosen) error {
	own := filepath.Join(dir, "journal")
	j, err := db.Open(ctx, own, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := j.Close(); err != nil {
		return err
	}
	if err := fill(ctx, filepath.Join(own, "partway.db")); err != nil {
		return err
	}
	rows := [][]string{{"run", "opened after", "200 rows after that", "allowed", "all summaries", "a plain scan by SQL", "ratio", "allowed", "MiB of memory"}}
	for n := range c.pairs {
		var r result
		if err := r.contest(ctx, order{Who: "journal", Dir: own}); err != nil {
			return err
		}
		rows = append(rows, []string{
			strconv.Itoa(n + 1), fmt.Sprintf("%.1f ms", ms(r.Opened)), fmt.Sprintf("%.1f ms", ms(r.Rows)), "50 ms",
			fmt.Sprintf("%.0f ms", ms(r.All)), fmt.Sprintf("%.0f ms", ms(r.Plain)), fmt.Sprintf("%.2f", float64(r.All)/float64(r.Plain)), "2",
			fmt.Sprintf("%.0f", float64(r.memory)/mib),
		})
	}
	printTable(os.Stdout, rows)
	return nil
}

func fill(ctx context.Context, file string) (err error) {
	raw, err := sql.Open("sqlite3", file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	_, err = raw.ExecContext(ctx, history)
	return err
}

// browse reads a journal as the window does: the list's order, and the rows it shows.
func browse(ctx context.Context, o order) (t told, err error) {
	begun := time.Now()
	j, err := db.Open(ctx, o.Dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	t.Opened = time.Since(begun)

	begun = time.Now()
	ids, err := j.List(ctx, transfer.Filter{}, transfer.Sort{})
	if err != nil {
		return t, err
	}
	if _, err := j.Rows(ctx, ids[:200]); err != nil {
		return t, err
	}
	t.Rows = time.Since(begun)

	begun = time.Now()
	for some := range slices.Chunk(ids, 1000) {
		if _, err := j.Rows(ctx, some); err != nil {
			return t, err
		}
	}
	t.All = time.Since(begun)
	t.Plain, err = scan(ctx, filepath.Join(o.Dir, "partway.db"))
	return t, err
}

// scan reads as much by plain SQL.
func scan(ctx context.Context, file string) (took time.Duration, err error) {
	raw, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	if err := raw.PingContext(ctx); err != nil {
		return 0, err
	}
	begun := time.Now()
	rows, err := raw.QueryContext(ctx, `SELECT * FROM full_uploads`)
	if err != nil {
		return 0, err
	}
	defer rows.Close() //nolint:errcheck // it was only read
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), rows.Err()
}
