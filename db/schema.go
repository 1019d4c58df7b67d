package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
)

// objects are the tables with their columns, the indexes and the triggers of a database,
// in words, by kind and name.
type objects map[string]string

// schemaCheck finds a journal whose tables are not those of the version in its header, which
// a changed header, or a page that was lost, leaves. What is of no version is left out:
// someone may have added an index of their own.
func schemaCheck(ctx context.Context, q querier, version int, steps []migration) error {
	found, err := objectsOf(ctx, q)
	if err != nil {
		return damage(err)
	}
	want, newest, err := schemaOf(ctx, version, steps)
	if err != nil {
		return err
	}
	maps.DeleteFunc(found, func(name, _ string) bool { return newest[name] == "" && want[name] == "" })
	if !maps.Equal(found, want) {
		return fmt.Errorf("%w: its tables are not those of version %d, which its header says", errDamaged, version)
	}
	return nil
}

// schemaOf makes the schemas of a version and of the newest, by the migrations themselves.
func schemaOf(ctx context.Context, version int, steps []migration) (want, newest objects, err error) {
	empty, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, empty.Close()) }()
	empty.SetMaxOpenConns(1) // each connection would have a database of its own
	want = objects{}
	for _, step := range steps {
		if _, err := empty.ExecContext(ctx, step.script); err != nil {
			return nil, nil, fmt.Errorf("make schema by %s: %w", step.name, err)
		}
		if newest, err = objectsOf(ctx, empty); err != nil {
			return nil, nil, err
		}
		if step.version == version {
			want = newest
		}
	}
	return want, newest, nil
}

// objectsOf reads what a database has, but for what SQLite keeps for itself.
func objectsOf(ctx context.Context, q querier) (objects, error) {
	type object struct{ name, columns string }
	list, err := collect(ctx, q, func(rows *sql.Rows) (o object, err error) {
		err = rows.Scan(&o.name, &o.columns)
		return o, err
	}, `
		SELECT s.type || ' ' || s.name, 'on ' || s.tbl_name || ': ' || coalesce(group_concat(c.name, ', '), '')
		FROM sqlite_schema s LEFT JOIN pragma_table_xinfo(s.name) c
		WHERE s.name NOT LIKE 'sqlite\_%' ESCAPE '\' GROUP BY s.type, s.name`)
	found := objects{}
	for _, o := range list {
		found[o.name] = o.columns
	}
	return found, err
}
