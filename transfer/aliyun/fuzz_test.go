package aliyun

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"partway/transfer"
)

// What a hostile or broken server may answer, to begin with.
var answers = []string{
	`<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>`,
	`<ListPartsResult><UploadId>U</UploadId><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>` +
		`<Part><PartNumber>1</PartNumber><Size>5</Size><ETag>"E"</ETag><HashCrc64ecma>1</HashCrc64ecma></Part></ListPartsResult>`,
	`<ListPartsResult><UploadId>U</UploadId><Part><PartNumber>-1</PartNumber><Size>-5</Size></Part></ListPartsResult>`,
	`<ListPartsResult><UploadId>U</UploadId><Part><PartNumber>99999999999999999999</PartNumber></Part></ListPartsResult>`,
	`<ListPartsResult><UploadId>U</UploadId><Part><PartNumber>1</PartNumber><HashCrc64ecma>99999999999999999999</HashCrc64ecma></Part></ListPartsResult>`,
	`<ListMultipartUploadsResult><EncodingType>url</EncodingType><Upload><Key>%zz</Key></Upload></ListMultipartUploadsResult>`,
	`<ListMultipartUploadsResult><Upload><Key>k</Key><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload></ListMultipartUploadsResult>`,
	`<CompleteMultipartUploadResult><ETag>"E-1"</ETag></CompleteMultipartUploadResult>`,
	`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Error><Code>&b;</Code></Error>`,
	`<html><body>Sign in</body></html>`, "", "<", "\xff\xfe",
}

// FuzzListParts: a page of parts is refused, or holds only what an upload may have.
func FuzzListParts(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a), 0)
	}
	f.Fuzz(func(t *testing.T, body []byte, marker int) {
		page, err := readParts(body, "U", marker)
		if err != nil {
			if page.Parts != nil || page.More || page.Next != 0 {
				t.Fatalf("refused, and still %+v", page)
			}
			return
		}
		if page.More && page.Next <= marker {
			t.Fatalf("the page after %d begins at %d", marker, page.Next)
		}
		for _, p := range page.Parts {
			if p.Number < 1 || p.Number > transfer.MaxParts || p.Size < 0 || p.Size > transfer.MaxPartSize {
				t.Fatalf("part %+v", p)
			}
			if !p.HasCRC && p.CRC64 != 0 {
				t.Fatalf("part %d has a CRC64 that OSS did not state", p.Number)
			}
		}
	})
}

// FuzzListUploads: whatever a page of uploads holds, reading it ends.
func FuzzListUploads(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := readUploads(body)
		if err == nil && len(page.Uploads) > len(body) {
			t.Fatalf("%d uploads in %d bytes", len(page.Uploads), len(body))
		}
	})
}

// FuzzParseError: every answer that is no success has a kind, a bounded text, and tells no
// secret that it echoes.
func FuzzParseError(f *testing.F) {
	for i, a := range answers {
		f.Add([]byte(a), []int{200, 203, 302, 400, 403, 404, 409, 416, 503}[i%9], i%2 == 0)
	}
	f.Add([]byte("<Error><Code>X</Code><Message>"+testSecret+"</Message></Error>"), 403, true)
	s, err := open(testAccount("https://oss.example.com"), testCredentials(), "bucket", productClocks)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, body []byte, status int, marked bool) {
		if status < 200 || status > 999 {
			return // net/http hands on no such answer
		}
		rep := reply{status: status, header: http.Header{}, body: body}
		if marked {
			rep.header.Set("X-Oss-Request-Id", "R")
		}
		for _, op := range []string{opComplete, opListParts, opUploadPart, opPut} {
			r := &request{op: op, method: http.MethodPost, key: "k"}
			var err error
			switch {
			case status >= 300:
				err = s.fromAnswer(r, rep)
			case op == opComplete:
				_, err = s.completed(r, rep, marked)
			default:
				err = s.doubt(r, rep, "answer is odd")
			}
			if err != nil {
				wantKind(t, err)
			}
		}
	})
}

// wantKind fails the test unless the error is one that the engine and a person can use.
func wantKind(t *testing.T, err error) {
	t.Helper()
	var e *transfer.Error
	if !errors.As(err, &e) || e.Kind == transfer.KindNone || e.Op == "" {
		t.Fatalf("got %#v", err)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", e)} {
		if strings.Contains(text, testSecret) || !utf8.ValidString(e.Err.Error()) {
			t.Fatalf("said %q", text)
		}
	}
	if len(e.Err.Error()) > 4_000 {
		t.Fatalf("a text of %d bytes", len(e.Err.Error()))
	}
}
