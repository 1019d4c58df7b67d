// Package history writes what is known of uploads as CSV, which spreadsheets read without
// running anything of it, or as JSON. It holds one record at a time.
package history

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"partway/transfer"
)

// Format is a form of the file.
type Format string

// The formats; each is also the ending of a file's name.
const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// Formats lists them.
var Formats = []Format{CSV, JSON}

// Writer writes one record after the other.
type Writer struct {
	out   *bufio.Writer
	table *csv.Writer // nil: JSON
	count int
}

// New begins a file.
func New(w io.Writer, f Format) (*Writer, error) {
	h := &Writer{out: bufio.NewWriter(w)}
	if f == JSON {
		return h, nil
	}
	// Spreadsheets take a file for UTF-8 by these three bytes.
	if _, err := h.out.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	h.table = csv.NewWriter(h.out)
	h.table.UseCRLF = true
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return h, h.table.Write(names)
}

// Add writes a record.
func (h *Writer) Add(r *transfer.Record) error {
	h.count++
	if h.table != nil {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(c.value(r))
		}
		return h.table.Write(cells)
	}
	begin := ",\n"
	if h.count == 1 {
		begin = "[\n"
	}
	if _, err := h.out.WriteString(begin + "{"); err != nil {
		return err
	}
	for i, c := range columns {
		value, err := json.Marshal(c.value(r))
		if err != nil {
			return fmt.Errorf("write %s: %w", c.name, err)
		}
		comma := ", "
		if i == 0 {
			comma = ""
		}
		if _, err := fmt.Fprintf(h.out, "%s%q: %s", comma, c.name, value); err != nil {
			return err
		}
	}
	return h.out.WriteByte('}')
}

// Count is how many records were written.
func (h *Writer) Count() int { return h.count }

// Close ends the file. What it was written to stays open.
func (h *Writer) Close() error {
	if h.table != nil {
		h.table.Flush()
		if err := h.table.Error(); err != nil {
			return err
		}
		return h.out.Flush()
	}
	end := "\n]\n"
	if h.count == 0 {
		end = "[]\n"
	}
	if _, err := h.out.WriteString(end); err != nil {
		return err
	}
	return h.out.Flush()
}

// cell is a value as a spreadsheet may see it: text that it would take for a formula has an
// apostrophe before it.
func cell(value any) string {
	s, isText := value.(string)
	if !isText {
		return fmt.Sprint(value)
	}
	if begin := strings.TrimLeft(s, " \u00a0"); begin != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(begin[0])) {
		return "'" + s
	}
	return s
}

// columns are what is known of an upload. A CRC64 is written twice: spreadsheets round its
// digits.
var columns = []struct {
	name  string
	value func(r *transfer.Record) any
}{
	{"name", func(r *transfer.Record) any { return r.Name }},
	{"size", func(r *transfer.Record) any { return r.Size }},
	{"status", func(r *transfer.Record) any { return string(r.Status) }},
	{"outcome", func(r *transfer.Record) any { return string(r.Receipt.Outcome) }},
	{"proof", func(r *transfer.Record) any { return string(r.Receipt.Proof) }},
	{"account", func(r *transfer.Record) any { return r.Account }},
	{"endpoint", func(r *transfer.Record) any { return r.To.Endpoint }},
	{"bucket", func(r *transfer.Record) any { return r.To.Bucket }},
	{"key", func(r *transfer.Record) any { return r.To.Key }},
	{"crc64", func(r *transfer.Record) any { return checksum(r, 10) }},
	{"crc64_hex", func(r *transfer.Record) any { return checksum(r, 16) }},
	{"etag", func(r *transfer.Record) any { return r.Receipt.ETag }},
	{"version_id", func(r *transfer.Record) any { return r.Receipt.VersionID }},
	{"request_id", func(r *transfer.Record) any { return r.Receipt.RequestID }},
	{"upload_id", func(r *transfer.Record) any { return r.UploadID }},
	{"part_size", func(r *transfer.Record) any { return r.Plan.PartSize }},
	{"parts", func(r *transfer.Record) any { return r.Plan.Parts }},
	{"md5_compared", func(r *transfer.Record) any { return r.Receipt.MD5 }},
	{"content_type", func(r *transfer.Record) any { return r.ContentType }},
	{"callback", func(r *transfer.Record) any { return string(r.Receipt.Callback) }},
	{"callback_reply", func(r *transfer.Record) any { return r.Receipt.CallbackReply }},
	{"added", func(r *transfer.Record) any { return moment(r.Created) }},
	{"begun", func(r *transfer.Record) any { return moment(r.Begun) }},
	{"finished", func(r *transfer.Record) any { return moment(r.Receipt.Finished) }},
	{"error", func(r *transfer.Record) any { return problem(r.Error) }},
	{"file", func(r *transfer.Record) any { return strings.ToValidUTF8(r.Path, "\ufffd") }},
}

// checksum writes the CRC64 of what was sent, "" where nothing was.
func checksum(r *transfer.Record, base int) string {
	switch {
	case r.Receipt.Outcome == transfer.OutcomeNone || r.Receipt.Outcome.NotSent():
		return ""
	case base == 16:
		return fmt.Sprintf("0x%016x", r.Receipt.CRC64)
	default:
		return strconv.FormatUint(r.Receipt.CRC64, base)
	}
}

func moment(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.Format(time.RFC3339)
}

func problem(e *transfer.Error) string {
	if e == nil {
		return ""
	}
	return e.Error()
}
