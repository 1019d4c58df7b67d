package history

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

var records = []transfer.Record{
	{
		Name: "=cmd|'/c calc'!A1", Size: 5, Status: transfer.StatusCompleted, To: transfer.Target{Bucket: "b", Key: "照片, \"x\".jpg"},
		Receipt: transfer.Receipt{Outcome: transfer.OutcomeSent, CRC64: 1<<63 + 3, ETag: "E", Finished: time.Unix(1_790_000_000, 0).UTC()},
	},
	{Name: " \t-1", Path: "/a\xff", Status: transfer.StatusPaused, Error: &transfer.Error{Kind: transfer.KindSource, Op: "read"}},
	{Name: "plain"},
}

func written(t *testing.T, f Format, rs []transfer.Record) string {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rs {
		if err := w.Add(&rs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Count() != len(rs) {
		t.Fatal(err, w.Count())
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	text, bom := strings.CutPrefix(written(t, CSV, records), "\xef\xbb\xbf")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !bom || len(rows) != 4 || !strings.Contains(text, "\r\n") {
		t.Fatalf("%d rows, BOM %v, %v", len(rows), bom, err)
	}
	at := func(row int, name string) string {
		for i, n := range rows[0] {
			if n == name {
				return rows[row][i]
			}
		}
		t.Fatalf("there is no column %q", name)
		return ""
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "name", "'=cmd|'/c calc'!A1"},
		{1, "size", "5"},
		{1, "key", `照片, "x".jpg`},
		{1, "crc64", "9223372036854775811"},
		{1, "crc64_hex", "0x8000000000000003"},
		{1, "finished", "2026-09-21T14:13:20Z"},
		{2, "name", "' \t-1"},
		{2, "file", "/a\ufffd"},
		{2, "crc64", ""},
		{3, "name", "plain"},
		{3, "finished", ""},
	} {
		if got := at(c.row, c.name); got != c.want {
			t.Errorf("row %d has the %s %q, want %q", c.row, c.name, got, c.want)
		}
	}
	for _, row := range rows {
		for _, field := range row {
			if strings.ContainsAny(field[:min(1, len(field))], "=+-@\t\r") {
				t.Errorf("a spreadsheet takes %q for a formula", field)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	for n := range len(records) + 1 {
		var got []map[string]any
		if err := json.Unmarshal([]byte(written(t, JSON, records[:n])), &got); err != nil || len(got) != n {
			t.Fatalf("%d records: %d, %v", n, len(got), err)
		}
		if n == 0 {
			continue
		}
		if r := got[0]; r["name"] != records[0].Name || r["crc64"] != "9223372036854775811" || r["size"] != 5.0 || r["md5_compared"] != false {
			t.Errorf("the first is %v", r)
		}
	}
}
