package aliyun

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"

	"partway/transfer"
)

// codeNoSuchLifecycle is OSS's word for a bucket without rules.
const codeNoSuchLifecycle = "NoSuchLifecycle"

// Lifecycle returns the bucket's lifecycle rules as OSS's XML, nil where there are none.
func (s *store) Lifecycle(ctx context.Context) ([]byte, error) {
	r := &request{op: opGetLifecycle, method: http.MethodGet, limit: maxListBody, params: map[string]any{"lifecycle": nil}}
	rep, err := s.do(ctx, r)
	if e := transfer.AsError(err); e != nil && e.Code == codeNoSuchLifecycle {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rules struct {
		XMLName xml.Name `xml:"LifecycleConfiguration"`
	}
	if xml.Unmarshal(rep.body, &rules) != nil {
		return nil, s.doubt(r, rep, "answer is not a list of lifecycle rules")
	}
	return bytes.TrimSpace(rep.body), nil
}

// SetLifecycle replaces all of the bucket's lifecycle rules.
func (s *store) SetLifecycle(ctx context.Context, document []byte) error {
	r := &request{
		op: opPutLifecycle, method: http.MethodPut, content: document, params: map[string]any{"lifecycle": nil},
		headers: headers{
			"Content-MD5": contentMD5(document), "Content-Type": "application/xml",
			// Else OSS refuses two rules that abort uploads, one below a folder and one of all.
			"X-Oss-Allow-Same-Action-Overlap": "true",
		},
	}
	_, err := s.do(ctx, r)
	return err
}
