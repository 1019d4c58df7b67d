package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/mattn/go-sqlite3"

	"partway/transfer"
)

// These tests hold down what mutants of this package's operators got away with.

// count tells how many rows a table has.
func count(tb testing.TB, j *Journal, table string) (n int) {
	tb.Helper()
	if err := j.readers.QueryRowContext(tb.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestErrorsOfSQLiteAreToldApart(t *testing.T) {
	busy := sqlite3.Error{Code: sqlite3.ErrBusy}
	check := sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintCheck}
	unique := sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintUnique}
	for _, c := range []struct {
		err                        error
		constraint, unique, damage bool
	}{
		{err: nil},
		{err: errors.New("other")},
		{err: sql.ErrTxDone},
		{err: busy},
		{err: check, constraint: true},
		{err: unique, constraint: true, unique: true},
		{err: fmt.Errorf("write: %w", unique), constraint: true, unique: true},
		{err: sqlite3.Error{Code: sqlite3.ErrCorrupt}, damage: true},
		{err: sqlite3.Error{Code: sqlite3.ErrNotADB}, damage: true},
	} {
		if isConstraint(c.err) != c.constraint || isUnique(c.err) != c.unique || isDamage(c.err) != c.damage {
			t.Errorf("%v: constraint %v, unique %v, damage %v", c.err, isConstraint(c.err), isUnique(c.err), isDamage(c.err))
		}
	}
	other := errors.New("other")
	if undone(nil) != nil || undone(sql.ErrTxDone) != nil || undone(busy) != nil || !errors.Is(undone(other), other) {
		t.Error("what a rollback says is not told apart")
	}
}

// TestAWholeChangeIsWritten has a part of every kind in one change.
func TestAWholeChangeIsWritten(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	u.Phase = transfer.PhaseUploading
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}, Parts: []transfer.PartFact{part(u.ID, 1, 10), part(u.ID, 2, 10)}})
	u.Again = 7
	commit(t, j, transfer.Change{
		Forget:  []transfer.ForgetParts{{Upload: u.ID, Numbers: []int{1}}},
		Parts:   []transfer.PartFact{part(u.ID, 3, 10)},
		Perhaps: []transfer.PerhapsOurs{{Upload: u.ID, To: u.To, UploadID: "P", Noted: created}},
		Events:  []transfer.Event{{Upload: u.ID, Time: created, Kind: transfer.EventNoted, Text: "x"}},
		Uploads: []transfer.Upload{u},
	})
	parts, err := j.Parts(t.Context(), u.ID)
	if err != nil || len(parts) != 2 || parts[0].Number != 2 || parts[1].Number != 3 {
		t.Errorf("parts %+v, %v", parts, err)
	}
	if p, e, got := count(t, j, "perhaps_ours"), count(t, j, "events"), load(t, j, u.ID); p != 1 || e != 1 || got.Again != 7 || got.PartsDone != 2 {
		t.Errorf("%d perhaps ours, %d events, upload %+v", p, e, got)
	}
}

// TestWhatIsShownMovesTheVersion has a list look again after any change to a row or its
// parts, and after no other.
func TestWhatIsShownMovesTheVersion(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	keys := []transfer.ForgetParts{{Upload: u.ID, Numbers: []int{9}}}
	facts := []transfer.PartFact{part(u.ID, 1, 10)}
	for _, c := range []struct {
		name   string
		change transfer.Change
		moves  bool
	}{
		{"nothing", transfer.Change{}, false},
		{"an event", transfer.Change{Events: []transfer.Event{{Upload: u.ID, Kind: transfer.EventNoted}}}, false},
		{"an upload", transfer.Change{Uploads: []transfer.Upload{u}}, true},
		{"a part", transfer.Change{Parts: facts}, true},
		{"a part less", transfer.Change{Forget: keys}, true},
		{"a part for another", transfer.Change{Parts: facts, Forget: keys}, true},
		{"an upload and its part", transfer.Change{Uploads: []transfer.Upload{u}, Parts: facts}, true},
		{"one of each", transfer.Change{Uploads: []transfer.Upload{u}, Parts: facts, Forget: keys}, true},
	} {
		before := j.Version()
		commit(t, j, c.change)
		if moved := j.Version() != before; moved != c.moves {
			t.Errorf("%s: moved %v", c.name, moved)
		}
	}
}

// TestOnlyAHeldKeyIsAConflict has rows that cannot be written for another reason.
func TestOnlyAHeldKeyIsAConflict(t *testing.T) {
	for _, claims := range []bool{true, false} {
		j := openNew(t)
		u := planned(addBatch(t, j), "a")
		u.Claims = claims
		u = add(t, j, u)[0]
		u.Phase = "flying" // no state: the row cannot be written
		err := tryCommit(j, transfer.Change{Uploads: []transfer.Upload{u}})
		if err == nil || errors.Is(err, transfer.ErrKeyClaimed) {
			t.Errorf("claims %v: %v", claims, err)
		}
	}
}

// TestFactsLeaveWhatTheUploadIs commits facts of an upload that the caller takes for another.
func TestFactsLeaveWhatTheUploadIs(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	us := add(t, j, planned(batch, "a"), planned(batch, "d/b"))
	was := load(t, j, us[0].ID)
	u := load(t, j, us[1].ID)
	u.ID, u.Again = was.ID, 5
	u.To.Account, u.To.Endpoint, u.To.Region, u.To.Bucket, u.To.Key = 7, "http://other", "r", "other", was.To.Key
	u.Created = u.Created.Add(1)
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
	was.Again = 5
	if got := load(t, j, was.ID); !sameUpload(normal(got), normal(was)) {
		t.Errorf("read\n%+v, want\n%+v", got, was)
	}
}

// TestOneLineOfDamageIsDamage has SQLite report a single thing.
func TestOneLineOfDamageIsDamage(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	add(t, j, planned(addBatch(t, j), "a"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	databaseWith(t, dir, `PRAGMA writable_schema = on;
		UPDATE sqlite_schema SET sql = replace(sql, 'initiated    INTEGER,', 'initiated    INTEGER NOT NULL,')
		WHERE name = 'uploads'`)
	if j = openAt(t, dir); !strings.Contains(j.Recovered().String(), "NULL value in uploads.initiated") {
		t.Errorf("recovered: %v", j.Recovered())
	}
}

// TestATransactionThatFailsFailsAllItsOps has one op make the commit itself fail.
func TestATransactionThatFailsFailsAllItsOps(t *testing.T) {
	j := openNew(t)
	own := errors.New("its own")
	results := make(chan error, 3)
	push := func(apply func(ctx context.Context, t *txn) error) {
		j.committer.push(op{name: "test", apply: apply, done: func(err error) { results <- err }})
	}
	release := hold(j)
	push(func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES ('k', 'v')`)
		return err
	})
	push(func(context.Context, *txn) error { return own })
	push(func(ctx context.Context, t *txn) error {
		if _, err := t.ExecContext(ctx, `PRAGMA defer_foreign_keys = on`); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `INSERT INTO events (upload, kind, text, request_id) VALUES (999, '', '', '')`)
		return err
	})
	release()
	for i := range 3 {
		err := <-results
		if err == nil || errors.Is(err, own) != (i == 1) {
			t.Errorf("op %d: %v", i, err)
		}
	}
	if v, err := j.Setting(t.Context(), "k"); v != "" || err != nil {
		t.Errorf("a change that failed is there: %q, %v", v, err)
	}
}

// TestOnlyWhatEndsIsNotedAsEnded pauses, aborts and removes uploads that were not begun.
func TestOnlyWhatEndsIsNotedAsEnded(t *testing.T) {
	for c, want := range map[transfer.SetCommand]int{
		transfer.SetPause: 0, transfer.SetRun: 0, transfer.SetAbort: 1, transfer.SetRemove: 1,
	} {
		j := openNew(t)
		u := add(t, j, planned(addBatch(t, j), "a"))[0]
		command(t, j, transfer.These(u.ID), c)
		if got := count(t, j, "receipts"); got != want {
			t.Errorf("%s: %d receipts, want %d", c, got, want)
		}
	}
}

func TestAFreshJournalRecoveredFromNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var log strings.Builder
	j, err := Open(t.Context(), dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got := j.readers.Stats().MaxOpenConnections; got != maxReaders {
		t.Errorf("%d readers, want %d", got, maxReaders)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j.Recovered() != nil || strings.Contains(log.String(), "recovered") {
		t.Errorf("recovered %v, logged %q", j.Recovered(), log.String())
	}
	if err := os.Truncate(filepath.Join(dir, journalName), 0); err != nil {
		t.Fatal(err)
	}
	if j, err = Open(t.Context(), dir, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "journal recovered") {
		t.Errorf("logged %q", log.String())
	}
}

// TestTheSmallestDatabaseIsNoDamage has one page of the least size that SQLite knows.
func TestTheSmallestDatabaseIsNoDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{`PRAGMA page_size = 512`, `VACUUM`, `PRAGMA user_version = 0`} {
		if _, err := d.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != smallestFile {
		t.Fatalf("%d bytes, %v", info.Size(), err)
	}
	if version, err := inspect(t.Context(), path, nil); version != 0 || err != nil {
		t.Errorf("version %d, %v", version, err)
	}
}

func TestABackupIsTakenBeforeAMigrationOnly(t *testing.T) {
	dir := t.TempDir()
	steps, err := embeddedMigrations()
	if err != nil {
		t.Fatal(err)
	}
	next := migration{len(steps) + 1, "next.sql", `CREATE TABLE extra (x TEXT) STRICT`}
	for i, c := range []struct {
		steps []migration
		files int
	}{{steps, 2}, {steps, 2}, {append(steps, next), 3}, {append(steps, next), 3}} {
		j, err := open(t.Context(), dir, slog.New(slog.DiscardHandler), c.steps)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != c.files {
			t.Errorf("opened %d times: %d files, want %d (journal, marker, backup): %v", i+1, len(entries), c.files, entries)
		}
	}
}

func TestMigrationsAreNumberedFrom1(t *testing.T) {
	folder := fstest.MapFS{
		"0001_a.sql": {Data: []byte("a"), ModTime: time.Time{}}, "0003_b.sql": {Data: []byte("b"), ModTime: time.Time{}},
	}
	if _, err := migrationsIn(folder); err == nil || !strings.Contains(err.Error(), "not number 2") {
		t.Errorf("got %v", err)
	}
}
