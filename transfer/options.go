package transfer

import (
	"io"
	"net/url"
	"strings"
	"time"
)

// Options are what the objects of a batch are stored with, beside their bytes, and how OSS is
// asked to take them. They are plain data, checked by [Options.Check] where they come in. The
// zero value is right: OSS's own defaults, and a content type by the file's name.
type Options struct {
	ContentType  string      `json:"contentType,omitempty"` // as typed; "": found out as Detect says
	Detect       Detection   `json:"detect,omitempty"`
	CacheControl string      `json:"cacheControl,omitempty"`
	Disposition  Disposition `json:"disposition,omitzero"`
	Encoding     string      `json:"encoding,omitempty"` // Content-Encoding, as gzip: the bytes are sent as they are
	Expires      time.Time   `json:"expires,omitzero"`   // until when caches may keep it

	Meta []Field `json:"meta,omitempty"` // user metadata: x-oss-meta-NAME
	Tags []Field `json:"tags,omitempty"`

	ACL        ACL          `json:"acl,omitempty"`
	Class      StorageClass `json:"class,omitempty"`
	Encryption Encryption   `json:"encryption,omitzero"`

	// TrafficLimit is what OSS holds each request to, in bits per second; 0: nothing.
	TrafficLimit int64 `json:"trafficLimit,omitempty"`
	// Strict sends Content-MD5 with each request, so that OSS itself refuses other bytes. Each
	// byte is then read twice.
	Strict bool `json:"strict,omitempty"`

	Callback *Callback `json:"callback,omitempty"` // nil: nobody is told
}

// Field is a name with its value.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Detection says how a content type that was not typed is found out.
type Detection string

// The ways to find out a content type.
const (
	DetectByName    Detection = ""        // by the extension; by the content where that says nothing
	DetectByContent Detection = "content" // by the first bytes alone
	DetectNot       Detection = "none"    // OSS stores application/octet-stream
)

// Disposition says what a browser does with an object.
type Disposition struct {
	Kind string `json:"kind,omitempty"` // "", "inline" or "attachment"
	Name string `json:"name,omitempty"` // what it is saved as; "": the end of the key
	// OwnName has each object saved under its own file's name, in the place of Name.
	OwnName bool `json:"ownName,omitempty"`
}

// The kinds of disposition.
const (
	DispositionInline     = "inline"
	DispositionAttachment = "attachment"
)

// Header returns the value of Content-Disposition, "" for none. A name beyond ASCII is written
// as RFC 8187 says, after one that older programs can read.
func (d Disposition) Header() string {
	if d.Kind == "" || d.Name == "" {
		return d.Kind
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, d.Name)
	header := d.Kind + `; filename="` + plain + `"`
	if plain != d.Name {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(d.Name), "+", "%20")
	}
	return header
}

// ACL says who may read and write an object.
type ACL string

// The ACLs.
const (
	ACLBucket     ACL = "" // as the bucket's
	ACLPrivate    ACL = "private"
	ACLPublicRead ACL = "public-read"
	ACLPublic     ACL = "public-read-write"
)

// ACLs lists them, the default first.
var ACLs = []ACL{ACLBucket, ACLPrivate, ACLPublicRead, ACLPublic}

// Public tells whether anybody may read the object: worth a warning.
func (a ACL) Public() bool { return a == ACLPublicRead || a == ACLPublic }

// StorageClass says what keeping and reading an object costs.
type StorageClass string

// The storage classes.
const (
	ClassBucket          StorageClass = "" // as the bucket's
	ClassStandard        StorageClass = "Standard"
	ClassIA              StorageClass = "IA"
	ClassArchive         StorageClass = "Archive"
	ClassColdArchive     StorageClass = "ColdArchive"
	ClassDeepColdArchive StorageClass = "DeepColdArchive"
)

// StorageClasses lists them, the default first.
var StorageClasses = []StorageClass{ClassBucket, ClassStandard, ClassIA, ClassArchive, ClassColdArchive, ClassDeepColdArchive}

// Encryption says how OSS encrypts what it stores.
type Encryption struct {
	Method EncryptionMethod `json:"method,omitempty"`
	KeyID  string           `json:"keyID,omitempty"` // of KMS; "": the key that OSS has there
}

// EncryptionMethod is a method of server-side encryption.
type EncryptionMethod string

// The methods.
const (
	EncryptBucket EncryptionMethod = "" // as the bucket's
	EncryptAES256 EncryptionMethod = "AES256"
	EncryptKMS    EncryptionMethod = "KMS"
	EncryptSM4    EncryptionMethod = "SM4"
)

// EncryptionMethods lists them, the default first.
var EncryptionMethods = []EncryptionMethod{EncryptBucket, EncryptAES256, EncryptKMS, EncryptSM4}

// Callback is whom OSS tells of a stored object. What they answer is in the receipt.
type Callback struct {
	URLs []string     `json:"urls"`           // up to 5, tried in turn
	Host string       `json:"host,omitempty"` // the Host header; "": each URL's own
	Body string       `json:"body"`           // with variables, as ${object} and ${x:name}
	Type CallbackType `json:"type,omitempty"`
	SNI  bool         `json:"sni,omitempty"`  // name the host while the TLS connection is made
	Vars []Field      `json:"vars,omitempty"` // what ${x:name} stands for, names without the "x:"
}

// CallbackType is the content type of a callback's body.
type CallbackType string

// The types.
const (
	CallbackForm CallbackType = "" // application/x-www-form-urlencoded
	CallbackJSON CallbackType = "application/json"
)

// CallbackBodies are bodies to begin with.
var CallbackBodies = map[CallbackType]string{
	CallbackForm: "bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&mimeType=${mimeType}",
	CallbackJSON: `{"bucket":${bucket},"object":${object},"etag":${etag},"size":${size},"mimeType":${mimeType}}`,
}

// CallbackState tells what became of an object's callback.
type CallbackState string

// What becomes of callbacks.
const (
	CallbackNone    CallbackState = ""        // none was asked for
	CallbackDone    CallbackState = "done"    // the reply is in the receipt
	CallbackFailed  CallbackState = "failed"  // the object is stored; the reason is in the receipt
	CallbackUnknown CallbackState = "unknown" // the answer was lost: the object is stored, and the callback may have run
	CallbackNotDue  CallbackState = "not-due" // nothing was sent, so OSS told nobody
)

// objectOptions are an upload's options with what differs from file to file filled in.
func (u *Upload) objectOptions() Options {
	o := u.Options
	if o.ContentType == "" {
		o.ContentType = u.ContentType
	}
	if o.Disposition.OwnName {
		o.Disposition.Name = u.fileName()
	}
	return o
}

// detect finds out the content type of an upload's file, unless it was typed.
func (u *Upload) detect(content io.ReaderAt) string {
	if u.Options.ContentType != "" {
		return ""
	}
	return mediaType(u.Options.Detect, u.fileName(), content)
}

// fileName is the last part of an upload's name.
func (u *Upload) fileName() string { return u.Name[strings.LastIndexByte(u.Name, '/')+1:] }
