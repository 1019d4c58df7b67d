package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"partway/transfer"
)

// Entries implements [transfer.Lists]. Index uploads_folder holds all that the queue's order
// and those by size and status need.
func (j *Journal) Entries(ctx context.Context, f transfer.Filter, s transfer.Sort) ([]transfer.ID, error) {
	which, args := shown(f)
	folders, files, order := entryKeys(s)
	var list sql.NullString
	err := j.readers.QueryRowContext(ctx, `SELECT group_concat(entry) FROM (SELECT entry FROM (
		SELECT -folder AS entry, `+folders+` FROM uploads WHERE folder > 0 AND `+which+` GROUP BY folder
		UNION ALL SELECT id, `+files+` FROM uploads WHERE folder = 0 AND `+which+`) ORDER BY `+order+`)`,
		append(slices.Clip(args), args...)...).Scan(&list)
	if err != nil {
		return nil, j.fail("Entries", err)
	}
	entries, err := parseIDs(list.String)
	return entries, j.fail("Entries", err)
}

// folderKeys holds what folders are sorted by other than the least of what their rows are.
var folderKeys = map[transfer.SortBy]string{
	transfer.SortName:     `(SELECT f.name FROM folders f WHERE f.id = folder)`,
	transfer.SortSize:     `sum(size)`,
	transfer.SortPriority: `max(priority)`,
	transfer.SortProgress: `coalesce(sum(CASE WHEN status = '` + string(transfer.StatusCompleted) + `' THEN size ELSE bytes_done END) * 1.0 / nullif(sum(size), 0), 0)`,
}

// entryKeys returns what folders and files are sorted by among each other, and in which
// order.
func entryKeys(s transfer.Sort) (folders, files, order string) {
	const nocase = ` COLLATE NOCASE`
	folder, file := []string{waitingElse(`max`, `priority`) + ` AS first`, waitingElse(`min`, `position`) + ` AS second`},
		[]string{`priority`, `position`}
	var terms []string
	for i, key := range sortKeys[s.By] {
		bare, folded := strings.CutSuffix(key, nocase)
		sum, ok := folderKeys[s.By]
		if !ok {
			sum = `min(` + bare + `)`
		}
		name := fmt.Sprint("key", i)
		folder, file = append(folder, sum+` AS `+name), append(file, bare)
		if folded {
			name += nocase
		}
		if s.Descending && !strings.HasSuffix(bare, ` IS NULL`) {
			name += ` DESC`
		}
		terms = append(terms, name)
	}
	if len(terms) == 0 && s.Descending {
		terms = []string{`first`, `second DESC`}
	} else {
		terms = append(terms, `first DESC`, `second`)
	}
	return strings.Join(folder, ", "), strings.Join(file, ", "), strings.Join(terms, ", ")
}

// waitingElse is the least or greatest of what a folder's unfinished files have: what moves in
// the queue. Of a folder that is finished it is that of all.
func waitingElse(function, column string) string {
	return `coalesce(` + function + `(CASE WHEN status NOT IN ` + quoted(transfer.StatusCompleted, transfer.StatusAborted) +
		` THEN ` + column + ` END), ` + function + `(` + column + `))`
}

// Folders implements [transfer.Lists].
func (j *Journal) Folders(ctx context.Context, ids []transfer.FolderID, f transfer.Filter) ([]transfer.FolderRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := jsonText(ids)
	if err != nil {
		return nil, err
	}
	which, args := shown(f)
	sums, err := collect(ctx, j.readers, scanFolderSum, `SELECT folder, status, count(*), sum(size), sum(bytes_done),
			min(priority), max(priority), min(id), max(id)
		FROM uploads WHERE folder IN (SELECT value FROM json_each(?)) AND `+which+` GROUP BY folder, status`,
		append([]any{list}, args...)...)
	if err != nil {
		return nil, j.fail("Folders", err)
	}
	byFolder := make(map[transfer.FolderID]map[transfer.Status]transfer.Sum, len(ids))
	for _, s := range sums {
		if byFolder[s.folder] == nil {
			byFolder[s.folder] = map[transfer.Status]transfer.Sum{}
		}
		byFolder[s.folder][s.status] = s.Sum
	}
	found, err := collect(ctx, j.readers, scanFolder, `SELECT f.id, f.batch, f.name, b.roots,
		b.account, b.endpoint, b.region, b.bucket, b.prefix
		FROM folders f JOIN batches b ON b.id = f.batch WHERE f.id IN (SELECT value FROM json_each(?))`, list)
	if err != nil {
		return nil, j.fail("Folders", err)
	}
	places, err := j.destinations(ctx, sums)
	if err != nil {
		return nil, j.fail("Folders", err)
	}
	rows := make([]transfer.FolderRow, 0, len(found))
	for _, r := range inOrder(ids, found, func(r *transfer.FolderRow) transfer.FolderID { return r.ID }) {
		if r.Sums = byFolder[r.ID]; r.Sums != nil {
			r.Priority, r.Mixed = priorityOf(r.ID, sums)
			r.Spread = setDestination(&r.To, places[r.ID])
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// folderSum is what the rows of one status in a folder come to.
type folderSum struct {
	folder    transfer.FolderID
	low, high transfer.Priority

	first, last transfer.ID
	sum
}

// priorityOf returns the highest priority of a folder's unfinished files, and whether some
// have another.
func priorityOf(folder transfer.FolderID, sums []folderSum) (high transfer.Priority, mixed bool) {
	first := true
	for _, s := range sums {
		if s.folder != folder || s.status == transfer.StatusCompleted || s.status == transfer.StatusAborted {
			continue
		}
		mixed = mixed || s.low != s.high || !first && s.high != high
		if first || s.high > high {
			high = s.high
		}
		first = false
	}
	return high, mixed
}

func scanFolderSum(rows *sql.Rows) (s folderSum, err error) {
	err = rows.Scan(&s.folder, &s.status, &s.Rows, &s.Size, &s.Done, &s.low, &s.high, &s.first, &s.last)
	return s, err
}

func scanFolder(rows *sql.Rows) (r transfer.FolderRow, err error) {
	var (
		roots string
		paths [][]byte
	)
	err = rows.Scan(&r.ID, &r.Batch, &r.Name, &roots,
		&r.To.Account, &r.To.Endpoint, &r.To.Region, &r.To.Bucket, &r.To.Prefix)
	if err != nil {
		return r, fmt.Errorf("read folder: %w", err)
	}
	if json.Unmarshal([]byte(roots), &paths) != nil {
		return r, nil // no reason to show nothing: where it lies is not known
	}
	for _, p := range paths {
		if transfer.HoldsFolder(string(p), r.Name) {
			r.Path = string(p)
			break
		}
	}
	return r, nil
}
