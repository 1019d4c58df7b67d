package transfer

import (
	"context"
	"errors"
	"time"
)

// MaxLink is how long a link can be valid at most, by signature V4.
const MaxLink = 7 * 24 * time.Hour

// Link is the address of an object.
type Link struct {
	// URL is a secret where it is signed: whoever has it can read the object.
	URL Secret
	// Until is when a signed one ends: as asked for, or when the credentials that signed it
	// expire, if that is sooner. Zero where it is not signed.
	Until time.Time
}

// ErrLinkTime is the cause of a link's being refused for the time it was to be valid.
var ErrLinkTime = errors.New("a link is valid for a second to seven days")

// Link returns the address of an upload's object; with valid above 0 a signed one, by which
// whoever has it can read the object for so long, by this computer's clock. Nothing is asked of
// OSS, and nothing is kept.
func (m *Manager) Link(ctx context.Context, id ID, valid time.Duration) (Link, error) {
	if valid < 0 || valid > MaxLink || valid > 0 && valid < time.Second {
		return Link{}, &Error{Kind: KindPermanent, Op: "Link", Err: ErrLinkTime}
	}
	uploads, err := m.journal.Uploads(ctx, []ID{id})
	if err != nil {
		return Link{}, err
	}
	if len(uploads) == 0 {
		return Link{}, &Error{Kind: KindPermanent, Op: "Link", Err: ErrAbsent}
	}
	to := uploads[0].To
	store, err := m.openStore(ctx, to)
	if err != nil {
		return Link{}, err
	}
	defer store.Close()
	return store.Link(to.Key, valid)
}
