//go:build unix

package db

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"partway/crash/tear"
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
