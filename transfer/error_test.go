package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		name string
		err  Error
		want string
	}{
		{"nothing but the call", Error{Op: "ListBuckets"}, "ListBuckets"},
		{
			"all of OSS's",
			Error{
				Kind: KindGone, Op: "UploadPart", Bucket: "b", Key: "照片/a", Part: 7, Status: 404, Code: CodeNoSuchUpload,
				EC: "0042-00000002", RequestID: "6650", Err: errors.New("the upload does not exist"),
			},
			"UploadPart 7 oss://b/照片/a: NoSuchUpload: the upload does not exist (EC 0042-00000002) (request 6650)",
		},
		{"a bucket's", Error{Op: "ListUploads", Bucket: "b", Code: CodeNoSuchBucket}, "ListUploads oss://b: NoSuchBucket"},
		{
			"a file's",
			Error{Op: "read", Bucket: "b", Key: "k", Path: "/a\n\xff", Code: CodeFileMissing},
			`read "/a\n\xff": FileMissing`,
		},
		{"a cause", Error{Op: "PutObject", Bucket: "b", Key: "k", Err: io.ErrUnexpectedEOF}, "PutObject oss://b/k: unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.err.Error(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAsError(t *testing.T) {
	own := &Error{Kind: KindThrottled, Err: io.EOF}
	for _, c := range []struct {
		name string
		err  error
		want Kind
	}{
		{"nil", nil, KindNone},
		{"own", own, KindThrottled},
		{"own, wrapped", fmt.Errorf("send: %w", own), KindThrottled},
		{"own, joined", errors.Join(io.EOF, own), KindThrottled},
		{"cancel", context.Canceled, KindCanceled},
		{"deadline, wrapped", fmt.Errorf("send: %w", context.DeadlineExceeded), KindCanceled},
		{"own beats the cancel inside", &Error{Kind: KindTransient, Err: context.Canceled}, KindTransient},
		{"of unknown make", io.EOF, KindPermanent},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := KindOf(c.err); got != c.want {
				t.Errorf("KindOf = %q, want %q", got, c.want)
			}
			e := AsError(c.err)
			if (e == nil) != (c.err == nil) {
				t.Fatalf("AsError = %#v", e)
			}
			if e != nil && (e.Kind != c.want || !errors.Is(c.err, e) && !errors.Is(e, c.err)) {
				t.Errorf("AsError = %#v lost %v", e, c.err)
			}
		})
	}
	if !errors.Is(own, io.EOF) {
		t.Error("the cause is not found")
	}
}

func TestIsGone(t *testing.T) {
	gone := &Error{Kind: KindGone, Code: CodeNoSuchUpload}
	for _, c := range []struct {
		name string
		err  error
		code string
		want bool
	}{
		{"it", gone, CodeNoSuchUpload, true},
		{"it, wrapped", fmt.Errorf("abort: %w", gone), CodeNoSuchUpload, true},
		{"something else is gone", gone, CodeNoSuchBucket, false},
		{"the code under another kind", &Error{Kind: KindPermanent, Code: CodeNoSuchUpload}, CodeNoSuchUpload, false},
		{"another error", io.EOF, CodeNoSuchUpload, false},
		{"nil", nil, CodeNoSuchUpload, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := IsGone(c.err, c.code); got != c.want {
				t.Errorf("IsGone = %v", got)
			}
		})
	}
}
