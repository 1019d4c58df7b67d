package osslocal

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func decodeBase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vector is a request and the signature that Alibaba's own SDKs publish for it in their
// tests (alibabacloud-oss-go-sdk-v2 and its siblings in other languages).
type vector struct {
	name   string
	url    string
	method string
	header map[string]string
	at     time.Time // the server's clock
	token  string
}

const (
	v4Path  = "/1234%2B-/123/1.txt?"
	v4Query = "%2Bparam1=value3&%2Bparam2=&%7Cparam1=value4&%7Cparam2=&param1=value1&param2="
	v4Cred  = "OSS4-HMAC-SHA256 Credential=ak/%/cn-hangzhou/oss/aliyun_v4_request,"
)

func v4Header(date, rest string, more ...string) map[string]string {
	h := map[string]string{
		"x-oss-head1": "value", "abc": "value", "ZAbc": "value", "XYZ": "value",
		"content-type": "text/plain", "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
		"x-oss-date":    date,
		"Authorization": strings.Replace(v4Cred, "%", date[:8], 1) + rest,
	}
	for i := 0; i < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	return h
}

func v4Presigned(date, signature, more string) string {
	return "http://bucket.oss-cn-hangzhou.aliyuncs.com" + v4Path + v4Query + more +
		"&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-expires=599&x-oss-date=" + date +
		"&x-oss-credential=" + url.QueryEscape("ak/"+date[:8]+"/cn-hangzhou/oss/aliyun_v4_request") +
		"&x-oss-signature=" + signature
}

func vectors() []vector {
	host := "http://bucket.oss-cn-hangzhou.aliyuncs.com"
	presign := map[string]string{
		"x-oss-head1": "value", "abc": "value", "ZAbc": "value", "XYZ": "value",
		"content-type": "application/octet-stream",
	}
	v1 := map[string]string{
		"Content-MD5": "eB5eJF1ptWaXm4bijSPyxw==", "Content-Type": "text/html",
		"x-oss-meta-author": "alice", "x-oss-meta-magic": "abracadabra",
		"x-oss-date": "Wed, 28 Dec 2022 10:27:41 GMT", "Date": "Wed, 28 Dec 2022 10:27:41 GMT",
	}
	date := time.Date(2022, 12, 28, 10, 27, 41, 0, time.UTC)
	return []vector{
		{
			name: "V4 header", method: "PUT", url: host + v4Path + v4Query, at: time.Unix(1702743657, 0),
			header: v4Header("20231216T162057Z", "Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe"),
		},
		{
			name: "V4 header by IP", method: "PUT", url: "http://127.0.0.1:80/bucket" + v4Path + v4Query, at: time.Unix(1702743657, 0),
			header: v4Header("20231216T162057Z", "Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe"),
		},
		{
			name: "V4 header with token", method: "PUT", url: host + v4Path + v4Query, at: time.Unix(1702784856, 0), token: "token",
			header: v4Header("20231217T034736Z", "Signature=b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea",
				"x-oss-security-token", "token"),
		},
		{
			name: "V4 header with additional headers", method: "PUT", url: host + v4Path + v4Query, at: time.Unix(1702747512, 0),
			header: v4Header("20231216T172512Z", "AdditionalHeaders=abc;zabc,Signature=4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f"),
		},
		{
			name: "V4 presigned", method: "PUT", at: time.Unix(1702781677, 0), header: presign,
			url: v4Presigned("20231217T025437Z", "a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe", ""),
		},
		{
			name: "V4 presigned with token", method: "PUT", at: time.Unix(1702785388, 0), header: presign, token: "token",
			url: v4Presigned("20231217T035628Z", "3817ac9d206cd6dfc90f1c09c00be45005602e55898f26f5ddb06d7892e1f8b5", "&x-oss-security-token=token"),
		},
		{
			name: "V4 presigned with additional headers", method: "PUT", at: time.Unix(1702783809, 0), header: presign,
			url: v4Presigned("20231217T033009Z", "6bd984bfe531afb6db1f7550983a741b103a8c58e5e14f83ea474c2322dfa2b7", "&x-oss-additional-headers=abc%3Bzabc"),
		},
		{
			name: "V1 header", method: "PUT", url: "http://examplebucket.oss-cn-hangzhou.aliyuncs.com/nelson", at: date,
			header: with(v1, "Authorization", "OSS ak:kSHKmLxlyEAKtZPkJhG9bZb5k7M="),
		},
		{
			name: "V1 header with subresource", method: "PUT", url: "http://examplebucket.oss-cn-hangzhou.aliyuncs.com/nelson?acl", at: date,
			header: with(v1, "Authorization", "OSS ak:/afkugFbmWDQ967j1vr6zygBLQk="),
		},
		{
			name: "V1 header, of a bucket", method: "GET", at: date,
			url: "http://examplebucket.oss-cn-hangzhou.aliyuncs.com/?resourceGroup&non-resousce=null",
			header: map[string]string{
				"x-oss-date": "Wed, 28 Dec 2022 10:27:41 GMT", "Date": "Wed, 28 Dec 2022 10:27:41 GMT",
				"Authorization": "OSS ak:vkQmfuUDyi1uDi3bKt67oemssIs=",
			},
		},
		{
			name: "V1 presigned", method: "GET", at: time.Unix(1699807000, 0),
			url: host + "/key?Expires=1699807420&OSSAccessKeyId=ak&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D&versionId=versionId",
		},
		{
			name: "V1 presigned with token", method: "GET", at: time.Unix(1699808000, 0), token: "token",
			url: host + "/key%2B123?Expires=1699808204&OSSAccessKeyId=ak&Signature=jzKYRrM5y6Br0dRFPaTGOsbrDhY%3D&security-token=token&versionId=versionId",
		},
	}
}

func with(m map[string]string, name, value string) map[string]string {
	out := map[string]string{name: value}
	maps.Copy(out, m)
	return out
}

func (v vector) request() *http.Request {
	r := httptest.NewRequest(v.method, v.url, nil)
	for name, value := range v.header {
		r.Header.Set(name, value)
	}
	return r
}

func (v vector) check(r *http.Request) error {
	s := &Server{
		cfg:  Config{Region: "cn-hangzhou", Now: func() time.Time { return v.at }},
		keys: map[string]string{"ak": "sk"},
	}
	if v.token != "" {
		s.tokens = map[string]string{"ak": v.token}
	}
	_, err := s.authenticate(r, parseTarget(r, nil))
	return err
}

func TestPublishedVectors(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			if err := v.check(v.request()); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

// TestTamper changes one byte of each signed field of each published request.
func TestTamper(t *testing.T) {
	for _, v := range vectors() {
		v4 := strings.HasPrefix(v.name, "V4")
		for name := range v.header {
			if !signedHeader(v, name, v4) {
				continue
			}
			t.Run(v.name+"/"+name, func(t *testing.T) {
				r := v.request()
				r.Header.Set(name, flip(r.Header.Get(name)))
				wantMismatch(t, v.check(r))
			})
		}
		t.Run(v.name+"/method", func(t *testing.T) {
			r := v.request()
			r.Method = "POST"
			wantMismatch(t, v.check(r))
		})
		t.Run(v.name+"/key", func(t *testing.T) {
			changed := v
			changed.url = strings.Replace(v.url, "?", "x?", 1)
			if changed.url == v.url {
				changed.url += "x"
			}
			wantMismatch(t, v.check(changed.request()))
		})
		t.Run(v.name+"/bucket", func(t *testing.T) {
			changed := v
			changed.url = strings.Replace(v.url, "bucket", "bucked", 1)
			wantMismatch(t, v.check(changed.request()))
		})
		for name := range v.request().URL.Query() {
			if !signedParameter(name, v4) {
				continue
			}
			t.Run(v.name+"/?"+name, func(t *testing.T) {
				r := v.request()
				q := r.URL.Query()
				q.Set(name, flip(q.Get(name)))
				r.URL.RawQuery = q.Encode()
				wantMismatch(t, v.check(r))
			})
		}
		t.Run(v.name+"/new header", func(t *testing.T) {
			r := v.request()
			r.Header.Set("x-oss-forbid-overwrite", "false")
			wantMismatch(t, v.check(r))
		})
		t.Run(v.name+"/new parameter", func(t *testing.T) {
			r := v.request()
			r.URL.RawQuery += "&partNumber=7"
			wantMismatch(t, v.check(r))
		})
	}
}

func signedHeader(v vector, name string, v4 bool) bool {
	low := strings.ToLower(name)
	switch {
	case low == "authorization":
		return true // its last byte is the signature's
	case low == "date":
		return false // x-oss-date is there and goes before it
	case strings.HasPrefix(low, "x-oss-"), low == "content-type", low == "content-md5":
		return low != "x-oss-content-sha256" // another value is refused by name
	case v4:
		return strings.Contains(v.name, "additional") && (low == "abc" || low == "zabc")
	}
	return false
}

// signedParameter leaves out those that are refused by name when they are changed.
func signedParameter(name string, v4 bool) bool {
	switch name {
	case "OSSAccessKeyId", "x-oss-credential", "x-oss-signature-version", "non-resousce":
		return false
	case "x-oss-signature", "Signature", "Expires":
		return true
	}
	return v4 || strings.HasPrefix(name, "x-oss-") || name == "versionId" || name == "security-token" || name == "acl"
}

// flip changes the last byte, keeping digits digits and base64 base64.
func flip(s string) string {
	if s == "" {
		return "x"
	}
	i := len(s) - 1
	for i > 0 && s[i] == '=' {
		i--
	}
	c := s[i]
	switch {
	case c == '1':
		c = '2'
	case c >= '0' && c <= '9':
		c = '1'
	case c == 'a' || c == 'A':
		c += 4 // not the next: the last letter of base64 may carry fewer than 6 bits
	default:
		c = 'a'
	}
	return s[:i] + string(c) + s[i+1:]
}

func wantMismatch(t *testing.T, err error) {
	t.Helper()
	if e := asAPIErrorOrNil(err); e == nil || e.status != 403 || e.code != "SignatureDoesNotMatch" {
		t.Errorf("got %v, want 403 SignatureDoesNotMatch", err)
	}
}

func asAPIErrorOrNil(err error) *apiError {
	if err == nil {
		return nil
	}
	return asAPIError(err)
}

func TestRefused(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		tokens map[string]string
		sign   func(c *client, r *http.Request)
		status int
		code   string
		ec     string
	}{
		{"let in", nil, func(c *client, r *http.Request) { c.signV4(r, "sk") }, 200, "", ""},
		{"V1 let in", nil, func(c *client, r *http.Request) { c.signV1(r, "sk") }, 200, "", ""},
		{"not signed", nil, func(*client, *http.Request) {}, 403, "AccessDenied", "0003-00000001"},
		{"no such form", nil, func(_ *client, r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 400, "InvalidArgument", "0002-00000201"},
		{"wrong secret", nil, func(c *client, r *http.Request) { c.signV4(r, "other") }, 403, "SignatureDoesNotMatch", "0002-00000040"},
		{"V1 wrong secret", nil, func(c *client, r *http.Request) { c.signV1(r, "other") }, 403, "SignatureDoesNotMatch", "0002-00000040"},
		{"unknown key", nil, func(c *client, r *http.Request) { c.key = "nobody"; c.signV4(r, "sk") }, 403, "InvalidAccessKeyId", "0002-00000902"},
		{"wrong region", nil, func(c *client, r *http.Request) {
			c.signV4(r, "sk")
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "cn-hangzhou", "cn-beijing", 1))
		}, 400, "InvalidArgument", "0002-00000226"},
		{"malformed credential", nil, func(_ *client, r *http.Request) {
			r.Header.Set("Authorization", "OSS4-HMAC-SHA256 Credential=ak/x,Signature=1")
		}, 400, "InvalidArgument", "0002-00000221"},
		{"signed payload", nil, func(c *client, r *http.Request) { c.signV4(r, "sk"); r.Header.Set("x-oss-content-sha256", "abc") }, 400, "InvalidArgument", ""},
		{"16 minutes slow", nil, skewed(now, -16*time.Minute, false), 403, "RequestTimeTooSkewed", "0002-00000504"},
		{"14 minutes slow", nil, skewed(now, -14*time.Minute, false), 200, "", ""},
		{"16 minutes fast", nil, skewed(now, 16*time.Minute, false), 403, "RequestTimeTooSkewed", "0002-00000504"},
		{"V1 16 minutes fast", nil, skewed(now, 16*time.Minute, true), 403, "RequestTimeTooSkewed", "0002-00000504"},
		{"token", map[string]string{"ak": "tok"}, func(c *client, r *http.Request) { r.Header.Set("x-oss-security-token", "tok"); c.signV4(r, "sk") }, 200, "", ""},
		{"other token", map[string]string{"ak": "tok"}, func(c *client, r *http.Request) { r.Header.Set("x-oss-security-token", "old"); c.signV4(r, "sk") }, 403, "InvalidSecurityToken", "0002-00000006"},
		{"no token", map[string]string{"ak": "tok"}, func(c *client, r *http.Request) { c.signV4(r, "sk") }, 403, "InvalidAccessKeyId", "0002-00000902"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c := newServer(t, Config{Now: func() time.Time { return now }, Tokens: tt.tokens})
			c.now = func() time.Time { return now }
			r := c.request(call{method: "PUT", bucket: "first", key: "k", body: []byte("x")})
			tt.sign(c, r)
			if a := c.send(r); a.StatusCode != tt.status || a.code != tt.code || a.ec != tt.ec {
				t.Errorf("got %d %s %s, want %d %s %s", a.StatusCode, a.code, a.ec, tt.status, tt.code, tt.ec)
			}
		})
	}
}

func skewed(now time.Time, by time.Duration, v1 bool) func(*client, *http.Request) {
	return func(c *client, r *http.Request) {
		c.now = func() time.Time { return now.Add(by) }
		if v1 {
			c.signV1(r, "sk")
		} else {
			c.signV4(r, "sk")
		}
	}
}

func TestExpiredURL(t *testing.T) {
	for _, v := range vectors() {
		if !strings.Contains(v.name, "presigned") {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			v.at = v.at.Add(20 * time.Minute)
			if e := asAPIErrorOrNil(v.check(v.request())); e == nil || e.code != "AccessDenied" {
				t.Errorf("got %v, want AccessDenied", e)
			}
		})
	}
}

func TestSetKeys(t *testing.T) {
	s, c := newServer(t, Config{})
	c.put("k", "x")
	s.SetKeys(map[string]string{"other": "sk"}, nil)
	if a := c.do(call{method: "PUT", bucket: "first", key: "k"}); a.code != "InvalidAccessKeyId" {
		t.Errorf("with a revoked key: %d %s", a.StatusCode, a.code)
	}
}

// TestParametersV1 checks which parameters of the query signature V1 covers.
func TestParametersV1(t *testing.T) {
	const raw = "uploadId=U+1&prefix=p&acl&x-oss-traffic-limit=819200&max-parts=3&partNumber=2"
	r := httptest.NewRequest("PUT", "http://127.0.0.1/first/a%2Fb%20c?"+raw, nil)
	const want = "/first/a/b c?acl&partNumber=2&uploadId=U 1&x-oss-traffic-limit=819200"
	if got := resourceV1(parseTarget(r, nil)); got != want {
		t.Errorf("resource %q, want %q", got, want)
	}
}
