package transfer

import (
	"context"
	"io"
	"time"
)

// Limits of the service, from its documentation of multipart upload.
const (
	KiB = 1 << 10
	MiB = 1 << 20
	GiB = 1 << 30

	MinPartSize   = 100 * KiB              // every part but the last
	MaxPartSize   = 5 * GiB                // also the most that one PutObject takes
	MaxParts      = 10_000                 // part numbers run from 1 to this
	MaxObjectSize = MaxParts * MaxPartSize // 48.8 TB
	ListPageSize  = 1_000                  // parts in one page of ListParts
	MaxKeyBytes   = 1_023                  // an object key, in UTF-8
)

// Digest is what was computed over, or said of, a run of bytes. A CRC64 is by the ECMA
// polynomial, as hash/crc64 and OSS compute it.
type Digest struct {
	CRC64  uint64
	HasCRC bool
	MD5    string // upper-case hex, or "" when unknown
}

// PartRequest is one UploadPart.
type PartRequest struct {
	Key      string
	UploadID string
	Number   int
	Size     int64
	// Body yields exactly Size bytes. The store reads it once, in order, and never again
	// after it returned, but for one Read that may still be under way.
	Body io.Reader
	// Left is told how many bytes of Body have left this computer. Nil when nobody asks.
	Left *Outflow
	// WantMD5 asks for the MD5 of the bytes sent, beside their CRC64.
	WantMD5 bool
	// ContentMD5 is sent if not empty (base64 of 16 bytes): OSS then refuses other bytes.
	ContentMD5 string
	// TrafficLimit is what OSS holds the request to, in bits per second; 0: nothing.
	TrafficLimit int64
}

// PartAnswer is OSS's answer to UploadPart, with what was read from Body.
type PartAnswer struct {
	ETag      string // as sent by OSS, without quotes
	Stored    Digest // what OSS says it stored
	Sent      Digest // what was read from Body
	RequestID string
	MD5Time   time.Duration // that computing the MD5 took
}

// StoredPart is a part as ListParts tells it.
type StoredPart struct {
	Number int
	Size   int64
	ETag   string // without quotes
	CRC64  uint64
	HasCRC bool
}

// PartPage is one page of ListParts, ascending by number.
type PartPage struct {
	Parts []StoredPart
	Next  int  // the marker that yields the next page
	More  bool // there is a next page
}

// PartRef is a part as CompleteMultipartUpload wants it.
type PartRef struct {
	Number int
	ETag   string
}

// PutRequest is one PutObject.
type PutRequest struct {
	Key             string
	Size            int64
	Body            io.Reader // as PartRequest.Body; not read when Size is 0
	Left            *Outflow  // as PartRequest.Left
	WantMD5         bool
	ContentMD5      string
	Options         Options
	ForbidOverwrite bool
}

// ObjectAnswer is OSS's answer to Complete or Put.
type ObjectAnswer struct {
	ETag      string // without quotes
	Stored    Digest // what OSS says of the whole object
	Sent      Digest // PutObject only: what was read from Body
	VersionID string // set on a versioned bucket
	RequestID string
	// Callback is CallbackDone or CallbackFailed where one was asked for: the object is stored
	// either way. CallbackReply is the callback server's answer, or why it failed.
	Callback      CallbackState
	CallbackReply string
}

// MaxCallbackReply is how much of a callback server's answer is kept, in bytes.
const MaxCallbackReply = 4 * KiB

// CompleteRequest is one CompleteMultipartUpload.
type CompleteRequest struct {
	Key             string
	UploadID        string
	Parts           []PartRef
	Options         Options // of these, what goes with Complete: ACL, callback, strict
	ForbidOverwrite bool
}

// ObjectState is what HEAD says of a key, or that there is no object.
type ObjectState struct {
	Exists       bool
	Size         int64
	ETag         string
	LastModified time.Time
	VersionID    string
	CRC64        uint64
	HasCRC       bool
}

// Same tells whether two states are of one and the same write of an object.
func (s ObjectState) Same(o ObjectState) bool {
	if !s.Exists || !o.Exists {
		return s.Exists == o.Exists
	}
	return s.ETag == o.ETag && s.LastModified.Equal(o.LastModified) && s.VersionID == o.VersionID
}

// OpenUpload is a multipart upload that OSS lists as unfinished.
type OpenUpload struct {
	Key       string
	UploadID  string
	Initiated time.Time // by OSS's clock
	Class     string    // the storage class that its object is to have, as Standard or IA
}

// UploadMarker is where a page of unfinished uploads begins: behind this one.
type UploadMarker struct {
	Key      string
	UploadID string
}

// UploadPage is one page of unfinished uploads, ascending by key and upload ID.
type UploadPage struct {
	Uploads []OpenUpload
	Next    UploadMarker // what yields the next page
	More    bool         // there is a next page
}

// Listing is one page of a bucket's content below a prefix, for browsing.
type Listing struct {
	Prefixes []string // each ends in "/"
	Next     string   // the token that yields the next page, or ""
}

// ListedObject is an object as a listing names it.
type ListedObject struct {
	Key  string
	Size int64
}

// ObjectPage is one page of a bucket's objects, ascending by key.
type ObjectPage struct {
	Objects []ListedObject
	More    bool // there are others behind the last of these
}

// BucketInfo is what OSS tells of a bucket.
type BucketInfo struct {
	Region     string // as cn-hangzhou
	Endpoint   string // the public one, a host; "" where none is told
	Versioning Versioning
	// Accelerated tells whether the bucket has transfer acceleration.
	Accelerated bool
}

// Versioning tells what a bucket does with the versions of an object.
type Versioning string

// The states of versioning. With all but VersioningNever an object that is written over is
// kept, and forbidding to write over has no effect.
const (
	VersioningNever     Versioning = ""
	VersioningOn        Versioning = "Enabled"
	VersioningSuspended Versioning = "Suspended"
)

// Store is one bucket of OSS as the engine sees it. Every call ends when its context
// does; every error is an *Error with its Kind, Op, Bucket and Key set. A Store is
// safe for use by many goroutines.
type Store interface {
	// Initiate begins a multipart upload and returns its upload ID. Of the options, those of
	// UploadPart and Complete go with these.
	Initiate(ctx context.Context, key string, o Options, forbidOverwrite bool) (string, error)
	// UploadPart sends one part. It does not judge the digests.
	UploadPart(ctx context.Context, r PartRequest) (PartAnswer, error)
	// ListParts returns the page of parts with numbers above marker.
	ListParts(ctx context.Context, key, uploadID string, marker int) (PartPage, error)
	// Complete joins the parts into the object.
	Complete(ctx context.Context, r CompleteRequest) (ObjectAnswer, error)
	// Abort drops the upload and its parts. Nil means that OSS answered 204; an upload
	// that is not there is an Error of KindGone.
	Abort(ctx context.Context, key, uploadID string) error
	// Put sends a whole object in one request.
	Put(ctx context.Context, r PutRequest) (ObjectAnswer, error)
	// Head tells the state of a key. A missing object is no error.
	Head(ctx context.Context, key string) (ObjectState, error)
	// ListUploads returns the unfinished multipart uploads whose key starts with prefix.
	ListUploads(ctx context.Context, prefix string) ([]OpenUpload, error)
	// ListUploadPage returns a page of these uploads, up to 1,000.
	ListUploadPage(ctx context.Context, prefix string, after UploadMarker) (UploadPage, error)
	// Lifecycle returns the bucket's lifecycle rules as OSS's XML, nil where there are none.
	Lifecycle(ctx context.Context) ([]byte, error)
	// SetLifecycle replaces all of the bucket's lifecycle rules.
	SetLifecycle(ctx context.Context, document []byte) error
	// ListPrefixes returns the folders right below prefix.
	ListPrefixes(ctx context.Context, prefix, token string) (Listing, error)
	// ListObjects returns up to 1,000 objects below prefix whose keys sort behind after.
	ListObjects(ctx context.Context, prefix, after string) (ObjectPage, error)
	// ListBuckets returns the buckets the account may list, by name.
	ListBuckets(ctx context.Context) ([]string, error)
	// BucketInfo tells where the bucket is, and whether it keeps versions.
	BucketInfo(ctx context.Context) (BucketInfo, error)
	// Link returns the address of an object; with valid above 0 a signed one, by which whoever
	// has it can read the object for so long. It makes no request.
	Link(key string, valid time.Duration) (Link, error)
	// ClockOffset is OSS's time less this computer's, learnt from the answers.
	ClockOffset() time.Duration
	// Close drops idle connections.
	Close()
}

// Dial opens a bucket. It makes no request. An error is a wrong account or bucket name.
type Dial func(a Account, c Credentials, bucket string) (Store, error)
