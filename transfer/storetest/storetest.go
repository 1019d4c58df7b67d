// Package storetest is the conformance suite for any [transfer.Store]: what the engine
// takes for granted about OSS, as tests. It says the same of the endpoint built in and
// of the real service, or one of them is wrong.
//
// It needs leave to put, head and list objects and multipart uploads below one prefix.
// It leaves a few small objects there, since a Store cannot delete, and no unfinished
// upload.
package storetest

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"hash/crc64"
	"slices"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

// Open returns a store on an existing bucket without versioning, and a prefix that
// belongs to this test alone: empty, or ending in "/". It closes the store by t.Cleanup.
type Open func(t *testing.T) (store transfer.Store, prefix string)

// Run runs the suite, one subtest for each thing that is promised.
func Run(t *testing.T, open func(t *testing.T) (store transfer.Store, prefix string)) {
	t.Helper()
	groups := []map[string]func(bench){
		objectTests, multipartTests, refusalTests, listTests,
	}
	for _, group := range groups {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				s, prefix := open(t)
				test(bench{s, prefix, t})
			})
		}
	}
}

// bench is one test's store and its place in it.
type bench struct {
	transfer.Store
	prefix string
	t      *testing.T
}

var table = crc64.MakeTable(crc64.ECMA)

// digestOf computes by the standard library what OSS must say of content.
func digestOf(content []byte) transfer.Digest {
	sum := md5.Sum(content)
	return transfer.Digest{
		CRC64: crc64.Checksum(content, table), HasCRC: true, MD5: strings.ToUpper(hex.EncodeToString(sum[:])),
	}
}

// fill returns size bytes that differ from part to part.
func fill(size int, seed byte) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i>>8) ^ byte(i)*31 ^ seed
	}
	return content
}

func (b bench) initiate(t *testing.T, key string) string {
	t.Helper()
	id, err := b.Initiate(t.Context(), key, transfer.Options{ContentType: "application/x-partway"}, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.drop(t, key, id) })
	return id
}

// drop aborts an upload that a test left open. t.Context has ended by now.
func (b bench) drop(t *testing.T, key, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if err := b.Abort(ctx, key, id); err != nil && !transfer.IsGone(err, transfer.CodeNoSuchUpload) {
		t.Errorf("clean up: %v", err)
	}
}

// upload sends a part and checks what is said of it.
func (b bench) upload(t *testing.T, key, id string, number int, content []byte) transfer.PartRef {
	t.Helper()
	a, err := b.UploadPart(t.Context(), transfer.PartRequest{
		Key: key, UploadID: id, Number: number, Size: int64(len(content)), Body: bytes.NewReader(content), WantMD5: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := digestOf(content)
	if a.Sent != want || a.Stored != want || a.ETag != want.MD5 || a.RequestID == "" {
		t.Fatalf("part %d: got %+v, want digest %+v", number, a, want)
	}
	return transfer.PartRef{Number: number, ETag: a.ETag}
}

func (b bench) put(t *testing.T, key string, content []byte) transfer.ObjectAnswer {
	t.Helper()
	a, err := b.Put(t.Context(), transfer.PutRequest{
		Key: key, Size: int64(len(content)), Body: bytes.NewReader(content), WantMD5: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (b bench) expectObject(t *testing.T, key string, content []byte) transfer.ObjectState {
	t.Helper()
	state, err := b.Head(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if !state.Exists || state.Size != int64(len(content)) || !state.HasCRC ||
		state.CRC64 != crc64.Checksum(content, table) || state.ETag == "" || state.LastModified.IsZero() {
		t.Fatalf("got %+v of %q, want %d bytes with CRC64 %d", state, key, len(content), crc64.Checksum(content, table))
	}
	return state
}

func (b bench) expectNothing(t *testing.T, key string) {
	t.Helper()
	if state, err := b.Head(t.Context(), key); err != nil || state.Exists {
		t.Fatalf("got %+v, %v of %q, want nothing there", state, err, key)
	}
}

// expectError checks an error's kind and code, and what every error promises.
func expectError(t *testing.T, err error, op string, kind transfer.Kind, code string) {
	t.Helper()
	e, ok := err.(*transfer.Error) //nolint:errorlint // the Store's promise is this very type
	if !ok {
		t.Fatalf("got %T %v, want *transfer.Error", err, err)
	}
	if e.Kind != kind || e.Code != code || e.Op != op || e.Bucket == "" || e.Key == "" || e.Unknown {
		t.Fatalf("got %#v, want %s of kind %s with code %s", e, op, kind, code)
	}
	if e.RequestID == "" {
		t.Fatalf("got no request ID in %#v", e)
	}
}

func (b bench) openIDs(t *testing.T, prefix string) []string {
	t.Helper()
	uploads, err := b.ListUploads(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, u := range uploads {
		ids = append(ids, u.UploadID)
	}
	slices.Sort(ids)
	return ids
}
