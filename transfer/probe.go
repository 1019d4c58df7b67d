package transfer

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// ProbeStep is one action that an upload needs, as tried by [Probe].
type ProbeStep struct {
	Action string // as OSS's access policies name it, as "oss:PutObject"
	Err    error  // nil: allowed
}

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
}

// Action returns the action that the failed operation needs to be allowed, as OSS's access
// policies name it, or "".
func (e *Error) Action() string { return actions[e.Op] }

// probeCleanup is how long the probe tries to abort what it began, when it was cancelled.
const probeCleanup = 10 * time.Second

// Probe tries what an upload needs on a key of its own below prefix: initiate, a part of
// one byte, list parts, abort. Nothing is left behind. It stops at the first refusal
// but always tries to abort what it began.
func Probe(ctx context.Context, s Store, prefix string) []ProbeStep {
	key := fmt.Sprintf("%s.partway-probe-%016x", prefix, rand.Uint64()) //nolint:gosec // only has to be unused
	id, err := s.Initiate(ctx, key, Options{}, false)
	steps := []ProbeStep{{"oss:PutObject", err}}
	if err != nil {
		return steps
	}
	_, err = s.UploadPart(ctx, PartRequest{Key: key, UploadID: id, Number: 1, Size: 1, Body: bytes.NewReader([]byte{'p'})})
	steps = append(steps, ProbeStep{"oss:PutObject", err})
	if err == nil {
		_, err = s.ListParts(ctx, key, id, 0)
		steps = append(steps, ProbeStep{"oss:ListParts", err})
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeCleanup)
	defer cancel()
	return append(steps, ProbeStep{"oss:AbortMultipartUpload", s.Abort(cleanup, key, id)})
}
