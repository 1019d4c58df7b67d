package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"partway/db"
)

// TestLongLifeCanBeMade fills a journal of this program's schema, and reads it as the window does.
func TestLongLifeCanBeMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, err := db.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fill(t.Context(), filepath.Join(dir, "partway.db")); err != nil {
		t.Fatal(err)
	}
	if told, err := browse(t.Context(), order{Dir: dir}); err != nil || told.Rows == 0 || told.Plain == 0 {
		t.Errorf("told %+v, %v", told, err)
	}
}
