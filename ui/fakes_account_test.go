package ui

import (
	"context"
	"maps"
	"sync"

	"partway/transfer"
)

// fakeVault is a file of secrets that one passphrase opens.
type fakeVault struct {
	mu           sync.Mutex
	file, locked bool
	passphrase   string
	moved        []transfer.Account // what was put into the file, or out of it
	memory       map[transfer.AccountID]transfer.Credentials
	err          error
}

func newFakeVault() *fakeVault {
	return &fakeVault{memory: map[transfer.AccountID]transfer.Credentials{}}
}

func (v *fakeVault) Protected() bool { v.mu.Lock(); defer v.mu.Unlock(); return v.file }
func (v *fakeVault) Locked() bool    { v.mu.Lock(); defer v.mu.Unlock(); return v.locked }

func (v *fakeVault) Unlock(_ context.Context, passphrase transfer.Secret) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if passphrase.Reveal() != v.passphrase {
		return &transfer.Error{Kind: transfer.KindAuth, Op: "Unlock", Code: transfer.CodePassphrase}
	}
	v.locked = false
	return nil
}

func (v *fakeVault) Protect(_ context.Context, passphrase transfer.Secret, accounts []transfer.Account) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(passphrase.Reveal()) < 8 {
		return &transfer.Error{Kind: transfer.KindAuth, Op: "Protect", Err: &transfer.FieldError{Field: transfer.FieldPassphrase, Problem: transfer.ProblemShort}}
	}
	v.file, v.passphrase, v.moved = true, passphrase.Reveal(), accounts
	return nil
}

func (v *fakeVault) Unprotect(_ context.Context, accounts []transfer.Account) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil {
		v.file, v.moved = false, accounts
	}
	return v.err
}

func (v *fakeVault) Remember(a transfer.Account, c transfer.Credentials) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.memory[a.ID] = c
}

func (v *fakeVault) Remembers(a transfer.Account) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, ok := v.memory[a.ID]
	return ok
}

func (v *fakeVault) remembered() map[transfer.AccountID]transfer.Credentials {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.memory)
}

// fakeNetwork notes settings.
type fakeNetwork struct {
	mu       sync.Mutex
	is       transfer.Network
	password transfer.Secret
	sets     int
	err      error
}

func (n *fakeNetwork) Network(context.Context) (transfer.Network, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.is, nil
}

func (n *fakeNetwork) SetNetwork(_ context.Context, is transfer.Network, password transfer.Secret) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err != nil {
		return n.err
	}
	n.is, n.password = is, password
	n.sets++
	return nil
}

// fakeObtainer hands out one key for every source.
type fakeObtainer struct {
	mu    sync.Mutex
	asked []transfer.CredentialSource
	kept  transfer.Credentials
}

func (o *fakeObtainer) Obtain(_ context.Context, a transfer.Account, kept transfer.Credentials) (transfer.Credentials, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked, o.kept = append(o.asked, a.Source), kept
	return transfer.Credentials{KeyID: "STS.1", Secret: transfer.NewSecret("s"), Token: transfer.NewSecret("t")}, nil
}
