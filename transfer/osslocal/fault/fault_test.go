package fault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss" //nolint:depguard // it presigns the URLs, in an external test
	"go.uber.org/goleak"

	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a server with a plan, and a client that sends what presigned URLs allow.
type rig struct {
	t      *testing.T
	plan   *fault.Plan
	server *osslocal.Server
	bucket *oss.Bucket
	http   *http.Client

	mu      sync.Mutex
	records []osslocal.Record
}

func newRig(t *testing.T, rules ...string) *rig {
	t.Helper()
	r := &rig{t: t, plan: fault.Must(rules...)}
	var err error
	r.server, err = osslocal.Start(osslocal.Config{
		Dir: t.TempDir(), Keys: map[string]string{"ak": "sk"},
		Middleware: r.plan.Middleware(), Observe: r.observe,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := r.server.CreateBucket("first"); err != nil {
		t.Fatal(err)
	}
	c, err := oss.New(r.server.URL(), "ak", "sk", oss.AuthVersion(oss.AuthV4), oss.Region("cn-hangzhou"))
	if err != nil {
		t.Fatal(err)
	}
	if r.bucket, err = c.Bucket("first"); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	r.http = &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return r
}

func (r *rig) observe(rec osslocal.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, rec)
}

func (r *rig) last() osslocal.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.records[len(r.records)-1]
}

type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// send makes a request. Its error is part of the answer, as it is what is tested.
func (r *rig) send(ctx context.Context, method oss.HTTPMethod, key string, body []byte, options ...oss.Option) answer {
	u, err := r.bucket.SignURL(key, method, 600, options...)
	if err != nil {
		return answer{err: err}
	}
	req, err := http.NewRequestWithContext(ctx, string(method), u, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text), err}
}

func (r *rig) put(key, body string) answer {
	return r.send(r.t.Context(), oss.HTTPPut, key, []byte(body))
}

func (r *rig) part(ctx context.Context, id string, n int, body []byte) answer {
	return r.send(ctx, oss.HTTPPut, "k", body, oss.AddParam("uploadId", id), oss.AddParam("partNumber", fmt.Sprint(n)))
}

// stored tells whether the key has an object.
func (r *rig) stored(key string) bool {
	body, err := r.server.OpenObject("first", key)
	if err != nil {
		return false
	}
	_ = body.Close()
	return true
}

func TestActions(t *testing.T) {
	const honest = `"5D41402ABC4B2A76B9719D911017C592"` // MD5 of "hello"
	tests := []struct {
		rule   string
		check  func(t *testing.T, a answer)
		stored bool
	}{
		{"PutObject : status 503 code=ServiceUnavailable ec=0001-1 Retry-After=2 x-oss-qos-delay-time=500 message=\"try later\"", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 503 || a.header.Get("Retry-After") != "2" || a.header.Get("X-Oss-Qos-Delay-Time") != "500" || a.header.Get("X-Oss-Ec") != "0001-1" {
				t.Errorf("status %d, header %v", a.status, a.header)
			}
			if !strings.Contains(a.body, "<Code>ServiceUnavailable</Code><Message>try later</Message>") || !strings.Contains(a.body, "<EC>0001-1</EC>") {
				t.Errorf("body %s", a.body)
			}
		}, false},
		{"* : status 500 applied", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 500 || !strings.Contains(a.body, "<Code>InternalServerError</Code>") {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : error code=InternalError", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 200 || !strings.Contains(a.body, "<Error><Code>InternalError</Code>") {
				t.Errorf("got %+v", a)
			}
		}, false},
		{"PutObject : html 502", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 502 || !strings.Contains(a.body, "<html>") || a.header.Get("X-Oss-Request-Id") != "" {
				t.Errorf("got %+v", a)
			}
		}, false},
		{"PutObject : empty", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 200 || a.body != "" || a.header.Get("ETag") != "" {
				t.Errorf("got %+v", a)
			}
		}, false},
		{"PutObject : redirect http://127.0.0.1:1/x?a=b 302", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 302 || a.header.Get("Location") != "http://127.0.0.1:1/x?a=b" {
				t.Errorf("got %+v", a)
			}
		}, false},
		{"PutObject : cut", wantBroken, false},
		{"PutObject : cut at=all", wantBroken, false},
		{"PutObject : cut at=2 reset", func(t *testing.T, a answer) {
			t.Helper()
			wantBroken(t, a)
			if !errors.Is(a.err, syscall.ECONNRESET) && !errors.Is(a.err, syscall.EPIPE) {
				t.Errorf("error %v, want a reset", a.err)
			}
		}, false},
		{"PutObject : lose", wantBroken, true},
		{"PutObject : half", wantBroken, true},
		{"PutObject : etag 00112233", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 200 || a.header.Get("ETag") != `"00112233"` {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : etag none", func(t *testing.T, a answer) {
			t.Helper()
			if _, ok := a.header["Etag"]; ok || a.status != 200 {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : crc 7", func(t *testing.T, a answer) {
			t.Helper()
			if a.header.Get("X-Oss-Hash-Crc64ecma") != "7" || a.header.Get("ETag") != honest {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : crc none", func(t *testing.T, a answer) {
			t.Helper()
			if _, ok := a.header["X-Oss-Hash-Crc64ecma"]; ok || a.header.Get("ETag") != honest {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : corrupt at=1", func(t *testing.T, a answer) {
			t.Helper()
			if a.status != 200 || a.header.Get("ETag") == honest {
				t.Errorf("got %+v", a)
			}
		}, true},
		{"PutObject : date -20m", func(t *testing.T, a answer) {
			t.Helper()
			at, err := http.ParseTime(a.header.Get("Date"))
			if off := time.Since(at); err != nil || off < 19*time.Minute || off > 21*time.Minute {
				t.Errorf("date %v (%v)", at, err)
			}
		}, true},
		{"PutObject : delay 1ms", wantHonest(honest), true},
		{"PutObject : slow 1M", wantHonest(honest), true},
		{"PutObject key=other : cut", wantHonest(honest), true},
		{"PutObject key=hel* : cut", wantBroken, false},
		{"GetObject,DeleteObject : cut", wantHonest(honest), true},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			r := newRig(t, tt.rule)
			tt.check(t, r.put("hello", "hello"))
			if got := r.stored("hello"); got != tt.stored {
				t.Errorf("object stored = %v, want %v", got, tt.stored)
			}
			if applied := r.last().Applied; applied != tt.stored {
				t.Errorf("recorded as applied = %v, want %v", applied, tt.stored)
			}
		})
	}
}

func wantBroken(t *testing.T, a answer) {
	t.Helper()
	if a.err == nil {
		t.Errorf("got %d %q, want a broken connection", a.status, a.body)
	}
}

func wantHonest(etag string) func(*testing.T, answer) {
	return func(t *testing.T, a answer) {
		t.Helper()
		if a.err != nil || a.status != 200 || a.header.Get("ETag") != etag {
			t.Errorf("got %+v, want an honest answer", a)
		}
	}
}

func TestCounting(t *testing.T) {
	r := newRig(t, "PutObject skip=1 times=2 : status 500", "PutObject nth=2 : status 503", "PutObject : delay 0s")
	var got []int
	for range 6 {
		got = append(got, r.put("k", "x").status)
	}
	// The first rule takes the 2nd and 3rd; the second rule then sees the 1st, 4th, …
	if want := "[200 500 500 503 200 200]"; fmt.Sprint(got) != want {
		t.Errorf("statuses %v, want %s", got, want)
	}
	if n := len(r.plan.Hits()); n != 3+3 {
		t.Errorf("%d hits, want 6: %v", n, r.plan.Hits())
	}
}

func TestParts(t *testing.T) {
	r := newRig(t, "UploadPart part=2-3 times=2 : status 500", "ListParts : crc none")
	imur, err := r.bucket.InitiateMultipartUpload("k")
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for n := range 4 {
		got = append(got, r.part(t.Context(), imur.UploadID, n+1, []byte("x")).status)
	}
	if want := "[200 500 500 200]"; fmt.Sprint(got) != want {
		t.Errorf("statuses %v, want %s", got, want)
	}
	if h := r.plan.Hits()[1]; h.Target.Part != 3 || h.Target.UploadID != imur.UploadID || h.Target.Op != osslocal.OpUploadPart {
		t.Errorf("second hit %+v", h)
	}
	list := r.send(t.Context(), oss.HTTPGet, "k", nil, oss.AddParam("uploadId", imur.UploadID))
	if strings.Contains(list.body, "HashCrc64ecma") || !strings.Contains(list.body, "<PartNumber>4</PartNumber>") {
		t.Errorf("list %s", list.body)
	}
}

func TestHold(t *testing.T) {
	r := newRig(t)
	rule := r.plan.MustAdd("PutObject : hold")
	done := make(chan answer, 2)
	for _, key := range []string{"a", "b"} {
		go func() { done <- r.put(key, "x") }()
	}
	if err := rule.WaitHeld(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if r.stored("a") || r.stored("b") {
		t.Error("stored while held")
	}
	rule.Release()
	for range 2 {
		if a := <-done; a.status != 200 {
			t.Errorf("after release: %+v", a)
		}
	}
	if rule.Held() != 0 || rule.Hits() != 2 {
		t.Errorf("held %d, hits %d", rule.Held(), rule.Hits())
	}
}

func TestHoldAnswer(t *testing.T) {
	r := newRig(t)
	rule := r.plan.MustAdd("PutObject : hold answer")
	done := make(chan answer, 1)
	go func() { done <- r.put("a", "x") }()
	if err := rule.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if !r.stored("a") {
		t.Error("not stored while the answer is held")
	}
	r.plan.Clear()
	if a := <-done; a.status != 200 {
		t.Errorf("after release: %+v", a)
	}
}

func TestStall(t *testing.T) {
	for _, text := range []string{"PutObject : stall", "PutObject : stall at=1"} {
		t.Run(text, func(t *testing.T) {
			r := newRig(t)
			rule := r.plan.MustAdd(text)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan answer, 1)
			go func() { done <- r.send(ctx, oss.HTTPPut, "a", []byte("xyz")) }()
			if err := rule.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			cancel()
			if a := <-done; !errors.Is(a.err, context.Canceled) {
				t.Errorf("got %+v", a)
			}
			r.plan.Remove(rule)
			if a := r.put("b", "x"); a.status != 200 || r.stored("a") {
				t.Errorf("after: %+v, stalled one stored: %v", a, r.stored("a"))
			}
		})
	}
}

func TestCloseEndsHeld(t *testing.T) {
	r := newRig(t)
	rule := r.plan.MustAdd("PutObject : hold")
	done := make(chan answer, 1)
	go func() { done <- r.put("a", strings.Repeat("x", 8<<20)) }()
	if err := rule.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := r.server.Close(); err != nil {
		t.Fatal(err)
	}
	wantBroken(t, <-done)
}

func TestWaitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rule := fault.Must().MustAdd("* : cut")
	if err := rule.WaitHits(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestSlow sends 64 KiB at 128 KiB/s over two connections, which takes a second together.
func TestSlow(t *testing.T) {
	r := newRig(t, "PutObject : slow 256K")
	begin := time.Now()
	var wg sync.WaitGroup
	for _, key := range []string{"a", "b"} {
		wg.Go(func() {
			if a := r.put(key, strings.Repeat("x", 64<<10)); a.status != 200 {
				t.Errorf("got %+v", a)
			}
		})
	}
	wg.Wait()
	if took := time.Since(begin); took < 450*time.Millisecond {
		t.Errorf("128 KiB at 256 KiB/s took %v", took)
	}
}

// TestSlowIsFelt checks that the kernel does not take the body in the reader's place.
func TestSlowIsFelt(t *testing.T) {
	r := newRig(t, "PutObject : slow 1K")
	u, err := r.bucket.SignURL("a", oss.HTTPPut, 600)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(r.server.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.(*net.TCPConn).SetWriteBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	const size = 8 << 20
	path := strings.TrimPrefix(u, r.server.URL())
	_, err = fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", path, strings.TrimPrefix(r.server.URL(), "http://"), size)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Write(make([]byte, size))
	if err == nil || n > 1<<20 {
		t.Errorf("the kernel took %d bytes within 0.3 s (%v), want far less than %d", n, err, size)
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{
		"", "UploadPart", "UploadPart :", ": cut", "UploadPart : fly", "UploadPart part=x : cut",
		"UploadPart colour=red : cut", "UploadPart : status", "UploadPart : status abc", "* : delay",
		"* : delay soon", "* : slow", "* : slow 0", "* : crc", "* : hold hands", "* : cut at=x",
		"* : cut att=3", "* : delay 1s early", `* : status 500 message="x`, "* key=[ : cut",
	} {
		if r, err := fault.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, r)
		}
	}
	const text = `UploadPart,PutObject part=3 times=2 : status 503 code=SlowDown message="a b"`
	r, err := fault.Parse(text)
	if err != nil || r.String() != text {
		t.Errorf("Parse(%q) = %v, %v", text, r, err)
	}
	if _, err := fault.Parse("UploadPart part=3 times=2: status 503"); err != nil {
		t.Errorf("without a space before the colon: %v", err)
	}
	if _, err := fault.New("nonsense"); err == nil {
		t.Error("New took nonsense")
	}
}
