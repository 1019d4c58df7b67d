package sink

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Unproved is a header of requests whose sender does not look at digests.
const Unproved = "X-Bench-Unproved"

// Server is a sink that listens.
type Server struct {
	server   http.Server
	listener net.Listener
	scheme   string
	line     *line
	course   course

	parts, requests, conns, bytes, refused, inFlight atomic.Int64

	mu      sync.Mutex
	uploads map[string]map[int]int64 // sizes of parts, by upload ID and number
	story   story
	digests map[int64]digest
}

// Listen starts a sink on a port of this computer. It serves until ctx ends. The digests of
// objects and parts of these sizes are ready: they cost no time of an upload.
func Listen(ctx context.Context, s Shape, sizes ...int64) (*Server, error) {
	way := newLine(s)
	l, err := way.listen(ctx)
	if err != nil {
		return nil, err
	}
	srv := &Server{listener: l, scheme: "http", line: way, uploads: map[string]map[int]int64{}, digests: map[int64]digest{}}
	for _, size := range sizes {
		srv.digest(size)
	}
	srv.server = http.Server{
		Handler: srv, ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				srv.conns.Add(1)
			}
		},
	}
	srv.course.begin = func() {
		go way.change(ctx)
		go srv.course.follow(ctx, srv.moment)
	}
	if s.Certificate != "" {
		if l, err = secure(l, s.Certificate); err != nil {
			return nil, err
		}
		srv.scheme = "https"
	}
	go srv.server.Serve(l) //nolint:errcheck // it ends with ErrServerClosed
	context.AfterFunc(ctx, func() { srv.server.Close() })
	return srv, nil
}

// URL is the endpoint.
func (s *Server) URL() string { return s.scheme + "://" + s.listener.Addr().String() }

// Report is what a sink took.
type Report struct {
	Bytes    int64
	Requests int64
	Conns    int64
	Refused  int64 // requests
	Lost     int64 // connections
	Course   []Moment
	Story
}

// Report tells what was taken until now.
func (s *Server) Report() Report {
	return Report{
		Bytes: s.bytes.Load(), Requests: s.requests.Load(), Conns: s.conns.Load(),
		Refused: s.refused.Load(), Lost: s.line.lost.Load(), Course: s.course.told(), Story: s.story.told(),
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.course.once.Do(s.course.begin)
	s.requests.Add(1)
	if r.Method == http.MethodPut {
		s.story.begins()
	}
	defer s.story.ends()
	many := s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	if most := s.line.now.Load().Most; most > 0 && many > int64(most) {
		s.slowDown(w, "ActiveRequestLimitExceeded")
		return
	}
	size, err := s.take(r)
	if err != nil {
		return // the client went away
	}
	shape := s.line.now.Load()
	time.Sleep(shape.Latency) //nolint:forbidigo // it is the latency
	if shape.Fail > 0 && r.Method == http.MethodPut && s.parts.Add(1)%int64(shape.Fail) == 0 {
		s.slowDown(w, "ServiceUnavailable")
		return
	}
	s.answer(w, r, size)
}

// take reads a body and forgets it.
func (s *Server) take(r *http.Request) (size int64, err error) {
	buffer := buffers.Get().(*[]byte) //nolint:forcetypeassert // nothing else is put there
	defer buffers.Put(buffer)
	for {
		n, err := r.Body.Read(*buffer)
		size += int64(n)
		s.bytes.Add(int64(n))
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, size int64) {
	w.Header().Set("X-Oss-Request-Id", "bench")
	q := r.URL.Query()
	id := q.Get("uploadId")
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		s.initiate(w)
	case r.Method == http.MethodPut && id != "":
		n, err := strconv.Atoi(q.Get("partNumber"))
		if err != nil {
			refuse(w, http.StatusBadRequest, "InvalidArgument")
			return
		}
		s.keep(id, n, size)
		s.stored(w, r, size)
	case r.Method == http.MethodPut:
		s.stored(w, r, size)
	case r.Method == http.MethodPost && id != "":
		s.complete(w, id)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && id != "":
		s.list(w, id, q.Get("part-number-marker"))
	case r.Method == http.MethodGet && q.Has("uploads"):
		writeXML(w, struct {
			XMLName xml.Name `xml:"ListMultipartUploadsResult"`
		}{})
	default:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	}
}

func (s *Server) initiate(w http.ResponseWriter) {
	s.mu.Lock()
	id := fmt.Sprintf("%032X", len(s.uploads)+1)
	s.uploads[id] = map[int]int64{}
	s.mu.Unlock()
	writeXML(w, struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}{UploadID: id})
}

func (s *Server) complete(w http.ResponseWriter, id string) {
	s.mu.Lock()
	var whole int64
	for _, size := range s.uploads[id] {
		whole += size
	}
	s.mu.Unlock()
	w.Header().Set("X-Oss-Hash-Crc64ecma", strconv.FormatUint(s.digest(whole).crc, 10))
	writeXML(w, struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		ETag    string
	}{ETag: `"0123456789ABCDEF0123456789ABCDEF-1"`})
}

// stored answers a part, or an object.
func (s *Server) stored(w http.ResponseWriter, r *http.Request, size int64) {
	d := digest{}
	if r.Header.Get(Unproved) == "" {
		d = s.digest(size)
	}
	w.Header().Set("ETag", `"`+d.md5+`"`)
	w.Header().Set("X-Oss-Hash-Crc64ecma", strconv.FormatUint(d.crc, 10))
}

func (s *Server) slowDown(w http.ResponseWriter, code string) {
	s.refused.Add(1)
	w.Header().Set("X-Oss-Request-Id", "bench")
	refuse(w, http.StatusServiceUnavailable, code)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	writeXML(w, struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: code})
}

func writeXML(w http.ResponseWriter, v any) {
	text, err := xml.Marshal(v)
	if err != nil {
		panic(err) // of our own types
	}
	w.Write(text) //nolint:errcheck // the client went away
}
