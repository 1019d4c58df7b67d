package osslocal

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	minPartSize  = 100 << 10 // every part but the last
	maxPartSize  = 5 << 30   // also the largest object of one PutObject
	maxParts     = 10_000
	maxKeyBytes  = 1023
	maxBodyXML   = 8 << 20 // 10,000 parts listed take about 1 MiB
	maxDrain     = 64 << 20
	drainTimeout = 5 * time.Second
	copyBuffer   = 256 << 10
)

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	n := notesOf(r)
	n.record.RequestID = randomID(12)
	h := w.Header()
	h.Set("Server", "AliyunOSS")
	h.Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
	h.Set(headerRequestID, n.record.RequestID)
	r.Body = s.timedBody(w, r)
	err := s.admit(r)
	if err == nil {
		err = s.dispatch(w, r)
	}
	if err == nil {
		n.record.Applied = true
		return
	}
	e := asAPIError(err)
	if e.code != codeRequestTimeout && r.ContentLength <= maxDrain {
		drain(w, r)
	}
	writeError(w, r, e)
}

// admit checks what every request must fulfil, before its body is read.
func (s *Server) admit(r *http.Request) error {
	t := TargetOf(r)
	if t.bad {
		return errInvalidArgument("The request URL is not properly encoded.", "")
	}
	version, err := s.authenticate(r, t)
	notesOf(r).record.Signature = version
	if err != nil {
		return err
	}
	if t.Bucket != "" && !validBucket(t.Bucket) {
		return errInvalidBucketName()
	}
	if t.Key != "" {
		return checkKey(t.Key)
	}
	return nil
}

// checkKey applies OSS's rules for object names.
func checkKey(key string) error {
	switch {
	case len(key) > maxKeyBytes:
		return errInvalidObjectName("The Length of Object name must be less than 1024.", "0016-00000005")
	case key[0] == '/' || key[0] == '\\' || !utf8.ValidString(key):
		return errInvalidObjectName("The specified object is not valid.", "0016-00000002")
	}
	return nil
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) error {
	t := TargetOf(r)
	switch t.Op {
	case OpListBuckets:
		return s.listBuckets(w, t)
	case OpPutBucket:
		return s.putBucket(w, t)
	case OpDeleteBucket:
		return s.removeBucket(w, t)
	case OpHeadBucket:
		return s.disk.hasBucket(t.Bucket)
	case OpGetBucketInfo:
		return s.bucketInfo(w, t)
	case OpGetBucketLocation:
		return s.bucketLocation(w, t)
	case OpGetBucketLifecycle:
		return s.getLifecycle(w, t)
	case OpPutBucketLifecycle:
		return s.putLifecycle(r, t)
	case OpDeleteBucketLifecycle:
		return s.deleteLifecycle(w, t)
	case OpListObjects:
		return s.listObjects(w, t)
	case OpListObjectsV2:
		return s.listObjectsV2(w, t)
	case OpListMultipartUploads:
		return s.listUploads(w, t)
	default:
		return s.dispatchObject(w, r, t)
	}
}

func (s *Server) dispatchObject(w http.ResponseWriter, r *http.Request, t Target) error {
	switch t.Op {
	case OpPutObject:
		return s.putObject(w, r, t)
	case OpGetObject:
		return s.getObject(w, r, t)
	case OpHeadObject:
		return s.headObject(w, t)
	case OpDeleteObject:
		return s.removeObject(w, t)
	case OpInitiate:
		return s.initiate(w, r, t)
	case OpUploadPart:
		return s.uploadPart(w, r, t)
	case OpListParts:
		return s.listParts(w, t)
	case OpComplete:
		return s.complete(w, r, t)
	case OpAbort:
		return s.abort(w, t)
	default:
		return errNotImplemented()
	}
}

// stamp is the time an object or part is stored at: whole seconds, as OSS keeps it.
func (d *disk) stamp() time.Time { return d.now().UTC().Truncate(time.Second) }

// timedBody gives up a body that makes no progress.
func (s *Server) timedBody(w http.ResponseWriter, r *http.Request) io.ReadCloser {
	return &timedBody{ReadCloser: r.Body, control: http.NewResponseController(w), idle: s.cfg.BodyTimeout}
}

type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
}

func (b *timedBody) Read(p []byte) (int, error) {
	// A connection without deadlines is only that: the read then waits for ever.
	_ = b.control.SetReadDeadline(time.Now().Add(b.idle))
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, errRequestTimeout()
	}
	if err != nil {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// drain reads what is left of a body before an error is answered, within reason: a client
// that is still sending when the answer comes may see a broken connection in its place.
func drain(w http.ResponseWriter, r *http.Request) {
	until := time.Now().Add(drainTimeout)
	_ = http.NewResponseController(w).SetReadDeadline(until) // as in timedBody.Read
	body := r.Body
	if b, ok := body.(*timedBody); ok {
		body = b.ReadCloser
	}
	_, _ = io.CopyN(io.Discard, body, maxDrain) // the answer is the same however it ends
}

var buffers = sync.Pool{New: func() any { b := make([]byte, copyBuffer); return &b }}

// receive stores a request's body, checked against its length and its Content-MD5. The
// caller owns the blob's one reference.
func (s *Server) receive(r *http.Request) (blobRef, *blobWriter, error) {
	if r.Header.Get("Content-Length") == "" && len(r.TransferEncoding) == 0 {
		return blobRef{}, nil, errMissingContentLength()
	}
	if r.ContentLength > maxPartSize {
		return blobRef{}, nil, errEntityTooLarge()
	}
	want, err := contentMD5(r)
	if err != nil {
		return blobRef{}, nil, err
	}
	if limit := s.disk.limit; limit > 0 && s.disk.used.Load()+r.ContentLength > limit {
		return blobRef{}, nil, errQuotaExceeded()
	}
	b, err := s.disk.newBlob()
	if err != nil {
		return blobRef{}, nil, err
	}
	if err := fill(b, r.Body, want); err != nil {
		b.discard()
		return blobRef{}, nil, err
	}
	ref, err := b.close()
	return ref, b, err
}

func fill(b *blobWriter, body io.Reader, wantMD5 []byte) error {
	buf := buffers.Get().(*[]byte) // the pool holds nothing else
	defer buffers.Put(buf)
	n, err := io.CopyBuffer(b, io.LimitReader(body, maxPartSize+1), *buf)
	switch {
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return errRequestTimeout() // the client left; nobody reads this
	case err != nil:
		return err
	case n > maxPartSize:
		return errEntityTooLarge()
	case wantMD5 != nil && subtle.ConstantTimeCompare(wantMD5, b.md5.Sum(nil)) != 1:
		return errInvalidDigest()
	}
	return nil
}

// contentMD5 returns what Content-MD5 promises, nil if it is not there.
func contentMD5(r *http.Request) ([]byte, error) {
	text := r.Header.Get("Content-MD5")
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != 16 {
		return nil, errInvalidDigest()
	}
	return sum, nil
}

// forbidsOverwrite reads x-oss-forbid-overwrite.
func forbidsOverwrite(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("x-oss-forbid-overwrite"), "true")
}
