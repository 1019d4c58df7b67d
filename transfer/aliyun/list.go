package aliyun

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"partway/transfer"
)

const (
	pageSize  = "1000" // the most that OSS returns in one page
	delimiter = "/"
)

// ListParts returns the page of parts with numbers above marker. The SDK's own call
// drops the CRC64 of each part, which OSS does send.
func (s *store) ListParts(ctx context.Context, key, uploadID string, marker int) (transfer.PartPage, error) {
	r := &request{
		op: opListParts, method: http.MethodGet, key: key, limit: maxListBody,
		params: map[string]any{
			"uploadId": uploadID, "max-parts": pageSize, "encoding-type": "url",
			"part-number-marker": strconv.Itoa(marker),
		},
	}
	if err := s.checkUpload(r, uploadID); err != nil {
		return transfer.PartPage{}, err
	}
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.PartPage{}, err
	}
	page, err := readParts(rep.body, uploadID, marker)
	if err != nil {
		return transfer.PartPage{}, s.doubt(r, rep, err.Error())
	}
	return page, nil
}

// readParts reads a page of parts, and takes nothing that OSS would not say: a part out of
// its bounds would be kept, or lead the engine past the file's end.
func readParts(body []byte, uploadID string, marker int) (transfer.PartPage, error) {
	var list partList
	if xml.Unmarshal(body, &list) != nil || list.UploadID != uploadID {
		return transfer.PartPage{}, errors.New("answer is not a list of this upload's parts")
	}
	page := transfer.PartPage{Parts: make([]transfer.StoredPart, len(list.Parts)), More: list.IsTruncated}
	for i, p := range list.Parts {
		if p.Number < 1 || p.Number > transfer.MaxParts || p.Size < 0 || p.Size > transfer.MaxPartSize {
			return transfer.PartPage{}, errors.New("answer names a part that cannot be")
		}
		page.Parts[i] = p.stored()
		page.Next = max(page.Next, p.Number)
	}
	if list.Next > 0 {
		page.Next = list.Next
	}
	if page.More && page.Next <= marker {
		return transfer.PartPage{}, errors.New("answer says there is more, but not where")
	}
	return page, nil
}

type partList struct {
	XMLName     xml.Name     `xml:"ListPartsResult"`
	UploadID    string       `xml:"UploadId"`
	Next        int          `xml:"NextPartNumberMarker"`
	IsTruncated bool         `xml:"IsTruncated"`
	Parts       []listedPart `xml:"Part"`
}

type listedPart struct {
	Number int    `xml:"PartNumber"`
	Size   int64  `xml:"Size"`
	ETag   string `xml:"ETag"`
	CRC64  string `xml:"HashCrc64ecma"`
}

func (p listedPart) stored() transfer.StoredPart {
	stored := transfer.StoredPart{Number: p.Number, Size: p.Size, ETag: unquote(p.ETag)}
	if crc, err := strconv.ParseUint(p.CRC64, 10, 64); err == nil {
		stored.CRC64, stored.HasCRC = crc, true
	}
	return stored
}

// ListPrefixes returns the folders right below prefix, up to 1,000 keys and folders a
// page.
func (s *store) ListPrefixes(ctx context.Context, prefix, token string) (transfer.Listing, error) {
	r := &request{
		op: opListObjects, method: http.MethodGet, limit: maxListBody,
		params: map[string]any{
			"list-type": "2", "delimiter": delimiter, "max-keys": pageSize, "encoding-type": "url",
		},
	}
	addParam(r.params, "prefix", prefix)
	addParam(r.params, "continuation-token", token)
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.Listing{}, err
	}
	var list struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Encoding    string   `xml:"EncodingType"`
		IsTruncated bool     `xml:"IsTruncated"`
		Next        string   `xml:"NextContinuationToken"`
		Prefixes    []string `xml:"CommonPrefixes>Prefix"`
	}
	err = xml.Unmarshal(rep.body, &list)
	d := decoder{encoding: list.Encoding}
	listing := transfer.Listing{}
	for _, p := range list.Prefixes {
		listing.Prefixes = append(listing.Prefixes, d.text(p))
	}
	if list.IsTruncated {
		// The token is URL-encoded like the keys.
		listing.Next = d.text(list.Next)
	}
	if err != nil || d.err != nil || list.IsTruncated && (listing.Next == "" || listing.Next == token) {
		return transfer.Listing{}, s.doubt(r, rep, "answer is not a list of folders")
	}
	return listing, nil
}

// ListObjects returns up to 1,000 objects below prefix whose keys sort behind after.
func (s *store) ListObjects(ctx context.Context, prefix, after string) (transfer.ObjectPage, error) {
	r := &request{
		op: opListObjects, method: http.MethodGet, limit: maxListBody,
		params: map[string]any{"list-type": "2", "max-keys": pageSize, "encoding-type": "url"},
	}
	addParam(r.params, "prefix", prefix)
	addParam(r.params, "start-after", after)
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.ObjectPage{}, err
	}
	var list struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Encoding    string   `xml:"EncodingType"`
		IsTruncated bool     `xml:"IsTruncated"`
		Contents    []struct {
			Key  string `xml:"Key"`
			Size int64  `xml:"Size"`
		} `xml:"Contents"`
	}
	err = xml.Unmarshal(rep.body, &list)
	d := decoder{encoding: list.Encoding}
	page := transfer.ObjectPage{More: list.IsTruncated}
	for _, o := range list.Contents {
		page.Objects = append(page.Objects, transfer.ListedObject{Key: d.text(o.Key), Size: o.Size})
	}
	// A page that leads nowhere would be asked for without end.
	if n := len(page.Objects); err != nil || d.err != nil || page.More && (n == 0 || page.Objects[n-1].Key <= after) {
		return transfer.ObjectPage{}, s.doubt(r, rep, "answer is not a list of objects")
	}
	return page, nil
}

// ListBuckets returns the buckets the account may list, by name.
func (s *store) ListBuckets(ctx context.Context) ([]string, error) {
	var names []string
	var marker string
	for {
		r := &request{
			op: opListBuckets, method: http.MethodGet, service: true, limit: maxListBody,
			params: map[string]any{"max-keys": pageSize},
		}
		if s.cname {
			return nil, s.refuse(r, "a custom domain belongs to one bucket, and lists no others")
		}
		addParam(r.params, "marker", marker)
		rep, err := s.do(ctx, r)
		if err != nil {
			return nil, err
		}
		var list struct {
			XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
			IsTruncated bool     `xml:"IsTruncated"`
			Next        string   `xml:"NextMarker"`
			Names       []string `xml:"Buckets>Bucket>Name"`
		}
		if xml.Unmarshal(rep.body, &list) != nil || list.IsTruncated && (list.Next == "" || list.Next == marker) {
			return nil, s.doubt(r, rep, "answer is not a list of buckets")
		}
		names = append(names, list.Names...)
		if !list.IsTruncated {
			slices.Sort(names)
			return names, nil
		}
		marker = list.Next
	}
}

// BucketInfo tells where the bucket is, and whether it keeps versions.
func (s *store) BucketInfo(ctx context.Context) (transfer.BucketInfo, error) {
	r := &request{op: opBucketInfo, method: http.MethodGet, limit: maxListBody, params: map[string]any{"bucketInfo": nil}}
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.BucketInfo{}, err
	}
	var info struct {
		XMLName    xml.Name `xml:"BucketInfo"`
		Location   string   `xml:"Bucket>Location"`
		Endpoint   string   `xml:"Bucket>ExtranetEndpoint"`
		Versioning string   `xml:"Bucket>Versioning"`
		Accelerate string   `xml:"Bucket>TransferAcceleration"`
	}
	if xml.Unmarshal(rep.body, &info) != nil || info.Location == "" {
		return transfer.BucketInfo{}, s.doubt(r, rep, "answer does not describe a bucket")
	}
	return transfer.BucketInfo{
		Region: transfer.TidyRegion(info.Location), Endpoint: info.Endpoint,
		Versioning: transfer.Versioning(info.Versioning), Accelerated: info.Accelerate == "Enabled",
	}, nil
}

func addParam(params map[string]any, name, value string) {
	if value != "" {
		params[name] = value
	}
}

// decoder undoes encoding-type=url, which lets keys hold what XML cannot. It keeps the
// first error.
type decoder struct {
	encoding string
	err      error
}

func (d *decoder) text(s string) string {
	if d.encoding != "url" {
		return s
	}
	text, err := url.QueryUnescape(s)
	if err != nil && d.err == nil {
		d.err = err
	}
	return text
}
