package keyring

import (
	"context"
	"errors"
	"fmt"

	oskeyring "github.com/zalando/go-keyring"

	"partway/transfer"
)

var _ transfer.Vault = (*Keyring)(nil)

// minPassphrase is how many characters a passphrase has at least.
const minPassphrase = 8

// InFile has the keyring keep secrets in a file at path once there is one: [Keyring.Protect]
// makes it. It is called before anything else.
func (k *Keyring) InFile(path string) *Keyring {
	k.vault.path = path
	return k
}

// where returns what keeps the secrets.
func (k *Keyring) where() store {
	if k.vault.exists() {
		return k.vault
	}
	return k.store
}

// Protected implements [transfer.Vault].
func (k *Keyring) Protected() bool { return k.vault.exists() }

// Locked implements [transfer.Vault].
func (k *Keyring) Locked() bool { return k.vault.exists() && k.vault.locked() }

// Unlock implements [transfer.Vault].
func (k *Keyring) Unlock(_ context.Context, passphrase transfer.Secret) error {
	if err := k.vault.unlock(passphrase); err != nil {
		return failed("Unlock", err)
	}
	return nil
}

// Protect implements [transfer.Vault]. The file is whole before anything leaves the keyring.
func (k *Keyring) Protect(ctx context.Context, passphrase transfer.Secret, accounts []transfer.Account) error {
	const op = "Protect"
	switch {
	case k.vault.path == "" || k.vault.exists():
		return failed(op, errors.New("there is a file of secrets already"))
	case len([]rune(passphrase.Reveal())) < minPassphrase:
		return failed(op, &transfer.FieldError{Field: transfer.FieldPassphrase, Problem: transfer.ProblemShort})
	}
	values := map[string]string{}
	var moved []transfer.Account
	for _, a := range accounts {
		if _, ok := k.sources[a.Kind]; ok || !a.Source.NeedsKeys() || k.Remembers(a) {
			continue
		}
		c, err := k.Credentials(ctx, a)
		switch {
		case errors.Is(err, errNone), absent(err):
			continue
		case err != nil: // they would be out of reach behind the file
			return failed(op, err)
		}
		if values[k.user(a.ID)], err = entryText(c); err != nil {
			return failed(op, err)
		}
		moved = append(moved, a)
	}
	if err := k.vault.create(passphrase, values); err != nil {
		return failed(op, err)
	}
	for _, a := range moved {
		k.drop(a.ID)
	}
	return k.clear(ctx, k.store, moved)
}

// Unprotect implements [transfer.Vault]. The file stays if anything of it cannot be kept
// elsewhere.
func (k *Keyring) Unprotect(ctx context.Context, accounts []transfer.Account) error {
	const op = "Unprotect"
	values, err := k.vault.all()
	if err != nil {
		return failed(op, err)
	}
	for _, a := range accounts {
		text, ok := values[k.user(a.ID)]
		if !ok {
			continue
		}
		if err := k.call(ctx, func() error { return k.store.Set(service, k.user(a.ID), text) }); err != nil {
			return failed(op, fmt.Errorf("move to the keyring: %w", err))
		}
	}
	if err := k.vault.remove(); err != nil {
		return failed(op, err)
	}
	return nil
}

// clear deletes accounts' entries.
func (k *Keyring) clear(ctx context.Context, from store, accounts []transfer.Account) error {
	for _, a := range accounts {
		err := k.call(ctx, func() error { return from.Delete(service, k.user(a.ID)) })
		if err != nil && !errors.Is(err, oskeyring.ErrNotFound) && !absent(err) {
			return failed("Protect", fmt.Errorf("the file of secrets is made, but the keyring may still hold them: %w", err))
		}
	}
	return nil
}

// Remember implements [transfer.Vault].
func (k *Keyring) Remember(a transfer.Account, c transfer.Credentials) {
	k.remember(a.ID, c)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.only[a.ID] = true
}

// Remembers implements [transfer.Vault].
func (k *Keyring) Remembers(a transfer.Account) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.only[a.ID]
}
