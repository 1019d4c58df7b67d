package osslocal

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Names of operations, as OSS's documentation calls them.
const (
	OpListBuckets           = "ListBuckets"
	OpPutBucket             = "PutBucket"
	OpDeleteBucket          = "DeleteBucket"
	OpHeadBucket            = "HeadBucket"
	OpGetBucketInfo         = "GetBucketInfo"
	OpGetBucketLocation     = "GetBucketLocation"
	OpGetBucketLifecycle    = "GetBucketLifecycle"
	OpPutBucketLifecycle    = "PutBucketLifecycle"
	OpDeleteBucketLifecycle = "DeleteBucketLifecycle"
	OpListObjects           = "ListObjects"
	OpListObjectsV2         = "ListObjectsV2"
	OpListMultipartUploads  = "ListMultipartUploads"
	OpPutObject             = "PutObject"
	OpGetObject             = "GetObject"
	OpHeadObject            = "HeadObject"
	OpDeleteObject          = "DeleteObject"
	OpInitiate              = "InitiateMultipartUpload"
	OpUploadPart            = "UploadPart"
	OpListParts             = "ListParts"
	OpComplete              = "CompleteMultipartUpload"
	OpAbort                 = "AbortMultipartUpload"
	OpUnknown               = "Unknown"
)

// Target is what a request is about, read from its line and Host alone.
type Target struct {
	Op       string
	Bucket   string
	Key      string
	UploadID string
	Part     int // 0 if there is none, or none that is a number

	query url.Values
	bad   bool // the path or the query is not well escaped
}

type targetKey struct{}

// TargetOf returns the target of a request that a Server passes to Config.Middleware.
func TargetOf(r *http.Request) Target {
	t, _ := r.Context().Value(targetKey{}).(Target)
	return t
}

func withTarget(ctx context.Context, t Target) context.Context {
	return context.WithValue(ctx, targetKey{}, t)
}

// parseTarget finds bucket and key. The path is taken as it was sent: nothing cleans it,
// since "a//b" and "a/../b" are keys like others.
func parseTarget(r *http.Request, hosts map[string]string) Target {
	raw := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	bucket, inHost := bucketOfHost(r.Host, hosts)
	rawKey := raw
	if !inHost {
		bucket, rawKey, _ = strings.Cut(raw, "/")
	}
	t := Target{}
	var err1, err2, err3 error
	t.Bucket, err1 = url.PathUnescape(bucket)
	t.Key, err2 = url.PathUnescape(rawKey)
	t.query, err3 = url.ParseQuery(r.URL.RawQuery)
	t.bad = err1 != nil || err2 != nil || err3 != nil
	t.UploadID = t.query.Get("uploadId")
	t.Part, _ = strconv.Atoi(t.query.Get("partNumber"))
	t.Op = operation(r.Method, t)
	return t
}

// bucketOfHost returns the bucket named by the host: bound to it, or its first label. An
// IP address and a name without a dot have none; the bucket is then in the path.
func bucketOfHost(host string, hosts map[string]string) (string, bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if b, ok := hosts[host]; ok {
		return b, true
	}
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return "", false
	}
	label, rest, dotted := strings.Cut(host, ".")
	if !dotted || isServiceHost(label, rest) {
		return "", false
	}
	return label, true
}

// isServiceHost tells "oss-cn-hangzhou.aliyuncs.com", which names no bucket, from
// "bucket.oss-cn-hangzhou.aliyuncs.com".
func isServiceHost(label, rest string) bool {
	return rest == "aliyuncs.com" && strings.HasPrefix(label, "oss-")
}

func operation(method string, t Target) string {
	switch {
	case t.Bucket == "":
		return pick(method == http.MethodGet && t.Key == "", OpListBuckets)
	case t.Key == "":
		return bucketOperation(method, t.query)
	case t.query.Has("uploadId"):
		return uploadOperation(method, t.query)
	default:
		return objectOperation(method, t.query)
	}
}

func pick(ok bool, op string) string {
	if ok {
		return op
	}
	return OpUnknown
}

func bucketOperation(method string, q url.Values) string {
	if method == http.MethodGet {
		return bucketQuery(q)
	}
	switch {
	case q.Has("lifecycle") && method == http.MethodPut:
		return OpPutBucketLifecycle
	case q.Has("lifecycle") && method == http.MethodDelete:
		return OpDeleteBucketLifecycle
	case hasSubresource(q):
		return OpUnknown
	}
	switch method {
	case http.MethodPut:
		return OpPutBucket
	case http.MethodDelete:
		return OpDeleteBucket
	case http.MethodHead:
		return OpHeadBucket
	default:
		return OpUnknown
	}
}

func bucketQuery(q url.Values) string {
	switch {
	case q.Has("uploads"):
		return OpListMultipartUploads
	case q.Has("bucketInfo"):
		return OpGetBucketInfo
	case q.Has("location"):
		return OpGetBucketLocation
	case q.Has("lifecycle"):
		return OpGetBucketLifecycle
	case q.Get("list-type") == "2":
		return OpListObjectsV2
	}
	return pick(!hasSubresource(q), OpListObjects)
}

func uploadOperation(method string, q url.Values) string {
	switch method {
	case http.MethodPut:
		return OpUploadPart
	case http.MethodGet:
		return OpListParts
	case http.MethodPost:
		return pick(!q.Has("partNumber"), OpComplete)
	case http.MethodDelete:
		return OpAbort
	default:
		return OpUnknown
	}
}

func objectOperation(method string, q url.Values) string {
	if method == http.MethodPost {
		return pick(q.Has("uploads"), OpInitiate)
	}
	if hasSubresource(q) {
		return OpUnknown
	}
	switch method {
	case http.MethodPut:
		return OpPutObject
	case http.MethodGet:
		return OpGetObject
	case http.MethodHead:
		return OpHeadObject
	case http.MethodDelete:
		return OpDeleteObject
	default:
		return OpUnknown
	}
}

// hasSubresource tells whether a request is about something of the bucket or object that
// is not served here, so that "PUT ?acl" is refused and not taken for PutObject.
func hasSubresource(q url.Values) bool {
	return slices.ContainsFunc([]string{
		"acl", "append", "cors", "delete", "encryption", "lifecycle", "live", "logging",
		"policy", "referer", "restore", "symlink", "tagging", "versioning", "versions",
		"versionId", "website", "worm", "x-oss-process", "x-oss-async-process",
		"partNumber", "uploads", "resourceGroup", "stat", "qosInfo",
	}, q.Has)
}

// validBucket follows OSS's naming rule: 3 to 63 of a-z, 0-9 and "-", which neither
// begins nor ends it.
func validBucket(name string) bool {
	if len(name) < 3 || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
