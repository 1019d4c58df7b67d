package cli

import (
	"context"
	"errors"
	"fmt"

	"partway/instance"
	"partway/transfer"
)

// Journal is what the command line asks of the journal.
type Journal interface {
	transfer.Accounts
	transfer.Lists
	Unscanned(ctx context.Context) ([]transfer.Batch, error)
}

// Engine is what the command line asks of the engine.
type Engine interface {
	Add(ctx context.Context, r transfer.AddRequest) (transfer.BatchID, error)
}

// Window is what the command line asks of the window.
type Window interface {
	// Propose opens the drop sheet with these paths.
	Propose(paths []string, to transfer.Destination, p transfer.Policy)
	// Raise brings the window to the front.
	Raise()
	// AccountsChanged has the window read the accounts again.
	AccountsChanged()
}

// TrialAccount opens the built-in endpoint and returns its account.
type TrialAccount interface {
	Open(ctx context.Context) (transfer.Account, error)
}

// Session carries out command lines: that of this process, and those that later starts
// hand over. Its methods may be called from any goroutine but the window's.
type Session struct {
	Journal     Journal
	Engine      Engine
	Window      Window
	Trial       TrialAccount
	Environment *Environment
}

// ErrNoAccount is returned when files are to be sent and there is no account.
var ErrNoAccount = errors.New("there is no account yet: set the OSS_ variables, add one in the window, or try -trial")

// Request is a command line as it is carried out, here or in the process that runs
// already.
func (o Options) Request(env *Environment) instance.Request {
	r := instance.Request{
		To: o.To, Bucket: o.Bucket, Prefix: o.Prefix, Policy: string(o.Policy),
		Account: o.Account, Trial: o.Trial, Wait: o.QuitWhenDone,
	}
	for _, p := range o.Paths {
		r.Paths = append(r.Paths, []byte(p))
	}
	if env.Complete() {
		r.Fingerprint = env.Account.Fingerprint
	}
	return r
}

// Deliver carries out a command line: with a destination its files are added at once,
// else the window proposes them. When it returns, what was added is durable.
func (s *Session) Deliver(ctx context.Context, r instance.Request) (Scope, error) {
	paths := make([]string, len(r.Paths))
	for i, p := range r.Paths {
		paths[i] = string(p)
	}
	a, err := s.account(ctx, r)
	switch {
	case errors.Is(err, ErrNoAccount) && (!r.To || len(paths) == 0):
		// The window asks for an account before it asks for anything else.
	case err != nil:
		return Scope{}, err
	}
	to := transfer.Destination{
		Account: a.ID, Endpoint: a.Endpoint, Region: a.Region, Bucket: a.Bucket, Prefix: a.Prefix,
	}
	if r.To {
		to.Bucket, to.Prefix = r.Bucket, r.Prefix
	}
	if a.ID != 0 && chosen(r) {
		// The drop sheet proposes what was used last.
		if err := s.Journal.UseAccount(ctx, a.ID, to.Bucket, to.Prefix); err != nil {
			return Scope{}, fmt.Errorf("note the destination: %w", err)
		}
		s.Window.AccountsChanged() // the trial's may be new, and it has a banner
	}
	policy := transfer.Policy(r.Policy)
	switch {
	case len(paths) == 0:
		s.Window.Raise()
		return Scope{}, nil
	case !r.To:
		s.Window.Propose(paths, to, policy)
		s.Window.Raise()
		return Scope{}, nil
	}
	batch, err := s.Engine.Add(ctx, transfer.AddRequest{Paths: paths, To: to, Policy: policy, Options: a.Options})
	if err != nil {
		return Scope{}, fmt.Errorf("add the files: %w", err)
	}
	return Scope{Batch: batch, Roots: paths, To: to}, nil
}

// chosen tells whether the command line says anything about where files go.
func chosen(r instance.Request) bool { return r.To || r.Trial || r.Account != "" }

// account chooses where a command line's files go.
func (s *Session) account(ctx context.Context, r instance.Request) (transfer.Account, error) {
	if r.Trial {
		a, err := s.Trial.Open(ctx)
		if err != nil {
			return a, fmt.Errorf("open the built-in endpoint: %w", err)
		}
		return a, nil
	}
	if r.Account == EnvironmentName || (r.Account == "" && r.Fingerprint != "") {
		return s.environment(r)
	}
	known, err := s.Journal.Accounts(ctx)
	if err != nil {
		return transfer.Account{}, fmt.Errorf("read accounts: %w", err)
	}
	for _, a := range known { // the last used first
		if r.Account == "" || r.Account == a.Name {
			return a, nil
		}
	}
	if r.Account != "" {
		return transfer.Account{}, fmt.Errorf("-account %s: there is no account of this name", r.Account)
	}
	return transfer.Account{}, ErrNoAccount
}

// environment returns the account of this process's OSS_ variables, if the command line
// was given with the same ones.
func (s *Session) environment(r instance.Request) (transfer.Account, error) {
	switch {
	case r.Fingerprint == "" && !s.Environment.Complete():
		return transfer.Account{}, fmt.Errorf("-account %s: %s", EnvironmentName, s.Environment.Problem)
	case r.Fingerprint == "":
		return transfer.Account{}, fmt.Errorf("-account %s: the OSS_ variables are not complete here", EnvironmentName)
	case !s.Environment.Complete() || r.Fingerprint != s.Environment.Account.Fingerprint:
		return transfer.Account{}, errors.New("the Partway that runs already was started with other OSS_ variables: quit it first, or choose an account with -account")
	}
	return s.Environment.Account, nil
}
