package osslocal

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// initiate begins a multipart upload and returns its ID.
func (d *disk) initiate(bucket string, u *upload, forbidOverwrite bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.checkWrite(bucket, u.Key, forbidOverwrite); err != nil {
		return err
	}
	b := d.buckets[bucket]
	b.Initiated++
	if err := d.saveBucket(b); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(d.uploadDir(bucket, u.ID), uploadFile), u); err != nil {
		return fmt.Errorf("save upload: %w", err)
	}
	b.uploads[u.ID] = u
	return nil
}

// backdate replaces an upload's record by one with another time.
func (d *disk) backdate(bucket, key, id string, at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := d.findUpload(bucket, key, id)
	if err != nil {
		return err
	}
	older := *u
	older.Initiated = at
	if err := writeJSON(filepath.Join(d.uploadDir(bucket, id), uploadFile), &older); err != nil {
		return fmt.Errorf("save upload: %w", err)
	}
	d.buckets[bucket].uploads[id] = &older
	return nil
}

// findUpload returns an unfinished upload of this key; d.mu is held.
func (d *disk) findUpload(bucket, key, id string) (*upload, error) {
	b, err := d.bucket(bucket)
	if err != nil {
		return nil, err
	}
	u, ok := b.uploads[id]
	if !ok || u.Key != key {
		return nil, errNoSuchUpload()
	}
	return u, nil
}

// mayWritePart tells whether a part would be taken, before its bytes arrive.
func (d *disk) mayWritePart(t Target) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.checkPart(t)
	return err
}

// checkPart is mayWritePart with d.mu held.
func (d *disk) checkPart(t Target) (*upload, error) {
	u, err := d.findUpload(t.Bucket, t.Key, t.UploadID)
	if err != nil {
		return nil, err
	}
	if _, ok := u.parts[t.Part]; ok && u.Sequential {
		return nil, errPartAlreadyExist()
	}
	return u, nil
}

// putPart stores a part, in place of an earlier one of its number. The blob's reference
// passes to it, whatever comes of it.
func (d *disk) putPart(t Target, p *partMeta) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := d.checkPart(t)
	if err == nil {
		err = writeJSON(d.partPath(t.Bucket, u.ID, p.Number), p)
	}
	if err != nil {
		d.release([]blobRef{p.Blob})
		return err
	}
	if old, ok := u.parts[p.Number]; ok {
		d.release([]blobRef{old.Blob})
	}
	u.parts[p.Number] = p
	return nil
}

// parts returns the parts of an upload in order of their numbers.
func (d *disk) parts(t Target) (*upload, []*partMeta, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := d.findUpload(t.Bucket, t.Key, t.UploadID)
	if err != nil {
		return nil, nil, err
	}
	return u, u.sortedParts(), nil
}

// abort drops an upload with its parts.
func (d *disk) abort(t Target) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := d.findUpload(t.Bucket, t.Key, t.UploadID)
	if err != nil {
		return err
	}
	if err := d.forget(t.Bucket, u); err != nil {
		return err
	}
	for _, p := range u.parts {
		d.release([]blobRef{p.Blob})
	}
	return nil
}

// forget removes an upload's record; d.mu is held. The upload's own file goes first, so
// that a half-done removal is finished at the next start.
func (d *disk) forget(bucket string, u *upload) error {
	dir := d.uploadDir(bucket, u.ID)
	if err := os.Remove(filepath.Join(dir, uploadFile)); err != nil {
		return fmt.Errorf("remove upload: %w", err)
	}
	delete(d.buckets[bucket].uploads, u.ID)
	_ = os.RemoveAll(dir) // a leftover is cleared at the next start
	return nil
}

// completion is what CompleteMultipartUpload was asked for.
type completion struct {
	target          Target
	all             bool      // take every part there is
	parts           []partXML // else these
	acl             string    // of the object
	forbidOverwrite bool
}

// complete joins an upload's parts into its object, and drops the parts not named.
func (d *disk) complete(c completion) (*objectMeta, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := d.findUpload(c.target.Bucket, c.target.Key, c.target.UploadID)
	if err != nil {
		return nil, err
	}
	parts := u.sortedParts()
	if !c.all {
		parts, err = u.choose(c.parts)
	}
	if err != nil {
		return nil, err
	}
	if err := checkSizes(parts); err != nil {
		return nil, err
	}
	if err := d.checkWrite(c.target.Bucket, u.Key, c.forbidOverwrite); err != nil {
		return nil, err
	}
	o := d.join(u, parts)
	o.Header = withACL(o.Header, c.acl)
	d.acquire(o.Blobs)
	if err := d.store(d.buckets[c.target.Bucket], o); err != nil {
		d.release(o.Blobs)
		return nil, err
	}
	for _, p := range u.parts {
		d.release([]blobRef{p.Blob})
	}
	return o, d.forget(c.target.Bucket, u)
}

// choose returns the parts that a Complete lists, if they are there as listed.
func (u *upload) choose(listed []partXML) ([]*partMeta, error) {
	if len(listed) == 0 {
		return nil, errMalformedXML()
	}
	parts := make([]*partMeta, 0, len(listed))
	last := 0
	for _, l := range listed {
		number, err := strconv.Atoi(strings.TrimSpace(l.PartNumber))
		if err != nil || number < 1 || number > maxParts {
			return nil, errPartNumber()
		}
		if number <= last {
			return nil, errInvalidPartOrder()
		}
		last = number
		p, ok := u.parts[number]
		if !ok || !strings.EqualFold(p.ETag, unquote(l.ETag)) {
			return nil, errInvalidPart()
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func unquote(etag string) string { return strings.Trim(strings.TrimSpace(etag), `"`) }

// checkSizes applies the least size of a part, which OSS checks only here.
func checkSizes(parts []*partMeta) error {
	if len(parts) == 0 {
		return errMalformedXML()
	}
	for _, p := range parts[:len(parts)-1] {
		if p.Blob.Size < minPartSize {
			return errEntityTooSmall()
		}
	}
	return nil
}

// join makes the object of these parts. Its ETag is no MD5 of the content: it is made of
// those of the parts, with their number, and clients must not look into it.
func (d *disk) join(u *upload, parts []*partMeta) *objectMeta {
	o := &objectMeta{
		Key: u.Key, Type: "Multipart", LastModified: d.stamp(),
		Header: u.Header, UploadID: u.ID,
	}
	sum := md5.New()
	for _, p := range parts {
		o.Size += p.Blob.Size
		o.CRC64 = combineCRC64(o.CRC64, p.CRC64, p.Blob.Size)
		o.Blobs = append(o.Blobs, p.Blob)
		sum.Write([]byte(p.ETag))
	}
	o.ETag = fmt.Sprintf("%s-%d", strings.ToUpper(hex.EncodeToString(sum.Sum(nil))), len(parts))
	return o
}
