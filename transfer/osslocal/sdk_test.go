package osslocal_test

import (
	"bytes"
	"crypto/rand"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss" //nolint:depguard // here it is the peer that signs, in an external test

	"partway/transfer/osslocal"
)

// The Go SDK signs by code of its own; that its requests are let in, with either version
// of the signature and either way of addressing, says that ours agrees with it.
func TestSDK(t *testing.T) {
	s := start(t, osslocal.Config{})
	if err := s.CreateBucket("first"); err != nil {
		t.Fatal(err)
	}
	for _, version := range []oss.AuthVersionType{oss.AuthV1, oss.AuthV4} {
		t.Run(string(version), func(t *testing.T) {
			c, err := oss.New(s.URL(), "ak", "sk", oss.AuthVersion(version), oss.Region("cn-hangzhou"),
				oss.HTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))
			if err != nil {
				t.Fatal(err)
			}
			b, err := c.Bucket("first")
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"plain.bin", "64m+1 & 100% 照片?.bin", "a//b/./../c", "ends/"} {
				roundTrip(t, b, key)
			}
			presigned(t, b)
		})
	}
}

func roundTrip(t *testing.T, b *oss.Bucket, key string) {
	t.Helper()
	data := make([]byte, 250<<10)
	_, _ = rand.Read(data)
	if err := b.PutObject(key, bytes.NewReader(data[:1000]), oss.Meta("color", "blue")); err != nil {
		t.Fatal(err)
	}
	imur, err := b.InitiateMultipartUpload(key, oss.ContentType("text/x-test"), oss.Meta("shape", "round"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []oss.UploadPart
	for i := range 3 {
		chunk := data[i*100<<10 : min((i+1)*100<<10, len(data))]
		p, err := b.UploadPart(imur, bytes.NewReader(chunk), int64(len(chunk)), i+1)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	listed, err := b.ListUploadedParts(imur, oss.MaxParts(2))
	if err != nil || len(listed.UploadedParts) != 2 || !listed.IsTruncated || listed.Key != key {
		t.Fatalf("ListUploadedParts = %+v, %v", listed, err)
	}
	open, err := b.ListMultipartUploads(oss.Prefix(key))
	if err != nil || len(open.Uploads) != 1 || open.Uploads[0].Key != key {
		t.Fatalf("ListMultipartUploads = %+v, %v", open, err)
	}
	done, err := b.CompleteMultipartUpload(imur, parts)
	if err != nil || done.Key != key {
		t.Fatalf("CompleteMultipartUpload = %+v, %v", done, err)
	}
	h, err := b.GetObjectDetailedMeta(key)
	if err != nil {
		t.Fatal(err)
	}
	want := strconv.FormatUint(crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), 10)
	if got := h.Get("x-oss-hash-crc64ecma"); got != want {
		t.Errorf("object's CRC64 = %s, want %s", got, want)
	}
	if h.Get("x-oss-meta-shape") != "round" || h.Get("Content-Type") != "text/x-test" {
		t.Errorf("metadata = %v", h)
	}
	r, err := b.GetObject(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("read back %d bytes (%v), want the %d sent", len(got), err, len(data))
	}
	_ = r.Close()
	imur, err = b.InitiateMultipartUpload(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.AbortMultipartUpload(imur); err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteObject(key); err != nil {
		t.Fatal(err)
	}
}

func presigned(t *testing.T, b *oss.Bucket) {
	t.Helper()
	put, err := b.SignURL("by url + é", oss.HTTPPut, 60, oss.ContentType("text/plain"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.PutObjectWithURL(put, bytes.NewReader([]byte("hello")), oss.ContentType("text/plain")); err != nil {
		t.Fatal(err)
	}
	get, err := b.SignURL("by url + é", oss.HTTPGet, 60)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.GetObjectWithURL(get)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if got, err := io.ReadAll(r); err != nil || string(got) != "hello" {
		t.Errorf("read %q, %v", got, err)
	}
}

func start(t *testing.T, c osslocal.Config) *osslocal.Server {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	if c.Keys == nil {
		c.Keys = map[string]string{"ak": "sk"}
	}
	s, err := osslocal.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
