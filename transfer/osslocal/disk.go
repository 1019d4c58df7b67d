package osslocal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	bucketFile = "bucket.json"
	uploadFile = "upload.json"
	tempSuffix = ".new" // of a file that is being written
)

// disk is the state of the service. All of it is in memory, and each change is on disk
// before it is answered:
//
//	buckets/NAME/bucket.json
//	buckets/NAME/objects/xx/SHA256-OF-KEY.json
//	buckets/NAME/uploads/UPLOAD-ID/upload.json
//	buckets/NAME/uploads/UPLOAD-ID/NUMBER.json
//	blobs/xx/ID
type disk struct {
	dir   string
	limit int64
	now   func() time.Time
	used  atomic.Int64 // bytes of all blobs
	seq   atomic.Int64 // requests so far

	mu      sync.Mutex
	buckets map[string]*bucket
	refs    map[string]int // references to each blob, by its ID
}

type bucket struct {
	Name      string    `json:"name"`
	Created   time.Time `json:"created"`
	Initiated int       `json:"initiated"`           // multipart uploads ever begun
	Lifecycle string    `json:"lifecycle,omitempty"` // its rules, as XML
	// Versioning is "Enabled" or "Suspended" once it was ever switched on. Versions are not kept;
	// but then nothing forbids to write over an object, as on OSS.
	Versioning string `json:"versioning,omitempty"`

	objects map[string]*objectMeta
	sorted  []string // the keys of objects in order; nil when that must be found anew
	uploads map[string]*upload
}

// objectMeta is never changed once it is stored.
type objectMeta struct {
	Key          string            `json:"key"`
	Size         int64             `json:"size"`
	ETag         string            `json:"etag"`
	CRC64        uint64            `json:"crc64"`
	Type         string            `json:"type"`
	LastModified time.Time         `json:"last_modified"`
	Header       map[string]string `json:"header"`
	Blobs        []blobRef         `json:"blobs"`
	UploadID     string            `json:"upload_id,omitempty"` // the upload it was completed from
}

type upload struct {
	Key        string            `json:"key"`
	ID         string            `json:"id"`
	Initiated  time.Time         `json:"initiated"`
	Header     map[string]string `json:"header"`
	Sequential bool              `json:"sequential,omitempty"`

	parts map[int]*partMeta
}

type partMeta struct {
	Number       int       `json:"number"`
	ETag         string    `json:"etag"`
	CRC64        uint64    `json:"crc64"`
	LastModified time.Time `json:"last_modified"`
	Blob         blobRef   `json:"blob"`
}

func openDisk(dir string, limit int64, now func() time.Time) (*disk, error) {
	if err := os.MkdirAll(filepath.Join(dir, "buckets"), 0o700); err != nil {
		return nil, fmt.Errorf("make endpoint folder: %w", err)
	}
	d := &disk{
		dir: dir, limit: limit, now: now,
		buckets: make(map[string]*bucket), refs: make(map[string]int),
	}
	if err := d.load(); err != nil {
		return nil, err
	}
	return d, d.sweep()
}

func (d *disk) load() error {
	entries, err := os.ReadDir(filepath.Join(d.dir, "buckets"))
	if err != nil {
		return fmt.Errorf("read endpoint folder: %w", err)
	}
	for _, e := range entries {
		b := newBucket(e.Name(), time.Time{})
		err := readJSON(filepath.Join(d.bucketDir(e.Name()), bucketFile), b)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was being made, or deleted
		}
		if err == nil {
			err = errors.Join(d.loadObjects(b), d.loadUploads(b))
		}
		if err != nil {
			return fmt.Errorf("read bucket %q: %w", e.Name(), err)
		}
		d.buckets[b.Name] = b
	}
	return nil
}

func (d *disk) loadObjects(b *bucket) error {
	shards, err := entries(filepath.Join(d.bucketDir(b.Name), "objects"))
	if err != nil {
		return err
	}
	for _, shard := range shards {
		paths, err := entries(shard)
		if err != nil {
			return err
		}
		for _, path := range paths {
			o := &objectMeta{}
			if err := readJSON(path, o); err != nil {
				return err
			}
			b.objects[o.Key] = o
			d.adopt(o.Blobs)
		}
	}
	return nil
}

func (d *disk) loadUploads(b *bucket) error {
	dirs, err := entries(filepath.Join(d.bucketDir(b.Name), "uploads"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		u := &upload{parts: make(map[int]*partMeta)}
		err := readJSON(filepath.Join(dir, uploadFile), u)
		o := b.objects[u.Key]
		completed := err == nil && o != nil && o.UploadID == u.ID
		if completed || errors.Is(err, fs.ErrNotExist) {
			// The last server ended between completing and clearing away, or before
			// it had answered the upload's beginning.
			err = os.RemoveAll(dir)
		} else if err == nil {
			b.uploads[u.ID] = u
			err = d.loadParts(dir, u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *disk) loadParts(dir string, u *upload) error {
	paths, err := entries(dir)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if filepath.Base(path) == uploadFile {
			continue
		}
		p := &partMeta{}
		if err := readJSON(path, p); err != nil {
			return err
		}
		u.parts[p.Number] = p
		d.adopt([]blobRef{p.Blob})
	}
	return nil
}

// adopt counts the references read at start, and the bytes of blobs seen first.
func (d *disk) adopt(blobs []blobRef) {
	for _, b := range blobs {
		if d.refs[b.ID] == 0 {
			d.used.Add(b.Size)
		}
		d.refs[b.ID]++
	}
}

func newBucket(name string, created time.Time) *bucket {
	return &bucket{
		Name: name, Created: created,
		objects: make(map[string]*objectMeta), uploads: make(map[string]*upload),
	}
}

func (d *disk) bucketDir(name string) string { return filepath.Join(d.dir, "buckets", name) }

// objectPath names an object's file by a hash, as a key may be longer than a file name
// and hold anything.
func (d *disk) objectPath(bucket, key string) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(d.bucketDir(bucket), "objects", name[:2], name+".json")
}

func (d *disk) uploadDir(bucket, id string) string {
	return filepath.Join(d.bucketDir(bucket), "uploads", id)
}

func (d *disk) partPath(bucket, id string, number int) string {
	return filepath.Join(d.uploadDir(bucket, id), strconv.Itoa(number)+".json")
}

// bucket returns the bucket of this name; d.mu is held.
func (d *disk) bucket(name string) (*bucket, error) {
	b, ok := d.buckets[name]
	if !ok {
		return nil, errNoSuchBucket()
	}
	return b, nil
}

// keys returns the bucket's keys in order; d.mu is held, and the result is not changed.
func (b *bucket) keys() []string {
	if b.sorted == nil {
		b.sorted = slices.Sorted(maps.Keys(b.objects))
	}
	return b.sorted
}

// readJSON reads a file that writeJSON wrote.
func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("parse %q: %w", path, err)
	}
	return nil
}

// writeJSON replaces a file in one step, so that a reader sees the old or the new. It does
// not wait for the disk: what is promised is to survive the end of the process.
func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %q: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := path + tempSuffix
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return os.Rename(temp, path)
}

// entries returns the paths in a folder, none if there is no such folder. What writeJSON
// had not finished is left out.
func entries(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var paths []string
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), tempSuffix) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}
