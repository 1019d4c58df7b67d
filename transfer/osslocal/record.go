package osslocal

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// Phases of a Record.
const (
	PhaseBegin = "begin" // the request's header has arrived
	PhaseEnd   = "end"   // it was answered, or cut off
)

// Record tells of one request. At PhaseBegin only Phase, Time and the target are known.
type Record struct {
	Phase     string
	Time      time.Time
	Seq       int64 // numbers the requests from 1; both records of a request have the same
	Op        string
	Bucket    string
	Key       string
	Prefix    string // what the keys are to begin with that a listing asks for
	UploadID  string // also the one that InitiateMultipartUpload answered
	Part      int
	Status    int    // as sent to the client; 0 if it got no answer
	Code      string // OSS's error code, or ""
	RequestID string
	Signature string // "V1" or "V4"; "" if the request was not signed, or not reached
	Bytes     int64  // of the request's body that were read
	Applied   bool   // the service itself did what was asked, whatever the client was told
}

type recordKey struct{}

// noted is what the layers below observe say of a request under way.
type noted struct {
	record Record
	seq    int64
	read   atomic.Int64
}

func notesOf(r *http.Request) *noted {
	n, ok := r.Context().Value(recordKey{}).(*noted)
	if !ok {
		return &noted{}
	}
	return n
}

// NoteCode puts an error code on the record of a request, for a middleware that answers
// in the service's place.
func NoteCode(r *http.Request, code string) { notesOf(r).record.Code = code }

func (s *Server) observe(h http.Handler, w http.ResponseWriter, r *http.Request) {
	t := parseTarget(r, s.cfg.Hosts)
	n := &noted{seq: s.disk.seq.Add(1)}
	n.record = Record{
		Phase: PhaseBegin, Time: s.cfg.Now(), Seq: n.seq,
		Op: t.Op, Bucket: t.Bucket, Key: t.Key, Prefix: t.query.Get("prefix"), UploadID: t.UploadID, Part: t.Part,
	}
	if s.cfg.Observe != nil {
		s.cfg.Observe(n.record)
	}
	sw := &statusWriter{ResponseWriter: w}
	r = r.WithContext(context.WithValue(withTarget(r.Context(), t), recordKey{}, n))
	r.Body = &countedBody{ReadCloser: r.Body, n: &n.read}
	defer func() {
		p := recover()
		n.record.Phase, n.record.Time = PhaseEnd, s.cfg.Now()
		n.record.Bytes = n.read.Load()
		n.record.Status = sw.status
		if p == nil && sw.status == 0 {
			n.record.Status = http.StatusOK
		}
		if s.cfg.Observe != nil {
			s.cfg.Observe(n.record)
		}
		if p != nil {
			if c := ConnOf(r); c != nil {
				_ = c.Close() // net/http would, unless the connection was taken from it
			}
			panic(p)
		}
	}()
	h.ServeHTTP(sw, r)
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the first final status.
func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 && code >= http.StatusOK {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write implies status 200, as net/http has it.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}
