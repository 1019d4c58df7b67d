package osslocal

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A blob is an immutable file of bytes that arrived in one request. An object is a list
// of them, so that completing an upload copies nothing. A blob is deleted when nothing
// refers to it any longer: no object, no part, no reader.

type blobRef struct {
	ID   string `json:"id"`
	Size int64  `json:"size"`
}

// randomID returns n random bytes in upper-case hex.
func randomID(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return strings.ToUpper(hex.EncodeToString(b))
}

func (d *disk) blobPath(id string) string {
	return filepath.Join(d.dir, "blobs", id[:2], id)
}

// blobWriter stores bytes as they arrive and digests them.
type blobWriter struct {
	d    *disk
	file *os.File
	id   string
	size int64
	md5  hash.Hash
	crc  hash.Hash64
}

func (d *disk) newBlob() (*blobWriter, error) {
	id := randomID(16)
	path := d.blobPath(id)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make blob folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create blob: %w", err)
	}
	return &blobWriter{
		d: d, file: f, id: id,
		md5: md5.New(),
		crc: crc64.New(crcTable),
	}, nil
}

// Write refuses with QuotaExceeded what would go beyond the limit.
func (b *blobWriter) Write(p []byte) (int, error) {
	n := int64(len(p))
	if used := b.d.used.Add(n); b.d.limit > 0 && used > b.d.limit {
		b.d.used.Add(-n)
		return 0, errQuotaExceeded()
	}
	b.size += n
	if _, err := b.file.Write(p); err != nil {
		return 0, fmt.Errorf("write blob: %w", err)
	}
	b.md5.Write(p)
	b.crc.Write(p)
	return len(p), nil
}

// close ends the writing. The blob has one reference, the caller's.
func (b *blobWriter) close() (blobRef, error) {
	if err := b.file.Close(); err != nil {
		b.remove()
		return blobRef{}, fmt.Errorf("close blob: %w", err)
	}
	b.d.mu.Lock()
	b.d.refs[b.id] = 1
	b.d.mu.Unlock()
	return blobRef{ID: b.id, Size: b.size}, nil
}

// discard drops what was written so far.
func (b *blobWriter) discard() {
	_ = b.file.Close() // it is deleted anyway
	b.remove()
}

func (b *blobWriter) remove() {
	_ = os.Remove(b.file.Name()) // a leftover is swept at the next start
	b.d.used.Add(-b.size)
}

func (b *blobWriter) etag() string { return strings.ToUpper(hex.EncodeToString(b.md5.Sum(nil))) }

// acquire adds a reference to each blob; d.mu is held.
func (d *disk) acquire(blobs []blobRef) {
	for _, b := range blobs {
		d.refs[b.ID]++
	}
}

// release drops a reference to each blob, and the blob with its last; d.mu is held.
func (d *disk) release(blobs []blobRef) {
	for _, b := range blobs {
		if d.refs[b.ID]--; d.refs[b.ID] > 0 {
			continue
		}
		delete(d.refs, b.ID)
		d.used.Add(-b.Size)
		_ = os.Remove(d.blobPath(b.ID)) // a leftover is swept at the next start
	}
}

func (d *disk) releaseLocked(blobs ...blobRef) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.release(blobs)
}

// sweep deletes the blobs that nothing refers to: what was arriving when the last server
// on this folder ended.
func (d *disk) sweep() error {
	root, err := os.OpenRoot(filepath.Join(d.dir, "blobs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep blobs: %w", err)
	}
	defer func() { _ = root.Close() }() // only read from
	err = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || d.refs[e.Name()] > 0 {
			return err
		}
		return root.Remove(path)
	})
	if err != nil {
		return fmt.Errorf("sweep blobs: %w", err)
	}
	return nil
}

// objectReader reads a range of an object blob by blob. It holds references to all of
// them until it is closed.
type objectReader struct {
	d     *disk
	blobs []blobRef
	next  int      // index of the blob to open next
	file  *os.File // nil between blobs
	skip  int64    // bytes before the range that are still ahead
	left  int64    // bytes of the range that are still ahead
	once  bool     // closed
}

// reader reads length bytes of a pinned object from offset on.
func (d *disk) reader(o *objectMeta, offset, length int64) *objectReader {
	return &objectReader{d: d, blobs: o.Blobs, skip: offset, left: length}
}

func (r *objectReader) Read(p []byte) (int, error) {
	for r.left > 0 {
		if r.file == nil {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
		n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
		r.left -= int64(n)
		if n > 0 {
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			return 0, err
		}
		_ = r.file.Close() // only read from
		r.file = nil
	}
	return 0, io.EOF
}

// open goes to the next blob that holds bytes of the range.
func (r *objectReader) open() error {
	for r.next < len(r.blobs) && r.blobs[r.next].Size <= r.skip {
		r.skip -= r.blobs[r.next].Size
		r.next++
	}
	if r.next == len(r.blobs) {
		return io.ErrUnexpectedEOF
	}
	f, err := os.Open(r.d.blobPath(r.blobs[r.next].ID))
	if err != nil {
		return fmt.Errorf("open blob: %w", err)
	}
	if _, err := f.Seek(r.skip, io.SeekStart); err != nil {
		_ = f.Close() // the seek's error is the one to tell
		return fmt.Errorf("seek blob: %w", err)
	}
	r.file, r.skip = f, 0
	r.next++
	return nil
}

// Close lets go of the object's bytes.
func (r *objectReader) Close() error {
	if r.once {
		return nil
	}
	r.once = true
	r.d.releaseLocked(r.blobs...)
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
