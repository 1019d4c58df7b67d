package aliyun

import (
	"context"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"partway/transfer"
)

// Initiate begins a multipart upload and returns its upload ID.
func (s *store) Initiate(ctx context.Context, key string, o transfer.Options, forbidOverwrite bool) (string, error) {
	r := &request{
		op: opInitiate, method: http.MethodPost, key: key,
		params:  map[string]any{"uploads": nil},
		headers: initiateHeaders(o, forbidOverwrite),
	}
	if err := s.checkWrite(r, o); err != nil {
		return "", err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return "", err
	}
	var answer struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}
	if xml.Unmarshal(rep.body, &answer) != nil || answer.UploadID == "" {
		return "", s.doubt(r, rep, "answer holds no upload ID")
	}
	return answer.UploadID, nil
}

// UploadPart sends one part. It does not judge the digests.
func (s *store) UploadPart(ctx context.Context, p transfer.PartRequest) (transfer.PartAnswer, error) {
	r := &request{
		op: opUploadPart, method: http.MethodPut, key: p.Key, part: p.Number,
		params: map[string]any{"partNumber": strconv.Itoa(p.Number), "uploadId": p.UploadID},
		body:   newBody(p.Body, p.Size, p.WantMD5),
		left:   p.Left, headers: headers{},
	}
	r.headers.set("Content-MD5", p.ContentMD5)
	r.headers.limit(p.TrafficLimit)
	if err := s.checkUpload(r, p.UploadID); err != nil {
		return transfer.PartAnswer{}, err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.PartAnswer{}, err
	}
	sent, err := s.checkStored(r, rep)
	if err != nil {
		return transfer.PartAnswer{}, err
	}
	return transfer.PartAnswer{
		ETag:      etag(rep.header),
		Stored:    stored(rep.header),
		Sent:      sent,
		MD5Time:   r.body.hashing(),
		RequestID: rep.header.Get("X-Oss-Request-Id"),
	}, nil
}

// completion is the body of CompleteMultipartUpload.
type completion struct {
	XMLName xml.Name         `xml:"CompleteMultipartUpload"`
	Parts   []completionPart `xml:"Part"`
}

type completionPart struct {
	Number int    `xml:"PartNumber"`
	ETag   string `xml:"ETag"`
}

// Complete joins the parts into the object.
func (s *store) Complete(ctx context.Context, c transfer.CompleteRequest) (transfer.ObjectAnswer, error) {
	r := &request{
		op: opComplete, method: http.MethodPost, key: c.Key,
		params: map[string]any{"uploadId": c.UploadID},
	}
	if err := s.checkUpload(r, c.UploadID); err != nil {
		return transfer.ObjectAnswer{}, err
	}
	list := completion{Parts: make([]completionPart, len(c.Parts))}
	for i, p := range c.Parts {
		list.Parts[i] = completionPart{p.Number, `"` + p.ETag + `"`}
	}
	var err error
	if r.content, err = xml.Marshal(list); err != nil {
		return transfer.ObjectAnswer{}, s.refuse(r, "encode the list of parts: %w", err)
	}
	r.headers = completeHeaders(c.Options, r.content, c.ForbidOverwrite)
	if err := s.checkOptions(r, c.Options); err != nil {
		return transfer.ObjectAnswer{}, err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.ObjectAnswer{}, err
	}
	return s.completed(r, rep, c.Options.Callback != nil)
}

// completed reads the answer to Complete. OSS may answer 200 and say in the body that
// it failed; 203 when the object is stored, but the callback failed; and the words of the
// callback's server in the place of its own.
func (s *store) completed(r *request, rep reply, callback bool) (transfer.ObjectAnswer, error) {
	answer := objectAnswer(rep.header)
	failed := rep.status == http.StatusNonAuthoritativeInfo && isOSS(rep.header)
	if failed || callback && saysCallback(rep) {
		s.calledBack(&answer, rep)
		return answer, nil
	}
	var result struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		ETag    string   `xml:"ETag"`
	}
	if xml.Unmarshal(rep.body, &result) != nil || rep.status != http.StatusOK {
		return transfer.ObjectAnswer{}, s.doubt(r, rep, "answer does not say that the object is complete")
	}
	if tag := unquote(result.ETag); tag != "" {
		answer.ETag = tag
	}
	if answer.ETag == "" {
		return transfer.ObjectAnswer{}, s.doubt(r, rep, "answer holds no ETag")
	}
	return answer, nil
}

// Abort drops the upload and its parts.
func (s *store) Abort(ctx context.Context, key, uploadID string) error {
	r := &request{
		op: opAbort, method: http.MethodDelete, key: key,
		params: map[string]any{"uploadId": uploadID},
	}
	if err := s.checkUpload(r, uploadID); err != nil {
		return err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return err
	}
	if rep.status != http.StatusNoContent {
		return s.doubt(r, rep, "answer is not 204 No Content")
	}
	return nil
}

// checkUpload refuses a request without an upload ID: "DELETE key?uploadId" with
// nothing after it would ask to delete the object.
func (s *store) checkUpload(r *request, uploadID string) error {
	if uploadID == "" {
		return s.refuse(r, "upload ID is empty")
	}
	return s.checkKey(r)
}

func (s *store) checkKey(r *request) error {
	if r.key == "" {
		return s.refuse(r, "key is empty")
	}
	if r.body != nil && r.body.size < 0 {
		return s.refuse(r, "size %d is below 0", r.body.size)
	}
	return nil
}

func (s *store) checkWrite(r *request, o transfer.Options) error {
	if err := s.checkOptions(r, o); err != nil {
		return err
	}
	return s.checkKey(r)
}

// checkOptions refuses what a header cannot carry, or OSS would not take: after all parts were
// sent that would be late.
func (s *store) checkOptions(r *request, o transfer.Options) error {
	if err := o.Check(); err != nil {
		return s.refuse(r, "%w", err)
	}
	return nil
}

// checkStored tells whether an answer is OSS's own word that it stored all of the body,
// and returns what was read of it.
func (s *store) checkStored(r *request, rep reply) (transfer.Digest, error) {
	sent, whole := r.body.digest()
	switch {
	case rep.status != http.StatusOK, !isOSS(rep.header):
		return sent, s.doubt(r, rep, "answer is not from OSS: a proxy or a login page may be in between")
	case etag(rep.header) == "":
		return sent, s.doubt(r, rep, "answer holds no ETag")
	case !whole:
		return sent, s.doubt(r, rep, "answer came before all was sent")
	}
	return sent, nil
}

func objectAnswer(h http.Header) transfer.ObjectAnswer {
	return transfer.ObjectAnswer{
		ETag:      etag(h),
		Stored:    stored(h),
		VersionID: h.Get("X-Oss-Version-Id"),
		RequestID: h.Get("X-Oss-Request-Id"),
	}
}

// stored reads what OSS says it stored. The ETag of a part, and of an object put in one
// request, is the MD5, except under some encryptions; the engine knows.
func stored(h http.Header) transfer.Digest {
	crc, err := strconv.ParseUint(h.Get("X-Oss-Hash-Crc64ecma"), 10, 64)
	d := transfer.Digest{CRC64: crc, HasCRC: err == nil}
	if tag := strings.ToUpper(etag(h)); isMD5(tag) {
		d.MD5 = tag
	}
	return d
}

func isMD5(tag string) bool {
	return len(tag) == 32 && strings.Trim(tag, "0123456789ABCDEF") == ""
}

func etag(h http.Header) string { return unquote(h.Get("ETag")) }

func unquote(tag string) string { return strings.Trim(strings.TrimSpace(tag), `"`) }
