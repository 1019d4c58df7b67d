package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"

	"partway/transfer"
)

// Journal is Partway's journal in one SQLite file. It is safe for use by many goroutines.
type Journal struct {
	file      string
	recovered *Recovery
	identity  string

	writer    *sql.DB // one connection, which the committer holds
	conn      *sql.Conn
	readers   *sql.DB
	committer *committer
	version   atomic.Uint64

	// The lowest and the highest position in the queue, or beyond; used in the committer's
	// turn only.
	firstPosition, lastPosition int64
}

var _ transfer.Journal = (*Journal)(nil)

// maxReaders is how many questions are answered at once: the window asks one or two at a
// time, the engine a few.
const maxReaders = 4

// Open opens the journal in the data folder dir, and makes both if they are not there. A
// damaged journal is set aside, and the last backup or a new one takes its place: see
// [Journal.Recovered]. A journal of a newer version of Partway is refused and left as it
// is. Errors are of KindStorage.
//
// Only one process may have a journal open: what holds the folder for it is not here.
func Open(ctx context.Context, dir string, log *slog.Logger) (*Journal, error) {
	steps, err := embeddedMigrations()
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return open(ctx, dir, log, steps)
}

func open(ctx context.Context, dir string, log *slog.Logger, steps []migration) (*Journal, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open journal in %q: %w", dir, err)
	}
	j := &Journal{file: filepath.Join(dir, journalName)}
	if err := j.open(ctx, dir, steps); err != nil {
		return nil, j.fail("Open", errors.Join(err, j.Close()))
	}
	if j.recovered != nil {
		log.Warn("journal recovered", "file", j.file, "how", j.recovered)
	}
	return j, nil
}

func (j *Journal) open(ctx context.Context, dir string, steps []migration) error {
	if err := makeFolder(dir); err != nil {
		return err
	}
	if err := undoHalfDone(ctx, j.file); err != nil {
		return err
	}
	version, recovered, err := prepare(ctx, j.file, steps)
	if err != nil {
		return err
	}
	j.recovered = recovered
	err = j.openWriter(ctx, version, steps)
	if isDamage(err) && recovered == nil {
		err = j.reopenDamaged(ctx, steps, err) // quick_check does not see everything
	}
	if err != nil {
		return err
	}
	if err := makeFile(filepath.Join(dir, markerName)); err != nil {
		return err
	}
	j.readers, err = sql.Open("sqlite3", readerDSN(j.file))
	if err != nil {
		return err
	}
	j.readers.SetMaxOpenConns(maxReaders)
	j.readers.SetMaxIdleConns(maxReaders)
	return j.readers.PingContext(ctx)
}

// reopenDamaged opens what takes the place of a journal that turned out to be damaged when
// it was first written to.
func (j *Journal) reopenDamaged(ctx context.Context, steps []migration, damage error) error {
	if err := j.closeWriter(); err != nil {
		return err
	}
	version, recovered, err := replace(ctx, j.file, steps, fmt.Errorf("%w: %w", errDamaged, damage))
	if err != nil {
		return err
	}
	j.recovered = recovered
	return j.openWriter(ctx, version, steps)
}

func (j *Journal) openWriter(ctx context.Context, version int, steps []migration) (err error) {
	j.writer, err = sql.Open("sqlite3", writerDSN(j.file))
	if err != nil {
		return err
	}
	j.writer.SetMaxOpenConns(1)
	j.conn, err = j.writer.Conn(ctx)
	if err != nil {
		return err
	}
	// Where a flush otherwise stops at the drive's cache (macOS), go through it.
	_, err = j.conn.ExecContext(ctx, `PRAGMA fullfsync = on; PRAGMA checkpoint_fullfsync = on`)
	if err != nil {
		return err
	}
	if err := migrate(ctx, j.conn, j.file, version, steps); err != nil {
		return err
	}
	j.committer = newCommitter(j.conn, j.fail, func() { j.version.Add(1) })
	return j.committer.do(ctx, "Open", j.begin)
}

// begin reads and derives what the journal needs at hand.
func (j *Journal) begin(ctx context.Context, t *txn) error {
	if err := syncStates(ctx, t); err != nil {
		return err
	}
	if err := setUnknownAside(ctx, t); err != nil {
		return err
	}
	if err := j.holdRestored(ctx, t); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `DELETE FROM dirs WHERE NOT EXISTS (SELECT 1 FROM uploads WHERE dir = dirs.id)`)
	if err != nil {
		return fmt.Errorf("forget folders of files that are gone: %w", err)
	}
	_, err = t.ExecContext(ctx,
		`INSERT INTO settings (key, value) VALUES ('identity', ?) ON CONFLICT DO NOTHING`, rand.Text())
	if err != nil {
		return fmt.Errorf("name journal: %w", err)
	}
	err = errors.Join(
		t.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = 'identity'`).Scan(&j.identity),
		t.QueryRowContext(ctx, `SELECT coalesce(min(position), 0), coalesce(max(position), 0) FROM uploads`).
			Scan(&j.firstPosition, &j.lastPosition),
	)
	if err != nil {
		return err
	}
	return j.setBatchesAside(ctx, t)
}

// Recovered tells what was wrong with the journal when it was opened, and what became of
// it; nil when all was well.
func (j *Journal) Recovered() *Recovery { return j.recovered }

// Identity is a random name that this journal keeps for its whole life. It tells the
// secrets of one data folder from those of another.
func (j *Journal) Identity() string { return j.identity }

// Close waits for all changes handed in before, and closes the file. Calls that come later
// end with an error of KindStorage.
func (j *Journal) Close() error {
	var err error
	if j.readers != nil {
		err = j.readers.Close()
	}
	if err := errors.Join(err, j.closeWriter()); err != nil {
		return fmt.Errorf("close journal %q: %w", j.file, err)
	}
	return nil
}

func (j *Journal) closeWriter() error {
	if j.committer != nil {
		j.committer.close()
	}
	var errs []error
	if j.conn != nil {
		err := j.conn.Close()
		if !errors.Is(err, sql.ErrConnDone) { // closed before
			errs = append(errs, err)
		}
	}
	if j.writer != nil {
		errs = append(errs, j.writer.Close())
	}
	return errors.Join(errs...)
}
