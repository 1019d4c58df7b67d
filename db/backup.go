package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// backupEvery is the least time between two backups: what a damaged journal may lose of
	// the list. It loses nothing of what is on OSS.
	backupEvery = time.Hour
	// backupLook is how often it is looked whether one is due.
	backupLook = 10 * time.Minute
	// keptBackups is how many are kept of the newest; of each older schema the newest is.
	keptBackups = 3
)

const (
	backupInfix = ".backup-v" // then the schema's version, "-" and a stamp
	copying     = ".copying"  // what a copy is named until it is whole
)

// backup is a copy of the journal in a file of its own.
type backup struct {
	path    string
	version int // of its schema
	made    time.Time
}

// backups lists the copies of the journal at path, the newest first. Those of a later time
// than now come last: the clock was wrong when they were made, or it is.
func backups(path string, now time.Time) ([]backup, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var all []backup
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), filepath.Base(path)+backupInfix)
		if !ok {
			continue
		}
		number, stamp, _ := strings.Cut(rest, "-")
		version, err := strconv.Atoi(number)
		made, timeErr := time.Parse(stampForm, stamp)
		if errors.Join(err, timeErr) != nil {
			continue // not one of ours
		}
		all = append(all, backup{filepath.Join(filepath.Dir(path), e.Name()), version, made})
	}
	slices.SortFunc(all, func(a, b backup) int {
		if late := b.made.After(now); late != a.made.After(now) {
			return map[bool]int{true: -1, false: 1}[late]
		}
		return b.made.Compare(a.made)
	})
	return all, nil
}

// prune deletes the copies that are no longer needed.
func prune(all []backup) error {
	var errs []error
	newest := map[int]bool{}
	for i, b := range all {
		if i >= keptBackups && newest[b.version] {
			errs = append(errs, os.Remove(b.path))
		}
		newest[b.version] = true
	}
	return errors.Join(errs...)
}

// execer is a connection, or a pool of them.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// backUp copies the journal at path, and forgets the oldest copies.
func backUp(ctx context.Context, from execer, path string, version int) error {
	to := path + backupInfix + strconv.Itoa(version) + "-" + stamp()
	if err := copyInto(ctx, from, path, to, nil); err != nil {
		return fmt.Errorf("back journal up to %q: %w", filepath.Base(to), err)
	}
	all, err := backups(path, time.Now())
	return errors.Join(err, prune(all))
}

// copyInto copies a database by SQLite: a copy of the file would lack what is in its log.
// The copy is made beside path, changed by finish if there is one, and named to only once
// it is whole and on the disk.
func copyInto(ctx context.Context, from execer, path, to string, finish func(copied string) error) (err error) {
	unfinished := path + copying
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(unfinished)) // also to give its room back
		}
	}()
	// One that a kill left behind is in the way.
	if err := errors.Join(removeIfThere(unfinished), makeFile(unfinished)); err != nil {
		return err
	}
	if _, err := from.ExecContext(ctx, `VACUUM INTO ?`, unfinished); err != nil {
		return err
	}
	if finish != nil {
		if err := finish(unfinished); err != nil {
			return err
		}
	}
	if err := flush(unfinished); err != nil { // SQLite leaves this to us
		return err
	}
	if err := os.Rename(unfinished, to); err != nil {
		return err
	}
	return flushFolder(filepath.Dir(to))
}

func removeIfThere(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// flush has a file's bytes written to the disk.
func flush(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// openCopier opens a database to copy it.
func openCopier(path string) (*sql.DB, error) {
	d, err := sql.Open("sqlite3", copierDSN(path))
	if err == nil {
		d.SetMaxOpenConns(1)
	}
	return d, err
}

// executeIn changes a database that nobody else has open.
func executeIn(ctx context.Context, path, statement string, args ...any) error {
	d, err := sql.Open("sqlite3", dsn(path, nil))
	if err != nil {
		return err
	}
	_, err = d.ExecContext(ctx, statement, args...)
	return errors.Join(err, d.Close())
}

// KeepBackups copies the journal now and then until ctx ends, so that a damaged one costs
// an hour of the list at most. A copy that fails is logged, and tried again.
func (j *Journal) KeepBackups(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(backupLook)
	defer tick.Stop()
	for {
		if err := j.backUpIfDue(ctx); err != nil && ctx.Err() == nil {
			log.Warn("the journal was not backed up", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (j *Journal) backUpIfDue(ctx context.Context) error {
	due, err := j.backupDue(ctx, time.Now())
	if err != nil || !due {
		return err
	}
	return j.BackUp(ctx)
}

// backupDue tells whether the journal holds anything, and changed since the last backup,
// which is old enough.
func (j *Journal) backupDue(ctx context.Context, now time.Time) (bool, error) {
	var worth bool
	err := j.readers.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM batches) OR EXISTS (SELECT 1 FROM accounts WHERE kind = 'keys')`).Scan(&worth)
	if err != nil || !worth {
		return false, err
	}
	all, err := backups(j.file, now)
	if err != nil || len(all) == 0 {
		return err == nil, err
	}
	last := all[0].made
	if age := now.Sub(last); age >= 0 && age < backupEvery {
		return false, nil
	}
	changed, err := lastChange(j.file)
	// A backup's name tells milliseconds, and what it holds was written before it.
	return changed.Truncate(time.Millisecond).After(last), err
}

// lastChange is when a database or its log was last written to.
func lastChange(path string) (time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, err
	}
	last := info.ModTime()
	if log, err := os.Stat(path + "-wal"); err == nil {
		last = slices.MaxFunc([]time.Time{last, log.ModTime()}, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	}
	return last, nil
}

// BackUp copies the journal to a file beside it. The copy is of one moment, and changes go
// on meanwhile.
func (j *Journal) BackUp(ctx context.Context) (err error) {
	reader, err := openCopier(j.file)
	if err != nil {
		return j.fail("BackUp", err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	var version int
	if err := reader.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return j.fail("BackUp", err)
	}
	return j.fail("BackUp", backUp(ctx, reader, j.file, version))
}
