package db

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partway/transfer"
)

// uploadValues are the values of a sound row, in the order of selectUpload.
func uploadValues(tb testing.TB, u transfer.Upload) []any {
	tb.Helper()
	facts, err := factArgs(&u)
	if err != nil {
		tb.Fatal(err)
	}
	values := slices.Concat([]any{
		int64(u.ID), int64(0), u.Batch, u.Position, u.Priority, u.Limit, []byte(u.Path), u.Name,
		u.To.Account, u.To.Endpoint, u.To.Region, u.To.Bucket, u.Hidden, nanos(u.Created),
	}, facts)
	return append(values, "sent", "crc64", "E", int64(1), true, "V", "R", int64(1), "", "", "{}") // the receipt's, and options
}

// valueOf reads one column's value out of fuzzed bytes: null, an integer, text, or bytes.
func valueOf(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	switch rest := data[1:]; data[0] % 4 {
	case 0:
		return int64(binary.LittleEndian.Uint64(append(slices.Clone(rest), make([]byte, 8)...)))
	case 1:
		return string(rest)
	case 2:
		return slices.Clone(rest)
	default:
		return nil
	}
}

// FuzzRow puts any values into two columns of a row: reading it gives a sound upload or an
// error, and nothing else.
func FuzzRow(f *testing.F) {
	d, err := sql.Open("sqlite3", filepath.Join(f.TempDir(), "x.db"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	u := planned(1, "a")
	u.ID, u.Before, u.BeforeKnown = 1, transfer.ObjectState{}, true
	u.Error = &transfer.Error{Kind: transfer.KindTransient, Op: "PutObject", Err: errors.New("cut")}
	good := uploadValues(f, u)
	query := "SELECT ?" + strings.Repeat(", ?", len(good)-1)
	if got, err := collect(f.Context(), d, scanUpload, query, good...); err != nil || got[0].Path != u.Path {
		f.Fatalf("the sound row is read as %+v, %v", got, err)
	}
	for i := range good {
		f.Add(uint8(i), []byte{1, 'x'}, uint8(i+1), []byte("\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
		f.Add(uint8(i), []byte(nil), uint8(i), []byte("\x02{\"kind\":\"\xff\"}"))
	}
	f.Fuzz(func(t *testing.T, i uint8, a []byte, k uint8, b []byte) {
		values := slices.Clone(good)
		values[int(i)%len(values)] = valueOf(a)
		values[int(k)%len(values)] = valueOf(b)
		got, err := collect(t.Context(), d, scanUpload, query, values...)
		if err != nil {
			return
		}
		u := got[0]
		if !slices.Contains(transfer.Statuses, u.Status()) || !slices.Contains(transfer.Phases, u.Phase) {
			t.Fatalf("phase %q, status %q", u.Phase, u.Status())
		}
		if u.File.Size < 0 || u.BytesDone < 0 || u.PartsDone < 0 || u.Plan.Parts < 0 || u.Plan.Parts > transfer.MaxParts {
			t.Fatalf("got %+v", u)
		}
		if u.Error != nil {
			_ = u.Error.Error()
		}
		if _, err := factArgs(&u); err != nil {
			t.Fatalf("a row that was read cannot be written: %v", err)
		}
	})
}

// TestRowsThatCannotBeHoldUpNoOthers damages one row of three: it says so, and the others are
// handed out and obey, in this life and in the next.
func TestRowsThatCannotBeHoldUpNoOthers(t *testing.T) {
	for name, change := range map[string]string{
		"intent":     `intent = 'later'`,
		"phase":      `phase = 'flying'`,
		"wait":       `wait = 'lunch'`,
		"policy":     `policy = 'guess'`,
		"size":       `size = -1`,
		"parts done": `parts_done = -1`,
		"bytes done": `bytes_done = -1`,
		"parts":      `parts = -1`,
		"many parts": `parts = 10001`,
		"part size":  `part_size = -1`,
		"large part": `part_size = 5 * 1024 * 1024 * 1024 + 1`,
		"no size":    `part_size = 0`,
		"no parts":   `parts = 0`,
		"before":     `before = '{'`,
		"error":      `error = '{'`,
	} {
		t.Run(name, func(t *testing.T) {
			j := openNew(t)
			us := addNamed(t, j, addBatch(t, j), 3)
			if _, err := j.conn.ExecContext(t.Context(), `UPDATE uploads SET `+change+` WHERE id = 1`); err != nil {
				t.Fatal(err)
			}
			rows, err := j.Rows(t.Context(), ids(us))
			if err != nil || len(rows) != 3 {
				t.Errorf("the list shows %d rows, %v", len(rows), err)
			}
			if got, err := j.Uploads(t.Context(), ids(us)); err != nil || !slices.Equal(ids(got), ids(us[1:])) {
				t.Errorf("of all, read %v, %v", ids(got), err)
			}
			if got := runnable(t, j, transfer.RunnableQuery{Limit: 2}); !slices.Equal(ids(got), ids(us[1:])) {
				t.Errorf("of all, %v may run", ids(got))
			}
			rows, err = j.Rows(t.Context(), ids(us[:1]))
			if err != nil || len(rows) != 1 || rows[0].Status != transfer.StatusFailed || rows[0].Error == nil {
				t.Errorf("it is shown as %+v, %v", rows, err)
			}
			command(t, j, transfer.Everything(), transfer.SetPause)
			command(t, j, transfer.Everything(), transfer.SetRun)
			if got := runnable(t, j, transfer.RunnableQuery{Limit: 9}); !slices.Contains(ids(got), us[1].ID) || !slices.Contains(ids(got), us[2].ID) {
				t.Errorf("of all, %v may run once more", ids(got))
			}
		})
		t.Run(name+" before the start", func(t *testing.T) {
			dir := t.TempDir()
			before := openAt(t, dir)
			us := addNamed(t, before, addBatch(t, before), 3)
			command(t, before, transfer.Everything(), transfer.SetPause)
			_, err := before.conn.ExecContext(t.Context(), `UPDATE uploads SET `+change+` WHERE id = 1`)
			if err := errors.Join(err, before.Close()); err != nil {
				t.Fatal(err)
			}
			j := openAt(t, dir)
			command(t, j, transfer.Everything(), transfer.SetRun)
			if got := runnable(t, j, transfer.RunnableQuery{Limit: 9}); !slices.Contains(ids(got), us[1].ID) || !slices.Contains(ids(got), us[2].ID) {
				t.Errorf("of all, %v may run", ids(got))
			}
			command(t, j, transfer.Everything(), transfer.SetRemove)
		})
	}
}

func TestPartsThatCannotBeAreRefused(t *testing.T) {
	for _, change := range []string{`number = 10001`, `number = 0`, `offset = -1`, `size = -1`} {
		t.Run(change, func(t *testing.T) {
			j := openNew(t)
			u := add(t, j, planned(addBatch(t, j), "a"))[0]
			commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}, Parts: []transfer.PartFact{part(u.ID, 1, 10)}})
			if _, err := j.conn.ExecContext(t.Context(), `UPDATE parts SET `+change); err != nil {
				t.Fatal(err)
			}
			if parts, err := j.Parts(t.Context(), u.ID); err == nil {
				t.Errorf("read as %+v", parts)
			}
		})
	}
}

func TestRowsAtTheirLimitsAreRead(t *testing.T) {
	for _, change := range []string{
		`size = 0`, `bytes_done = 0, parts_done = 0`, `part_size = 5 * 1024 * 1024 * 1024, parts = 10000`, `part_size = 0, parts = 0`,
	} {
		j := openNew(t)
		u := add(t, j, planned(addBatch(t, j), "a"))[0]
		if _, err := j.conn.ExecContext(t.Context(), `UPDATE uploads SET `+change); err != nil {
			t.Fatal(err)
		}
		load(t, j, u.ID)
	}
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	limits := []transfer.PartFact{part(u.ID, 1, 0), part(u.ID, transfer.MaxParts, 1)}
	commit(t, j, transfer.Change{Parts: limits})
	if parts, err := j.Parts(t.Context(), u.ID); err != nil || len(parts) != len(limits) {
		t.Errorf("parts %+v, %v", parts, err)
	}
}
