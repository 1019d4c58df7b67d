package db

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"

	"partway/transfer"
)

// nanos is a time as the journal keeps it; the zero time is null, since 1970 is a time
// that files have.
func nanos(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixNano(), Valid: !t.IsZero()}
}

func timeOf(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64)
}

// signed keeps the bits of u: SQLite's integers are signed.
func signed(u uint64) int64 {
	return int64(u) // the bits are what counts: unsigned turns them back
}

func unsigned(i int64) uint64 {
	return uint64(i)
}

// jsonText is v as JSON. It serves this package's own types, which always marshal.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

func isSQLite(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e)
}

func isConstraint(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint
}

func isUnique(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique
}

func isForeignKey(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintForeignKey
}

// isDamage tells whether SQLite says that the file is not a sound database.
func isDamage(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// codeOf is the code of a failure of this computer's disk, or "" where none fits.
func codeOf(err error) string {
	var e sqlite3.Error
	errors.As(err, &e)
	if codes[e.Code] == transfer.CodeJournalBusy { // its errno says that locking was refused
		return transfer.CodeJournalBusy
	}
	return cmp.Or(transfer.DiskCode(err), transfer.DiskCode(e.SystemErrno), codes[e.Code])
}

var codes = map[sqlite3.ErrNo]string{
	sqlite3.ErrFull:     transfer.CodeDiskFull,
	sqlite3.ErrBusy:     transfer.CodeJournalBusy,
	sqlite3.ErrLocked:   transfer.CodeJournalBusy,
	sqlite3.ErrReadonly: transfer.CodeReadOnly,
	sqlite3.ErrPerm:     transfer.CodeReadOnly,
	sqlite3.ErrCorrupt:  transfer.CodeJournalDamaged,
	sqlite3.ErrNotADB:   transfer.CodeJournalDamaged,
}
