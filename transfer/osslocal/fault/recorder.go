package fault

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// recorder takes the service's answer, to be changed before it is sent.
type recorder struct {
	conn   http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder(w http.ResponseWriter) *recorder {
	return &recorder{conn: w, header: make(http.Header)}
}

// Header is the answer's, kept from the client until send.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the first status.
func (r *recorder) WriteHeader(code int) {
	if r.status == 0 {
		r.status = code
	}
}

// Write keeps the answer's body.
func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// Unwrap lets the service set deadlines on the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.conn }

func (r *recorder) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(max(r.status, http.StatusOK))
	_, _ = w.Write(r.body.Bytes()) // the client may have left
}

// sendHalf sends the header and half of the body; of an answer without a body, half of
// the header. The server closes the connection, which net/http no longer knows.
func (r *recorder) sendHalf(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client left
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	_ = r.header.Write(&text) // a buffer takes everything
	text.WriteString("\r\n")
	if r.body.Len() == 0 {
		text.Truncate(text.Len() / 2)
	}
	text.Write(r.body.Bytes()[:r.body.Len()/2])
	_, _ = conn.Write(text.Bytes()) // the client may have left
}

func (r *recorder) setETag(value string) {
	old := strings.Trim(r.header.Get("ETag"), `"`)
	if value == "none" {
		r.header.Del("ETag")
		value = ""
	} else {
		r.header.Set("ETag", `"`+value+`"`)
	}
	if old != "" {
		r.replaceBody(bytes.ReplaceAll(r.body.Bytes(), []byte(old), []byte(value)))
	}
}

var partCRC = regexp.MustCompile(`<HashCrc64ecma>\d+</HashCrc64ecma>`)

func (r *recorder) setCRC(value string) {
	const name = "x-oss-hash-crc64ecma"
	element := ""
	if value == "none" {
		r.header.Del(name)
	} else {
		if r.header.Get(name) != "" {
			r.header.Set(name, value)
		}
		element = "<HashCrc64ecma>" + value + "</HashCrc64ecma>"
	}
	r.replaceBody(partCRC.ReplaceAll(r.body.Bytes(), []byte(element)))
}

// replaceBody keeps the length of a HEAD's answer, which has no body.
func (r *recorder) replaceBody(body []byte) {
	if r.body.Len() == 0 {
		return
	}
	r.body = *bytes.NewBuffer(bytes.Clone(body))
	r.header.Set("Content-Length", strconv.Itoa(r.body.Len()))
}

func (r *recorder) shiftDate(by time.Duration) {
	at, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		at = time.Now()
	}
	r.header.Set("Date", at.Add(by).UTC().Format(http.TimeFormat))
}
