// Package keyring keeps accounts' secrets in the operating system's keyring, and in this
// process's memory where there is none; or, if the person wants that, in a file that a passphrase
// opens. It never writes a secret anywhere else.
package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	oskeyring "github.com/zalando/go-keyring"

	"partway/transfer"
)

// service is the name that all entries have in the keyring.
const service = "partway"

// patience is how long a call may take. A locked keyring waits for a person, and go-keyring
// waits with it without end.
const patience = 30 * time.Second

// Source yields the credentials of accounts that have them from elsewhere, as from the
// process's environment. It reports false when it has none for this account.
type Source func(transfer.Account) (transfer.Credentials, bool)

// Keyring implements [transfer.Secrets]. It is safe for use by many goroutines. Every way
// of printing it prints its identity only.
type Keyring struct {
	identity string
	sources  map[transfer.AccountKind]Source
	store    store
	vault    *vault // a file in its place, once there is one
	patience time.Duration

	// turn is held by the one call that the keyring is busy with. A call that hangs keeps
	// it, so that no second one joins it.
	turn chan struct{}

	mu sync.Mutex
	// session holds what the keyring could not keep, as funcs: fmt looks into any other
	// value, past the methods that hide a secret. Guarded by mu.
	session map[transfer.AccountID]func() transfer.Credentials
	// only are the accounts whose credentials are to be nowhere else. Guarded by mu.
	only map[transfer.AccountID]bool
}

var _ transfer.Secrets = (*Keyring)(nil)

// store is the part of go-keyring that is used.
type store interface {
	Set(service, user, secret string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// entry is what the keyring holds of an account, as JSON.
type entry struct {
	KeyID  string `json:"keyID"`
	Secret string `json:"secret"`
	Token  string `json:"token,omitempty"`

	Expires time.Time `json:"expires,omitzero"`
}

var (
	errNone       = errors.New("no credentials are kept for this account")
	errIncomplete = errors.New("the access key ID or its secret is empty")
	errUnreadable = errors.New("the keyring's entry is not Partway's")
	errTimeLimit  = errors.New("the keyring did not answer in time")
)

// New returns a keyring for the journal of this identity: its entries are told by it from
// those of other journals. Accounts of a kind with a Source never touch the keyring.
func New(identity string, sources map[transfer.AccountKind]Source) *Keyring {
	return &Keyring{
		identity: identity,
		sources:  sources,
		store:    system{},
		vault:    &vault{cost: usualCost},
		patience: patience,
		turn:     make(chan struct{}, 1),
		session:  map[transfer.AccountID]func() transfer.Credentials{},
		only:     map[transfer.AccountID]bool{},
	}
}

// Credentials implements [transfer.Secrets]. What was given in this session comes first,
// then the account's Source or the keyring. It takes 30 s at most.
func (k *Keyring) Credentials(ctx context.Context, a transfer.Account) (transfer.Credentials, error) {
	const op = "Credentials"
	if c, ok := k.remembered(a.ID); ok {
		return c, nil
	}
	if source, ok := k.sources[a.Kind]; ok {
		if c, ok := source(a); ok && c.Complete() {
			return c, nil
		}
		return transfer.Credentials{}, failed(op, errNone)
	}
	var text string
	err := k.call(ctx, func() (err error) {
		text, err = k.where().Get(service, k.user(a.ID))
		return err
	})
	if errors.Is(err, oskeyring.ErrNotFound) {
		err = errNone
	}
	if err != nil {
		return transfer.Credentials{}, failed(op, err)
	}
	var e entry
	if json.Unmarshal([]byte(text), &e) != nil { // its error could quote the secret
		return transfer.Credentials{}, failed(op, errUnreadable)
	}
	c := transfer.Credentials{KeyID: e.KeyID, Secret: transfer.NewSecret(e.Secret), Token: transfer.NewSecret(e.Token), Expires: e.Expires}
	if !c.Complete() {
		return transfer.Credentials{}, failed(op, errUnreadable)
	}
	return c, nil
}

// Keep implements [transfer.Secrets]. When the keyring fails, or does not answer within
// 30 s or before ctx ends, the credentials are remembered in memory.
func (k *Keyring) Keep(ctx context.Context, a transfer.Account, c transfer.Credentials) (transfer.Kept, error) {
	const op = "Keep"
	if !c.Complete() {
		return transfer.KeptForSession, failed(op, errIncomplete)
	}
	if _, ok := k.sources[a.Kind]; ok {
		k.remember(a.ID, c)
		return transfer.KeptForSession, nil
	}
	text, err := entryText(c)
	if err != nil {
		return transfer.KeptForSession, failed(op, err)
	}
	err = k.call(ctx, func() error { return k.where().Set(service, k.user(a.ID), text) })
	if err != nil {
		k.remember(a.ID, c)
		return transfer.KeptForSession, nil
	}
	k.drop(a.ID) // what was given before, and is in the keyring's way
	if k.vault.exists() {
		return transfer.KeptInFile, nil
	}
	return transfer.KeptInKeyring, nil
}

// entryText is what the keyring holds of credentials.
func entryText(c transfer.Credentials) (string, error) {
	text, err := json.Marshal(entry{KeyID: c.KeyID, Secret: c.Secret.Reveal(), Token: c.Token.Reveal(), Expires: c.Expires})
	if err != nil {
		return "", errUnreadable
	}
	return string(text), nil
}

// Refused implements [transfer.Secrets]. There are no others to be had.
func (k *Keyring) Refused(transfer.Account, transfer.Credentials) {}

// Forget implements [transfer.Secrets]. An error means that the keyring may hold the secret
// still; memory does not.
func (k *Keyring) Forget(ctx context.Context, a transfer.Account) error {
	k.drop(a.ID)
	if _, ok := k.sources[a.Kind]; ok {
		return nil
	}
	err := k.call(ctx, func() error { return k.where().Delete(service, k.user(a.ID)) })
	if err == nil || errors.Is(err, oskeyring.ErrNotFound) {
		return nil
	}
	return failed("Forget", err)
}

// Format prints what is no secret, whatever the verb.
func (k *Keyring) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "keyring of "+k.identity) // fmt has no use for an error
}

// user names an account's entry.
func (k *Keyring) user(id transfer.AccountID) string {
	return fmt.Sprintf("%s/%d", k.identity, id)
}

func (k *Keyring) remembered(id transfer.AccountID) (transfer.Credentials, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, ok := k.session[id]
	if !ok {
		return transfer.Credentials{}, false
	}
	return c(), true
}

func (k *Keyring) remember(id transfer.AccountID, c transfer.Credentials) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.session[id] = func() transfer.Credentials { return c }
}

func (k *Keyring) drop(id transfer.AccountID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.session, id)
	delete(k.only, id)
}

// call asks the keyring, and gives up when ctx ends or patience does. The keyring cannot be
// interrupted: a call given up lives on until it answers, one at most, and its answer is
// dropped.
func (k *Keyring) call(ctx context.Context, ask func() error) error {
	limited, cancel := context.WithTimeoutCause(ctx, k.patience, errTimeLimit)
	defer cancel()
	if limited.Err() != nil {
		return context.Cause(limited)
	}
	select {
	case k.turn <- struct{}{}:
	case <-limited.Done():
		return context.Cause(limited)
	}
	answer := make(chan error, 1)
	go func() {
		defer func() { <-k.turn }()
		answer <- ask()
	}()
	select {
	case err := <-answer:
		return err
	case <-limited.Done():
		return context.Cause(limited)
	}
}

// failed is an error of KindAuth, unless it is the end of the caller's context.
func failed(op string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &transfer.Error{Kind: transfer.KindAuth, Op: op, Err: err}
	switch {
	case errors.Is(err, errLocked):
		e.Code = transfer.CodeLocked
	case errors.Is(err, errPassphrase):
		e.Code = transfer.CodePassphrase
	}
	return e
}

// system is the operating system's keyring.
type system struct{}

// Set implements store.
func (system) Set(service, user, secret string) error { return oskeyring.Set(service, user, secret) }

// Get implements store.
func (system) Get(service, user string) (string, error) { return oskeyring.Get(service, user) }

// Delete implements store.
func (system) Delete(service, user string) error { return oskeyring.Delete(service, user) }
