package db

import (
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
)

// TestD2JournalWithoutAnIndex opens a file that is sound page by page, and lacks what its
// version has.
func TestD2JournalWithoutAnIndex(t *testing.T) {
	dir := t.TempDir()
	if err := openAt(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	file, err := sql.Open("sqlite3", filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.ExecContext(t.Context(), `DROP INDEX uploads_batch`)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if openAt(t, dir).Recovered() == nil {
		t.Error("it was taken for sound")
	}
}

// TestD2MigrationThatDropsAnIndex opens a journal of the version before it, which has the index.
func TestD2MigrationThatDropsAnIndex(t *testing.T) {
	dir := t.TempDir()
	if err := openAt(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	first, err := embeddedMigrations()
	if err != nil {
		t.Fatal(err)
	}
	steps := append(slices.Clip(first), migration{len(first) + 1, "next.sql", `DROP INDEX uploads_batch`})
	for range 2 { // and as it is after that
		j, err := open(t.Context(), dir, slog.New(slog.DiscardHandler), steps)
		if err != nil {
			t.Fatal(err)
		}
		if r := j.Recovered(); r != nil {
			t.Errorf("taken for damaged: %v", r)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
