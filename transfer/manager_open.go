package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// storeKey names an open bucket.
type storeKey struct {
	account          AccountID
	endpoint, region string
	bucket           string
}

func keyOf(to Target) storeKey {
	return storeKey{account: to.Account, endpoint: to.Endpoint, region: to.Region, bucket: to.Bucket}
}

// opening is a bucket that is open or being opened.
type opening struct {
	store Store // nil while it is being opened
	stale bool  // its credentials, or the way to it, were changed while it was being opened
}

// openLimit is how long opening may take: a keyring may ask a person to unlock it.
const openLimit = 2 * time.Minute

// open gives the upload its store. The first to need a bucket opens it, the others wait:
// asking a keyring twice at once asks the person twice.
func (m *Manager) open(t *task) {
	key := keyOf(t.u.To)
	if o := m.stores[key]; o != nil {
		t.store = o.store // nil: wait on
		return
	}
	m.stores[key] = &opening{}
	t.step = stepOpen
	to := t.u.To
	m.calls.Go(func() {
		ctx, cancel := context.WithTimeout(m.gentle, openLimit)
		defer cancel()
		var store Store
		err := try("open", func() (err error) { store, err = m.openStore(ctx, to); return err })
		m.mail.put(func() { m.handleOpened(t, key, store, err) })
	})
}

func (m *Manager) handleOpened(t *task, key storeKey, store Store, err error) {
	t.step = ""
	m.report(err)
	if m.stores[key].stale { // whoever needs it opens it anew
		delete(m.stores, key)
		if store != nil {
			store.Close()
		}
		return
	}
	if err != nil {
		delete(m.stores, key)
		if KindOf(err) == KindOffline { // any other error is not the endpoint's
			m.learnt(key.endpoint, m.endpoint(t).learn(AsError(err), m.now()))
		}
		m.failed(t, err)
		m.holdBack(t, key)
		return
	}
	m.stores[key].store = store
	t.store = store
}

// holdBack has all that wait for a bucket to be opened wait as long as the one that failed to
// open it: they are one incident.
func (m *Manager) holdBack(t *task, key storeKey) {
	if t.u.Wait.NeedsPerson() || t.excused {
		return
	}
	for _, other := range m.order {
		if other != t && other.store == nil && other.idle() && keyOf(other.u.To) == key && !other.u.Phase.Final() && !other.stopped() {
			m.setWait(other, t.u.Wait, t.u.Error)
			other.nextTry = later(other.nextTry, t.nextTry)
		}
	}
}

// retire replaces a store: uploads in work keep it for the calls under way. What is being opened
// is not used once it is open.
func (m *Manager) retire(key storeKey, o *opening) {
	if o.store == nil {
		o.stale = true
		return
	}
	delete(m.stores, key)
	for _, t := range m.order {
		if t.store == o.store {
			t.store = nil
		}
	}
	o.store.Close() // drops idle connections only: calls under way end as they would
}

// openStore asks for the account and its credentials and dials. The target's endpoint and
// region count, not the account's: uploads stay where they were begun.
func (m *Manager) openStore(ctx context.Context, to Target) (Store, error) {
	accounts, err := m.journal.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if a.ID != to.Account {
			continue
		}
		return m.openAccount(ctx, a, to)
	}
	return nil, &Error{Kind: KindAuth, Op: opCredentials, Bucket: to.Bucket, Err: errors.New("the account was removed")}
}

func (m *Manager) openAccount(ctx context.Context, a Account, to Target) (Store, error) {
	there := a
	there.Endpoint, there.Region = to.Endpoint, to.Region
	dial := func(c Credentials) (Store, error) { return m.dial(there, c, to.Bucket) }
	obtain := func(ctx context.Context) (Credentials, error) {
		c, err := m.secrets.Credentials(ctx, a)
		if err != nil {
			return c, fmt.Errorf("credentials of %q: %w", a.Name, err)
		}
		return c, nil
	}
	if a.Source.Kind != SourceKept {
		return newRenewing(ctx, dial, obtain, func(c Credentials) { m.secrets.Refused(a, c) })
	}
	c, err := obtain(ctx)
	if err != nil {
		return nil, err
	}
	if !c.Expires.IsZero() {
		m.mail.put(func() { m.expiries[a.ID] = c.Expires })
	}
	return dial(c)
}
