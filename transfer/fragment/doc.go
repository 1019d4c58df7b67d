// Package fragment looks after uploads that are unfinished on OSS, whichever program began
// them: it lists those of a bucket, measures what they hold and what that costs, aborts them,
// and makes the lifecycle rule by which OSS aborts them itself.
//
// It keeps nothing and owns no upload: to finish one is the engine's, as is aborting one of
// its own.
package fragment
