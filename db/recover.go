package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Recovery tells what was wrong with a journal when it was opened, and what became of it.
type Recovery struct {
	Why    string    `json:"why"`    // in English
	Aside  string    `json:"aside"`  // where the damaged file was kept; "" if there was none
	Backup time.Time `json:"backup"` // when the copy was made that took its place; zero: a new journal was begun
}

// Restored tells whether a backup took the journal's place. All its unfinished uploads are
// paused then: what happened since the backup is not known.
func (r *Recovery) Restored() bool { return !r.Backup.IsZero() }

// String says all of it in English, nothing of a nil one.
func (r *Recovery) String() string {
	if r == nil {
		return ""
	}
	s := r.Why
	if r.Aside != "" {
		s += fmt.Sprintf("; it was kept as %q", filepath.Base(r.Aside))
	}
	if r.Restored() {
		return s + "; the backup of " + r.Backup.Format("2006-01-02 15:04") + " took its place"
	}
	return s + "; a new one was begun"
}

// prepare leaves a file at path that can be opened as a journal: the one that is there, the
// last backup where that is damaged or gone, or an empty one. It returns the version of its
// schema, 0 for an empty one, and what was recovered from, nil when all was well.
func prepare(ctx context.Context, path string, steps []migration) (version int, r *Recovery, err error) {
	size, err := sizeOf(path)
	if err == nil && size > 0 {
		version, err = inspect(ctx, path, steps)
	}
	switch {
	case errors.Is(err, errDamaged):
		return replace(ctx, path, steps, err)
	case err == nil && version == 0:
		r, err = vanished(path, size)
	}
	if err == nil && r != nil {
		version, err = restore(ctx, path, steps, r)
	}
	if err != nil {
		return 0, nil, err
	}
	return version, r, makeFile(path)
}

// replace sets a damaged journal aside and leaves a file in its place as prepare does.
func replace(ctx context.Context, path string, steps []migration, damage error) (version int, r *Recovery, err error) {
	r = &Recovery{Why: damage.Error()}
	if r.Aside, err = setAside(path); err != nil {
		return 0, nil, err
	}
	if version, err = restore(ctx, path, steps, r); err != nil {
		return 0, nil, err
	}
	return version, r, makeFile(path)
}

// vanished tells whether a journal should have been at path, where there is none, or one
// that holds nothing. A log left without its file is set aside: SQLite would delete it.
func vanished(path string, size int64) (*Recovery, error) {
	log, err := sizeOf(path + "-wal")
	if err != nil {
		return nil, err
	}
	if log > 0 && size == 0 {
		aside, err := setAside(path)
		return &Recovery{Why: "the journal's file was empty or gone, and only its log was there", Aside: aside + "-wal"}, err
	}
	marker, err := os.Stat(filepath.Join(filepath.Dir(path), markerName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // all is well: there never was a journal
	}
	if err != nil {
		return nil, err
	}
	return &Recovery{Why: "the journal begun on " + marker.ModTime().Format("2006-01-02 15:04") + " is empty or gone"}, nil
}

// restore puts the newest sound backup into the place of a journal that was damaged or is
// gone, notes it in r, and returns its schema's version; 0 if there is no such backup. It
// can be cut at any point: as long as no journal is at path, the next start restores again.
func restore(ctx context.Context, path string, steps []migration, r *Recovery) (version int, err error) {
	all, err := backups(path, time.Now())
	if err != nil {
		return 0, err
	}
	for _, b := range all {
		version, err := inspect(ctx, b.path, steps)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil || version == 0 {
			r.Why += fmt.Sprintf("; the backup %q cannot be used (%v)", filepath.Base(b.path), err)
			continue
		}
		if r.Aside == "" {
			// Whatever is left is nothing, but a log beside another file would be taken for its own.
			if _, err := setAside(path); err != nil {
				return 0, err
			}
		}
		r.Backup = b.made
		if err := restoreFrom(ctx, b.path, path, r); err != nil {
			return 0, fmt.Errorf("restore backup %q: %w", filepath.Base(b.path), err)
		}
		return version, nil
	}
	return 0, nil
}

// settingRestored holds the Recovery of a journal that was a backup until a moment ago, till
// its uploads are paused.
const settingRestored = "restored"

// restoreFrom copies a backup to path, marked as one. The backup stays.
func restoreFrom(ctx context.Context, backup, path string, r *Recovery) (err error) {
	mark, err := jsonText(r)
	if err != nil {
		return err
	}
	reader, err := openCopier(backup)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return copyInto(ctx, reader, path, path, func(copied string) error {
		return executeIn(ctx, copied, `INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)`, settingRestored, mark)
	})
}

// holdRestored pauses all unfinished uploads of a journal that was a backup until now, and
// what unfinished scans still add.
func (j *Journal) holdRestored(ctx context.Context, t *txn) error {
	marks, err := collect(ctx, t, scanOne[string], `SELECT value FROM settings WHERE key = ?`, settingRestored)
	if err != nil || len(marks) == 0 {
		return err
	}
	var r Recovery
	if err := json.Unmarshal([]byte(marks[0]), &r); err != nil {
		return fmt.Errorf("read what was restored: %w", err)
	}
	j.recovered = &r
	for _, statement := range []string{
		`UPDATE uploads SET intent = 'pause', ` + derived(`'pause'`, "uploads.phase", "uploads.wait") +
			` WHERE intent = 'run' AND phase NOT IN ` + finalPhases,
		// Since the backup was made, what was begun may have been completed.
		`UPDATE uploads SET sealed = 1 WHERE upload_id <> '' AND phase NOT IN ` + finalPhases,
		`UPDATE batches SET paused = 1 WHERE scanned = 0`,
		`DELETE FROM settings WHERE key = '` + settingRestored + `'`,
	} {
		if _, err := t.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("pause what was restored: %w", err)
		}
	}
	return nil
}
