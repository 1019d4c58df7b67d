package osslocal

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	maxUserMeta     = 8 << 10 // names and values of x-oss-meta- in all
	maxTags         = 10
	maxTagKey       = 128
	maxTagValue     = 256
	minTrafficLimit = 819_200
	maxTrafficLimit = 838_860_800
	defaultType     = "application/octet-stream"

	headerMeta    = "x-oss-meta-"
	headerACL     = "x-oss-object-acl"
	headerTagging = "x-oss-tagging"
	headerClass   = "x-oss-storage-class"
	headerSSE     = "x-oss-server-side-encryption"
	headerSSEKey  = "x-oss-server-side-encryption-key-id"
)

// storedHeaders are kept with an object and given back by GET and HEAD, beside
// x-oss-meta-*. Its ACL comes with the request that brings the object into being: OSS does
// not look at one that an Initiate has.
var storedHeaders = []string{
	"cache-control", "content-disposition", "content-encoding", "content-language",
	"content-type", "expires", headerSSE, headerSSEKey, headerClass, headerTagging,
}

var storageClasses = []string{"Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"}

var objectACLs = []string{"default", "private", "public-read", "public-read-write"}

var encryptions = []string{"AES256", "KMS", "SM4"}

// headersToStore picks and checks the headers of a Put or an Initiate that describe the
// object.
func headersToStore(r *http.Request) (map[string]string, error) {
	h := map[string]string{"content-type": defaultType}
	size := 0
	for name, values := range r.Header {
		low, value := strings.ToLower(name), strings.Join(values, ",")
		if meta, ok := strings.CutPrefix(low, headerMeta); ok {
			if meta == "" || strings.Trim(meta, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				return nil, errInvalidArgument("The name of user metadata may only have letters, digits and hyphens.", "")
			}
			size += len(meta) + len(value)
			h[low] = value
		} else if slices.Contains(storedHeaders, low) && value != "" {
			h[low] = value
		}
	}
	if size > maxUserMeta {
		return nil, errInvalidArgument("The size of user metadata exceeds 8 KB.", "")
	}
	return h, checkObjectHeaders(r.Header)
}

func checkObjectHeaders(h http.Header) error {
	if c := h.Get(headerClass); c != "" && !slices.Contains(storageClasses, c) {
		return errInvalidArgument("The storage class you provided is invalid.", "")
	}
	method := h.Get(headerSSE)
	if method != "" && !slices.Contains(encryptions, method) {
		return errInvalidEncryption("The encryption method specified is not supported.")
	}
	if h.Get(headerSSEKey) != "" && method != "KMS" {
		return errInvalidEncryption("A key ID goes with the method KMS only.")
	}
	return checkTagging(h.Get(headerTagging))
}

func errInvalidEncryption(message string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidEncryptionAlgorithmError", message, ""}
}

// checkTagging applies the rules for tags: pairs as in a URL's query, each key once.
func checkTagging(text string) error {
	bad := errInvalidTag("The tagging header is not valid.")
	tags, err := url.ParseQuery(text)
	if err != nil {
		return bad
	}
	if len(tags) > maxTags {
		return errInvalidTag("There are more than 10 tags.")
	}
	for key, values := range tags {
		if key == "" || len(key) > maxTagKey || len(values) != 1 || len(values[0]) > maxTagValue || !tagText(key) || !tagText(values[0]) {
			return bad
		}
	}
	return nil
}

func errInvalidTag(message string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidTag", message, ""}
}

func tagText(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789 +-=._:/") == ""
}

// aclOf reads the ACL that an object is to have once it comes into being.
func aclOf(r *http.Request) (string, error) {
	acl := r.Header.Get(headerACL)
	if acl != "" && !slices.Contains(objectACLs, acl) {
		return "", errInvalidArgument("no such object access control exists", "")
	}
	return acl, nil
}

// withACL returns headers with the ACL beside them, if there is one.
func withACL(header map[string]string, acl string) map[string]string {
	if acl == "" {
		return header
	}
	header = maps.Clone(header)
	header[headerACL] = acl
	return header
}

func checkTrafficLimit(r *http.Request) error {
	text := r.Header.Get("x-oss-traffic-limit")
	if text == "" {
		return nil
	}
	if n, err := strconv.Atoi(text); err != nil || n < minTrafficLimit || n > maxTrafficLimit {
		return errInvalidArgument("The traffic limit must be between 819200 and 838860800.", "0004-00000502")
	}
	return nil
}
