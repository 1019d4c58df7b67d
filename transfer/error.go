package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind classes an error by what can be done about it. It is set once, where the error
// arises (in transfer/aliyun, or at the file), and only ever asked for afterwards.
type Kind string

// The kinds of error.
const (
	KindNone      Kind = ""
	KindCanceled  Kind = "canceled"  // we stopped it ourselves
	KindTransient Kind = "transient" // try again: 5xx, a broken connection, an answer that is not OSS's
	KindThrottled Kind = "throttled" // OSS asks to slow down: 429, 503 with a limit's code
	KindOffline   Kind = "offline"   // the endpoint cannot be reached: DNS, route, connection refused
	KindAuth      Kind = "auth"      // credentials are missing, wrong, expired, or not allowed this
	KindClock     Kind = "clock"     // this computer's clock is more than 15 minutes off
	KindGone      Kind = "gone"      // NoSuchUpload, NoSuchBucket, NoSuchKey: the Code tells which
	KindParts     Kind = "parts"     // OSS does not have the parts as listed: list and repair
	KindIntegrity Kind = "integrity" // digests differ between what was read and what OSS has
	KindSource    Kind = "source"    // the local file: missing, changed, unreadable
	KindExists    Kind = "exists"    // an object has the key already, and may not be replaced
	KindStorage   Kind = "storage"   // the local disk: full, read-only
	KindPermanent Kind = "permanent" // will not get better by itself
)

// The codes of OSS that the engine itself asks for.
const (
	CodeNoSuchUpload = "NoSuchUpload"
	CodeNoSuchBucket = "NoSuchBucket"
	CodeNoSuchKey    = "NoSuchKey"
	CodeAccessDenied = "AccessDenied"
)

// Codes of KindAuth, set by what keeps secrets.
const (
	CodeLocked     = "Locked"     // the file of secrets has to be unlocked
	CodePassphrase = "Passphrase" // it is not opened by this one
)

// Codes set by a store, where OSS's own code does not say what is wrong.
const (
	CodeWrongEndpoint = "WrongEndpoint" // the bucket is in another region than the endpoint
	CodeWrongRegion   = "WrongRegion"   // the signature's region is not the endpoint's
	CodeNotOSS        = "NotOSS"        // the answer is not OSS's: a login page, or a proxy's
	CodeCertificate   = "Certificate"   // the server's certificate is not valid
	CodeTLS           = "TLS"           // the two sides agree on no safe connection
	CodeProxyPassword = "ProxyPassword" // the proxy wants to know who is asking
)

// CodeObjectDiffers is of KindIntegrity: an object was stored, and its checksum is not that
// of the bytes read. It stays: nothing is deleted that is not proved to be ours alone.
const CodeObjectDiffers = "ObjectDiffers"

// Codes of KindSource, set at the file. The first two are of a file that is missing; five
// are of one that changed, and tell how.
const (
	CodeFileMissing    = "FileMissing"
	CodeFolderMissing  = "FolderMissing" // with the folder that held it, or its drive
	CodeFileChanged    = "FileChanged"   // it was written to; its size is the same
	CodeFileGrew       = "FileGrew"
	CodeFileShrank     = "FileShrank"
	CodeFileReplaced   = "FileReplaced"  // another file was put in its place
	CodeFileRewritten  = "FileRewritten" // other bytes, under the same size and date
	CodeFileSuspect    = "FileSuspect"   // its rights, place or inode changed: the bytes have to be compared
	CodeFileUnreadable = "FileUnreadable"
	CodeConfig         = "Config"     // the settings of another program cannot be read or understood
	CodeNotRegular     = "NotRegular" // a device, pipe, socket, or what the system makes up
	CodeFolder         = "Folder"     // what was to be a file is a folder
	CodeLink           = "Link"       // a link inside a folder: only links picked by hand are followed
	CodeBadName        = "BadName"    // the name cannot be an object key: Err is a KeyError
	CodeTooLarge       = "TooLarge"   // above MaxObjectSize
)

// CodeNotRepairable is of KindPermanent: there are no parts of the upload to be compared.
const CodeNotRepairable = "NotRepairable"

// The codes of uploads that cannot be adopted, all of KindPermanent.
const (
	CodeNothingFits = "NothingFits" // no part on OSS is of the file
	CodeNoLegalPlan = "NoLegalPlan" // parts are, but OSS would not join them with what is missing
	CodeInQueue     = "InQueue"     // the list has the upload, or one for its key
)

// CodeTooManyFiles is of KindStorage: this computer lets Partway open no more files.
const CodeTooManyFiles = "TooManyFiles"

// sourceWait tells what an upload waits for after an error of its file.
func sourceWait(code string) Wait {
	switch code {
	case CodeFileMissing, CodeFolderMissing:
		return WaitMissing
	case CodeFileChanged, CodeFileGrew, CodeFileShrank, CodeFileReplaced, CodeFileRewritten, CodeFileSuspect:
		return WaitChanged
	default:
		return WaitFailed
	}
}

// Codes of KindStorage, set by the journal.
const (
	CodeDiskFull       = "DiskFull"
	CodeReadOnly       = "ReadOnly"       // the disk or the folder may not be written to
	CodeJournalBusy    = "JournalBusy"    // another program holds its lock
	CodeJournalDamaged = "JournalDamaged" // while it was in use; one that is damaged at the start is replaced
	CodeJournalNewer   = "JournalNewer"   // a newer version of Partway wrote it
	CodeJournalForeign = "JournalForeign" // it is another program's file
)

// Error is what every failing operation of the engine, its stores and its file readers
// returns. It never holds a secret, a signature or a URL with a query.
type Error struct {
	Kind      Kind
	Op        string // what was tried, as "UploadPart"
	Bucket    string
	Key       string
	Path      string // the local file, for KindSource and KindStorage
	Part      int    // 1 to 10,000, or 0
	Status    int    // HTTP status, or 0
	Code      string // OSS's code, as "NoSuchUpload"
	EC        string // OSS's finer code, as "0042-00000214"
	RequestID string // OSS's name for the request
	// Unknown is set when the request may have been carried out: it was sent, and no
	// answer that can be trusted came back.
	Unknown bool
	// RetryAfter is how long OSS asked to wait, or 0.
	RetryAfter time.Duration
	// Clock is OSS's time less this computer's, for KindClock.
	Clock time.Duration
	// Endpoint is where the bucket is, as OSS says, for CodeWrongEndpoint. The journal does not
	// keep it.
	Endpoint string
	Err      error
}

// Error says what was tried, on what, and what came of it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Part > 0 {
		fmt.Fprintf(&b, " %d", e.Part)
	}
	switch {
	case e.Path != "":
		fmt.Fprintf(&b, " %q", e.Path)
	case e.Key != "":
		fmt.Fprintf(&b, " oss://%s/%s", e.Bucket, e.Key)
	case e.Bucket != "":
		fmt.Fprintf(&b, " oss://%s", e.Bucket)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, ": %s", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.EC != "" {
		fmt.Fprintf(&b, " (EC %s)", e.EC)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError returns err as an *Error. A context's end becomes KindCanceled, anything else
// of unknown make KindPermanent.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Kind: KindCanceled, Err: err}
	}
	return &Error{Kind: KindPermanent, Err: err}
}

// KindOf returns the kind of err, KindNone for nil.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	return AsError(err).Kind
}

// IsGone tells whether err is OSS saying that the thing of this code does not exist.
func IsGone(err error, code string) bool {
	e := AsError(err)
	return e != nil && e.Kind == KindGone && e.Code == code
}

// isDenied tells whether err is OSS saying that the credentials, which are right, may not
// do this.
func isDenied(err error) bool {
	e := AsError(err)
	return e != nil && e.Kind == KindAuth && e.Code == CodeAccessDenied
}
