package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migration is one step of the schema.
type migration struct {
	version int // from 1, without gaps
	name    string
	script  string
}

// migrationsIn reads the scripts of a folder: 0001_name.sql, 0002_name.sql, ...
func migrationsIn(folder fs.FS) ([]migration, error) {
	names, err := fs.Glob(folder, "*.sql") // sorted
	if err != nil {
		return nil, err
	}
	steps := make([]migration, 0, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %q is not number %d", name, i+1)
		}
		script, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{version, name, string(script)})
	}
	return steps, nil
}

func embeddedMigrations() ([]migration, error) {
	folder, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	return migrationsIn(folder)
}

// migrate brings the schema from version to the newest, each step in one transaction, so
// that a step that fails or is killed leaves the journal as it was. A journal that holds
// anything is copied first.
func migrate(ctx context.Context, conn *sql.Conn, path string, version int, steps []migration) error {
	if version > 0 && version < len(steps) {
		if err := backUp(ctx, conn, path, version); err != nil {
			return err
		}
	}
	missing := steps[min(version, len(steps)):]
	if len(missing) == 0 {
		return nil
	}
	// Else to drop a table whose place another takes would delete all that refers to its rows.
	if _, err := conn.ExecContext(ctx, `PRAGMA foreign_keys = off`); err != nil {
		return err
	}
	for _, step := range missing {
		if err := migrateOne(ctx, conn, step); err != nil {
			return fmt.Errorf("migrate journal by %s: %w", step.name, err)
		}
	}
	_, err := conn.ExecContext(ctx, `PRAGMA foreign_keys = on`)
	return err
}

func migrateOne(ctx context.Context, conn *sql.Conn, step migration) (err error) {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, undone(tx.Rollback()))
		}
	}()
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, step.version)
	for _, script := range []string{step.script, header} {
		if _, err := tx.ExecContext(ctx, script); err != nil {
			return err
		}
	}
	if err := foreignKeyCheck(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// foreignKeyCheck fails on rows that refer to nothing. SQLite reports them as rows.
func foreignKeyCheck(ctx context.Context, q querier) error {
	var faults int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&faults)
	if err == nil && faults > 0 {
		err = fmt.Errorf("%d rows refer to rows that do not exist", faults)
	}
	return err
}
