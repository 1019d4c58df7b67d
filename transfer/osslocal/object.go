package osslocal

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

func (s *Server) putObject(w http.ResponseWriter, r *http.Request, t Target) error {
	header, err := headersToStore(r)
	if err != nil {
		return err
	}
	acl, err := aclOf(r)
	if err != nil {
		return err
	}
	if err := checkTrafficLimit(r); err != nil {
		return err
	}
	call, err := readCallback(r, t)
	if err != nil {
		return err
	}
	forbid := forbidsOverwrite(r)
	if err := s.disk.mayWrite(t.Bucket, t.Key, forbid); err != nil {
		return err
	}
	blob, digests, err := s.receive(r)
	if err != nil {
		return err
	}
	o := &objectMeta{
		Key: t.Key, Size: blob.Size, Type: "Normal", Header: withACL(header, acl),
		ETag: digests.etag(), CRC64: digests.crc.Sum64(),
		LastModified: s.disk.stamp(), Blobs: []blobRef{blob},
	}
	if err := s.disk.putObject(t.Bucket, o, forbid); err != nil {
		return err
	}
	setDigests(w, o.ETag, o.CRC64)
	w.Header().Set("Content-MD5", md5Base64(o.ETag))
	if call != nil {
		return s.callBack(w, r, call, o)
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func setDigests(w http.ResponseWriter, etag string, crc uint64) {
	w.Header().Set("ETag", quote(etag))
	w.Header().Set(headerCRC64, strconv.FormatUint(crc, 10))
}

// md5Base64 turns the ETag of a Normal object or a part into its Content-MD5.
func md5Base64(etag string) string {
	sum, err := hex.DecodeString(etag)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// describe sets the headers that HEAD and GET tell of an object.
func describe(w http.ResponseWriter, o *objectMeta) {
	h := w.Header()
	for name, value := range o.Header {
		switch name {
		case headerTagging:
			h.Set("x-oss-tagging-count", strconv.Itoa(1+strings.Count(value, "&")))
		case headerACL: // told by ?acl only
		default:
			h.Set(name, value)
		}
	}
	if h.Get("x-oss-storage-class") == "" {
		h.Set("x-oss-storage-class", "Standard")
	}
	setDigests(w, o.ETag, o.CRC64)
	if o.Type == "Normal" {
		h.Set("Content-MD5", md5Base64(o.ETag))
	}
	h.Set("x-oss-object-type", o.Type)
	h.Set("Last-Modified", o.LastModified.Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(o.Size, 10))
}

func (s *Server) headObject(w http.ResponseWriter, t Target) error {
	o, err := s.disk.object(t.Bucket, t.Key)
	if err != nil {
		return err
	}
	describe(w, o)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) getObject(w http.ResponseWriter, r *http.Request, t Target) error {
	o, err := s.disk.pinObject(t.Bucket, t.Key)
	if err != nil {
		return err
	}
	offset, length, partial := parseRange(r.Header.Get("Range"), o.Size)
	body := s.disk.reader(o, offset, length)
	defer func() { _ = body.Close() }() // only read from
	describe(w, o)
	h := w.Header()
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	for name, values := range t.query {
		if n, ok := strings.CutPrefix(name, "response-"); ok {
			h.Set(n, values[0])
		}
	}
	status := http.StatusOK
	if partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", offset, offset+length-1, o.Size))
	}
	w.WriteHeader(status)
	buf := buffers.Get().(*[]byte) // the pool holds nothing else
	defer buffers.Put(buf)
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, body, *buf); err != nil {
		panic(http.ErrAbortHandler) // the header is out: only a cut tells of it
	}
	return nil
}

// parseRange reads "bytes=first-last", "bytes=first-" and "bytes=-count". As OSS does, a
// range that makes no sense is taken as none.
func parseRange(text string, size int64) (offset, length int64, partial bool) {
	spec, ok := strings.CutPrefix(text, "bytes=")
	first, last, ok2 := strings.Cut(spec, "-")
	if !ok || !ok2 {
		return 0, size, false
	}
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && err2 == nil && to > 0 && size > 0:
		n := min(to, size)
		return size - n, n, true
	case err1 != nil || from >= size || from < 0:
		return 0, size, false
	case last == "":
		return from, size - from, true
	case err2 != nil || to < from:
		return 0, size, false
	default:
		return from, min(to, size-1) - from + 1, true
	}
}

func (s *Server) removeObject(w http.ResponseWriter, t Target) error {
	if err := s.disk.deleteObject(t.Bucket, t.Key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
