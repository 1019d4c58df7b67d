package transfer

import "context"

// ProbeStep is one action that an upload needs, as tried by [Probe].
type ProbeStep struct {
	Action string // as OSS's access policies name it, as "oss:PutObject"
	Err    error  // nil: allowed
}

// Probe tries what an upload needs on a key of its own below prefix: initiate, a part of
// one byte, list parts, abort. Nothing is left behind. It stops at the first refusal
// but always tries to abort what it began.
func Probe(ctx context.Context, s Store, prefix string) []ProbeStep { return nil }
