package transfer

// actions are the names that OSS's access policies have for what a store's calls do.
// https://www.alibabacloud.com/help/en/oss/user-guide/ram-policy-overview lists them.
var actions = map[string]string{
	"InitiateMultipartUpload": "oss:PutObject",
	"UploadPart":              "oss:PutObject",
	"CompleteMultipartUpload": "oss:PutObject",
	"PutObject":               "oss:PutObject",
	"AbortMultipartUpload":    "oss:AbortMultipartUpload",
	"ListParts":               "oss:ListParts",
	"ListMultipartUploads":    "oss:ListMultipartUploads",
	"GetBucketLifecycle":      "oss:GetBucketLifecycle",
	"PutBucketLifecycle":      "oss:PutBucketLifecycle",
	"HeadObject":              "oss:GetObject",
	"ListObjectsV2":           "oss:ListObjects",
	"ListBuckets":             "oss:ListBuckets",
	"GetBucketInfo":           "oss:GetBucketInfo",
}

// What the log says where an action is refused that an upload can do without.
const (
	NotedPartsUnlisted = "OSS refuses to list the parts: what the journal remembers counts"
	NotedAbortUnlisted = "OSS refuses to list the upload: its answer to the abort counts"
)

// Action returns the action that the failed operation needs to be allowed, as OSS's access
// policies name it, or "".
func (e *Error) Action() string { return actions[e.Op] }
