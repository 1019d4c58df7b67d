//go:build unix

package tear

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

const childVariable = "PARTWAY_TEST_TEAR"

// TestAtWrite lets a child die in each of its writes, and reads what it left: all of a
// transaction, or nothing.
func TestAtWrite(t *testing.T) {
	t.Parallel()
	killed := 0
	for n := 1; ; n++ {
		file := filepath.Join(t.TempDir(), "x.db")
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+file, childVariable+"_AT="+strconv.Itoa(n))
		out, err := child.CombinedOutput()
		state := child.ProcessState.Sys().(syscall.WaitStatus) //nolint:forcetypeassert // so it is on Unix
		if err == nil {
			break
		}
		if !state.Signaled() || state.Signal() != syscall.SIGKILL {
			t.Fatalf("at write %d: %v\n%s", n, err, out)
		}
		killed++
		if rows := rowsOf(t, file); rows != 0 && rows != 100 {
			t.Errorf("killed at write %d: %d rows of 100", n, rows)
		}
	}
	if killed < 4 {
		t.Errorf("killed at %d writes only", killed)
	}
}

func rowsOf(t *testing.T, file string) (rows int) {
	t.Helper()
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var tables int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables == 0 {
		return 0
	}
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM t`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestMain(m *testing.M) {
	code := 0
	if file := os.Getenv(childVariable); file == "" {
		code = m.Run()
	} else if err := writeAndDie(context.Background(), file, os.Getenv(childVariable+"_AT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// writeAndDie is the child: it makes one transaction, and dies in the write of this number
// if it comes to it.
func writeAndDie(ctx context.Context, file, at string) error {
	n, err := strconv.Atoi(at)
	if err != nil {
		return err
	}
	if err := AtWrite(n); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `BEGIN; CREATE TABLE t (x TEXT);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
		INSERT INTO t SELECT hex(randomblob(100)) FROM n; COMMIT`)
	return errors.Join(err, db.Close())
}
