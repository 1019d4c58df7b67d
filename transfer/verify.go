package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Verdict tells what a look at an object found.
type Verdict string

// The verdicts.
const (
	VerdictSame    Verdict = "same"    // size and CRC64 are those of what was sent
	VerdictSize    Verdict = "size"    // the size is, and OSS states no CRC64
	VerdictDiffers Verdict = "differs" // there is another object by now
	VerdictGone    Verdict = "gone"    // there is none
)

// Verification is what a look at an object found.
type Verification struct {
	Verdict Verdict
	Size    int64  // of the object, in bytes
	CRC64   uint64 // of the object, 0 where OSS states none
}

// String is how an event keeps it.
func (v Verification) String() string { return fmt.Sprintf("%s %d %d", v.Verdict, v.Size, v.CRC64) }

// ParseVerification reads the text of an [EventVerified].
func ParseVerification(text string) (v Verification, ok bool) {
	n, err := fmt.Sscanf(text, "%s %d %d", &v.Verdict, &v.Size, &v.CRC64)
	return v, n == 3 && err == nil
}

// verifyLimit is how long a look at an object may take.
const verifyLimit = time.Minute

// Verifiable tells whether [Manager.Verify] has something to compare.
func (u *Upload) Verifiable() bool {
	return u.Phase == PhaseDone && !u.Receipt.Outcome.NotSent()
}

// Verify asks OSS for the object of a finished upload, and compares its size and CRC64 with
// those in the receipt. What it found is in the upload's log.
func (m *Manager) Verify(ctx context.Context, id ID) (Verification, error) {
	uploads, err := m.journal.Uploads(ctx, []ID{id})
	if err != nil {
		return Verification{}, err
	}
	if len(uploads) == 0 || !uploads[0].Verifiable() {
		return Verification{}, &Error{Kind: KindPermanent, Op: "Verify", Err: errors.New("there is no object to be compared")}
	}
	u := uploads[0]
	ctx, cancel := context.WithTimeout(ctx, verifyLimit)
	defer cancel()
	store, err := m.openStore(ctx, u.To)
	if err != nil {
		return Verification{}, err
	}
	defer store.Close()
	object, err := store.Head(ctx, u.To.Key)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Verdict: u.judge(object), Size: object.Size, CRC64: object.CRC64}
	kept := make(chan error, 1)
	m.journal.Commit(Change{Events: []Event{{Upload: id, Time: m.now(), Kind: EventVerified, Text: v.String()}}},
		func(err error) { kept <- err })
	return v, <-kept
}

// judge compares an object with what was sent.
func (u *Upload) judge(object ObjectState) Verdict {
	switch {
	case !object.Exists:
		return VerdictGone
	case object.Size != u.File.Size || object.HasCRC && object.CRC64 != u.Receipt.CRC64:
		return VerdictDiffers
	case !object.HasCRC:
		return VerdictSize
	default:
		return VerdictSame
	}
}
