package osslocal

import (
	"encoding/base64"
	"net/http"
	"sort"
	"strings"
)

const (
	maxPage        = 1000 // parts, uploads or objects in one answer
	defaultObjects = 100  // objects in one answer if max-keys does not say
)

// listing is a page of keys below a prefix. With a delimiter, keys that have it after the
// prefix are rolled up into the common prefix that ends with it.
type listing struct {
	prefix, delimiter, after string
	most                     int
}

// entry is a key or, when rolled is set, a common prefix.
type entry struct {
	name   string
	rolled bool
}

// page walks the sorted keys and returns one page, and whether there is more. A common
// prefix is also passed when the marker is a key below it, as it sorts before that.
func (l listing) page(keys []string) (page []entry, more bool) {
	i := sort.SearchStrings(keys, l.prefix)
	for ; i < len(keys) && strings.HasPrefix(keys[i], l.prefix); i++ {
		e := l.entry(keys[i])
		if e.name <= l.after || (len(page) > 0 && page[len(page)-1] == e) {
			continue
		}
		if len(page) == l.most {
			return page, true
		}
		page = append(page, e)
	}
	return page, false
}

func (l listing) entry(key string) entry {
	if l.delimiter != "" {
		rest := key[len(l.prefix):]
		if i := strings.Index(rest, l.delimiter); i >= 0 {
			return entry{key[:len(l.prefix)+i+len(l.delimiter)], true}
		}
	}
	return entry{key, false}
}

// objectPage is one page of a bucket's objects, ready for either form of the answer.
type objectPage struct {
	contents []contentXML
	prefixes []prefixXML
	more     bool
	last     string // the last name, not encoded
}

func (d *disk) page(bucket string, l listing, encode func(string) string) (objectPage, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(bucket)
	if err != nil {
		return objectPage{}, err
	}
	var p objectPage
	names, more := l.page(b.keys())
	p.more = more
	for _, e := range names {
		p.last = e.name
		if e.rolled {
			p.prefixes = append(p.prefixes, prefixXML{encode(e.name)})
			continue
		}
		o := b.objects[e.name]
		p.contents = append(p.contents, contentXML{
			Key: encode(o.Key), LastModified: formatTime(o.LastModified), ETag: quote(o.ETag),
			Type: o.Type, Size: o.Size, StorageClass: storageClass(o.Header),
		})
	}
	return p, nil
}

func (s *Server) listObjects(w http.ResponseWriter, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	most, err := limitOf(t.query, "max-keys", defaultObjects, maxPage)
	if err != nil {
		return err
	}
	q := t.query
	l := listing{prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), after: q.Get("marker"), most: most}
	p, err := s.disk.page(t.Bucket, l, encode)
	if err != nil {
		return err
	}
	answer := listObjectsXML{
		Name: t.Bucket, Prefix: encode(l.prefix), Marker: encode(l.after), MaxKeys: most,
		Delimiter: encode(l.delimiter), EncodingType: encoding, IsTruncated: p.more,
		Contents: p.contents, CommonPrefixes: p.prefixes,
	}
	for i := range answer.Contents {
		answer.Contents[i].Owner = &theOwner
	}
	if p.more {
		answer.NextMarker = encode(p.last)
	}
	writeXML(w, answer)
	return nil
}

func (s *Server) listObjectsV2(w http.ResponseWriter, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	most, err := limitOf(t.query, "max-keys", defaultObjects, maxPage)
	if err != nil {
		return err
	}
	q := t.query
	after, err := startOf(q.Get("start-after"), q.Get("continuation-token"))
	if err != nil {
		return err
	}
	l := listing{prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), after: after, most: most}
	p, err := s.disk.page(t.Bucket, l, encode)
	if err != nil {
		return err
	}
	answer := listObjectsV2XML{
		Name: t.Bucket, Prefix: encode(l.prefix), StartAfter: encode(q.Get("start-after")),
		MaxKeys: most, Delimiter: encode(l.delimiter), EncodingType: encoding,
		IsTruncated: p.more, ContinuationToken: q.Get("continuation-token"),
		KeyCount: len(p.contents) + len(p.prefixes),
		Contents: p.contents, CommonPrefixes: p.prefixes,
	}
	if p.more {
		answer.NextContinuationToken = base64.StdEncoding.EncodeToString([]byte(p.last))
	}
	if q.Get("fetch-owner") == "true" {
		for i := range answer.Contents {
			answer.Contents[i].Owner = &theOwner
		}
	}
	writeXML(w, answer)
	return nil
}

// startOf returns the name after which a page begins. A token, if any, wins.
func startOf(startAfter, token string) (string, error) {
	if token == "" {
		return startAfter, nil
	}
	name, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", errInvalidArgument("The specified continuation token is invalid.", "")
	}
	return string(name), nil
}

func (s *Server) listUploads(w http.ResponseWriter, t Target) error {
	encoding, encode, err := encodingOf(t)
	if err != nil {
		return err
	}
	most, err := limitOf(t.query, "max-uploads", maxPage, maxPage)
	if err != nil {
		return err
	}
	q := t.query
	answer := listUploadsXML{
		EncodingType: encoding, Bucket: t.Bucket, KeyMarker: encode(q.Get("key-marker")),
		UploadIDMarker: q.Get("upload-id-marker"), Delimiter: encode(q.Get("delimiter")),
		Prefix: encode(q.Get("prefix")), MaxUploads: most,
	}
	l := uploadListing{
		listing: listing{prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), after: q.Get("key-marker"), most: most},
		afterID: q.Get("upload-id-marker"),
	}
	if err := s.disk.uploadPage(t.Bucket, l, encode, &answer); err != nil {
		return err
	}
	writeXML(w, answer)
	return nil
}

// uploadListing is a page of uploads. Without an upload ID as marker, all uploads of the
// marker's key are behind it; with one, those with greater IDs are still to come.
type uploadListing struct {
	listing
	afterID string
}

func (l uploadListing) passed(u *upload, e entry) bool {
	if u.Key == l.after && l.afterID != "" {
		return u.ID <= l.afterID
	}
	return e.name <= l.after
}

func (d *disk) uploadPage(bucket string, l uploadListing, encode func(string) string, out *listUploadsXML) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.bucket(bucket)
	if err != nil {
		return err
	}
	var last entry
	for _, u := range b.sortedUploads() {
		if !strings.HasPrefix(u.Key, l.prefix) {
			continue
		}
		e := l.entry(u.Key)
		if l.passed(u, e) || (e.rolled && e == last) {
			continue
		}
		if len(out.Upload)+len(out.CommonPrefixes) == l.most {
			out.IsTruncated = true
			return nil
		}
		last = e
		out.NextKeyMarker, out.NextUploadIDMarker = encode(e.name), ""
		if e.rolled {
			out.CommonPrefixes = append(out.CommonPrefixes, prefixXML{encode(e.name)})
			continue
		}
		out.NextUploadIDMarker = u.ID
		out.Upload = append(out.Upload, uploadXML{
			Key: encode(u.Key), UploadID: u.ID, StorageClass: storageClass(u.Header),
			Initiated: formatTime(u.Initiated),
		})
	}
	return nil
}
