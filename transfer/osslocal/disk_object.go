package osslocal

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func (d *disk) createBucket(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.buckets[name]; ok {
		return nil
	}
	b := newBucket(name, d.now().UTC())
	if err := d.saveBucket(b); err != nil {
		return err
	}
	d.buckets[name] = b
	return nil
}

// setVersioning sets what a bucket says of versions.
func (d *disk) setVersioning(name, state string) error {
	return d.change(name, func(b *bucket) { b.Versioning = state })
}

// change changes what is kept of a bucket, on the disk too or not at all.
func (d *disk) change(name string, set func(*bucket)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(name)
	if err != nil {
		return err
	}
	next := *b
	set(&next)
	if err := d.saveBucket(&next); err != nil {
		return err
	}
	set(b)
	return nil
}

// settings returns what is kept of a bucket itself.
func (d *disk) settings(name string) (bucket, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(name)
	if err != nil {
		return bucket{}, err
	}
	return bucket{Name: b.Name, Created: b.Created, Lifecycle: b.Lifecycle, Versioning: b.Versioning}, nil
}

func (d *disk) saveBucket(b *bucket) error {
	if err := writeJSON(filepath.Join(d.bucketDir(b.Name), bucketFile), b); err != nil {
		return fmt.Errorf("save bucket %q: %w", b.Name, err)
	}
	return nil
}

// deleteBucket refuses while the bucket holds an object or an unfinished upload.
func (d *disk) deleteBucket(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(name)
	if err != nil {
		return err
	}
	if len(b.objects)+len(b.uploads) > 0 {
		return errBucketNotEmpty()
	}
	if err := os.RemoveAll(d.bucketDir(name)); err != nil {
		return fmt.Errorf("delete bucket %q: %w", name, err)
	}
	delete(d.buckets, name)
	return nil
}

// hasBucket tells whether a bucket exists, as the error its absence is.
func (d *disk) hasBucket(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.bucket(name)
	return err
}

// object returns an object's facts without its bytes.
func (d *disk) object(bucket, key string) (*objectMeta, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.find(bucket, key)
}

// pinObject returns an object whose bytes stay until a reader of it is closed.
func (d *disk) pinObject(bucket, key string) (*objectMeta, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o, err := d.find(bucket, key)
	if err != nil {
		return nil, err
	}
	d.acquire(o.Blobs)
	return o, nil
}

// find returns an object; d.mu is held.
func (d *disk) find(bucket, key string) (*objectMeta, error) {
	b, err := d.bucket(bucket)
	if err != nil {
		return nil, err
	}
	o, ok := b.objects[key]
	if !ok {
		return nil, errNoSuchKey()
	}
	return o, nil
}

// mayWrite tells whether an object may be written under a key, before its bytes arrive.
func (d *disk) mayWrite(bucket, key string, forbidOverwrite bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.checkWrite(bucket, key, forbidOverwrite)
}

// checkWrite is mayWrite with d.mu held.
func (d *disk) checkWrite(bucket, key string, forbidOverwrite bool) error {
	b, err := d.bucket(bucket)
	if err != nil {
		return err
	}
	if _, ok := b.objects[key]; ok && forbidOverwrite && b.Versioning == "" {
		return errFileAlreadyExists()
	}
	return nil
}

// putObject stores an object. Its blobs' references pass to it, whatever comes of it.
func (d *disk) putObject(bucket string, o *objectMeta, forbidOverwrite bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.checkWrite(bucket, o.Key, forbidOverwrite)
	if err == nil {
		err = d.store(d.buckets[bucket], o)
	}
	if err != nil {
		d.release(o.Blobs)
	}
	return err
}

// store makes o the object of its key, in place of an earlier one; d.mu is held.
func (d *disk) store(b *bucket, o *objectMeta) error {
	if err := writeJSON(d.objectPath(b.Name, o.Key), o); err != nil {
		return fmt.Errorf("save object: %w", err)
	}
	if old, ok := b.objects[o.Key]; ok {
		d.release(old.Blobs)
	} else {
		b.sorted = nil
	}
	b.objects[o.Key] = o
	return nil
}

// deleteObject deletes an object, if it is there.
func (d *disk) deleteObject(bucket, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(bucket)
	if err != nil {
		return err
	}
	o, ok := b.objects[key]
	if !ok {
		return nil
	}
	if err := os.Remove(d.objectPath(bucket, key)); err != nil {
		return fmt.Errorf("delete object: %w", err)
	}
	delete(b.objects, key)
	b.sorted = nil
	d.release(o.Blobs)
	return nil
}

func (d *disk) objectsOf(bucket string) ([]Object, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(bucket)
	if err != nil {
		return nil, fmt.Errorf("list objects of %q: %w", bucket, err)
	}
	list := make([]Object, 0, len(b.objects))
	for _, key := range b.keys() {
		o := b.objects[key]
		list = append(list, Object{
			Key: o.Key, Size: o.Size, ETag: o.ETag, CRC64: o.CRC64, Type: o.Type,
			LastModified: o.LastModified, Header: o.Header,
		})
	}
	return list, nil
}

func (d *disk) uploadsOf(bucket string) ([]Upload, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(bucket)
	if err != nil {
		return nil, fmt.Errorf("list uploads of %q: %w", bucket, err)
	}
	list := make([]Upload, 0, len(b.uploads))
	for _, u := range b.sortedUploads() {
		parts := make([]Part, 0, len(u.parts))
		for _, p := range u.sortedParts() {
			parts = append(parts, Part{
				Number: p.Number, Size: p.Blob.Size, ETag: p.ETag, CRC64: p.CRC64,
				LastModified: p.LastModified,
			})
		}
		list = append(list, Upload{Key: u.Key, UploadID: u.ID, Initiated: u.Initiated, Parts: parts})
	}
	return list, nil
}

func (d *disk) initiatedCount(bucket string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b, ok := d.buckets[bucket]; ok {
		return b.Initiated
	}
	return 0
}

// sortedUploads returns the uploads by key and then ID, the order of their listing.
func (b *bucket) sortedUploads() []*upload {
	list := make([]*upload, 0, len(b.uploads))
	for _, u := range b.uploads {
		list = append(list, u)
	}
	slices.SortFunc(list, func(x, y *upload) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.ID, y.ID))
	})
	return list
}

func (u *upload) sortedParts() []*partMeta {
	list := make([]*partMeta, 0, len(u.parts))
	for _, p := range u.parts {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y *partMeta) int { return cmp.Compare(x.Number, y.Number) })
	return list
}
