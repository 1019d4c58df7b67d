package fault

import (
	"context"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"partway/transfer/osslocal"
	"partway/transfer/osslocal/pace"
)

// wrap puts the rule's action before, after or in place of next.
func (r *Rule) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch r.action.verb {
		case "status", "error", "html", "empty", "redirect":
			r.answer(w, req, next)
		case "cut":
			read(req, r.action.at)
			r.drop(req)
		case "stall":
			read(req, r.action.at)
			r.hang(req.Context())
			r.drop(req)
		case "lose":
			next.ServeHTTP(newRecorder(w), req)
			r.drop(req)
		case "half", "etag", "crc", "date":
			r.alter(w, req, next)
		default:
			r.pass(w, req, next)
		}
	})
}

// pass is for the actions after which the request goes on.
func (r *Rule) pass(w http.ResponseWriter, req *http.Request, next http.Handler) {
	switch a := r.action; {
	case a.verb == "delay":
		sleep(req.Context(), a.duration)
	case a.verb == "hold" && a.arg == "answer":
		rec := newRecorder(w)
		next.ServeHTTP(rec, req)
		r.hang(req.Context())
		rec.send(w)
		return
	case a.verb == "hold":
		r.hang(req.Context())
	case a.verb == "slow":
		req.Body = &slowBody{ReadCloser: req.Body, ctx: req.Context(), pace: &r.pace, rate: a.rate}
	case a.verb == "corrupt":
		req.Body = &corruptBody{ReadCloser: req.Body, at: a.at}
	}
	next.ServeHTTP(w, req)
}

// answer is for the actions that answer in the service's place.
func (r *Rule) answer(w http.ResponseWriter, req *http.Request, next http.Handler) {
	a := r.action
	if _, applied := a.options["applied"]; applied {
		next.ServeHTTP(newRecorder(w), req)
	}
	if _, early := a.options["early"]; !early {
		read(req, all)
	}
	h := w.Header()
	switch a.verb {
	case "html":
		h.Set("Content-Type", "text/html")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, "<html><body><h1>Please log in</h1></body></html>") // the client may have left
	case "empty":
		w.WriteHeader(a.status)
	case "redirect":
		h.Set("Location", a.arg)
		w.WriteHeader(a.status)
	default:
		r.writeError(w, req)
	}
}

// errorXML is OSS's error document.
type errorXML struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
	EC        string `xml:",omitempty"`
	Endpoint  string `xml:",omitempty"`
}

// requestID marks the answers of this package.
const requestID = "FA0170000000000000000000"

func (r *Rule) writeError(w http.ResponseWriter, req *http.Request) {
	a := r.action
	e := errorXML{
		Code: a.options["code"], Message: a.options["message"], EC: a.options["ec"], Endpoint: a.options["endpoint"],
		RequestID: requestID, HostID: req.Host,
	}
	if e.Code == "" {
		e.Code = strings.ReplaceAll(http.StatusText(a.status), " ", "")
	}
	if e.Message == "" {
		e.Message = "A fault was ordered: " + r.text
	}
	h := w.Header()
	for name, value := range a.options {
		switch name {
		case "code", "ec", "message", "endpoint", "applied", "early":
		default:
			h.Set(name, value)
		}
	}
	h.Set("x-oss-request-id", requestID)
	if e.EC != "" {
		h.Set("x-oss-ec", e.EC)
	}
	osslocal.NoteCode(req, e.Code)
	body, err := xml.Marshal(e)
	if err != nil {
		panic(err) // strings always encode
	}
	writeXML(w, req, a.status, append([]byte(xml.Header), body...))
}

// alter carries the request out and sends its answer changed.
func (r *Rule) alter(w http.ResponseWriter, req *http.Request, next http.Handler) {
	rec := newRecorder(w)
	next.ServeHTTP(rec, req)
	switch r.action.verb {
	case "etag":
		rec.setETag(r.action.arg)
	case "crc":
		rec.setCRC(r.action.arg)
	case "date":
		rec.shiftDate(r.action.duration)
	case "half":
		rec.sendHalf(w)
		r.drop(req)
	}
	rec.send(w)
}

// drop closes the connection without an answer.
func (r *Rule) drop(req *http.Request) {
	if _, reset := r.action.options["reset"]; reset {
		if c, ok := osslocal.ConnOf(req).(*net.TCPConn); ok {
			_ = c.SetLinger(0) // if it fails, the connection is gone already
		}
	}
	panic(http.ErrAbortHandler)
}

// read reads n bytes of a request's body, or all of it.
func read(req *http.Request, n int64) {
	if n == all {
		_, _ = io.Copy(io.Discard, req.Body) // however it ends, the fault follows
		return
	}
	_, _ = io.CopyN(io.Discard, req.Body, n) // as above
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

type slowBody struct {
	io.ReadCloser
	ctx  context.Context //nolint:containedctx // a body lives as long as its request
	pace *pace.Pace
	rate int64
}

func (b *slowBody) Read(p []byte) (int, error) {
	// Twenty steps a second, so that the bytes come evenly.
	p = p[:min(int64(len(p)), max(1, b.rate/20))]
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		sleep(b.ctx, b.pace.Take(int64(n), b.rate))
	}
	return n, err
}

type corruptBody struct {
	io.ReadCloser
	at int64 // bytes still ahead of the one to change
}

func (b *corruptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.at >= 0 && b.at < int64(n) {
		p[b.at] ^= 0x01
	}
	b.at -= int64(n)
	return n, err
}

func writeXML(w http.ResponseWriter, req *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may have left
	}
}
