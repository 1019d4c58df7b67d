// Package doctor finds out, before the first byte of a file is sent, what would keep an account
// from uploading to a place: whether OSS is reached there, the clock, endpoint and region, the
// bucket, each right that an upload needs or is better with, versions, keys and parts.
//
// It asks in ways that change nothing: for an upload that does not exist, which OSS denies to who
// may not ask, and else does not find. It needs no right beyond those of the upload, on the keys
// below its prefix: what else is refused is told with what cannot be proved or cleaned then.
package doctor

import (
	"time"

	"partway/transfer"
)

// Topic is what a finding is about.
type Topic string

// The topics, in the order that they are told in.
const (
	TopicReach       Topic = "reach"       // OSS answers there
	TopicClock       Topic = "clock"       // this computer's
	TopicPlace       Topic = "place"       // endpoint, region and bucket belong together
	TopicCredentials Topic = "credentials" // OSS takes them
	TopicBucket      Topic = "bucket"      // it exists
	TopicPermission  Topic = "permission"  // one RAM action
	TopicTrial       Topic = "trial"       // an upload was begun, and aborted
	TopicVersions    Topic = "versions"    // the bucket keeps them
	TopicKeys        Topic = "keys"        // names that OSS would not take
	TopicParts       Topic = "parts"       // how many the largest file has
)

// Level is how bad a finding is.
type Level int

// The levels.
const (
	Fine  Level = iota // as it should be
	Note               // uploads work; something else does not, or is good to know
	Wrong              // uploads do not work
)

// The rights that an upload needs, or is better with.
const (
	ActionPut     = "oss:PutObject"            // needed
	ActionAbort   = "oss:AbortMultipartUpload" // else what is aborted stays on OSS
	ActionParts   = "oss:ListParts"            // else what OSS has cannot be compared
	ActionGet     = "oss:GetObject"            // else an object cannot be looked at
	ActionUploads = "oss:ListMultipartUploads" // else uploads that were lost cannot be found
	ActionObjects = "oss:ListObjects"          // else buckets cannot be browsed
	ActionInfo    = "oss:GetBucketInfo"        // else it is not known whether versions are kept
)

// Actions lists these rights in their order of weight.
var Actions = []string{ActionPut, ActionAbort, ActionParts, ActionGet, ActionUploads, ActionObjects, ActionInfo}

// Finding is one thing that was found out.
type Finding struct {
	Topic  Topic
	Level  Level
	Action string          // TopicPermission
	Err    *transfer.Error // why it is not fine, nil if no error tells
	// Clock is OSS's time less this computer's, for TopicClock.
	Clock time.Duration
	// Move is where the bucket is, or can be reached, for TopicReach and TopicPlace; its URL is
	// "" where nobody knows.
	Move       transfer.Endpoint
	Versioning transfer.Versioning // TopicVersions
	Count      int                 // TopicKeys: names; TopicParts: parts
	Bytes      int64               // TopicParts: the size of these
}

// Place is what is examined: where an account would upload to.
type Place struct {
	Account transfer.Account
	Bucket  string
	Prefix  string
}

// Files are what is to be uploaded. The zero value stands for files that are not known yet.
type Files struct {
	Unsendable int   // names that can be no keys
	TooLong    int   // keys that are too long with the prefix
	Largest    int64 // bytes
	PartSize   int64 // as Settings.PartSize
}

// Report is all that was found out, in the order of the topics.
type Report []Finding

// Worst is the level of the worst finding.
func (r Report) Worst() Level {
	worst := Fine
	for _, f := range r {
		worst = max(worst, f.Level)
	}
	return worst
}

// Missing lists the rights that were refused, in their order of weight.
func (r Report) Missing() []string {
	var missing []string
	for _, f := range r {
		if f.Topic == TopicPermission && f.Level != Fine && denied(f.Err) {
			missing = append(missing, f.Action)
		}
	}
	return missing
}
