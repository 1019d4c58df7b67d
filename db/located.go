package db

import (
	"context"
	"fmt"
	"strings"

	"partway/transfer"
)

// located is where an upload lies, and where it goes, by the rows that say so once for many.
type located struct {
	folder transfer.FolderID // 0 for none
	place  place
	dir    int64  // dirs.id
	base   string // what of its path follows that of dir
}

// place is a row of table places.
type place struct {
	id   int64
	site int64 // of all places with this endpoint and bucket
}

// locations remembers rows within one operation: what it added goes with it.
type locations struct {
	folders map[inBatch]transfer.FolderID // by name
	dirs    map[inBatch]int64             // by path
	places  map[transfer.Target]place     // by targets without a key
}

type inBatch struct {
	batch transfer.BatchID
	name  string
}

func newLocations() *locations {
	return &locations{map[inBatch]transfer.FolderID{}, map[inBatch]int64{}, map[transfer.Target]place{}}
}

// known returns where an upload lies and goes, unless some of that may be new.
func (l *locations) known(u *transfer.Upload) (at located, known bool) {
	if name, inside := folderName(u); inside {
		if at.folder, known = l.folders[inBatch{u.Batch, name}]; !known {
			return at, false
		}
	}
	if at.place, known = l.places[withoutKey(u.To)]; !known {
		return at, false
	}
	dir, base := splitPath(u.Path)
	at.base = base
	at.dir, known = l.dirs[inBatch{u.Batch, dir}]
	return at, known
}

// of returns where an upload lies and goes, and adds what of that is new.
func (l *locations) of(ctx context.Context, t *txn, u *transfer.Upload) (at located, err error) {
	if name, inside := folderName(u); inside {
		at.folder, err = remember(l.folders, inBatch{u.Batch, name}, func() (transfer.FolderID, error) {
			return folderOf(ctx, t, u.Batch, name)
		})
	}
	if err != nil {
		return at, err
	}
	to := withoutKey(u.To)
	if at.place, err = remember(l.places, to, func() (place, error) { return placeOf(ctx, t, to) }); err != nil {
		return at, err
	}
	dir, base := splitPath(u.Path)
	at.base = base
	at.dir, err = remember(l.dirs, inBatch{u.Batch, dir}, func() (int64, error) { return dirOf(ctx, t, u.Batch, dir) })
	return at, err
}

// remember returns what a map holds, or puts what find finds there.
func remember[K comparable, V any](known map[K]V, key K, find func() (V, error)) (V, error) {
	if v, ok := known[key]; ok {
		return v, nil
	}
	v, err := find()
	if err == nil {
		known[key] = v
	}
	return v, err
}

// folderName is the name of the folder that an upload lies in.
func folderName(u *transfer.Upload) (name string, inside bool) {
	name, _, inside = strings.Cut(u.Name, "/")
	return name, inside
}

func withoutKey(to transfer.Target) transfer.Target {
	to.Key = ""
	return to
}

// splitPath cuts a path after its last separator, of whichever system: the same path is always
// cut alike.
func splitPath(path string) (dir, base string) {
	n := strings.LastIndexAny(path, `/\`) + 1
	return path[:n], path[n:]
}

// The statements below have DO UPDATE, as RETURNING tells nothing of rows that stay as they are.

func folderOf(ctx context.Context, t *txn, batch transfer.BatchID, name string) (id transfer.FolderID, err error) {
	err = t.QueryRowContext(ctx, `INSERT INTO folders (batch, name) VALUES (?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id`, batch, name).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("write folder %q: %w", name, err)
	}
	return id, nil
}

func dirOf(ctx context.Context, t *txn, batch transfer.BatchID, path string) (id int64, err error) {
	err = t.QueryRowContext(ctx, `INSERT INTO dirs (batch, path) VALUES (?, ?)
		ON CONFLICT DO UPDATE SET path = excluded.path RETURNING id`, batch, []byte(path)).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("write folder %q of files: %w", path, err)
	}
	return id, nil
}

func placeOf(ctx context.Context, t *txn, to transfer.Target) (p place, err error) {
	err = t.QueryRowContext(ctx, `INSERT INTO places (id, account, endpoint, region, bucket, site)
		SELECT next, ?1, ?2, ?3, ?4, coalesce((SELECT min(site) FROM places WHERE endpoint = ?2 AND bucket = ?4), next)
		FROM (SELECT coalesce(max(id), 0) + 1 AS next FROM places) WHERE true
		ON CONFLICT (endpoint, bucket, account, region) DO UPDATE SET site = site RETURNING id, site`,
		to.Account, to.Endpoint, to.Region, to.Bucket).Scan(&p.id, &p.site)
	if err != nil {
		return p, fmt.Errorf("write place %s/%s: %w", to.Endpoint, to.Bucket, err)
	}
	return p, nil
}
