package storetest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

var objectTests = map[string]func(bench){
	"Put and Head":                      putAndHead,
	"Put of nothing":                    putNothing,
	"Put replaces":                      putReplaces,
	"Put with forbid-overwrite":         putForbidden,
	"Put under odd keys":                putOddKeys,
	"Put with content types":            putContentTypes,
	"Put with Content-MD5":              putContentMD5,
	"objects with all options":          putOptions,
	"Head of nothing":                   headNothing,
	"cancel of a Put":                   cancelPut,
	"clock offset is learnt":            clockOffset,
	"answers after Close":               afterClose,
	"a source's error comes through":    sourceError,
	"a source that ends early is wrong": sourceEndsEarly,
}

func putAndHead(b bench) {
	t := b.t
	for name, size := range map[string]int{"1 byte": 1, "1 KiB": 1 << 10, "1 MiB + 1": 1<<20 + 1} {
		key, content := b.prefix+name, fill(size, 1)
		a, want := b.put(t, key, content), digestOf(content)
		if a.Sent != want || a.Stored != want || a.ETag != want.MD5 || a.RequestID == "" {
			t.Fatalf("got %+v, want digest %+v", a, want)
		}
		state := b.expectObject(t, key, content)
		if state.ETag != a.ETag || !state.Same(b.expectObject(t, key, content)) {
			t.Fatalf("got %+v after %+v", state, a)
		}
	}
}

func putNothing(b bench) {
	t := b.t
	key := b.prefix + "empty"
	a, err := b.Put(t.Context(), transfer.PutRequest{Key: key, WantMD5: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := digestOf(nil); a.Sent != want || a.Stored != want {
		t.Fatalf("got %+v, want digest %+v", a, want)
	}
	b.expectObject(t, key, nil)
}

func putReplaces(b bench) {
	t := b.t
	key := b.prefix + "twice"
	b.put(t, key, fill(100, 1))
	before := b.expectObject(t, key, fill(100, 1))
	b.put(t, key, fill(200, 2))
	if after := b.expectObject(t, key, fill(200, 2)); after.Same(before) {
		t.Fatalf("got %+v twice", after)
	}
}

func putForbidden(b bench) {
	t := b.t
	key, first := b.prefix+"once", fill(100, 1)
	forbidding := func(content []byte) error {
		_, err := b.Put(t.Context(), transfer.PutRequest{
			Key: key, Size: int64(len(content)), Body: bytes.NewReader(content), ForbidOverwrite: true,
		})
		return err
	}
	if err := forbidding(first); err != nil {
		t.Fatal(err)
	}
	expectError(t, forbidding(fill(100, 2)), "PutObject", transfer.KindExists, "FileAlreadyExists")
	b.expectObject(t, key, first)
}

// oddKeys are names that files have, and that some layer between may take for its own.
func oddKeys() []string {
	keys := []string{
		"with space", "a&b=c", "100%", "%2F", "a+b", "q?x=1", "?", "#hash", "semi;colon", "a,b", "quote\"'`", "<xml>&amp;",
		"back\\slash", "tilde~", "at@:!$*()[]{}|^", "folder/sub folder/file", "a//b", "ends with/", "..hidden", "dots...",
		"中文/照片 (1).jpg", "🎈", "e\u0301", "\u00e9", "عربى", "64m+1 & 100% 照片?.bin",
		"uploads", "uploadId=1", "x-oss-process",
	}
	return keys
}

func putOddKeys(b bench) {
	t := b.t
	keys := oddKeys()
	for i, key := range keys {
		b.put(t, b.prefix+key, fill(i+1, byte(i)))
	}
	for i, key := range keys {
		b.expectObject(t, b.prefix+key, fill(i+1, byte(i)))
	}
	for _, filler := range []string{"x", "字", "+"} {
		room := transfer.MaxKeyBytes - len(b.prefix)
		long := strings.Repeat(filler, room/len(filler))
		long += strings.Repeat("x", room-len(long))
		b.put(t, b.prefix+long, fill(5, 5))
		b.expectObject(t, b.prefix+long, fill(5, 5))
	}
}

func putContentTypes(b bench) {
	t := b.t
	put := func(typ string) error {
		_, err := b.Put(t.Context(), transfer.PutRequest{
			Key: b.prefix + "typed", Size: 1, Body: strings.NewReader("x"), Options: transfer.Options{ContentType: typ},
		})
		return err
	}
	for _, typ := range []string{"", "text/plain", "text/plain; charset=utf-8", "application/vnd.a+b.c-d; q=\"x y\""} {
		if err := put(typ); err != nil {
			t.Errorf("%q: %v", typ, err)
		}
	}
	if err := put("图像/照片"); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("beyond ASCII, which is signed in other bytes than it is read: %v", err)
	}
}

// putOptions has an object made in one request, and one of parts, with all that can be said of
// an object on any account: each is taken where it is sent.
func putOptions(b bench) {
	t := b.t
	o := transfer.Options{
		ContentType: "text/plain", CacheControl: "no-cache", Encoding: "identity", Expires: time.Now().Add(time.Hour),
		Disposition: transfer.Disposition{Kind: transfer.DispositionAttachment, Name: "照片 \"1\".txt"},
		Meta:        []transfer.Field{{Name: "Owner", Value: "a b;c=\"d\""}}, Tags: []transfer.Field{{Name: "a b", Value: "+-=._:/"}},
		ACL: transfer.ACLPrivate, Class: transfer.ClassStandard, Encryption: transfer.Encryption{Method: transfer.EncryptAES256},
		TrafficLimit: transfer.MaxTrafficLimit, Strict: true,
	}
	content := fill(1_000, 3)
	_, err := b.Put(t.Context(), transfer.PutRequest{
		Key: b.prefix + "put", Size: int64(len(content)), Body: bytes.NewReader(content), Options: o, ForbidOverwrite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.expectObject(t, b.prefix+"put", content)
	key := b.prefix + "parts"
	id, err := b.Initiate(t.Context(), key, o, true)
	if err != nil {
		t.Fatal(err)
	}
	part, err := b.UploadPart(t.Context(), transfer.PartRequest{
		Key: key, UploadID: id, Number: 1, Size: int64(len(content)), Body: bytes.NewReader(content), TrafficLimit: o.TrafficLimit,
	})
	if err != nil {
		t.Fatal(err)
	}
	list := []transfer.PartRef{{Number: 1, ETag: part.ETag}}
	if _, err := b.Complete(t.Context(), transfer.CompleteRequest{Key: key, UploadID: id, Parts: list, Options: o, ForbidOverwrite: true}); err != nil {
		t.Fatal(err)
	}
	b.expectObject(t, key, content)
}

// base64MD5 turns a Digest's MD5 into the form of the header.
func base64MD5(t *testing.T, content []byte) string {
	t.Helper()
	sum, err := hex.DecodeString(digestOf(content).MD5)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sum)
}

func putContentMD5(b bench) {
	t := b.t
	key, content := b.prefix+"md5", fill(1_000, 1)
	put := func(md5 string) error {
		_, err := b.Put(t.Context(), transfer.PutRequest{
			Key: key, Size: int64(len(content)), Body: bytes.NewReader(content), ContentMD5: md5,
		})
		return err
	}
	expectError(t, put(base64MD5(t, fill(1_000, 2))), "PutObject", transfer.KindIntegrity, "InvalidDigest")
	b.expectNothing(t, key)
	if err := put(base64MD5(t, content)); err != nil {
		t.Fatal(err)
	}
	b.expectObject(t, key, content)
}

func headNothing(b bench) {
	t := b.t
	b.expectNothing(t, b.prefix+"nothing here")
	b.expectNothing(t, b.prefix+"nothing/没有?+%")
}

// held is a source that yields some bytes and then waits, as a rate limit does.
type held struct {
	ctx   context.Context //nolint:containedctx // a source is made for one request
	some  int
	asked chan struct{}
}

func (h *held) Read(p []byte) (int, error) {
	if h.some > 0 {
		n := min(len(p), h.some)
		h.some -= n
		return n, nil
	}
	select {
	case h.asked <- struct{}{}:
	default:
	}
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

// canceled runs a call whose content comes to a halt, cancels it there, and checks that
// it returns at once.
func canceled(t *testing.T, call func(context.Context, *held) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	source := &held{ctx: ctx, some: 100 << 10, asked: make(chan struct{}, 1)}
	result := make(chan error, 1)
	go func() { result <- call(ctx, source) }()
	<-source.asked
	start := time.Now()
	cancel()
	err := <-result
	if took := time.Since(start); took > time.Second {
		t.Errorf("cancel took %s", took)
	}
	if transfer.KindOf(err) != transfer.KindCanceled || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if !transfer.AsError(err).Unknown {
		t.Errorf("a request under way when cancelled may have been carried out: %#v", err)
	}
}

func cancelPut(b bench) {
	t := b.t
	key := b.prefix + "cancelled"
	canceled(t, func(ctx context.Context, source *held) error {
		_, err := b.Put(ctx, transfer.PutRequest{Key: key, Size: 1 << 20, Body: source})
		return err
	})
	b.expectNothing(t, key)
}

func clockOffset(b bench) {
	t := b.t
	b.expectNothing(t, b.prefix+"nothing here")
	if offset := b.ClockOffset(); offset.Abs() > 10*time.Minute {
		t.Errorf("OSS's clock is %s off this computer's", offset)
	}
}

func afterClose(b bench) {
	t := b.t
	b.Close()
	b.expectNothing(t, b.prefix+"nothing here")
	b.Close()
}

type brokenSource struct{ err error }

func (s brokenSource) Read([]byte) (int, error) { return 0, s.err }

func sourceError(b bench) {
	t := b.t
	own := &transfer.Error{Kind: transfer.KindSource, Code: transfer.CodeFileChanged, Op: "Read", Path: "/a"}
	_, err := b.Put(t.Context(), transfer.PutRequest{Key: b.prefix + "broken", Size: 10, Body: brokenSource{own}})
	if e := transfer.AsError(err); e != own {
		t.Fatalf("got %#v", err)
	}
	b.expectNothing(t, b.prefix+"broken")
}

func sourceEndsEarly(b bench) {
	t := b.t
	_, err := b.Put(t.Context(), transfer.PutRequest{
		Key: b.prefix + "short", Size: 10, Body: strings.NewReader("123"),
	})
	if transfer.KindOf(err) != transfer.KindSource {
		t.Fatalf("got %v", err)
	}
	b.expectNothing(t, b.prefix+"short")
}
