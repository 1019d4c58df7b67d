package osslocal

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// client makes requests that are signed V4, unless told otherwise.
type client struct {
	t    *testing.T
	s    *Server
	http *http.Client
	key  string
	// alter changes a request after it was signed.
	alter func(*http.Request)
	now   func() time.Time
}

func newServer(t *testing.T, c Config) (*Server, *client) {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	if c.Keys == nil {
		c.Keys = map[string]string{"ak": "sk"}
	}
	s, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.CreateBucket("first"); err != nil {
		t.Fatal(err)
	}
	return s, newClient(t, s)
}

func newClient(t *testing.T, s *Server) *client {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{
		t: t, s: s, key: "ak", now: time.Now,
		http: &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body []byte
	code string // of the error, from the body or, on HEAD, from x-oss-err
	ec   string
}

type call struct {
	method, bucket, key string
	query               url.Values
	header              map[string]string
	body                []byte
}

func (c *client) request(k call) *http.Request {
	c.t.Helper()
	u := c.s.URL() + "/"
	if k.bucket != "" {
		u += k.bucket + "/" + url.PathEscape(k.key)
	}
	if len(k.query) > 0 {
		u += "?" + k.query.Encode()
	}
	r, err := http.NewRequestWithContext(c.t.Context(), k.method, u, bytes.NewReader(k.body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name, v := range k.header {
		r.Header.Set(name, v)
	}
	return r
}

// do signs and sends a request.
func (c *client) do(k call) answer {
	c.t.Helper()
	r := c.request(k)
	c.signV4(r, "sk")
	return c.send(r)
}

func (c *client) send(r *http.Request) answer {
	c.t.Helper()
	if c.alter != nil {
		c.alter(r)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{Response: resp}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		c.t.Fatal(err)
	}
	text := a.body
	if e := resp.Header.Get("x-oss-err"); e != "" {
		text = decodeBase64(c.t, e)
	}
	var e errorXML
	if xml.Unmarshal(text, &e) == nil {
		a.code, a.ec = e.Code, e.EC
		if e.RequestID == "" || e.RequestID != resp.Header.Get(headerRequestID) {
			c.t.Errorf("request ID in the error = %q, in the header %q", e.RequestID, resp.Header.Get(headerRequestID))
		}
	}
	if resp.Header.Get(headerRequestID) == "" {
		c.t.Error("answer without request ID")
	}
	return a
}

// signV4 signs a request as a client does that has only the documentation: the canonical
// request comes from the function under test, which published vectors pin down.
func (c *client) signV4(r *http.Request, secret string) {
	at := c.now().UTC()
	r.Header.Set("x-oss-date", at.Format(timeV4))
	r.Header.Set("x-oss-content-sha256", unsignedPayload)
	k := &claim{version: signatureV4, date: at.Format(dayV4), region: "cn-hangzhou", product: "oss", terminator: terminatorV4}
	k.stringToSign = k.stringToSignV4(at.Format(timeV4), canonicalRequestV4(r, parseTarget(r, nil), ""))
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s/%s/oss/%s,Signature=%s",
		algorithmV4, c.key, k.date, k.region, terminatorV4, signV4(secret, k)))
}

func (c *client) signV1(r *http.Request, secret string) {
	date := c.now().UTC().Format(http.TimeFormat)
	r.Header.Set("Date", date)
	signature := signV1(secret, stringToSignV1(r, parseTarget(r, nil), date))
	r.Header.Set("Authorization", "OSS "+c.key+":"+signature)
}

// must is do for a request that is to succeed.
func (c *client) must(k call) answer {
	c.t.Helper()
	a := c.do(k)
	if a.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %d %s", k.method, k.key, a.StatusCode, a.body)
	}
	return a
}

func (c *client) put(key, body string) answer {
	c.t.Helper()
	return c.must(call{method: "PUT", bucket: "first", key: key, body: []byte(body)})
}

func (c *client) initiate(key string) string {
	c.t.Helper()
	a := c.must(call{method: "POST", bucket: "first", key: key, query: query("uploads")})
	var v initiateXML
	decodeXML(c.t, a, &v)
	return v.UploadID
}

func (c *client) part(key, id string, n int, body []byte) string {
	c.t.Helper()
	return c.must(call{
		method: "PUT", bucket: "first", key: key, body: body,
		query: query("uploadId", id, "partNumber", fmt.Sprint(n)),
	}).Header.Get("ETag")
}

func (c *client) complete(key, id string, etags map[int]string) answer {
	c.t.Helper()
	return c.do(call{method: "POST", bucket: "first", key: key, query: query("uploadId", id), body: completeBody(etags)})
}

func completeBody(etags map[int]string) []byte {
	var b strings.Builder
	b.WriteString("<CompleteMultipartUpload>")
	for _, n := range slices.Sorted(maps.Keys(etags)) {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", n, etags[n])
	}
	b.WriteString("</CompleteMultipartUpload>")
	return []byte(b.String())
}

func decodeXML(t *testing.T, a answer, v any) {
	t.Helper()
	if err := xml.Unmarshal(a.body, v); err != nil {
		t.Fatalf("parse %s: %v", a.body, err)
	}
}

// query makes a query of names and values; an odd name at the end has no value.
func query(words ...string) url.Values {
	q := make(url.Values)
	for i := 0; i < len(words); i += 2 {
		value := ""
		if i+1 < len(words) {
			value = words[i+1]
		}
		q.Set(words[i], value)
	}
	return q
}
