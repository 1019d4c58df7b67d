package transfer

import (
	"context"
	"sync"
	"time"
)

const (
	// renewLimit is how long getting new credentials may take.
	renewLimit = 2 * time.Minute
	// renewPause is how long credentials that still hold are used, after new ones could not be
	// got, before that is tried again; and how soon a second refusal is believed.
	renewPause = 10 * time.Second
)

// renewing is a bucket whose credentials are got anew by themselves: before they expire, and
// when OSS does not take them any more. One request at a time gets new ones, the others
// go on with those there are, or wait if these have expired.
type renewing struct {
	dial   func(Credentials) (Store, error)
	obtain func(context.Context) (Credentials, error)
	refuse func(Credentials) // tells that OSS did not take them

	turn chan struct{} // held by who gets new credentials

	mu     sync.Mutex
	store  Store
	with   Credentials
	next   time.Time // no sooner are new ones asked for, unless these have expired
	forced time.Time // when new ones were got because OSS refused the old
}

// newRenewing opens the bucket with what obtain yields now. Where that fails there is no store,
// as with any other: one without a bucket in it could not even be closed.
func newRenewing(ctx context.Context, dial func(Credentials) (Store, error), obtain func(context.Context) (Credentials, error),
	refuse func(Credentials),
) (Store, error) {
	s := &renewing{dial: dial, obtain: obtain, refuse: refuse, turn: make(chan struct{}, 1)}
	if err := s.renew(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// renew gets credentials and opens the bucket with them. The caller holds the turn.
func (s *renewing) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, renewLimit)
	defer cancel()
	c, err := s.obtain(ctx)
	if err != nil {
		return err
	}
	store, err := s.dial(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	old := s.store
	s.store, s.with, s.next = store, c, c.RenewAt
	s.mu.Unlock()
	if old != nil {
		old.Close() // drops idle connections only: calls under way end as they would
	}
	return nil
}

func (s *renewing) now() (Store, Credentials, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store, s.with, s.next
}

// current returns the bucket with credentials that hold, as far as is known.
func (s *renewing) current(ctx context.Context) (Store, Credentials, error) {
	store, c, next := s.now()
	if next.IsZero() || time.Now().Before(next) {
		return store, c, nil
	}
	expired := func() bool { return !c.Expires.IsZero() && !time.Now().Before(c.Expires) }
	select {
	case s.turn <- struct{}{}:
	default:
		if !expired() {
			return store, c, nil // somebody is at it
		}
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, c, AsError(ctx.Err())
		}
	}
	defer func() { <-s.turn }()
	if store, c, again := s.now(); !again.Equal(next) { // somebody was
		return store, c, nil
	}
	err := s.renew(ctx)
	if err != nil && !expired() {
		s.mu.Lock()
		s.next = time.Now().Add(renewPause)
		s.mu.Unlock()
		return store, c, nil
	}
	store, c, _ = s.now()
	return store, c, err
}

// replace gets others for credentials that OSS did not take. It reports false if that is no
// use: they are the same, or were got for that reason just before.
func (s *renewing) replace(ctx context.Context, refused Credentials) (bool, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return false, AsError(ctx.Err())
	}
	defer func() { <-s.turn }()
	if _, c, _ := s.now(); c != refused {
		return true, nil // somebody was faster
	}
	s.mu.Lock()
	vain := time.Since(s.forced) < renewPause
	s.mu.Unlock()
	if vain {
		return false, nil
	}
	s.refuse(refused)
	if err := s.renew(ctx); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forced = time.Now()
	return !s.with.same(refused), nil
}

// anew carries out a call, and once more with other credentials if OSS did not take the first.
// A call that has read its body cannot be repeated here: it fails as one that may be tried
// again at once.
func anew[T any](ctx context.Context, s *renewing, body bool, call func(Store) (T, error)) (T, error) {
	store, c, err := s.current(ctx)
	if err != nil {
		var none T
		return none, err
	}
	v, err := call(store)
	if KindOf(err) != KindAuth || isDenied(err) {
		return v, err
	}
	others, renewErr := s.replace(ctx, c)
	switch {
	case renewErr != nil:
		return v, renewErr
	case !others:
		return v, err
	case body:
		again := *AsError(err)
		again.Kind = KindTransient
		return v, &again
	}
	store, _, _ = s.now()
	return call(store)
}

// anewOnly is anew for calls that return nothing else.
func anewOnly(ctx context.Context, s *renewing, call func(Store) error) error {
	_, err := anew(ctx, s, false, func(b Store) (struct{}, error) { return struct{}{}, call(b) })
	return err
}

func (s *renewing) Initiate(ctx context.Context, key string, o Options, forbidOverwrite bool) (string, error) {
	return anew(ctx, s, false, func(b Store) (string, error) { return b.Initiate(ctx, key, o, forbidOverwrite) })
}

func (s *renewing) UploadPart(ctx context.Context, r PartRequest) (PartAnswer, error) {
	return anew(ctx, s, true, func(b Store) (PartAnswer, error) { return b.UploadPart(ctx, r) })
}

func (s *renewing) ListParts(ctx context.Context, key, uploadID string, marker int) (PartPage, error) {
	return anew(ctx, s, false, func(b Store) (PartPage, error) { return b.ListParts(ctx, key, uploadID, marker) })
}

func (s *renewing) Complete(ctx context.Context, r CompleteRequest) (ObjectAnswer, error) {
	return anew(ctx, s, false, func(b Store) (ObjectAnswer, error) { return b.Complete(ctx, r) })
}

func (s *renewing) Abort(ctx context.Context, key, uploadID string) error {
	return anewOnly(ctx, s, func(b Store) error { return b.Abort(ctx, key, uploadID) })
}

func (s *renewing) Put(ctx context.Context, r PutRequest) (ObjectAnswer, error) {
	return anew(ctx, s, true, func(b Store) (ObjectAnswer, error) { return b.Put(ctx, r) })
}

func (s *renewing) Head(ctx context.Context, key string) (ObjectState, error) {
	return anew(ctx, s, false, func(b Store) (ObjectState, error) { return b.Head(ctx, key) })
}

func (s *renewing) ListUploads(ctx context.Context, prefix string) ([]OpenUpload, error) {
	return anew(ctx, s, false, func(b Store) ([]OpenUpload, error) { return b.ListUploads(ctx, prefix) })
}

func (s *renewing) ListUploadPage(ctx context.Context, prefix string, after UploadMarker) (UploadPage, error) {
	return anew(ctx, s, false, func(b Store) (UploadPage, error) { return b.ListUploadPage(ctx, prefix, after) })
}

func (s *renewing) Lifecycle(ctx context.Context) ([]byte, error) {
	return anew(ctx, s, false, func(b Store) ([]byte, error) { return b.Lifecycle(ctx) })
}

func (s *renewing) SetLifecycle(ctx context.Context, document []byte) error {
	return anewOnly(ctx, s, func(b Store) error { return b.SetLifecycle(ctx, document) })
}

func (s *renewing) ListPrefixes(ctx context.Context, prefix, token string) (Listing, error) {
	return anew(ctx, s, false, func(b Store) (Listing, error) { return b.ListPrefixes(ctx, prefix, token) })
}

func (s *renewing) ListObjects(ctx context.Context, prefix, after string) (ObjectPage, error) {
	return anew(ctx, s, false, func(b Store) (ObjectPage, error) { return b.ListObjects(ctx, prefix, after) })
}

func (s *renewing) ListBuckets(ctx context.Context) ([]string, error) {
	return anew(ctx, s, false, func(b Store) ([]string, error) { return b.ListBuckets(ctx) })
}

func (s *renewing) BucketInfo(ctx context.Context) (BucketInfo, error) {
	return anew(ctx, s, false, func(b Store) (BucketInfo, error) { return b.BucketInfo(ctx) })
}

func (s *renewing) Link(key string, valid time.Duration) (Link, error) {
	store, _, _ := s.now()
	return store.Link(key, valid)
}

func (s *renewing) ClockOffset() time.Duration {
	store, _, _ := s.now()
	return store.ClockOffset()
}

func (s *renewing) Close() {
	store, _, _ := s.now()
	store.Close()
}
