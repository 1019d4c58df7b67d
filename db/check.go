package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"partway/transfer"
)

// applicationID is in the header of every journal: "PTWY".
const applicationID = 0x50545759

// errDamaged tells that a file is not a sound journal, and is to be set aside.
var errDamaged = errors.New("the journal is damaged")

// smallestFile is the least that a database has, in bytes.
const smallestFile = 512

// header is what tells one database from another.
type header struct {
	application, version, tables int
}

// inspect reads a journal's file without changing it, and returns the version of its
// schema: 0 if nothing was written to it yet. The file must not be empty.
func inspect(ctx context.Context, path string, steps []migration) (version int, err error) {
	if err := checkHeader(path); err != nil {
		return 0, err
	}
	reader, err := sql.Open("sqlite3", readerDSN(path))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	reader.SetMaxOpenConns(1)
	var h header
	err = reader.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`).Scan(&h.application, &h.version, &h.tables)
	switch {
	case err != nil:
		return 0, damage(err)
	case h.application != applicationID && h != (header{}):
		return 0, refuse(path, transfer.CodeJournalForeign, errors.New("this file is another program's database"))
	case h.version > len(steps):
		return 0, refuse(path, transfer.CodeJournalNewer, fmt.Errorf("this journal was written by a newer version of Partway "+
			"(its schema is version %d, this program knows %d): please update Partway", h.version, len(steps)))
	}
	if err := quickCheck(ctx, reader); err != nil {
		return 0, err
	}
	return h.version, schemaCheck(ctx, reader, h.version, steps)
}

// checkHeader finds what SQLite would not take for damage: a file that is too short, which
// it would write over, and numbers of formats that do not exist, for which it would take the
// file for a newer SQLite's.
func checkHeader(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := make([]byte, smallestFile)
	if n, err := io.ReadFull(f, h); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it has %d bytes", errDamaged, n)
	} else if err != nil {
		return err
	}
	// https://www.sqlite.org/fileformat.html: write and read version, schema format.
	if h[18] > 2 || h[19] > 2 || binary.BigEndian.Uint32(h[44:]) > 4 {
		return fmt.Errorf("%w: its header has formats that do not exist", errDamaged)
	}
	return nil
}

func refuse(path, code string, why error) error {
	return &transfer.Error{Kind: transfer.KindStorage, Op: "Open", Path: path, Code: code, Err: why}
}

// quickCheck reads the whole file. SQLite reports most damage as rows, not as an error.
func quickCheck(ctx context.Context, q querier) error {
	lines, err := collect(ctx, q, scanOne[string], `PRAGMA quick_check(5)`)
	if err != nil {
		return damage(err)
	}
	if len(lines) != 1 || lines[0] != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, strings.Join(lines, "; "))
	}
	return nil
}

func damage(err error) error {
	if isDamage(err) {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return err
}
