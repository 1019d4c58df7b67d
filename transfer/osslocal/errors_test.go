package osslocal

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const big = 100 << 10 // the least size of a part but the last

// TestErrorCodes makes every documented mistake once.
func TestErrorCodes(t *testing.T) {
	wrongMD5 := map[string]string{"Content-MD5": md5Of("other")}
	tests := []struct {
		name   string
		call   call
		status int
		code   string
		ec     string
	}{
		{"bucket name", call{method: "PUT", bucket: "A_b", key: "k"}, 400, "InvalidBucketName", "0015-00000001"},
		{"no bucket", call{method: "PUT", bucket: "nowhere", key: "k"}, 404, "NoSuchBucket", "0015-00000101"},
		{"no bucket to list", call{method: "GET", bucket: "nowhere", query: query("list-type", "2")}, 404, "NoSuchBucket", "0015-00000101"},
		{"bucket not empty", call{method: "DELETE", bucket: "first"}, 409, "BucketNotEmpty", "0015-00000301"},
		{"key too long", call{method: "PUT", bucket: "first", key: strings.Repeat("é", 512)}, 400, "InvalidObjectName", "0016-00000005"},
		{"key with leading slash", call{method: "PUT", bucket: "first", key: "/k"}, 400, "InvalidObjectName", "0016-00000002"},
		{"key with leading backslash", call{method: "PUT", bucket: "first", key: `\k`}, 400, "InvalidObjectName", "0016-00000002"},
		{"key not UTF-8", call{method: "PUT", bucket: "first", key: "k\xff"}, 400, "InvalidObjectName", "0016-00000002"},
		{"no key", call{method: "GET", bucket: "first", key: "absent"}, 404, "NoSuchKey", "0026-00000001"},
		{"no key to HEAD", call{method: "HEAD", bucket: "first", key: "absent"}, 404, "NoSuchKey", "0026-00000001"},
		{"put over", call{method: "PUT", bucket: "first", key: "old", header: forbid()}, 409, "FileAlreadyExists", "0042-00000214"},
		{"initiate over", call{method: "POST", bucket: "first", key: "old", query: query("uploads"), header: forbid()}, 409, "FileAlreadyExists", "0042-00000214"},
		{"wrong MD5", call{method: "PUT", bucket: "first", key: "k", body: []byte("x"), header: wrongMD5}, 400, "InvalidDigest", "0017-00000804"},
		{"MD5 that is none", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"Content-MD5": "xyz"}}, 400, "InvalidDigest", "0017-00000804"},
		{"storage class", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"x-oss-storage-class": "Cheap"}}, 400, "InvalidArgument", ""},
		{"object ACL", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"x-oss-object-acl": "open"}}, 400, "InvalidArgument", ""},
		{"traffic limit", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"x-oss-traffic-limit": "1"}}, 400, "InvalidArgument", "0004-00000502"},
		{"metadata", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"x-oss-meta-a": strings.Repeat("x", 8200)}}, 400, "InvalidArgument", ""},
		{"not served", call{method: "PUT", bucket: "first", key: "k", query: query("acl")}, 501, "NotImplemented", ""},
		{"max-keys", call{method: "GET", bucket: "first", query: query("max-keys", "1001")}, 400, "InvalidArgument", ""},
		{"encoding", call{method: "GET", bucket: "first", query: query("encoding-type", "zip")}, 400, "InvalidArgument", ""},
		{"token", call{method: "GET", bucket: "first", query: query("list-type", "2", "continuation-token", "%")}, 400, "InvalidArgument", ""},
		{"part of no upload", call{method: "PUT", bucket: "first", key: "k", query: query("uploadId", "X", "partNumber", "1")}, 404, "NoSuchUpload", "0042-00000002"},
		{"parts of no upload", call{method: "GET", bucket: "first", key: "k", query: query("uploadId", "X")}, 404, "NoSuchUpload", "0042-00000002"},
		{"abort no upload", call{method: "DELETE", bucket: "first", key: "k", query: query("uploadId", "X")}, 404, "NoSuchUpload", "0042-00000002"},
		{"complete no upload", call{method: "POST", bucket: "first", key: "k", query: query("uploadId", "X"), body: completeBody(map[int]string{1: "A"})}, 404, "NoSuchUpload", "0042-00000002"},
		{"callback that is none", call{method: "PUT", bucket: "first", key: "k", header: map[string]string{"x-oss-callback": "?"}}, 400, "InvalidArgument", "0007-00000001"},
		{"callback to elsewhere", call{method: "PUT", bucket: "first", key: "k", header: callbackHeader("http://192.0.2.1/", "b", "")}, 400, "InvalidArgument", "0007-00000001"},
	}
	_, c := newServer(t, Config{})
	c.put("old", "was here")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { c.wantError(t, tt.call, tt.status, tt.code, tt.ec) })
	}
}

func (c *client) wantError(t *testing.T, k call, status int, code, ec string) {
	t.Helper()
	a := c.do(k)
	if a.StatusCode != status || a.code != code || a.ec != ec {
		t.Errorf("got %d %s %s, want %d %s %s", a.StatusCode, a.code, a.ec, status, code, ec)
	}
	if a.Header.Get("x-oss-ec") != ec {
		t.Errorf("x-oss-ec = %q, want %q", a.Header.Get("x-oss-ec"), ec)
	}
}

func forbid() map[string]string { return map[string]string{"x-oss-forbid-overwrite": "true"} }

func md5Of(s string) string {
	sum := md5.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// TestUploadErrors makes the mistakes that need an upload with parts 1 (100 KiB),
// 2 (10 bytes) and 3 (100 KiB).
func TestUploadErrors(t *testing.T) {
	_, c := newServer(t, Config{})
	id := c.initiate("k")
	etags := map[int]string{}
	for n, size := range map[int]int{1: big, 2: 10, 3: big} {
		etags[n] = c.part("k", id, n, bytes.Repeat([]byte{byte(n)}, size))
	}
	c.put("old", "was here")
	sequential := c.must(call{method: "POST", bucket: "first", key: "s", query: query("uploads", "", "sequential")})
	var seq initiateXML
	decodeXML(t, sequential, &seq)
	c.part("s", seq.UploadID, 1, []byte("x"))

	partQuery := func(n string) call {
		return call{method: "PUT", bucket: "first", key: "k", query: query("uploadId", id, "partNumber", n)}
	}
	complete := func(body string) call {
		return call{method: "POST", bucket: "first", key: "k", query: query("uploadId", id), body: []byte(body)}
	}
	listed := func(parts ...string) call {
		return complete("<CompleteMultipartUpload>" + strings.Join(parts, "") + "</CompleteMultipartUpload>")
	}
	p := func(n int, etag string) string {
		return fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", n, etag)
	}
	all := complete("")
	all.header = map[string]string{"x-oss-complete-all": "yes"}
	allWithBody := listed(p(1, etags[1]))
	allWithBody.header = all.header
	allMaybe := complete("")
	allMaybe.header = map[string]string{"x-oss-complete-all": "maybe"}
	badMD5 := listed(p(1, etags[1]))
	badMD5.header = map[string]string{"Content-MD5": md5Of("other")}
	otherKey := complete("")
	otherKey.key = "other"

	tests := []struct {
		name   string
		call   call
		status int
		code   string
		ec     string
	}{
		{"part 0", partQuery("0"), 400, "InvalidArgument", "0017-00000220"},
		{"part 10001", partQuery("10001"), 400, "InvalidArgument", "0017-00000220"},
		{"part x", partQuery("x"), 400, "InvalidArgument", "0017-00000220"},
		{"no part number", call{method: "PUT", bucket: "first", key: "k", query: query("uploadId", id)}, 400, "InvalidArgument", "0017-00000220"},
		{"sequential again", call{method: "PUT", bucket: "first", key: "s", query: query("uploadId", seq.UploadID, "partNumber", "1")}, 409, "PartAlreadyExist", ""},
		{"max-parts 0", call{method: "GET", bucket: "first", key: "k", query: query("uploadId", id, "max-parts", "0")}, 400, "InvalidArgument", ""},
		{"max-parts 1001", call{method: "GET", bucket: "first", key: "k", query: query("uploadId", id, "max-parts", "1001")}, 400, "InvalidArgument", ""},
		{"marker", call{method: "GET", bucket: "first", key: "k", query: query("uploadId", id, "part-number-marker", "-1")}, 400, "InvalidArgument", ""},
		{"upload of another key", otherKey, 400, "MalformedXML", ""},
		{"no XML", complete("hello"), 400, "MalformedXML", ""},
		{"no parts", listed(), 400, "MalformedXML", ""},
		{"wrong order", listed(p(3, etags[3]), p(1, etags[1])), 400, "InvalidPartOrder", "0042-00000204"},
		{"part twice", listed(p(1, etags[1]), p(1, etags[1])), 400, "InvalidPartOrder", "0042-00000204"},
		{"part never sent", listed(p(1, etags[1]), p(9, etags[1])), 400, "InvalidPart", "0042-00000203"},
		{"other ETag", listed(p(1, etags[2])), 400, "InvalidPart", "0042-00000203"},
		{"number that is none", listed("<Part><PartNumber>x</PartNumber><ETag>A</ETag></Part>"), 400, "InvalidArgument", "0017-00000220"},
		{"small part amid", listed(p(1, etags[1]), p(2, etags[2]), p(3, etags[3])), 400, "EntityTooSmall", "0042-00000213"},
		{"small part amid all", all, 400, "EntityTooSmall", "0042-00000213"},
		{"all with a body", allWithBody, 400, "InvalidArgument", "0042-00000216"},
		{"all maybe", allMaybe, 400, "InvalidArgument", ""},
		{"list with wrong MD5", badMD5, 400, "InvalidDigest", "0017-00000804"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { c.wantError(t, tt.call, tt.status, tt.code, tt.ec) })
	}
	t.Run("still whole", func(t *testing.T) {
		if a := c.complete("k", id, map[int]string{1: etags[1], 3: strings.ToLower(etags[3])}); a.StatusCode != 200 {
			t.Fatalf("complete: %d %s", a.StatusCode, a.body)
		}
		c.wantError(t, listed(p(1, etags[1])), 404, "NoSuchUpload", "0042-00000002")
	})
}

// raw speaks HTTP by hand, for what net/http's client will not send.
func (c *client) raw(t *testing.T, head, body string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, head+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

// head writes the header of a signed request by hand.
func (c *client) head(k call, lines ...string) string {
	r := c.request(k)
	c.signV4(r, "sk")
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.URL.Host)
	_ = r.Header.Write(&b)
	for _, l := range lines {
		b.WriteString(l + "\r\n")
	}
	return b.String()
}

func TestNoLength(t *testing.T) {
	_, c := newServer(t, Config{})
	got := c.raw(t, c.head(call{method: "PUT", bucket: "first", key: "k"}), "")
	if !strings.HasPrefix(got, "HTTP/1.1 411 ") || !strings.Contains(got, "MissingContentLength") {
		t.Errorf("got %s", got)
	}
}

func TestTooLarge(t *testing.T) {
	_, c := newServer(t, Config{})
	got := c.raw(t, c.head(call{method: "PUT", bucket: "first", key: "k"}, "Content-Length: 5368709121", "Connection: close"), "")
	if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "EntityTooLarge") {
		t.Errorf("got %s", got)
	}
}

func TestChunked(t *testing.T) {
	_, c := newServer(t, Config{})
	got := c.raw(t, c.head(call{method: "PUT", bucket: "first", key: "k"}, "Transfer-Encoding: chunked"), "5\r\nhello\r\n0\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 200 ") || !strings.Contains(got, `"5D41402ABC4B2A76B9719D911017C592"`) {
		t.Errorf("got %s", got)
	}
}

func TestShortBody(t *testing.T) {
	s, c := newServer(t, Config{BodyTimeout: 20 * time.Millisecond})
	got := c.raw(t, c.head(call{method: "PUT", bucket: "first", key: "k"}, "Content-Length: 100"), "only this")
	if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "RequestTimeout") {
		t.Errorf("got %s", got)
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes left behind", s.Used())
	}
}

func TestBadEscape(t *testing.T) {
	_, c := newServer(t, Config{})
	head := strings.Replace(c.head(call{method: "PUT", bucket: "first", key: "k", query: query("a", "b")}, "Content-Length: 0"), "a=b", "a=%zz", 1)
	if got := c.raw(t, head, ""); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "InvalidArgument") {
		t.Errorf("got %s", got)
	}
}

func TestLimit(t *testing.T) {
	s, c := newServer(t, Config{Limit: 1000})
	c.put("a", strings.Repeat("x", 600))
	k := call{method: "PUT", bucket: "first", key: "b", body: bytes.Repeat([]byte("y"), 401)}
	c.wantError(t, k, 403, "QuotaExceeded", "")
	got := c.raw(t, c.head(call{method: "PUT", bucket: "first", key: "b"}, "Transfer-Encoding: chunked"),
		"1F5\r\n"+strings.Repeat("y", 501)+"\r\n0\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 403 ") {
		t.Errorf("chunked: got %s", got)
	}
	if s.Used() != 600 {
		t.Errorf("used %d, want 600", s.Used())
	}
	c.put("a", "short")
	c.must(k)
	c.must(call{method: "DELETE", bucket: "first", key: "b"})
	if s.Used() != 5 {
		t.Errorf("used %d, want 5", s.Used())
	}
}
