package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"partway/transfer"
)

// applicationID is in the header of every journal: "PTWY".
const applicationID = 0x50545759

// errDamaged tells that a file is not a sound journal, and is to be set aside.
var errDamaged = errors.New("the journal is damaged")

// smallestFile is the least that a database has, in bytes: SQLite takes anything shorter
// for an empty file, and writes over it.
const smallestFile = 512

// header is what tells one database from another.
type header struct {
	application, version, tables int
}

// inspect reads a journal's file without changing it, and returns the version of its
// schema: 0 if nothing was written to it yet. The file must not be empty.
func inspect(ctx context.Context, path string, newest int) (version int, err error) {
	if size, err := sizeOf(path); err != nil || size < smallestFile {
		return 0, errors.Join(err, fmt.Errorf("%w: it has %d bytes", errDamaged, size))
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
		return 0, refuse(path, errors.New("this file is another program's database"))
	case h.version > newest:
		return 0, refuse(path, fmt.Errorf("this journal was written by a newer version of Partway "+
			"(its schema is version %d, this program knows %d): please update Partway", h.version, newest))
	}
	return h.version, quickCheck(ctx, reader)
}

func refuse(path string, why error) error {
	return &transfer.Error{Kind: transfer.KindStorage, Op: "Open", Path: path, Err: why}
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

// prepare leaves a file at path that can be opened as a journal: the one that is there, or
// an empty one. A damaged one is set aside. It returns the version of its schema, 0 for an
// empty one, and what was recovered from, "" when all was well.
func prepare(ctx context.Context, path string, newest int) (version int, recovered string, err error) {
	size, err := sizeOf(path)
	if err == nil && size > 0 {
		version, err = inspect(ctx, path, newest)
	}
	switch {
	case errors.Is(err, errDamaged):
		aside, asideErr := setAside(path)
		if asideErr != nil {
			return 0, "", errors.Join(err, asideErr)
		}
		version = 0
		recovered = fmt.Sprintf("%v; it was kept as %q, and a new one was begun", err, filepath.Base(aside))
	case err != nil:
		return 0, "", err
	case version == 0:
		recovered, err = vanished(path, size)
		if err != nil {
			return 0, "", err
		}
	}
	return version, recovered, makeFile(path)
}

// vanished tells whether a journal should have been at path, where there is none, or one
// that holds nothing. A log left without its file is set aside: SQLite would delete it.
func vanished(path string, size int64) (string, error) {
	log, err := sizeOf(path + "-wal")
	if err != nil {
		return "", err
	}
	if log > 0 && size == 0 {
		aside, err := setAside(path)
		return fmt.Sprintf("the journal's file was empty or gone; its log was kept as %q, and a new one was begun",
			filepath.Base(aside)+"-wal"), err
	}
	marker, err := os.Stat(filepath.Join(filepath.Dir(path), markerName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("the journal begun on %s is empty or gone, and a new one was begun",
		marker.ModTime().Format("2006-01-02 15:04")), nil
}
