package db

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"partway/transfer"
)

func codeIs(t *testing.T, what string, err error, code string) {
	t.Helper()
	if e := transfer.AsError(err); e == nil || e.Kind != transfer.KindStorage || e.Code != code {
		t.Errorf("%s: error %v, want code %s", what, err, code)
	}
}

// A full disk is said to be one, loses nothing, and is noticed to have room again.
func TestD1FullJournal(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 1)
	limit := func(pages int) {
		t.Helper()
		// The committer is idle: nothing was pushed that was not waited for.
		if _, err := j.conn.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes the present size
	var told int
	var err error
	for n := 1; n <= transfer.MaxParts && err == nil; n++ {
		if err = tryCommit(j, transfer.Change{Parts: []transfer.PartFact{part(us[0].ID, n, 100)}}); err == nil {
			told = n
		}
	}
	codeIs(t, "commit", err, transfer.CodeDiskFull)
	codeIs(t, "ask for room", waitFor(j.Writable), transfer.CodeDiskFull)
	_, err = j.AddBatch(t.Context(), batchOf(1))
	for ; err == nil; _, err = j.AddBatch(t.Context(), batchOf(1)) {
	}
	codeIs(t, "add", err, transfer.CodeDiskFull)
	if parts, err := j.Parts(t.Context(), us[0].ID); err != nil || len(parts) != told {
		t.Errorf("%d parts, %v; %d were told of", len(parts), err, told)
	}
	limit(1 << 30)
	if err := waitFor(j.Writable); err != nil {
		t.Error(err)
	}
	if left, err := j.Setting(t.Context(), settingRoom); left != "" || err != nil {
		t.Errorf("left behind: %d bytes, %v", len(left), err)
	}
	commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(us[0].ID, told+1, 100)}})
}

// lockVariable names the database that the test binary, started as a child, keeps locked
// until its standard input ends.
const lockVariable = "PARTWAY_TEST_LOCK"

func holdLock(file string) int {
	d, err := sql.Open("sqlite3", dsn(file, nil))
	if err == nil {
		d.SetMaxOpenConns(1)
		_, err = d.ExecContext(context.Background(), `BEGIN IMMEDIATE`)
	}
	fmt.Fprintln(os.Stdout, "locked", err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// lockedBy has another program lock a journal, and returns what ends that.
func lockedBy(t *testing.T, file string) (release func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), lockVariable+"="+file)
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked <nil>\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return func() {
		if err := errors.Join(in.Close(), child.Wait()); err != nil {
			t.Error(err)
		}
	}
}

// Another program's lock is waited for a while, said, and gone on from.
func TestD3LockOfAnotherProgram(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 1)
	release := lockedBy(t, j.file)
	begun := time.Now()
	err := tryCommit(j, transfer.Change{Parts: []transfer.PartFact{part(us[0].ID, 1, 100)}})
	codeIs(t, "commit", err, transfer.CodeJournalBusy)
	if took := time.Since(begun); took < 4*time.Second || took > 20*time.Second {
		t.Errorf("it was waited %v", took)
	}
	if all, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{}); len(all) != 1 || err != nil {
		t.Errorf("meanwhile the list shows %v, %v", all, err)
	}
	release()
	if err := waitFor(j.Writable); err != nil {
		t.Error(err)
	}
	commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(us[0].ID, 1, 100)}})
}

func TestD3LockedWhenOpened(t *testing.T) {
	t.Parallel()
	dir, file := filled(t)
	release := lockedBy(t, file)
	codeIs(t, "open", openError(t, dir), transfer.CodeJournalBusy)
	release()
	openAt(t, dir)
}

// What a power cut leaves is a copy of both files at one moment, the log cut anywhere after
// what was flushed: it opens sound, with all that was told of.
func TestA5CopyOfFileAndLog(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	us := addNamed(t, j, addBatch(t, j), 1)
	commitParts := func(from, to int) {
		t.Helper()
		for n := from; n <= to; n++ {
			commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(us[0].ID, n, 100)}})
		}
	}
	commitParts(1, 60)
	told := snapshot(t, j.file)
	commitParts(61, 90) // what is in the log after told was not flushed yet, for all we know
	later := snapshot(t, j.file)
	if len(told.log) == 0 || len(later.log) <= len(told.log) {
		t.Fatalf("logs of %d and %d bytes: this shows nothing", len(told.log), len(later.log))
	}
	for _, cut := range []int{0, 1, 24, 100, 4096, 4120, 10_000, len(later.log) - len(told.log)} {
		end := min(len(told.log)+cut, len(later.log))
		copied := t.TempDir()
		torn := append([]byte(nil), later.log[:end]...)
		for i := max(len(told.log), end-100); i < end; i++ {
			torn[i] ^= 0x55 // the last sectors were being written
		}
		writeBoth(t, copied, image{file: told.file, log: torn})
		o := openAt(t, copied)
		if o.Recovered() != nil {
			t.Errorf("cut at %d: %v", cut, o.Recovered())
		}
		parts, err := o.Parts(t.Context(), us[0].ID)
		if err != nil || len(parts) < 60 {
			t.Errorf("cut at %d: %d parts, %v; 60 were told of", cut, len(parts), err)
		}
		if err := quickCheck(t.Context(), o.readers); err != nil {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

// image is a database and its log at one moment.
type image struct{ file, log []byte }

// snapshot copies both while no change is under way.
func snapshot(t *testing.T, file string) (i image) {
	t.Helper()
	var errs [2]error
	i.file, errs[0] = os.ReadFile(file)
	i.log, errs[1] = os.ReadFile(file + "-wal")
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return i
}

func writeBoth(t *testing.T, dir string, i image) {
	t.Helper()
	file := filepath.Join(dir, journalName)
	if err := errors.Join(os.WriteFile(file, i.file, 0o600), os.WriteFile(file+"-wal", i.log, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// What the system says is told by a code, which the window has words for.
func TestD6CodesOfTheSystem(t *testing.T) {
	for code, errs := range map[string][]error{
		transfer.CodeReadOnly: {
			syscall.EROFS, &fs.PathError{Op: "open", Err: syscall.EACCES},
			sqlite3.Error{Code: sqlite3.ErrReadonly},
			sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EACCES},
			sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EROFS},
		},
		transfer.CodeDiskFull: {
			&fs.PathError{Op: "write", Err: syscall.ENOSPC},
			sqlite3.Error{Code: sqlite3.ErrFull},
			sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC},
		},
		transfer.CodeJournalDamaged: {sqlite3.Error{Code: sqlite3.ErrCorrupt}},
		"":                          {errors.New("else"), sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}},
	} {
		for _, err := range errs {
			if got := codeOf(fmt.Errorf("wrapped: %w", err)); got != code {
				t.Errorf("%v: code %q, want %q", err, got, code)
			}
		}
	}
}
