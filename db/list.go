package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"partway/transfer"
)

// List implements [transfer.Lists].
func (j *Journal) List(ctx context.Context, f transfer.Filter, s transfer.Sort) ([]transfer.ID, error) {
	which, args := shown(f)
	ids, err := j.listIDs(ctx, `SELECT id FROM uploads WHERE `+which+` ORDER BY `+orderBy(s), args...)
	return ids, j.fail("List", err)
}

// Queue implements [transfer.Lists].
func (j *Journal) Queue(ctx context.Context) ([]transfer.ID, error) {
	ids, err := j.listIDs(ctx, `SELECT id FROM uploads WHERE hidden = 0 AND phase NOT IN `+finalPhases+
		` ORDER BY `+orderBy(transfer.Sort{By: transfer.SortQueue}))
	return ids, j.fail("Queue", err)
}

// listIDs reads IDs as one row of text, as stepping through 100,000 rows costs ten times as
// much.
func (j *Journal) listIDs(ctx context.Context, query string, args ...any) ([]transfer.ID, error) {
	var list sql.NullString
	err := j.readers.QueryRowContext(ctx, `SELECT group_concat(id) FROM (`+query+`)`, args...).Scan(&list)
	if err != nil {
		return nil, err
	}
	return parseIDs(list.String)
}

func parseIDs(list string) ([]transfer.ID, error) {
	if list == "" {
		return nil, nil
	}
	ids := make([]transfer.ID, 0, strings.Count(list, ",")+1)
	for word := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read list of IDs: %w", err)
		}
		ids = append(ids, transfer.ID(id))
	}
	return ids, nil
}

// sortKeys holds, for each column, what to sort by. What is equal stays in the queue's order.
var sortKeys = map[transfer.SortBy][]string{
	transfer.SortName:        {`name COLLATE NOCASE`},
	transfer.SortSize:        {`size`},
	transfer.SortStatus:      {statusRank()},
	transfer.SortDestination: {`(SELECT p.bucket FROM places p WHERE p.id = place)`, `key`},
	transfer.SortAdded:       {`id`},
	transfer.SortProgress:    {fractionDone},
	transfer.SortPriority:    {`priority`},
	transfer.SortFolder:      {`(SELECT d.path || base FROM dirs d WHERE d.id = dir)`},
	transfer.SortAccount:     {`(SELECT a.name FROM places p JOIN accounts a ON a.id = p.account WHERE p.id = place) COLLATE NOCASE`},
	transfer.SortFinished:    {finishedAt + ` IS NULL`, finishedAt},
}

// finishedAt is when an upload ended, null while it has not.
const finishedAt = `(SELECT r.finished FROM receipts r WHERE r.upload = uploads.id)`

// fractionDone is how much of the file is on OSS, 0 to 1; of one that was left out, nothing.
var fractionDone = `CASE WHEN status = ` + "'" + string(transfer.StatusCompleted) + "'" + ` THEN
	NOT EXISTS (SELECT 1 FROM receipts r WHERE r.upload = uploads.id AND r.outcome IN ` + quoted(notSent()...) + `)
	WHEN size = 0 THEN 0 ELSE bytes_done * 1.0 / size END`

func notSent() []transfer.Outcome {
	return slices.DeleteFunc(slices.Clone(transfer.Outcomes), func(o transfer.Outcome) bool { return !o.NotSent() })
}

func statusRank() string {
	var b strings.Builder
	b.WriteString(`CASE status`)
	for i, s := range transfer.Statuses {
		fmt.Fprintf(&b, ` WHEN '%s' THEN %d`, s, i)
	}
	b.WriteString(` END`)
	return b.String()
}

func orderBy(s transfer.Sort) string {
	keys, ok := sortKeys[s.By]
	switch {
	case !ok && s.Descending:
		return `priority, position DESC`
	case !ok:
		return `priority DESC, position`
	}
	terms := make([]string, 0, len(keys)+2)
	for _, k := range keys {
		if s.Descending && !strings.HasSuffix(k, ` IS NULL`) {
			k += ` DESC`
		}
		terms = append(terms, k)
	}
	return strings.Join(append(terms, `priority DESC`, `position`), ", ")
}

// Missing implements [transfer.Journal].
func (j *Journal) Missing(ctx context.Context, from string, limit int) ([]transfer.MissingFile, error) {
	files, err := collect(ctx, j.readers, scanMissing, `SELECT id, batch, path, name FROM full_uploads
		WHERE status = ? AND hidden = 0 AND path >= ? ORDER BY path LIMIT ?`,
		transfer.StatusFileMissing, []byte(from), limit)
	return files, j.fail("Missing", err)
}

func scanMissing(rows *sql.Rows) (f transfer.MissingFile, err error) {
	var path []byte
	err = rows.Scan(&f.ID, &f.Batch, &path, &f.Name)
	f.Path = string(path)
	return f, err
}

// Rows implements [transfer.Lists].
func (j *Journal) Rows(ctx context.Context, ids []transfer.ID) ([]transfer.Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := jsonText(ids)
	if err != nil {
		return nil, err
	}
	found, err := collect(ctx, j.readers, scanRow, `SELECT u.id, u.batch, u.folder, u.path, u.name, u.size,
		u.account, u.endpoint, u.region, u.bucket, u.key, u.priority, u.status, u.wait, u.error,
		u.part_size, u.parts, u.parts_done, u.bytes_done, u.created,
		coalesce(a.name, ''), coalesce(r.outcome, ''), coalesce(r.proof, ''), r.finished, coalesce(r.callback, '')
		FROM full_uploads u LEFT JOIN receipts r ON r.upload = u.id LEFT JOIN accounts a ON a.id = u.account
		WHERE u.id IN (SELECT value FROM json_each(?)) AND u.hidden = 0`, list)
	if err != nil {
		return nil, j.fail("Rows", err)
	}
	return inOrder(ids, found, func(r *transfer.Row) transfer.ID { return r.ID }), nil
}

func scanRow(rows *sql.Rows) (transfer.Row, error) {
	var (
		r                 transfer.Row
		path              []byte
		failed            sql.NullString
		created, finished sql.NullInt64
	)
	err := rows.Scan(&r.ID, &r.Batch, &r.Folder, &path, &r.Name, &r.Size,
		&r.To.Account, &r.To.Endpoint, &r.To.Region, &r.To.Bucket, &r.To.Key, &r.Priority, &r.Status, &r.Wait, &failed,
		&r.Plan.PartSize, &r.Plan.Parts, &r.PartsDone, &r.BytesDone, &created,
		&r.Account, &r.Outcome, &r.Proof, &finished, &r.Callback)
	if err != nil {
		return r, fmt.Errorf("read row: %w", err)
	}
	r.Path, r.Created, r.Finished = string(path), timeOf(created), timeOf(finished)
	if r.Error, err = failureOf(failed); err != nil { // of this row, and no reason to show none
		r.Error = &transfer.Error{Kind: transfer.KindStorage, Op: "read", Code: transfer.CodeJournalDamaged, Err: err}
	}
	return r, nil
}

// Counts implements [transfer.Lists]. Index uploads_status holds all it needs of each row.
func (j *Journal) Counts(ctx context.Context) (transfer.Counts, error) {
	c := transfer.Counts{Groups: make(map[transfer.Group]int, len(transfer.Groups))}
	sums, err := collect(ctx, j.readers, scanPlaceSum, `SELECT account, bucket, status, n, size, done
		FROM (SELECT place, status, count(*) AS n, sum(size) AS size, sum(bytes_done) AS done
			FROM uploads INDEXED BY uploads_status WHERE hidden = 0 GROUP BY status, place)
		JOIN places ON places.id = place ORDER BY account, bucket`)
	for _, s := range sums {
		c.Groups[transfer.GroupAll] += s.Rows
		if g := s.status.Group(); g != transfer.GroupAll {
			c.Groups[g] += s.Rows
		}
		if s.status != transfer.StatusCompleted && s.status != transfer.StatusAborted {
			c.Total += s.Size
			c.Done += s.Done
		}
		if g := s.status.Group(); g == transfer.GroupUploading || g == transfer.GroupWaiting {
			c.Ahead += s.Size - s.Done
		}
		if n := len(c.Places) - 1; n >= 0 && c.Places[n].Account == s.account && c.Places[n].Bucket == s.bucket {
			c.Places[n].Rows += s.Rows
		} else {
			c.Places = append(c.Places, transfer.PlaceCount{Account: s.account, Bucket: s.bucket, Rows: s.Rows})
		}
	}
	return c, j.fail("Counts", err)
}

// sum is what the rows of one status come to.
type sum struct {
	status transfer.Status
	transfer.Sum
}

func scanSum(rows *sql.Rows) (s sum, err error) {
	err = rows.Scan(&s.status, &s.Rows, &s.Size, &s.Done)
	return s, err
}

// placeSum is what the rows of one status come to that one account sends to one bucket, where
// that is by one endpoint.
type placeSum struct {
	account transfer.AccountID
	bucket  string
	sum
}

func scanPlaceSum(rows *sql.Rows) (s placeSum, err error) {
	err = rows.Scan(&s.account, &s.bucket, &s.status, &s.Rows, &s.Size, &s.Done)
	return s, err
}

// BatchCounts implements [transfer.Lists].
func (j *Journal) BatchCounts(ctx context.Context, id transfer.BatchID) (map[transfer.Status]int, bool, error) {
	const op = "BatchCounts"
	// The batch first: once its scan is done, no row is added to it.
	var scanned bool
	err := j.readers.QueryRowContext(ctx, `SELECT scanned FROM batches WHERE id = ?`, id).Scan(&scanned)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, absent(op, "batch", int64(id))
	}
	if err != nil {
		return nil, false, j.fail(op, err)
	}
	sums, err := collect(ctx, j.readers, scanSum, `SELECT status, count(*), 0, 0
		FROM uploads WHERE batch = ? AND hidden = 0 GROUP BY status`, id)
	if err != nil {
		return nil, false, j.fail(op, err)
	}
	counts := make(map[transfer.Status]int, len(sums))
	for _, s := range sums {
		counts[s.status] = s.Rows
	}
	return counts, scanned, nil
}

// Unfinished implements [transfer.Lists].
func (j *Journal) Unfinished(ctx context.Context, s transfer.Selection) (l transfer.Loss, err error) {
	which, args, err := selected(s)
	if err != nil {
		return l, err
	}
	unfinished := `FILTER (WHERE phase NOT IN ` + finalPhases + `)`
	err = j.readers.QueryRowContext(ctx, `SELECT count(*), count(*) `+unfinished+`,
		coalesce(sum(bytes_done > 0) `+unfinished+`, 0), coalesce(sum(bytes_done) `+unfinished+`, 0)
		FROM uploads WHERE `+which, args...).Scan(&l.Rows, &l.Unfinished, &l.Begun, &l.Bytes)
	return l, j.fail("Unfinished", err)
}
