package aliyun

import (
	"crypto/md5" // OSS's ETag of a part is its MD5; CRC64 decides
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"time"

	"partway/transfer"
	"partway/transfer/fastcrc"
)

var errBodyClosed = errors.New("request is over")

// body reads a request's content once, and computes its digests as the bytes pass. It
// is neither an io.Seeker nor an io.Closer nor an io.WriterTo, so that neither the SDK
// nor net/http does with the content what it was not given for.
//
// net/http may answer while one Read is still under way in its own goroutine, so the
// digests have a lock; the source itself is read outside of it.
type body struct {
	source io.Reader
	size   int64

	mu     sync.Mutex
	closed bool
	read   int64
	crc    hash.Hash64
	md5    hash.Hash     // nil when not asked for
	took   time.Duration // that the md5 took
	err    error         // what the source failed with
}

func newBody(source io.Reader, size int64, wantMD5 bool) *body {
	b := &body{source: source, size: size, crc: fastcrc.New()}
	if wantMD5 {
		b.md5 = md5.New()
	}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	left, err := b.left()
	if err != nil {
		return 0, err
	}
	n, err := b.source.Read(p[:min(int64(len(p)), left)])
	return b.add(p[:n], err)
}

// left returns how many bytes may still be asked of the source, at least 1.
func (b *body) left() (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return 0, errBodyClosed
	case b.err != nil:
		return 0, b.err
	case b.read == b.size:
		return 0, io.EOF
	}
	return b.size - b.read, nil
}

// add digests what was read. A source that ends early is an error of the source: the
// file was cut short while it was being sent.
func (b *body) add(p []byte, err error) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, errBodyClosed
	}
	b.crc.Write(p)
	if b.md5 != nil {
		begun := time.Now()
		b.md5.Write(p)
		b.took += time.Since(begun)
	}
	b.read += int64(len(p))
	if err == nil || errors.Is(err, io.EOF) && b.read == b.size {
		return len(p), err
	}
	b.err = sourceError(err, b.read, b.size)
	return len(p), b.err
}

func sourceError(err error, read, size int64) error {
	var te *transfer.Error
	switch {
	case errors.As(err, &te):
		return te
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &transfer.Error{
			Kind: transfer.KindSource, Op: "Read", Code: transfer.CodeFileChanged,
			Err: fmt.Errorf("content ended after %d of %d bytes", read, size),
		}
	}
	if te := transfer.AsError(err); te.Kind == transfer.KindCanceled {
		return te
	}
	return &transfer.Error{
		Kind: transfer.KindSource, Op: "Read", Code: transfer.CodeFileUnreadable, Err: err,
	}
}

// count returns how many bytes were read.
func (b *body) count() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// hashing is how long computing the MD5 took.
func (b *body) hashing() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.took
}

// close ends reading: no Read of the source begins any more.
func (b *body) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
}

// failure is the error that the source gave, or nil.
func (b *body) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// digest returns what was read, and whether that was all of it.
func (b *body) digest() (transfer.Digest, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := transfer.Digest{CRC64: b.crc.Sum64(), HasCRC: true}
	if b.md5 != nil {
		d.MD5 = strings.ToUpper(hex.EncodeToString(b.md5.Sum(nil)))
	}
	return d, b.read == b.size
}
