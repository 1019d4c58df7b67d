package osslocal

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"syscall"
)

// apiError is an answer of the service that is not a success. The codes, messages and
// statuses are those of OSS's documentation of each operation.
type apiError struct {
	status  int
	code    string
	message string
	ec      string // OSS's finer code; "" where the documentation gives none
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func errInvalidArgument(message, ec string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidArgument", message, ec}
}

func errAccessDenied(message, ec string) *apiError {
	return &apiError{http.StatusForbidden, "AccessDenied", message, ec}
}

func errInvalidAccessKeyID() *apiError {
	return &apiError{
		http.StatusForbidden, "InvalidAccessKeyId",
		"The OSS Access Key Id you provided does not exist in our records.", "0002-00000902",
	}
}

func errSignatureDoesNotMatch() *apiError {
	return &apiError{
		http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. " +
			"Check your key and signing method.", "0002-00000040",
	}
}

func errInvalidSecurityToken() *apiError {
	return &apiError{
		http.StatusForbidden, "InvalidSecurityToken",
		"The security token you provided is invalid.", "0002-00000006",
	}
}

func errRequestTimeTooSkewed() *apiError {
	return &apiError{
		http.StatusForbidden, "RequestTimeTooSkewed",
		"The difference between the request time and the current time is too large.", "0002-00000504",
	}
}

func errInvalidBucketName() *apiError {
	return &apiError{
		http.StatusBadRequest, "InvalidBucketName",
		"The specified bucket is not valid.", "0015-00000001",
	}
}

func errInvalidObjectName(message, ec string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidObjectName", message, ec}
}

func errNoSuchBucket() *apiError {
	return &apiError{
		http.StatusNotFound, "NoSuchBucket",
		"The specified bucket does not exist.", "0015-00000101",
	}
}

func errBucketNotEmpty() *apiError {
	return &apiError{
		http.StatusConflict, "BucketNotEmpty",
		"The bucket has objects. Please delete them first.", "0015-00000301",
	}
}

func errNoSuchKey() *apiError {
	return &apiError{
		http.StatusNotFound, "NoSuchKey",
		"The specified key does not exist.", "0026-00000001",
	}
}

func errNoSuchUpload() *apiError {
	return &apiError{
		http.StatusNotFound, "NoSuchUpload",
		"The specified upload does not exist. The upload ID may be invalid, or the upload " +
			"may have been aborted or completed.", "0042-00000002",
	}
}

func errFileAlreadyExists() *apiError {
	return &apiError{
		http.StatusConflict, "FileAlreadyExists",
		"The object you specified already exists and can not be overwritten.", "0042-00000214",
	}
}

func errPartAlreadyExist() *apiError {
	return &apiError{
		http.StatusConflict, "PartAlreadyExist",
		"For sequential multipart upload, you can't overwrite uploaded parts.", "",
	}
}

func errPartNumber() *apiError {
	return errInvalidArgument("Part number must be an integer between 1 and 10000, inclusive.", "0017-00000220")
}

func errInvalidPart() *apiError {
	return &apiError{
		http.StatusBadRequest, "InvalidPart",
		"One or more of the specified parts could not be found or the specified entity tag " +
			"might not have matched the part's entity tag.", "0042-00000203",
	}
}

func errInvalidPartOrder() *apiError {
	return &apiError{
		http.StatusBadRequest, "InvalidPartOrder",
		"The list of parts was not in ascending order.", "0042-00000204",
	}
}

func errEntityTooSmall() *apiError {
	return &apiError{
		http.StatusBadRequest, "EntityTooSmall",
		"Your proposed upload smaller than the minimum allowed size.", "0042-00000213",
	}
}

func errEntityTooLarge() *apiError {
	return &apiError{
		http.StatusBadRequest, "EntityTooLarge",
		"Your proposed upload exceeds the maximum allowed object size.", "",
	}
}

func errMalformedXML() *apiError {
	return &apiError{
		http.StatusBadRequest, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema.", "",
	}
}

func errInvalidDigest() *apiError {
	return &apiError{
		http.StatusBadRequest, "InvalidDigest",
		"The Content-MD5 you specified was invalid.", "0017-00000804",
	}
}

func errMissingContentLength() *apiError {
	return &apiError{
		http.StatusLengthRequired, "MissingContentLength",
		"You must provide the Content-Length HTTP header.", "",
	}
}

const codeRequestTimeout = "RequestTimeout"

func errRequestTimeout() *apiError {
	return &apiError{
		http.StatusBadRequest, codeRequestTimeout,
		"Your socket connection to the server was not read from or written to within the timeout period.", "",
	}
}

// errQuotaExceeded is this endpoint's own answer when Config.Limit or the disk is full;
// OSS, which has no disk to fill, has no such code.
func errQuotaExceeded() *apiError {
	return &apiError{
		http.StatusForbidden, "QuotaExceeded",
		"There is no room left for this object.", "",
	}
}

func errNotImplemented() *apiError {
	return &apiError{
		http.StatusNotImplemented, "NotImplemented",
		"A header or operation you provided implies functionality that is not implemented.", "",
	}
}

// asAPIError turns any error into an answer: what is not one already is the disk's.
func asAPIError(err error) *apiError {
	var e *apiError
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, syscall.ENOSPC):
		return errQuotaExceeded()
	default:
		return &apiError{
			http.StatusInternalServerError, "InternalError",
			"We encountered an internal error. Please try again.", "",
		}
	}
}

// errorXML is the body of an error answer.
type errorXML struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
	EC        string `xml:",omitempty"`
}

// writeError answers with e. HEAD has no body: there the same XML is in x-oss-err.
func writeError(w http.ResponseWriter, r *http.Request, e *apiError) {
	NoteCode(r, e.code)
	body := marshal(errorXML{
		Code: e.code, Message: e.message, EC: e.ec,
		RequestID: w.Header().Get(headerRequestID), HostID: r.Host,
	})
	h := w.Header()
	if e.ec != "" {
		h.Set("x-oss-ec", e.ec)
	}
	if r.Method == http.MethodHead {
		h.Set("x-oss-err", base64.StdEncoding.EncodeToString(body))
		w.WriteHeader(e.status)
		return
	}
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	_, _ = w.Write(body) // the client may have left
}
