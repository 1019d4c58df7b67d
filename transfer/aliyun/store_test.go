package aliyun

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"partway/transfer"
)

func part(content string) transfer.PartRequest {
	return transfer.PartRequest{
		Key: "a/b", UploadID: "UP1", Number: 3, Size: int64(len(content)), Body: strings.NewReader(content), WantMD5: true,
	}
}

func TestUploadPartReturnsWhatWasReadAndWhatIsStored(t *testing.T) {
	content := strings.Repeat("part of a file ", 20_000)
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		got := drain(r)
		switch {
		case r.Method != http.MethodPut, r.URL.Path != "/bucket/a/b", r.URL.RawQuery != "partNumber=3&uploadId=UP1":
			t.Errorf("got %s %s", r.Method, r.URL)
		case len(r.TransferEncoding) > 0, r.ContentLength != int64(len(content)):
			t.Errorf("got Transfer-Encoding %v, Content-Length %d", r.TransferEncoding, r.ContentLength)
		case r.Header.Get("Expect") != "", r.Header.Get("Accept-Encoding") != "":
			t.Errorf("got headers %v", r.Header)
		case r.Header.Get("X-Oss-Security-Token") != testToken:
			t.Error("security token is missing")
		case !strings.HasPrefix(r.Header.Get("Authorization"), "OSS4-HMAC-SHA256 Credential="+testKeyID+"/"):
			t.Error("signature is not V4")
		}
		accept(w, got)
	})
	// A source that also can close, seek and write itself must only be read.
	p := part(content)
	p.Body = struct {
		io.Reader
		io.Closer
		io.Seeker
		io.WriterTo
	}{strings.NewReader(content), nil, nil, nil}
	a, err := s.UploadPart(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum([]byte(content))
	want := transfer.Digest{
		CRC64: crc64.Checksum([]byte(content), crc64.MakeTable(crc64.ECMA)), HasCRC: true,
		MD5: strings.ToUpper(hex.EncodeToString(sum[:])),
	}
	if a.Sent != want || a.Stored != want || a.ETag != want.MD5 || a.RequestID != "REQ1" {
		t.Errorf("got %+v, want digest %+v", a, want)
	}
}

func TestPutOfNothingHasALength(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 || r.Header.Get("Content-Length") != "0" {
			t.Errorf("got Transfer-Encoding %v, Content-Length %q", r.TransferEncoding, r.Header.Get("Content-Length"))
		}
		if r.Header.Get("X-Oss-Forbid-Overwrite") != "true" || r.Header.Get("Content-Type") != "text/plain" {
			t.Errorf("got headers %v", r.Header)
		}
		accept(w, drain(r))
	})
	a, err := s.Put(t.Context(), transfer.PutRequest{
		Key: "empty", ForbidOverwrite: true, Options: transfer.Options{ContentType: "text/plain"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Sent.HasCRC || a.Sent.CRC64 != 0 || a.Stored.CRC64 != 0 || !a.Stored.HasCRC {
		t.Errorf("got %+v", a)
	}
}

func TestC12AnswersThatAreNotBelieved(t *testing.T) {
	type call func(context.Context, *store) error
	initiate := func(ctx context.Context, s *store) error {
		_, err := s.Initiate(ctx, "k", transfer.Options{}, true)
		return err
	}
	upload := func(ctx context.Context, s *store) error {
		_, err := s.UploadPart(ctx, part("x"))
		return err
	}
	complete := func(ctx context.Context, s *store) error {
		_, err := s.Complete(ctx, transfer.CompleteRequest{Key: "k", UploadID: "UP1", Parts: []transfer.PartRef{{Number: 1, ETag: "E"}}, ForbidOverwrite: true})
		return err
	}
	put := func(ctx context.Context, s *store) error {
		_, err := s.Put(ctx, transfer.PutRequest{Key: "k", Size: 1, Body: strings.NewReader("x")})
		return err
	}
	head := func(ctx context.Context, s *store) error { _, err := s.Head(ctx, "k"); return err }
	abort := func(ctx context.Context, s *store) error { return s.Abort(ctx, "k", "UP1") }
	parts := func(ctx context.Context, s *store) error { _, err := s.ListParts(ctx, "k", "UP1", 5); return err }

	const html = "<html><body>Please log in</body></html>"
	tests := []struct {
		name    string
		call    call
		status  int
		oss     bool
		etag    string
		body    string
		unknown bool
		code    string
	}{
		{"initiate: page", initiate, 200, false, "", html, true, ""},
		{"initiate: empty", initiate, 200, true, "", "", true, ""},
		{"initiate: 500", initiate, 500, true, "", "<Error><Code>InternalError</Code></Error>", true, "InternalError"},
		{"initiate: gateway", initiate, 502, false, "", html, true, ""},
		{"part: no ETag", upload, 200, true, "", "", true, ""},
		{"part: page", upload, 200, false, `"E"`, html, true, ""},
		{"part: 203", upload, 203, true, `"E"`, "", true, ""},
		{"part: page 403", upload, 403, false, "", html, true, ""},
		{"complete: empty", complete, 200, true, `"E"`, "", true, ""},
		{"complete: error in 200", complete, 200, true, "", "<Error><Code>InternalError</Code></Error>", true, "InternalError"},
		{"complete: page", complete, 200, true, "", html, true, ""},
		{"complete: cut off", complete, 200, true, "", "<CompleteMultipartUploadResult><ETag>&quot;E&quot;</ETag>", true, ""},
		{"complete: 503", complete, 503, true, "", "<Error><Code>ServiceUnavailable</Code></Error>", true, "ServiceUnavailable"},
		{"put: page", put, 200, false, "", html, true, ""},
		{"put: 500", put, 500, true, "", "<Error><Code>InternalError</Code></Error>", true, "InternalError"},
		{"abort: 200", abort, 200, true, "", "", true, ""},
		{"head: page", head, 200, false, "", "", false, ""},
		{"head: no ETag", head, 200, true, "", "", false, ""},
		{"parts: page", parts, 200, true, "", html, false, ""},
		{"parts: cut off", parts, 200, true, "", "<ListPartsResult><UploadId>UP1</UploadId>", false, ""},
		{
			"parts: no way on", parts, 200, true, "",
			"<ListPartsResult><UploadId>UP1</UploadId><IsTruncated>true</IsTruncated></ListPartsResult>", false, "",
		},
		{"parts: of another", parts, 200, true, "", "<ListPartsResult><UploadId>UP2</UploadId></ListPartsResult>", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
				drain(r)
				if tt.oss {
					mark(w)
				}
				if tt.etag != "" {
					w.Header().Set("ETag", tt.etag)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			e := asError(t, tt.call(t.Context(), s))
			code := tt.code
			if !tt.oss {
				code = transfer.CodeNotOSS
			}
			if e.Kind != transfer.KindTransient || e.Unknown != tt.unknown || e.Code != code || e.Status != tt.status {
				t.Errorf("got kind %s, unknown %t, code %q, status %d: %v", e.Kind, e.Unknown, e.Code, e.Status, e)
			}
			if e.Op == "" || e.Bucket != "bucket" || e.Key == "" {
				t.Errorf("got op %q, bucket %q, key %q", e.Op, e.Bucket, e.Key)
			}
		})
	}
}

func TestCompleteSendsThePartsAndReadsTheAnswer(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		const want = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&#34;A&#34;</ETag></Part>` +
			`<Part><PartNumber>2</PartNumber><ETag>&#34;B&#34;</ETag></Part></CompleteMultipartUpload>`
		if got := string(drain(r)); got != want {
			t.Errorf("got %s", got)
		}
		mark(w)
		w.Header().Set("X-Oss-Hash-Crc64ecma", "18446744073709551615")
		w.Header().Set("X-Oss-Version-Id", "V1")
		fmt.Fprint(w, `<CompleteMultipartUploadResult><ETag>"A-2"</ETag></CompleteMultipartUploadResult>`)
	})
	a, err := s.Complete(t.Context(), transfer.CompleteRequest{Key: "k", UploadID: "UP1", Parts: []transfer.PartRef{{Number: 1, ETag: "A"}, {Number: 2, ETag: "B"}}, ForbidOverwrite: true})
	want := transfer.ObjectAnswer{
		ETag: "A-2", Stored: transfer.Digest{CRC64: 1<<64 - 1, HasCRC: true}, VersionID: "V1", RequestID: "REQ1",
	}
	if err != nil || a != want {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestC16FailedCallbackIsASuccess(t *testing.T) {
	s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		w.Header().Set("ETag", `"E"`)
		fail(w, 203, "CallbackFailed", "0007-00000203", "Error status : 502.")
	})
	a, err := s.Complete(t.Context(), transfer.CompleteRequest{Key: "k", UploadID: "UP1", Parts: []transfer.PartRef{{Number: 1, ETag: "A"}}, ForbidOverwrite: true})
	if err != nil || a.ETag != "E" || a.Callback != transfer.CallbackFailed {
		t.Errorf("complete: got %+v, %v", a, err)
	}
	a, err = s.Put(t.Context(), transfer.PutRequest{Key: "k", Size: 1, Body: strings.NewReader("x")})
	if err != nil || a.ETag != "E" || !a.Sent.HasCRC || a.Callback != transfer.CallbackFailed {
		t.Errorf("put: got %+v, %v", a, err)
	}
}

func TestHead(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header map[string]string
		exists bool
		kind   transfer.Kind
		code   string
	}{
		{"there", 200, map[string]string{
			"ETag": `"E"`, "Content-Length": "5", "Last-Modified": "Fri, 24 Feb 2012 06:07:48 GMT",
			"X-Oss-Hash-Crc64ecma": "7", "X-Oss-Request-Id": "R",
		}, true, "", ""},
		{"not there", 404, map[string]string{"X-Oss-Request-Id": "R", "X-Oss-Ec": "0026-00000001"}, false, "", ""},
		{"not there, barely", 404, nil, false, "", ""},
		{"a page", 404, map[string]string{"Content-Type": "text/html"}, false, transfer.KindTransient, transfer.CodeNotOSS},
		{
			"no bucket by EC", 404,
			map[string]string{"X-Oss-Request-Id": "R", "X-Oss-Ec": "0015-00000101"},
			false, transfer.KindGone, transfer.CodeNoSuchBucket,
		},
		{"no bucket by header", 404, map[string]string{
			"X-Oss-Request-Id": "R",
			"X-Oss-Err":        "PEVycm9yPjxDb2RlPk5vU3VjaEJ1Y2tldDwvQ29kZT48L0Vycm9yPg==",
		}, false, transfer.KindGone, transfer.CodeNoSuchBucket},
		{"refused", 403, map[string]string{"X-Oss-Request-Id": "R"}, false, transfer.KindAuth, ""},
		{
			"refused by policy", 403,
			map[string]string{"X-Oss-Request-Id": "R", "X-Oss-Ec": "0003-00000001"},
			false, transfer.KindAuth, transfer.CodeAccessDenied,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serveStore(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.status)
			})
			state, err := s.Head(t.Context(), "k")
			e := transfer.AsError(err)
			if state.Exists != tt.exists || transfer.KindOf(err) != tt.kind || e != nil && e.Code != tt.code {
				t.Errorf("got %+v, %v", state, err)
			}
			if tt.exists && (state.Size != 5 || state.CRC64 != 7 || state.ETag != "E" || state.LastModified.Year() != 2012) {
				t.Errorf("got %+v", state)
			}
		})
	}
}

func TestRequestsThatWouldTouchTheObjectItselfAreNotSent(t *testing.T) {
	s := serveStore(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) })
	p := part("x")
	p.UploadID = ""
	_, partErr := s.UploadPart(t.Context(), p)
	_, completeErr := s.Complete(t.Context(), transfer.CompleteRequest{Key: "k", UploadID: ""})
	_, putErr := s.Put(t.Context(), transfer.PutRequest{})
	for _, err := range []error{s.Abort(t.Context(), "k", ""), partErr, completeErr, putErr} {
		if transfer.KindOf(err) != transfer.KindPermanent {
			t.Errorf("got %v", err)
		}
	}
}

func TestSourceErrors(t *testing.T) {
	own := &transfer.Error{Kind: transfer.KindSource, Code: transfer.CodeFileMissing}
	tests := []struct {
		name string
		body io.Reader
		code string
		same bool
	}{
		{"the reader's own", io.MultiReader(strings.NewReader("12"), iotest.ErrReader(own)), transfer.CodeFileMissing, true},
		{"too short", strings.NewReader("12"), transfer.CodeFileChanged, false},
		{"another", iotest.ErrReader(io.ErrClosedPipe), transfer.CodeFileUnreadable, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serveStore(t, func(_ http.ResponseWriter, r *http.Request) { drain(r) })
			p := part("0123456789")
			p.Body = tt.body
			_, err := s.UploadPart(t.Context(), p)
			e := asError(t, err)
			if e.Kind != transfer.KindSource || e.Code != tt.code || tt.same != (e == own) {
				t.Errorf("got %#v", e)
			}
		})
	}
}

// TestC12AnswersAreBounded has a server that answers with 1 GiB of XML.
func TestC12AnswersAreBounded(t *testing.T) {
	chunk := bytes.Repeat([]byte("<Part>"), 1<<18)
	const most = 1 << 30
	for _, status := range []int{200, 500} {
		for name, call := range map[string]func(context.Context, *store) error{
			"list parts":   func(ctx context.Context, s *store) error { _, err := s.ListParts(ctx, "k", "UP1", 0); return err },
			"list uploads": func(ctx context.Context, s *store) error { _, err := s.ListUploads(ctx, ""); return err },
			"list folders": func(ctx context.Context, s *store) error { _, err := s.ListPrefixes(ctx, "", ""); return err },
			"list objects": func(ctx context.Context, s *store) error { _, err := s.ListObjects(ctx, "", ""); return err },
			"initiate": func(ctx context.Context, s *store) error {
				_, err := s.Initiate(ctx, "k", transfer.Options{}, true)
				return err
			},
			"part": func(ctx context.Context, s *store) error { _, err := s.UploadPart(ctx, part("x")); return err },
		} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				written := make(chan int, 1)
				s := serveStore(t, func(w http.ResponseWriter, r *http.Request) {
					drain(r)
					mark(w)
					w.WriteHeader(status)
					_, _ = io.WriteString(w, "<ListPartsResult>")
					n := 0
					for n < most {
						if _, err := w.Write(chunk); err != nil {
							break
						}
						n += len(chunk)
					}
					written <- n
				})
				if err := call(t.Context(), s); transfer.KindOf(err) != transfer.KindTransient {
					t.Errorf("got %v", err)
				}
				if n := <-written; n > 64<<20 {
					t.Errorf("%d MiB were read", n>>20)
				}
			})
		}
	}
}

// TestC12EntitiesAreNotExpanded has a server that answers with XML whose entities would grow to
// gigabytes, and one that points to a file.
func TestC12EntitiesAreNotExpanded(t *testing.T) {
	const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">` +
		`<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`
	for _, body := range []string{
		bomb + `<Error><Code>&c;</Code><Message>&f;</Message></Error>`,
		bomb + `<ListPartsResult><UploadId>&f;</UploadId><Part><ETag>&c;</ETag></Part></ListPartsResult>`,
	} {
		for _, status := range []int{200, 404, 500} {
			s := serveStore(t, func(w http.ResponseWriter, _ *http.Request) {
				mark(w)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})
			_, err := s.ListParts(t.Context(), "k", "UP1", 0)
			if e := asError(t, err); strings.Contains(e.Error(), "root:") || strings.Contains(e.Error(), "aaaa") || e.Code != "" {
				t.Errorf("status %d: got %v", status, e)
			}
		}
	}
}
