package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"partway/transfer"
)

// querier is a transaction or the readers' pool.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect reads all rows of a query.
func collect[T any](
	ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any,
) (list []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// scanOne reads a row of one column.
func scanOne[T any](rows *sql.Rows) (v T, err error) {
	err = rows.Scan(&v)
	return v, err
}

// identityColumns are the columns of what an upload is, in the order of identityArgs: no fact
// about it changes them.
var identityColumns = []string{
	"hidden", "priority", "position", "speed_limit", "batch", "folder", "place", "site", "name", "dir", "base", "created",
}

func identityArgs(u *transfer.Upload, at located) []any {
	return []any{
		u.Hidden, u.Priority, u.Position, u.Limit, u.Batch, at.folder, at.place.id, at.place.site, u.Name, at.dir, []byte(at.base), nanos(u.Created),
	}
}

// factColumns are the columns that a caller's [transfer.Upload] changes, in the order of
// factArgs. The first two hold its key, and are written only if it has another: the index of
// keys is the largest.
var factColumns = []string{
	"key", "claims",
	"size", "mtime", "device", "inode", "ctime",
	"policy", "content_type", "part_size", "parts", "layout",
	"intent", "phase", "wait", "error",
	"upload_id", "initiated", "sealed", "before", "content_md5", "again", "restart", "torn",
	"parts_done", "bytes_done",
}

// keyColumns is how many of factColumns hold the key.
const keyColumns = 2

var (
	insertUpload = insertUploadSQL()
	insertIfFree = insertUpload + ` ON CONFLICT DO NOTHING` // path and key
	updateUpload = updateUploadSQL(``, ``)
	// Of an upload in the list, whose key is not another: these do nothing otherwise.
	updateRunning = updateUploadSQL(``, ` AND hidden = 0 AND key = ?1 AND claims = ?2`)
	updateFinal   = updateUploadSQL(`claims = 0, `, ` AND hidden = 0 AND key = ?1`)
	selectUpload  = `SELECT u.id, u.folder, u.batch, u.position, u.priority, u.speed_limit, u.path, u.name,
		u.account, u.endpoint, u.region, u.bucket, u.hidden, u.created, u.` + strings.Join(factColumns, ", u.") + `,
		r.outcome, r.proof, r.etag, r.crc64, r.md5, r.version_id, r.request_id, r.finished, r.callback, r.reply, b.options
		FROM full_uploads u JOIN batches b ON b.id = u.batch LEFT JOIN receipts r ON r.upload = u.id`
)

// insertUploadSQL is of one row with its values, status and turn last: what inserts from a SELECT
// has SQLite note, for each row, all pages that it changes, which takes longer than the rest.
func insertUploadSQL() string {
	columns := slices.Concat(identityColumns, factColumns, []string{"status", "turn"})
	return `INSERT INTO uploads (` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
}

// updateUploadSQL replaces the facts of a row, but for its key. An abort stands, and so do the
// place in the queue and the speed limit: a fact that was under way when the command came must
// not undo it. Indexes without any of these columns are not touched. The arguments are those of
// factArgs and the ID.
func updateUploadSQL(more, which string) string {
	facts := factColumns[keyColumns:]
	fact := func(column string) string { return fmt.Sprintf("?%d", slices.Index(factColumns, column)+1) }
	intent := `CASE uploads.intent WHEN 'abort' THEN 'abort' ELSE ` + fact("intent") + ` END`
	sets := make([]string, 0, len(facts)+1)
	for _, c := range facts {
		value := fact(c)
		if c == "intent" {
			value = intent
		}
		sets = append(sets, c+` = `+value)
	}
	sets = append(sets, derived(intent, fact("phase"), fact("wait")))
	return fmt.Sprintf(`UPDATE uploads SET %s WHERE id = ?%d`, more+strings.Join(sets, ", "), len(factColumns)+1) + which
}

// factArgs are the values of factColumns. A finished upload claims nothing.
func factArgs(u *transfer.Upload) ([]any, error) {
	failed, err := failureText(u.Error)
	if err != nil {
		return nil, err
	}
	var before sql.NullString
	if u.BeforeKnown {
		text, err := jsonText(u.Before)
		if err != nil {
			return nil, err
		}
		before = sql.NullString{String: text, Valid: true}
	}
	args := make([]any, 0, len(factColumns)+1) // the ID may follow
	return append(args,
		u.To.Key, u.Claims && !u.Phase.Final(),
		u.File.Size, nanos(u.File.ModTime), signed(u.File.Device), signed(u.File.Inode), nanos(u.File.Change),
		u.Policy, u.ContentType, u.Plan.PartSize, u.Plan.Parts, u.Plan.Layout.String(),
		u.Intent, u.Phase, u.Wait, failed,
		u.UploadID, nanos(u.Initiated), u.Sealed, before, u.ContentMD5, u.Again, u.Restart, u.Torn,
		u.PartsDone, u.BytesDone,
	), nil
}

// readUploads returns the uploads of these IDs, in their order, and why some cannot be read;
// IDs that are gone are left out.
func readUploads(ctx context.Context, q querier, ids []transfer.ID) ([]transfer.Upload, map[transfer.ID]error, error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	list, err := jsonText(ids)
	if err != nil {
		return nil, nil, err
	}
	unread := map[transfer.ID]error{}
	scan := func(rows *sql.Rows) (transfer.Upload, error) {
		u, err := scanUpload(rows)
		if err != nil && u.ID != 0 {
			unread[u.ID] = err
			return transfer.Upload{}, nil // in no order: left out
		}
		return u, err
	}
	found, err := collect(ctx, q, scan,
		selectUpload+` WHERE u.id IN (SELECT value FROM json_each(?))`, list)
	if err != nil {
		return nil, nil, err
	}
	return inOrder(ids, found, func(u *transfer.Upload) transfer.ID { return u.ID }), unread, nil
}

// inOrder lists what was found in the order of ids.
func inOrder[I comparable, T any](ids []I, found []T, idOf func(*T) I) []T {
	place := make(map[I]int, len(found))
	for i := range found {
		place[idOf(&found[i])] = i
	}
	list := make([]T, 0, len(found))
	for _, id := range ids {
		if i, ok := place[id]; ok {
			list = append(list, found[i])
		}
	}
	return list
}

func scanUpload(rows *sql.Rows) (transfer.Upload, error) {
	var (
		u                                          transfer.Upload
		path                                       []byte
		modTime, change, initiated, created        sql.NullInt64
		device, inode                              int64
		options, layout                            string
		failed, before                             sql.NullString
		outcome, proof, etag, versionID, requestID sql.NullString
		callback, reply                            sql.NullString
		crc, finished                              sql.NullInt64
		md5                                        sql.NullBool
	)
	err := rows.Scan(
		&u.ID, &u.Folder, &u.Batch, &u.Position, &u.Priority, &u.Limit, &path, &u.Name,
		&u.To.Account, &u.To.Endpoint, &u.To.Region, &u.To.Bucket, &u.Hidden, &created,
		&u.To.Key, &u.Claims,
		&u.File.Size, &modTime, &device, &inode, &change,
		&u.Policy, &u.ContentType, &u.Plan.PartSize, &u.Plan.Parts, &layout,
		&u.Intent, &u.Phase, &u.Wait, &failed,
		&u.UploadID, &initiated, &u.Sealed, &before, &u.ContentMD5, &u.Again, &u.Restart, &u.Torn,
		&u.PartsDone, &u.BytesDone,
		&outcome, &proof, &etag, &crc, &md5, &versionID, &requestID, &finished, &callback, &reply, &options,
	)
	if err != nil {
		return u, fmt.Errorf("read upload: %w", err)
	}
	if path == nil {
		return u, fmt.Errorf("read upload %d: where its file lies is not known", u.ID)
	}
	u.Path = string(path)
	u.File.ModTime, u.File.Change = timeOf(modTime), timeOf(change)
	u.File.Device, u.File.Inode = unsigned(device), unsigned(inode)
	u.Initiated, u.Created = timeOf(initiated), timeOf(created)
	u.Receipt = transfer.Receipt{
		Outcome: transfer.Outcome(outcome.String), Proof: transfer.Proof(proof.String),
		ETag: etag.String, CRC64: unsigned(crc.Int64), MD5: md5.Bool,
		VersionID: versionID.String, RequestID: requestID.String, Finished: timeOf(finished),
		Callback: transfer.CallbackState(callback.String), CallbackReply: reply.String,
	}
	u.BeforeKnown = before.Valid
	if before.Valid {
		if err := json.Unmarshal([]byte(before.String), &u.Before); err != nil {
			return u, fmt.Errorf("read upload %d: state before: %w", u.ID, err)
		}
	}
	if err := json.Unmarshal([]byte(options), &u.Options); err != nil {
		return u, fmt.Errorf("read upload %d: options: %w", u.ID, err)
	}
	u.Error, err = failureOf(failed)
	if err == nil {
		u.Plan.Layout, err = transfer.ParseLayout(layout, u.File.Size)
	}
	if err == nil {
		err = sound(&u)
	}
	if err != nil {
		return u, fmt.Errorf("read upload %d: %w", u.ID, err)
	}
	return u, nil
}

// sound returns what of an upload this program could not have written: the engine trusts
// what it is handed.
func sound(u *transfer.Upload) error {
	switch err := knownFacts(u); {
	case err != nil:
		return err
	case !slices.Contains(transfer.Policies, u.Policy):
		return fmt.Errorf("policy %q is not known", u.Policy)
	case u.File.Size < 0 || u.Limit < 0 || u.PartsDone < 0 || u.BytesDone < 0:
		return errors.New("a size or a count is below 0")
	case u.Plan.Parts < 0 || u.Plan.Parts > transfer.MaxParts || u.Plan.PartSize < 0 || u.Plan.PartSize > transfer.MaxPartSize,
		u.Plan.Single() != (u.Plan.PartSize == 0):
		return fmt.Errorf("%d parts of %d bytes are no plan", u.Plan.Parts, u.Plan.PartSize)
	case u.Plan.Layout.Parts() != 0 && u.Plan.Layout.Parts() != u.Plan.Parts:
		return fmt.Errorf("a layout of %d parts is none of %d", u.Plan.Layout.Parts(), u.Plan.Parts)
	}
	return nil
}

// knownFacts returns which of the facts that table states has is none of this program's.
func knownFacts(u *transfer.Upload) error {
	switch {
	case !slices.Contains(intents, u.Intent):
		return fmt.Errorf("intent %q is not known", u.Intent)
	case !slices.Contains(transfer.Phases, u.Phase):
		return fmt.Errorf("phase %q is not known", u.Phase)
	case !slices.Contains(waits, u.Wait):
		return fmt.Errorf("wait %q is not known", u.Wait)
	}
	return nil
}
