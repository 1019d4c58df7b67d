package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"partway/transfer"
)

func TestA5DurabilitySettings(t *testing.T) {
	j := openNew(t)
	pragma := func(q querier, name string) (value string) {
		t.Helper()
		if err := q.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "query_only": "0",
		"fullfsync": "1", "checkpoint_fullfsync": "1", "application_id": "1347704665", "user_version": latest(t),
	} {
		if got := pragma(j.conn, name); got != want {
			t.Errorf("writer: %s is %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"busy_timeout": "5000", "query_only": "1", "journal_mode": "wal"} {
		if got := pragma(j.readers, name); got != want {
			t.Errorf("reader: %s is %s, want %s", name, got, want)
		}
	}
	if !strings.Contains(writerDSN("/x"), "_txlock=immediate") || !strings.Contains(readerDSN("/x"), "mode=ro") {
		t.Errorf("%s, %s", writerDSN("/x"), readerDSN("/x"))
	}
	var loose int
	err := j.readers.QueryRowContext(t.Context(),
		`SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND strict = 0`).Scan(&loose)
	if err != nil || loose != 0 {
		t.Errorf("%d tables are not strict, %v", loose, err)
	}
}

func TestD6OddFolders(t *testing.T) {
	for _, name := range []string{"a b", "q?mode=memory", "h#x", "p%41%", "照片", "a&b=c;d", `back\slash`, "'quote\""} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			j := openAt(t, dir)
			if err := j.SetSetting(t.Context(), "k", name); err != nil {
				t.Fatal(err)
			}
			if v, err := j.Setting(t.Context(), "k"); v != name || err != nil {
				t.Errorf("a reader reads another file: %q, %v", v, err)
			}
			if size, err := sizeOf(filepath.Join(dir, journalName)); size == 0 || err != nil {
				t.Errorf("the journal is elsewhere: %d bytes, %v", size, err)
			}
		})
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	if err := j.SetSetting(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	if err := j.SetSetting(t.Context(), "k", "w"); err != nil {
		t.Fatal(err)
	}
	identity := j.Identity()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	j = openAt(t, dir)
	if v, err := j.Setting(t.Context(), "k"); v != "w" || err != nil {
		t.Errorf("setting %q, %v", v, err)
	}
	if v, err := j.Setting(t.Context(), "never"); v != "" || err != nil {
		t.Errorf("a setting that was never set: %q, %v", v, err)
	}
	if j.Identity() != identity || len(identity) < 16 || openNew(t).Identity() == identity {
		t.Errorf("identity %q, then %q", identity, j.Identity())
	}
	if j.Recovered() != nil {
		t.Errorf("recovered: %v", j.Recovered())
	}
}

func openError(t *testing.T, dir string) error {
	t.Helper()
	j, err := Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal(j.Close())
	}
	return err
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openError(t, file); transfer.KindOf(err) != transfer.KindStorage {
		t.Errorf("a file in the folder's place: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if j, err := Open(ctx, t.TempDir(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("opened with a dead context", j.Close())
	}
}

// databaseWith makes a database by SQL.
func databaseWith(t *testing.T, dir, script string) (file string, content []byte) {
	t.Helper()
	file = filepath.Join(dir, journalName)
	d, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	content, err = os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, content
}

func TestD5ForeignFilesAreRefusedAndLeft(t *testing.T) {
	tests := []struct{ name, script, says string }{
		{"newer", `PRAGMA application_id = 1347704665; PRAGMA user_version = 999; CREATE TABLE t (x)`, "newer version of Partway"},
		{"another program's", `PRAGMA application_id = 5; PRAGMA user_version = 1; CREATE TABLE t (x)`, "another program"},
		{"of no version", `CREATE TABLE t (x)`, "another program"},
		{"unnamed", `PRAGMA user_version = 1; CREATE TABLE t (x)`, "another program"},
		{"newer in WAL", `PRAGMA journal_mode = WAL; PRAGMA application_id = 1347704665; PRAGMA user_version = 999; CREATE TABLE t (x)`, "newer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file, before := databaseWith(t, dir, tt.script)
			err := openError(t, dir)
			if transfer.KindOf(err) != transfer.KindStorage || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
			after, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed: %v", err)
			}
			if set, err := filepath.Glob(file + ".*"); err != nil || len(set) != 0 {
				t.Errorf("left behind: %v, %v", set, err)
			}
		})
	}
}

// filled makes a journal with 300 uploads, and closes it.
func filled(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	j := openAt(t, dir)
	addNamed(t, j, addBatch(t, j), 300)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, journalName)
}

func TestD2DamagedJournalIsSetAside(t *testing.T) {
	tests := []struct {
		name   string
		damage func(content []byte) []byte
	}{
		{"not a database", func([]byte) []byte { return []byte(strings.Repeat("garbage ", 2000)) }},
		{"one byte", func([]byte) []byte { return []byte("x") }},
		{"bad header", func(c []byte) []byte { c[3] ^= 1; return c }},
		{"truncated", func(c []byte) []byte { return c[:len(c)/2] }},
		{"half a page", func(c []byte) []byte { return c[:2048] }},
		{"zeroed page", func(c []byte) []byte { clear(c[4096*3 : 4096*4]); return c }},
		{"flipped bit", func(c []byte) []byte { c[4096*5] ^= 2; return c }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, file := filled(t)
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			damaged := tt.damage(content)
			if err := os.WriteFile(file, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			j := openAt(t, dir)
			if !strings.Contains(j.Recovered().String(), "damaged") {
				t.Errorf("recovered: %v", j.Recovered())
			}
			kept, err := filepath.Glob(file + ".corrupt-*")
			if err != nil || len(kept) == 0 {
				t.Fatalf("kept: %v, %v", kept, err)
			}
			if got, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(got, damaged) {
				t.Errorf("what was kept differs: %v", err)
			}
			addNamed(t, j, addBatch(t, j), 1)
		})
	}
}

// filledThen is filled, and then changed by SQL behind the journal's back.
func filledThen(t *testing.T, script string) (dir string) {
	t.Helper()
	dir, _ = filled(t)
	databaseWith(t, dir, script)
	return dir
}

// Damage that SQLite tells as rows, and not as an error.
func TestD2DamageToldAsRows(t *testing.T) {
	j := openAt(t, filledThen(t, `PRAGMA writable_schema = on;
		UPDATE sqlite_schema SET sql = replace(sql, 'initiated    INTEGER,', 'initiated    INTEGER NOT NULL,')
		WHERE name = 'uploads'`))
	if !strings.Contains(j.Recovered().String(), "NULL value in uploads.initiated") {
		t.Errorf("recovered: %v", j.Recovered())
	}
}

func TestMigrationRefusesRowsOfNothing(t *testing.T) {
	dir := filledThen(t, `PRAGMA foreign_keys = off; DELETE FROM batches`)
	steps, err := embeddedMigrations()
	if err != nil {
		t.Fatal(err)
	}
	next := migration{len(steps) + 1, "next.sql", `CREATE TABLE extra (x TEXT) STRICT`}
	j, err := open(t.Context(), dir, slog.New(slog.DiscardHandler), append(steps, next))
	if err == nil {
		t.Fatal("migrated", j.Close())
	}
	if !strings.Contains(err.Error(), "301 rows refer to rows that do not exist") {
		t.Errorf("error %v", err)
	}
}

func TestD2VanishedJournalIsNoticed(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"empty":   func(file string) error { return os.Truncate(file, 0) },
		"deleted": os.Remove,
		"never begun": func(file string) error { // killed right after the file was made
			if err := os.Remove(file); err != nil {
				return err
			}
			databaseWith(t, filepath.Dir(file), `PRAGMA journal_mode = WAL`)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, file := filled(t)
			if err := damage(file); err != nil {
				t.Fatal(err)
			}
			j := openAt(t, dir)
			if !strings.Contains(j.Recovered().String(), "gone") {
				t.Errorf("recovered: %v", j.Recovered())
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if j = openAt(t, dir); j.Recovered() != nil {
				t.Errorf("told twice: %v", j.Recovered())
			}
		})
	}
}

func TestD2LogOfAVanishedJournalIsKept(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, journalName)
	if err := os.WriteFile(file+"-wal", []byte("log"), 0o600); err != nil {
		t.Fatal(err)
	}
	j := openAt(t, dir)
	if !strings.Contains(j.Recovered().String(), "only its log") {
		t.Errorf("recovered: %v", j.Recovered())
	}
	kept, err := filepath.Glob(file + ".corrupt-*-wal")
	if err != nil || len(kept) != 1 {
		t.Errorf("kept: %v, %v", kept, err)
	}
}

func TestMigrations(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, journalName)
	first, err := embeddedMigrations()
	if err != nil {
		t.Fatal(err)
	}
	j := openAt(t, dir)
	addNamed(t, j, addBatch(t, j), 3)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	next := func(script string) []migration {
		return append(slices.Clip(first), migration{len(first) + 1, "next.sql", script})
	}
	reopen := func(steps []migration) (*Journal, error) {
		return open(t.Context(), dir, slog.New(slog.DiscardHandler), steps)
	}

	for name, script := range map[string]string{
		"fails midway":   `CREATE TABLE extra (x TEXT) STRICT; INSERT INTO nowhere VALUES (1)`,
		"loses its rows": `PRAGMA defer_foreign_keys = on; DELETE FROM batches`,
	} {
		if j, err := reopen(next(script)); err == nil {
			t.Fatalf("%s: opened, %v", name, j.Close())
		}
	}
	j, err = reopen(first)
	if err != nil {
		t.Fatalf("after failed migrations the old version does not start: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}

	j, err = reopen(next(`CREATE TABLE extra (x TEXT) STRICT`))
	if err != nil {
		t.Fatal(err)
	}
	var version, rows int
	err = errors.Join(
		j.readers.QueryRowContext(t.Context(), `PRAGMA user_version`).Scan(&version),
		j.readers.QueryRowContext(t.Context(), `SELECT count(*) FROM uploads`).Scan(&rows),
	)
	if err := errors.Join(err, j.Close()); err != nil || strconv.Itoa(version-1) != latest(t) || rows != 3 {
		t.Errorf("version %d with %d uploads, %v", version, rows, err)
	}

	backups, err := filepath.Glob(file + backupInfix + latest(t) + "-*")
	if err != nil || len(backups) == 0 {
		t.Fatalf("backups: %v, %v", backups, err)
	}
	checkBackup(t, backups[0])
	if err := openError(t, dir); !strings.Contains(err.Error(), "newer version") {
		t.Errorf("the old version opens what the new one left: %v", err)
	}
}

// checkBackup opens a backup as a journal of its own.
func checkBackup(t *testing.T, backup string) {
	t.Helper()
	content, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, journalName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	j := openAt(t, dir)
	if all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); len(all) != 3 || err != nil {
		t.Errorf("the backup holds %v, %v", all, err)
	}
}

func TestMigrationNames(t *testing.T) {
	for name, folder := range map[string]fs.FS{
		"gap":       fstest.MapFS{"0001_a.sql": {}, "0003_b.sql": {}},
		"no number": fstest.MapFS{"begin.sql": {}},
		"twice":     fstest.MapFS{"0001_a.sql": {}, "0001_b.sql": {}},
	} {
		if steps, err := migrationsIn(folder); err == nil {
			t.Errorf("%s: %v", name, steps)
		}
	}
}
