package aliyun

import (
	"context"
	"encoding/xml"
	"net/http"
	"time"

	"partway/transfer"
)

// ListUploads returns the unfinished multipart uploads whose key starts with prefix.
func (s *store) ListUploads(ctx context.Context, prefix string) ([]transfer.OpenUpload, error) {
	var uploads []transfer.OpenUpload
	var after transfer.UploadMarker
	for {
		page, err := s.ListUploadPage(ctx, prefix, after)
		if err != nil {
			return nil, err
		}
		uploads = append(uploads, page.Uploads...)
		if !page.More {
			return uploads, nil
		}
		after = page.Next
	}
}

// ListUploadPage returns a page of unfinished uploads. One that leads nowhere is an error: it
// would be asked for without end.
func (s *store) ListUploadPage(ctx context.Context, prefix string, after transfer.UploadMarker) (transfer.UploadPage, error) {
	r := &request{
		op: opListUploads, method: http.MethodGet, limit: maxListBody,
		params: map[string]any{"uploads": nil, "max-uploads": pageSize, "encoding-type": "url"},
	}
	addParam(r.params, "prefix", prefix)
	addParam(r.params, "key-marker", after.Key)
	addParam(r.params, "upload-id-marker", after.UploadID)
	rep, err := s.do(ctx, r)
	if err != nil {
		return transfer.UploadPage{}, err
	}
	page, err := readUploads(rep.body)
	switch {
	case err != nil:
		return transfer.UploadPage{}, s.doubt(r, rep, "answer is not a list of uploads")
	case page.More && page.Next == after:
		return transfer.UploadPage{}, s.doubt(r, rep, "answer says there is more, but not where")
	}
	return page, nil
}

func readUploads(body []byte) (transfer.UploadPage, error) {
	var list struct {
		XMLName      xml.Name `xml:"ListMultipartUploadsResult"`
		Encoding     string   `xml:"EncodingType"`
		IsTruncated  bool     `xml:"IsTruncated"`
		NextKey      string   `xml:"NextKeyMarker"`
		NextUploadID string   `xml:"NextUploadIdMarker"`
		Uploads      []struct {
			Key       string    `xml:"Key"`
			UploadID  string    `xml:"UploadId"`
			Class     string    `xml:"StorageClass"`
			Initiated time.Time `xml:"Initiated"`
		} `xml:"Upload"`
	}
	if err := xml.Unmarshal(body, &list); err != nil {
		return transfer.UploadPage{}, err
	}
	d := decoder{encoding: list.Encoding}
	page := transfer.UploadPage{Next: transfer.UploadMarker{Key: d.text(list.NextKey), UploadID: list.NextUploadID}, More: list.IsTruncated}
	for _, u := range list.Uploads {
		page.Uploads = append(page.Uploads, transfer.OpenUpload{
			Key: d.text(u.Key), UploadID: u.UploadID, Initiated: u.Initiated, Class: u.Class,
		})
	}
	return page, d.err
}
