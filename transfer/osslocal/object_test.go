package osslocal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestObject(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)
	_, c := newServer(t, Config{Now: func() time.Time { return now }})
	c.now = func() time.Time { return now }
	a := c.must(call{method: "PUT", bucket: "first", key: "k", body: []byte("hello"), header: map[string]string{
		"Content-Type": "text/plain", "Cache-Control": "no-cache", "Content-Disposition": `attachment; filename="x"`,
		"x-oss-meta-Color": "blue", "x-oss-storage-class": "IA", "x-oss-tagging": "a=1&b=2",
		"Content-MD5": md5Of("hello"), "x-oss-forbid-overwrite": "true",
	}})
	digests := map[string]string{
		"Etag": `"5D41402ABC4B2A76B9719D911017C592"`, "Content-Md5": md5Of("hello"),
		"X-Oss-Hash-Crc64ecma": strconv.FormatUint(crc64.Checksum([]byte("hello"), crcTable), 10),
		"Date":                 "Sun, 01 Mar 2026 12:00:00 GMT",
	}
	wantHeaders(t, a, digests)
	facts := maps.Clone(digests)
	maps.Copy(facts, map[string]string{
		"Content-Type": "text/plain", "Cache-Control": "no-cache", "Content-Disposition": `attachment; filename="x"`,
		"X-Oss-Meta-Color": "blue", "X-Oss-Storage-Class": "IA", "X-Oss-Tagging-Count": "2",
		"X-Oss-Object-Type": "Normal", "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT", "Content-Length": "5",
	})
	wantHeaders(t, c.must(call{method: "HEAD", bucket: "first", key: "k"}), facts)
	a = c.must(call{method: "GET", bucket: "first", key: "k"})
	wantHeaders(t, a, facts)
	if string(a.body) != "hello" {
		t.Errorf("body %q", a.body)
	}
	if a := c.must(call{method: "DELETE", bucket: "first", key: "k"}); a.StatusCode != 204 {
		t.Errorf("delete: %d", a.StatusCode)
	}
	if a := c.must(call{method: "DELETE", bucket: "first", key: "k"}); a.StatusCode != 204 {
		t.Errorf("delete again: %d", a.StatusCode)
	}
}

func wantHeaders(t *testing.T, a answer, want map[string]string) {
	t.Helper()
	for name, v := range want {
		if got := a.Header.Get(name); got != v {
			t.Errorf("%s = %q, want %q", name, got, v)
		}
	}
}

func TestMultipart(t *testing.T) {
	s, c := newServer(t, Config{})
	data := make([]byte, 3*big+7)
	for i := range data {
		data[i] = byte(i * 7)
	}
	init := c.must(call{
		method: "POST", bucket: "first", key: "a b", query: query("uploads", "", "encoding-type", "url"),
		header: map[string]string{"x-oss-meta-shape": "round", "Content-Type": "text/x"},
	})
	var v initiateXML
	decodeXML(t, init, &v)
	if v.Key != "a%20b" || v.EncodingType != "url" || s.InitiatedCount("first") != 1 {
		t.Errorf("initiate %+v, count %d", v, s.InitiatedCount("first"))
	}
	etags := map[int]string{}
	c.part("a b", v.UploadID, 20, []byte("to be replaced"))
	for i, n := range []int{2, 5, 20, 10_000} { // numbers may have gaps
		etags[n] = c.part("a b", v.UploadID, n, data[i*big:min((i+1)*big, len(data))])
	}
	c.part("a b", v.UploadID, 7, []byte("not listed"))
	if up, err := s.OpenUploads("first"); err != nil || len(up) != 1 || len(up[0].Parts) != 5 {
		t.Errorf("open uploads %+v, %v", up, err)
	}
	a := c.complete("a b", v.UploadID, etags)
	crc := strconv.FormatUint(crc64.Checksum(data, crcTable), 10)
	if a.StatusCode != 200 || a.Header.Get(headerCRC64) != crc {
		t.Fatalf("complete: %d %s, CRC64 %s, want %s", a.StatusCode, a.body, a.Header.Get(headerCRC64), crc)
	}
	var done completeResultXML
	decodeXML(t, a, &done)
	if !strings.HasSuffix(done.ETag, `-4"`) || done.ETag != a.Header.Get("ETag") || done.Key != "a b" {
		t.Errorf("complete %+v", done)
	}
	a = c.must(call{method: "GET", bucket: "first", key: "a b"})
	wantHeaders(t, a, map[string]string{"X-Oss-Object-Type": "Multipart", "X-Oss-Meta-Shape": "round", "Content-Type": "text/x", "Etag": done.ETag})
	if !bytes.Equal(a.body, data) {
		t.Errorf("read back %d other bytes than the %d sent", len(a.body), len(data))
	}
	if up, err := s.OpenUploads("first"); err != nil || len(up) != 0 || s.Used() != int64(len(data)) {
		t.Errorf("left: uploads %+v (%v), %d bytes used", up, err, s.Used())
	}
}

func TestCompleteAll(t *testing.T) {
	_, c := newServer(t, Config{})
	id := c.initiate("k")
	c.part("k", id, 2, []byte("end"))
	c.part("k", id, 1, make([]byte, big))
	k := call{method: "POST", bucket: "first", key: "k", query: query("uploadId", id), header: map[string]string{"x-oss-complete-all": "yes"}}
	c.must(k)
	if a := c.must(call{method: "HEAD", bucket: "first", key: "k"}); a.ContentLength != big+3 {
		t.Errorf("size %d", a.ContentLength)
	}
}

func TestCompleteForbidden(t *testing.T) {
	s, c := newServer(t, Config{})
	id := c.initiate("k")
	etag := c.part("k", id, 1, []byte("new"))
	c.put("k", "came between")
	k := call{method: "POST", bucket: "first", key: "k", query: query("uploadId", id), body: completeBody(map[int]string{1: etag}), header: forbid()}
	c.wantError(t, k, 409, "FileAlreadyExists", "0042-00000214")
	if up, err := s.OpenUploads("first"); err != nil || len(up) != 1 {
		t.Errorf("after 409 the upload must live: %v, %v", up, err)
	}
	k.header = nil
	c.must(k)
	if a := c.must(call{method: "GET", bucket: "first", key: "k"}); string(a.body) != "new" {
		t.Errorf("body %q", a.body)
	}
}

func TestAbort(t *testing.T) {
	s, c := newServer(t, Config{})
	id := c.initiate("k")
	c.part("k", id, 1, make([]byte, 1000))
	if a := c.must(call{method: "DELETE", bucket: "first", key: "k", query: query("uploadId", id)}); a.StatusCode != 204 {
		t.Errorf("abort: %d", a.StatusCode)
	}
	c.wantError(t, call{method: "DELETE", bucket: "first", key: "k", query: query("uploadId", id)}, 404, "NoSuchUpload", "0042-00000002")
	if s.Used() != 0 {
		t.Errorf("%d bytes left", s.Used())
	}
}

func TestRange(t *testing.T) {
	_, c := newServer(t, Config{})
	id := c.initiate("k")
	data := append(bytes.Repeat([]byte("a"), big), bytes.Repeat([]byte("b"), big)...)
	data = append(data, "tail"...)
	etags := map[int]string{}
	for i := range 3 {
		etags[i+1] = c.part("k", id, i+1, data[i*big:min((i+1)*big, len(data))])
	}
	c.complete("k", id, etags)
	n := len(data)
	tests := []struct {
		spec     string
		from, to int // to: behind the last
		status   int
	}{
		{"bytes=0-0", 0, 1, 206},
		{"bytes=0-", 0, n, 206},
		{fmt.Sprintf("bytes=%d-%d", big-2, big+1), big - 2, big + 2, 206},
		{fmt.Sprintf("bytes=%d-", 2*big), 2 * big, n, 206},
		{"bytes=-4", n - 4, n, 206},
		{fmt.Sprintf("bytes=%d-%d", n-1, n+5), n - 1, n, 206},
		{fmt.Sprintf("bytes=%d-", n), 0, n, 200},
		{"bytes=5-2", 0, n, 200},
		{"lines=1-2", 0, n, 200},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			a := c.must(call{method: "GET", bucket: "first", key: "k", header: map[string]string{"Range": tt.spec}})
			if a.StatusCode != tt.status || !bytes.Equal(a.body, data[tt.from:tt.to]) {
				t.Errorf("%d, %d bytes; want %d, bytes %d to %d", a.StatusCode, len(a.body), tt.status, tt.from, tt.to)
			}
		})
	}
}

// TestReplacedWhileRead reads an object that is deleted meanwhile: the reader gets what it
// began to read.
func TestReplacedWhileRead(t *testing.T) {
	s, c := newServer(t, Config{})
	c.put("k", "the old bytes")
	r, err := s.OpenObject("first", "k")
	if err != nil {
		t.Fatal(err)
	}
	c.must(call{method: "DELETE", bucket: "first", key: "k"})
	got, err := io.ReadAll(r)
	if err != nil || string(got) != "the old bytes" {
		t.Errorf("read %q, %v", got, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes left", s.Used())
	}
}

func TestRestart(t *testing.T) {
	dir := t.TempDir()
	s, c := newServer(t, Config{Dir: dir})
	c.must(call{method: "PUT", bucket: "first", key: "k/照片?.bin", body: []byte("hello"), header: map[string]string{"x-oss-meta-a": "b"}})
	id := c.initiate("big")
	etags := map[int]string{1: c.part("big", id, 1, make([]byte, big)), 2: c.part("big", id, 2, []byte("end"))}
	done := c.initiate("done")
	c.complete("done", done, map[int]string{1: c.part("done", done, 1, []byte("x"))})
	used := s.Used()
	objects, err := s.Objects("first")
	if err != nil {
		t.Fatal(err)
	}
	uploads, err := s.OpenUploads("first")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// What a server killed in the middle leaves behind.
	leave(t, filepath.Join(dir, "blobs", "AB", "ABCDEF"), "half a part")
	leave(t, filepath.Join(dir, "buckets", "first", "uploads", id, "3.json.new"), "{")
	leave(t, filepath.Join(dir, "buckets", "first", "uploads", "LOST", "1.json"), "{}")
	leave(t, filepath.Join(dir, "buckets", "first", "uploads", done, "upload.json"), fmt.Sprintf(`{"key":"done","id":%q}`, done))

	s, c = newServer(t, Config{Dir: dir})
	if s.Used() != used || s.InitiatedCount("first") != 2 {
		t.Errorf("used %d, want %d; initiated %d, want 2", s.Used(), used, s.InitiatedCount("first"))
	}
	if got, err := s.Objects("first"); err != nil || fmt.Sprint(got) != fmt.Sprint(objects) {
		t.Errorf("objects %v (%v), want %v", got, err, objects)
	}
	if got, err := s.OpenUploads("first"); err != nil || fmt.Sprint(got) != fmt.Sprint(uploads) {
		t.Errorf("uploads %v (%v), want %v", got, err, uploads)
	}
	if a := c.must(call{method: "GET", bucket: "first", key: "k/照片?.bin"}); string(a.body) != "hello" || a.Header.Get("x-oss-meta-a") != "b" {
		t.Errorf("object %q, %v", a.body, a.Header)
	}
	if a := c.complete("big", id, etags); a.StatusCode != 200 {
		t.Errorf("complete: %d %s", a.StatusCode, a.body)
	}
	if _, err := os.Stat(filepath.Join(dir, "blobs", "AB", "ABCDEF")); !os.IsNotExist(err) {
		t.Errorf("stray blob is still there: %v", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o077 != 0 && info.Name() == "objects" {
		t.Errorf("folder mode %v, %v", info.Mode(), err)
	}
}

func leave(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderMode(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	newServer(t, Config{Dir: dir})
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestStartRefuses(t *testing.T) {
	keys := map[string]string{"ak": "sk"}
	for name, c := range map[string]Config{
		"no folder": {Keys: keys}, "no keys": {Dir: t.TempDir()},
		"all interfaces": {Dir: t.TempDir(), Keys: keys, Addr: ":0"},
		"host name":      {Dir: t.TempDir(), Keys: keys, Addr: "example.com:80"},
		"no port":        {Dir: t.TempDir(), Keys: keys, Addr: "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := Start(c); err == nil {
				_ = s.Close()
				t.Error("started")
			}
		})
	}
	s, _ := newServer(t, Config{})
	if err := s.CreateBucket("Not A Bucket"); err == nil {
		t.Error("created a bucket of a bad name")
	}
}

// TestAddressing asks for one object in each way it may be addressed.
func TestAddressing(t *testing.T) {
	_, c := newServer(t, Config{Hosts: map[string]string{"files.example.com": "first"}})
	c.put("a//b/../c%2F", "hello")
	for _, host := range []string{"", "first.localhost:1234", "first.oss-cn-hangzhou.aliyuncs.com", "files.example.com"} {
		t.Run(host, func(t *testing.T) {
			r := c.request(call{method: "GET", bucket: "first", key: "a//b/../c%2F"})
			c.signV4(r, "sk") // the signature covers /bucket/key in each
			if host != "" {
				r.Host = host
				r.URL.RawPath = strings.Replace(r.URL.EscapedPath(), "/first/", "/", 1)
				r.URL.Path = strings.Replace(r.URL.Path, "/first/", "/", 1)
			}
			if a := c.send(r); string(a.body) != "hello" {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	var mu sync.Mutex
	var got []Record
	_, c := newServer(t, Config{Observe: func(r Record) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r)
	}})
	id := c.initiate("k")
	c.part("k", id, 3, []byte("hello"))
	a := c.do(call{method: "GET", bucket: "first", key: "absent"})
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 6 {
		t.Fatalf("%d records, want 6: %+v", len(got), got)
	}
	if b := got[2]; b.Phase != PhaseBegin || b.Op != OpUploadPart || b.Part != 3 || b.UploadID != id || b.Bucket != "first" || b.Key != "k" || b.Seq != 2 {
		t.Errorf("begin %+v", b)
	}
	if e := got[3]; e.Phase != PhaseEnd || e.Status != 200 || e.Bytes != 5 || e.Signature != "V4" || !e.Applied || e.RequestID == "" || e.Seq != 2 {
		t.Errorf("end %+v", e)
	}
	if got[1].UploadID != id {
		t.Errorf("initiate's record has upload ID %q", got[1].UploadID)
	}
	if e := got[5]; e.Status != 404 || e.Code != "NoSuchKey" || e.Applied || e.RequestID != a.Header.Get(headerRequestID) {
		t.Errorf("end of the error %+v", e)
	}
}

func callbackHeader(url, body, vars string) map[string]string {
	text, err := json.Marshal(map[string]string{"callbackUrl": url, "callbackBody": body})
	if err != nil {
		panic(err)
	}
	h := map[string]string{"x-oss-callback": base64.StdEncoding.EncodeToString(text)}
	if vars != "" {
		h["x-oss-callback-var"] = base64.StdEncoding.EncodeToString([]byte(vars))
	}
	return h
}

func TestCallback(t *testing.T) {
	var got string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = string(b)
		switch r.URL.Path {
		case "/ok":
			_, _ = io.WriteString(w, `{"saved":true}`)
		case "/text":
			_, _ = io.WriteString(w, "thanks")
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer app.Close()
	_, c := newServer(t, Config{})
	const template = "b=${bucket}&k=${object}&s=${size}&e=${etag}&v=${x:who}&n=${nothing}"
	tests := []struct {
		name, url string
		status    int
		body      string
	}{
		{"relayed", app.URL + "/ok", 200, `{"saved":true}`},
		{"second URL", app.URL + "/broken;" + app.URL + "/ok", 200, `{"saved":true}`},
		{"not JSON", app.URL + "/text", 203, "<Code>CallbackFailed</Code>"},
		{"refused", app.URL + "/broken", 203, "Error status : 418."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key := "k & " + tt.name
			a := c.do(call{method: "PUT", bucket: "first", key: key, body: []byte("hello"), header: callbackHeader(tt.url, template, `{"x:who":"me & you"}`)})
			if a.StatusCode != tt.status || !strings.Contains(string(a.body), tt.body) {
				t.Errorf("got %d %s, want %d %s", a.StatusCode, a.body, tt.status, tt.body)
			}
			want := "b=first&k=" + strings.NewReplacer(" ", "+", "&", "%26").Replace(key) + "&s=5&e=5D41402ABC4B2A76B9719D911017C592&v=me+%26+you&n="
			if got != want {
				t.Errorf("callback's body %q, want %q", got, want)
			}
			c.must(call{method: "HEAD", bucket: "first", key: key}) // stored in any case
		})
	}
	t.Run("at complete", func(t *testing.T) {
		id := c.initiate("m")
		body := completeBody(map[int]string{1: c.part("m", id, 1, []byte("x"))})
		a := c.must(call{method: "POST", bucket: "first", key: "m", query: query("uploadId", id), body: body, header: callbackHeader(app.URL+"/ok", template, "")})
		if string(a.body) != `{"saved":true}` || a.Header.Get("ETag") == "" || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %s, %v", a.body, a.Header)
		}
	})
}

func TestCombineCRC64(t *testing.T) {
	data := []byte(strings.Repeat("The quick brown fox. ", 50))
	for _, cut := range []int{0, 1, 7, 500, len(data)} {
		a, b := crc64.Checksum(data[:cut], crcTable), crc64.Checksum(data[cut:], crcTable)
		if got, want := combineCRC64(a, b, int64(len(data)-cut)), crc64.Checksum(data, crcTable); got != want {
			t.Errorf("cut at %d: %x, want %x", cut, got, want)
		}
	}
}

// TestConcurrent writes, replaces, lists and deletes at once, and then counts the bytes.
func TestConcurrent(t *testing.T) {
	s, c := newServer(t, Config{})
	id := c.initiate("k")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 12 {
				c.part("k", id, n+1, bytes.Repeat([]byte{byte(i)}, big))
				c.put(fmt.Sprintf("o%d", n%3), strings.Repeat("x", i*100+n))
				c.do(call{method: "GET", bucket: "first", key: "o1"})
				c.do(call{method: "GET", bucket: "first", query: query("list-type", "2")})
				c.do(call{method: "GET", bucket: "first", key: "k", query: query("uploadId", id)})
				c.do(call{method: "DELETE", bucket: "first", key: "o2"})
			}
		})
	}
	wg.Wait()
	c.must(call{method: "POST", bucket: "first", key: "k", query: query("uploadId", id), header: map[string]string{"x-oss-complete-all": "yes"}})
	objects, err := s.Objects("first")
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, o := range objects {
		sum += o.Size
		a := c.must(call{method: "GET", bucket: "first", key: o.Key})
		if crc := crc64.Checksum(a.body, crcTable); crc != o.CRC64 {
			t.Errorf("%s: CRC64 %d, want %d", o.Key, crc, o.CRC64)
		}
	}
	if s.Used() != sum {
		t.Errorf("used %d, objects hold %d", s.Used(), sum)
	}
	if !slices.ContainsFunc(objects, func(o Object) bool { return o.Key == "k" && o.Size == 12*big }) {
		t.Errorf("objects %+v", objects)
	}
}

// TestObjectHeadersAreChecked refuses what OSS refuses, and stores nothing.
func TestObjectHeadersAreChecked(t *testing.T) {
	s, c := newServer(t, Config{})
	for _, tt := range []struct{ name, header, value, code string }{
		{"name of metadata", "x-oss-meta-a_b", "v", "InvalidArgument"},
		{"much metadata", "x-oss-meta-a", strings.Repeat("v", maxUserMeta), "InvalidArgument"},
		{"storage class", "x-oss-storage-class", "Cheap", "InvalidArgument"},
		{"encryption", "x-oss-server-side-encryption", "ROT13", "InvalidEncryptionAlgorithmError"},
		{"key without KMS", "x-oss-server-side-encryption-key-id", "k", "InvalidEncryptionAlgorithmError"},
		{"tag twice", "x-oss-tagging", "a=1&a=2", "InvalidTag"},
		{"tag's text", "x-oss-tagging", "a=%E4%BD%A0", "InvalidTag"},
		{"eleven tags", "x-oss-tagging", "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=", "InvalidTag"},
		{"ACL", "x-oss-object-acl", "everybody", "InvalidArgument"},
		{"traffic limit", "x-oss-traffic-limit", "819199", "InvalidArgument"},
		{"callback variable", "x-oss-callback-var", base64.StdEncoding.EncodeToString([]byte(`{"who":"x"}`)), "InvalidArgument"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := map[string]string{tt.header: tt.value}
			if strings.HasPrefix(tt.header, "x-oss-callback") {
				header["x-oss-callback"] = callbackHeader("http://127.0.0.1:1", "b", "")["x-oss-callback"]
			}
			a := c.do(call{method: "PUT", bucket: "first", key: "k", body: []byte("x"), header: header})
			if a.StatusCode != 400 || !strings.Contains(string(a.body), "<Code>"+tt.code+"</Code>") {
				t.Errorf("got %d %s", a.StatusCode, a.body)
			}
		})
	}
	if objects, err := s.Objects("first"); err != nil || len(objects) > 0 {
		t.Errorf("stored %v, %v", objects, err)
	}
}
