package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"partway/transfer"
)

// applicationID is in the header of every journal: "PTWY".
const applicationID = 0x50545759

// errDamaged tells that a file is not a sound journal, and is to be set aside.
var errDamaged = errors.New("the journal is damaged")

// inspect reads a journal's file without changing it, and returns the version of its schema.
// The file must not be empty.
func inspect(ctx context.Context, path string, newest int) (version int, err error) {
	reader, err := sql.Open("sqlite3", readerDSN(path))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	reader.SetMaxOpenConns(1)
	var application int
	err = errors.Join(
		reader.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&application),
		reader.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version),
	)
	switch {
	case isDamage(err):
		return 0, fmt.Errorf("%w: %w", errDamaged, err)
	case err != nil:
		return 0, err
	case application != applicationID && (application != 0 || version != 0):
		return 0, refuse(path, errors.New("this file is another program's database"))
	case version > newest:
		return 0, refuse(path, fmt.Errorf("this journal was written by a newer version of Partway "+
			"(its schema is version %d, this program knows %d): please update Partway", version, newest))
	}
	return version, quickCheck(ctx, reader)
}

func refuse(path string, why error) error {
	return &transfer.Error{Kind: transfer.KindStorage, Op: "Open", Path: path, Err: why}
}

// quickCheck reads the whole file. SQLite reports most damage as rows, not as an error.
func quickCheck(ctx context.Context, q querier) error {
	rows, err := q.QueryContext(ctx, `PRAGMA quick_check(5)`)
	if err != nil {
		return damage(err)
	}
	defer rows.Close()
	var faults []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return damage(err)
		}
		if line != "ok" {
			faults = append(faults, line)
		}
	}
	if err := rows.Err(); err != nil {
		return damage(err)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s", errDamaged, strings.Join(faults, "; "))
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
	if err != nil {
		return 0, "", err
	}
	if size == 0 {
		recovered, err = vanished(path)
		if err != nil {
			return 0, "", err
		}
		return 0, recovered, makeFile(path)
	}
	version, err = inspect(ctx, path, newest)
	if err == nil {
		return version, "", makeFile(path)
	}
	if !errors.Is(err, errDamaged) {
		return 0, "", err
	}
	aside, asideErr := setAside(path)
	if asideErr != nil {
		return 0, "", errors.Join(err, asideErr)
	}
	recovered = fmt.Sprintf("%v; it was kept as %q, and a new one was begun", err, filepath.Base(aside))
	return 0, recovered, makeFile(path)
}

// vanished tells whether a journal should have been at path, where there is an empty file
// or none. A log that it left is set aside: SQLite would delete it.
func vanished(path string) (string, error) {
	log, err := sizeOf(path + "-wal")
	if err != nil {
		return "", err
	}
	if log > 0 {
		aside, err := setAside(path)
		return fmt.Sprintf("the journal's file was empty or gone; its log was kept as %q, and a new one was begun",
			filepath.Base(aside)+"-wal"), err
	}
	marker, err := os.Stat(filepath.Join(filepath.Dir(path), markerName))
	if err != nil {
		return "", nil //nolint:nilerr // no marker: no journal was begun here
	}
	return fmt.Sprintf("the journal begun on %s is empty or gone, and a new one was begun",
		marker.ModTime().Format("2006-01-02 15:04")), nil
}
