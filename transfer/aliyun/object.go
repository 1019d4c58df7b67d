package aliyun

import (
	"context"
	"net/http"
	"strconv"

	"partway/transfer"
)

// Put sends a whole object in one request.
func (s *store) Put(ctx context.Context, p transfer.PutRequest) (transfer.ObjectAnswer, error) {
	r := &request{
		op: opPut, method: http.MethodPut, key: p.Key,
		headers: putHeaders(p),
		body:    newBody(p.Body, p.Size, p.WantMD5),
		left:    p.Left,
	}
	if err := s.checkWrite(r, p.Options); err != nil {
		return transfer.ObjectAnswer{}, err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.ObjectAnswer{}, err
	}
	answer := objectAnswer(rep.header)
	if rep.status == http.StatusNonAuthoritativeInfo && isOSS(rep.header) {
		answer.Sent, _ = r.body.digest() // stored; only the callback failed
		s.calledBack(&answer, rep)
		return answer, nil
	}
	if answer.Sent, err = s.checkStored(r, rep); err != nil {
		return transfer.ObjectAnswer{}, err
	}
	if p.Options.Callback != nil && saysCallback(rep) {
		s.calledBack(&answer, rep)
	}
	return answer, nil
}

// Head tells the state of a key. A missing object is no error; a missing bucket is.
func (s *store) Head(ctx context.Context, key string) (transfer.ObjectState, error) {
	r := &request{op: opHead, method: http.MethodHead, key: key}
	if err := s.checkKey(r); err != nil {
		return transfer.ObjectState{}, err
	}
	rep, err := s.do(ctx, r)
	if transfer.IsGone(err, transfer.CodeNoSuchKey) {
		return transfer.ObjectState{}, nil
	}
	if err != nil {
		return transfer.ObjectState{}, err
	}
	size, sizeErr := strconv.ParseInt(rep.header.Get("Content-Length"), 10, 64)
	modified, timeErr := http.ParseTime(rep.header.Get("Last-Modified"))
	if !isOSS(rep.header) || etag(rep.header) == "" || sizeErr != nil || timeErr != nil {
		return transfer.ObjectState{}, s.doubt(r, rep, "answer does not describe an object of OSS")
	}
	digest := stored(rep.header)
	return transfer.ObjectState{
		Exists:       true,
		Size:         size,
		ETag:         etag(rep.header),
		LastModified: modified,
		VersionID:    rep.header.Get("X-Oss-Version-Id"),
		CRC64:        digest.CRC64,
		HasCRC:       digest.HasCRC,
	}, nil
}
