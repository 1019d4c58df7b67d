//go:build unix

package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"partway/crash/tear"
	"partway/transfer"
)

// tearVariable names the folder in which the test binary, started as a child, opens the
// journal by a program that is a version newer if that is asked for, and dies in one of its
// writes.
const (
	tearVariable    = "PARTWAY_TEST_TEAR"
	tearAtVariable  = "PARTWAY_TEST_TEAR_AT"
	tearNewVariable = "PARTWAY_TEST_TEAR_NEWER"
)

func openAndDie(dir string) int {
	n, err := strconv.Atoi(os.Getenv(tearAtVariable))
	if err == nil {
		err = tear.AtWrite(n)
	}
	if err == nil {
		err = openAndClose(context.Background(), dir, os.Getenv(tearNewVariable) != "")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// openAndClose opens a journal as this program does, or one that knows another migration.
func openAndClose(ctx context.Context, dir string, newer bool) error {
	steps, err := embeddedMigrations()
	if err != nil {
		return err
	}
	if newer {
		script := `CREATE TABLE extra (x TEXT) STRICT; INSERT INTO extra SELECT name FROM uploads;
			ALTER TABLE uploads ADD COLUMN more TEXT`
		steps = append(slices.Clip(steps), migration{len(steps) + 1, "next.sql", script})
	}
	j, err := open(ctx, dir, slog.New(slog.DiscardHandler), steps)
	if err != nil {
		return err
	}
	return j.Close()
}

// dieOpening runs a child that opens the journal and dies in its n-th write. It tells whether
// the child came so far.
func dieOpening(t *testing.T, dir string, n int, newer string) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), tearVariable+"="+dir, tearAtVariable+"="+strconv.Itoa(n), tearNewVariable+"="+newer)
	said, err := child.CombinedOutput()
	if err == nil {
		return false
	}
	state, ok := child.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !state.Signaled() || state.Signal() != syscall.SIGKILL {
		t.Fatalf("write %d: %v\n%s", n, err, said)
	}
	return true
}

// TestA1KilledWhileTheJournalIsMade kills the first start of all in each of its writes.
func TestA1KilledWhileTheJournalIsMade(t *testing.T) {
	t.Parallel()
	n := 1
	for dir := t.TempDir(); dieOpening(t, dir, n, ""); dir = t.TempDir() {
		j := openAt(t, dir)
		addNamed(t, j, addBatch(t, j), 1)
		n++
	}
	if n < 5 {
		t.Errorf("killed in %d writes only", n-1)
	}
}

// TestD4KilledDuringMigration kills the first start of a newer version in each of its writes:
// the old version still starts, or the new one is done, and a backup is kept.
func TestD4KilledDuringMigration(t *testing.T) {
	t.Parallel()
	n, done := 1, 0
	for {
		dir := t.TempDir()
		j := openAt(t, dir)
		addNamed(t, j, addBatch(t, j), 3)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if !dieOpening(t, dir, n, "yes") {
			break
		}
		if checkMigrated(t, dir) {
			done++
		}
		n++
	}
	if n < 10 || done == 0 || done == n-1 {
		t.Errorf("killed in %d writes, of which %d after the migration", n-1, done)
	}
}

// checkMigrated looks at a journal whose migration was killed, and tells whether it was done.
func checkMigrated(t *testing.T, dir string) (done bool) {
	t.Helper()
	j, err := Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		done = true
		if !strings.Contains(err.Error(), "newer version") {
			t.Errorf("the old version: %v", err)
		}
	} else {
		all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{})
		if err := errors.Join(err, j.Close()); len(all) != 3 || err != nil {
			t.Errorf("the old version lists %v, %v", all, err)
		}
	}
	if err := openAndClose(t.Context(), dir, true); err != nil {
		t.Errorf("the new version: %v", err)
	}
	backups, err := filepath.Glob(filepath.Join(dir, journalName+backupInfix+latest(t)+"-*"))
	if err != nil || len(backups) == 0 {
		t.Errorf("backups: %v, %v", backups, err)
	}
	for _, b := range backups {
		checkBackup(t, b)
	}
	return done
}

// TestD4KilledWhilePlacesAreMade kills the migration that makes the table of uploads anew in
// many of its writes: at the next start each row is as it was.
func TestD4KilledWhilePlacesAreMade(t *testing.T) {
	t.Parallel()
	old := t.TempDir()
	journalBeforePlaces(t, old)
	n := 1
	for {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		if !dieOpening(t, dir, n, "") {
			break
		}
		j := openAt(t, dir)
		if r := j.Recovered(); r != nil {
			t.Errorf("killed in write %d, it is taken for damaged: %v", n, r)
		}
		checkAfterPlaces(t, j)
		n++
	}
	if n < 20 {
		t.Errorf("killed in %d writes only", n-1)
	}
}
