package osslocal

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

const (
	headerRequestID = "x-oss-request-id"
	headerCRC64     = "x-oss-hash-crc64ecma"
	iso8601         = "2006-01-02T15:04:05.000Z"
)

type owner struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

// theOwner is the one account that everything here belongs to.
var theOwner = owner{ID: "1000000000000000", DisplayName: "1000000000000000"}

type bucketXML struct {
	CreationDate     string
	ExtranetEndpoint string
	IntranetEndpoint string
	Location         string
	Name             string
	Region           string
	StorageClass     string
	Owner            *owner `xml:",omitempty"`                        // in GetBucketInfo only
	Grant            string `xml:"AccessControlList>Grant,omitempty"` // in GetBucketInfo only
	Versioning       string `xml:",omitempty"`                        // in GetBucketInfo only
}

type listBucketsXML struct {
	XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
	Prefix      string
	Marker      string
	MaxKeys     int
	IsTruncated bool
	NextMarker  string
	Owner       owner
	Buckets     []bucketXML `xml:"Buckets>Bucket"`
}

type bucketInfoXML struct {
	XMLName xml.Name  `xml:"BucketInfo"`
	Bucket  bucketXML `xml:"Bucket"`
}

type locationXML struct {
	XMLName  xml.Name `xml:"LocationConstraint"`
	Location string   `xml:",chardata"`
}

type contentXML struct {
	Key          string
	LastModified string
	ETag         string
	Type         string
	Size         int64
	StorageClass string
	Owner        *owner `xml:",omitempty"`
}

type prefixXML struct {
	Prefix string
}

type listObjectsXML struct {
	XMLName        xml.Name `xml:"ListBucketResult"`
	Name           string
	Prefix         string
	Marker         string
	MaxKeys        int
	Delimiter      string
	EncodingType   string `xml:",omitempty"`
	IsTruncated    bool
	NextMarker     string `xml:",omitempty"`
	Contents       []contentXML
	CommonPrefixes []prefixXML
}

type listObjectsV2XML struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name                  string
	Prefix                string
	StartAfter            string `xml:",omitempty"`
	MaxKeys               int
	Delimiter             string
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
	Contents              []contentXML
	CommonPrefixes        []prefixXML
}

type uploadXML struct {
	Key          string
	UploadID     string `xml:"UploadId"`
	StorageClass string
	Initiated    string
}

type listUploadsXML struct {
	XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
	EncodingType       string   `xml:",omitempty"`
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string
	NextUploadIDMarker string `xml:"NextUploadIdMarker"`
	Delimiter          string
	Prefix             string
	MaxUploads         int
	IsTruncated        bool
	Upload             []uploadXML
	CommonPrefixes     []prefixXML
}

type initiateXML struct {
	XMLName      xml.Name `xml:"InitiateMultipartUploadResult"`
	EncodingType string   `xml:",omitempty"`
	Bucket       string
	Key          string
	UploadID     string `xml:"UploadId"`
}

type storedPartXML struct {
	PartNumber   int
	LastModified string
	ETag         string
	HashCRC64    string `xml:"HashCrc64ecma"`
	Size         int64
}

type listPartsXML struct {
	XMLName              xml.Name `xml:"ListPartsResult"`
	EncodingType         string   `xml:",omitempty"`
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	StorageClass         string
	PartNumberMarker     int
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	Part                 []storedPartXML
}

// partXML is a part as a client lists it. The number is text so that one which is no
// number is told from a body that is no XML.
type partXML struct {
	PartNumber string
	ETag       string
}

type completeXML struct {
	XMLName xml.Name  `xml:"CompleteMultipartUpload"`
	Part    []partXML `xml:"Part"`
}

type completeResultXML struct {
	XMLName      xml.Name `xml:"CompleteMultipartUploadResult"`
	EncodingType string   `xml:",omitempty"`
	Location     string
	Bucket       string
	Key          string
	ETag         string
}

// marshal encodes one of the answers above; they hold nothing that cannot be encoded.
func marshal(v any) []byte {
	body, err := xml.Marshal(v)
	if err != nil {
		return []byte(xml.Header)
	}
	return append([]byte(xml.Header), body...)
}

func writeXML(w http.ResponseWriter, v any) {
	body := marshal(v)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may have left
}

// encodingOf reads encoding-type and returns how names are written in the answer.
func encodingOf(t Target) (string, func(string) string, error) {
	switch e := t.query.Get("encoding-type"); e {
	case "":
		return "", func(s string) string { return s }, nil
	case "url":
		return e, func(s string) string { return escapeURI(s, false) }, nil
	default:
		return "", nil, errInvalidArgument("Invalid Encoding Method specified in Request.", "")
	}
}

func formatTime(t time.Time) string { return t.UTC().Format(iso8601) }

func quote(etag string) string { return `"` + etag + `"` }
