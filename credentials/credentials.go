// Package credentials gets the credentials of accounts that do not keep their own: from a
// program, a server, the metadata of an ECS instance, or STS, which hands them out for a role.
// They are in memory only, and are got anew a while before they expire, by one request at a
// time, whoever asks.
package credentials

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"partway/transfer"
)

const (
	// limit is how long getting credentials may take, whoever asks and whatever they come from.
	limit = time.Minute
	// ahead is how long before they expire they are got anew, or a quarter of the time that
	// they hold if that is less.
	ahead = 5 * time.Minute
	// maxAnswer bounds what is read: credentials are some lines.
	maxAnswer = 1 << 20
)

// Provider implements [transfer.Secrets] and [transfer.Obtainer]: accounts that keep their own
// credentials have them from what is behind it. It is safe for use by many goroutines.
type Provider struct {
	kept     transfer.Secrets
	client   func() (*http.Client, error)
	metadata string // where an ECS instance's is
	now      func() time.Time

	mu   sync.Mutex
	held map[place]*holding
}

// place is what credentials are held by: an account that is edited has others.
type place struct {
	account transfer.AccountID
	source  transfer.CredentialSource
}

// holding is what was got for an account, or is being got.
type holding struct {
	done chan struct{}               // closed once it was got
	with func() transfer.Credentials // a func: fmt looks into any other value, past what hides a secret
	err  error
}

var (
	_ transfer.Secrets  = (*Provider)(nil)
	_ transfer.Obtainer = (*Provider)(nil)
)

// New returns a provider before kept. client yields what STS and servers are asked by; the
// metadata of an ECS instance are asked without any proxy.
func New(kept transfer.Secrets, client func() (*http.Client, error)) *Provider {
	return &Provider{
		kept: kept, client: client, metadata: metadataAddress, now: time.Now,
		held: map[place]*holding{},
	}
}

// Credentials implements [transfer.Secrets].
func (p *Provider) Credentials(ctx context.Context, a transfer.Account) (transfer.Credentials, error) {
	if a.Source.Kind == transfer.SourceKept {
		return p.kept.Credentials(ctx, a)
	}
	h := p.hold(ctx, a)
	select {
	case <-h.done:
	case <-ctx.Done():
		return transfer.Credentials{}, transfer.AsError(ctx.Err())
	}
	if h.err != nil {
		return transfer.Credentials{}, h.err
	}
	return h.with(), nil
}

// hold returns what is held for an account, and begins to get it if that is nothing, or about
// to expire. What is being got is not given up with the one who asked first.
func (p *Provider) hold(ctx context.Context, a transfer.Account) *holding {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := place{a.ID, a.Source}
	if h := p.held[at]; h != nil && p.holds(h) {
		return h
	}
	h := &holding{done: make(chan struct{})}
	p.held[at] = h
	go func() {
		defer close(h.done)
		c, err := p.fetch(context.WithoutCancel(ctx), a)
		h.with, h.err = func() transfer.Credentials { return c }, err
	}()
	return h
}

// holds tells whether a holding is being got, or good for a while.
func (p *Provider) holds(h *holding) bool {
	select {
	case <-h.done:
	default:
		return true
	}
	if h.err != nil {
		return false
	}
	at := h.with().RenewAt
	return at.IsZero() || p.now().Before(at)
}

// fetch gets an account's credentials. What is behind the provider has a limit of its own.
func (p *Provider) fetch(ctx context.Context, a transfer.Account) (c transfer.Credentials, err error) {
	if a.Source.Kind == transfer.SourceAssume {
		if c, err = p.kept.Credentials(ctx, a); err != nil {
			return c, err
		}
	}
	return p.Obtain(ctx, a, c)
}

// Obtain implements [transfer.Obtainer].
func (p *Provider) Obtain(ctx context.Context, a transfer.Account, kept transfer.Credentials) (transfer.Credentials, error) {
	if err := a.Source.Check(); err != nil {
		return transfer.Credentials{}, fault(transfer.KindAuth, err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var c transfer.Credentials
	var err error
	switch a.Source.Kind {
	case transfer.SourceKept:
		return kept, nil
	case transfer.SourceCommand:
		c, err = fromCommand(ctx, a.Source.Command)
	case transfer.SourceURI:
		c, err = p.fromURI(ctx, a.Source.URI)
	case transfer.SourceECS:
		c, err = p.fromInstance(ctx, a.Source.Role)
	case transfer.SourceAssume:
		c, err = p.assume(ctx, a.Source, kept)
	}
	if err != nil {
		return transfer.Credentials{}, err
	}
	return p.dated(c)
}

// dated sets when credentials are to be got anew.
func (p *Provider) dated(c transfer.Credentials) (transfer.Credentials, error) {
	if c.Expires.IsZero() {
		return c, nil
	}
	left := c.Expires.Sub(p.now())
	if left <= 0 {
		return transfer.Credentials{}, fault(transfer.KindTransient, errors.New("the credentials that were handed out have expired already"))
	}
	c.RenewAt = c.Expires.Add(-min(ahead, left/4))
	return c, nil
}

// Keep implements [transfer.Secrets].
func (p *Provider) Keep(ctx context.Context, a transfer.Account, c transfer.Credentials) (transfer.Kept, error) {
	p.drop(a.ID, nil)
	return p.kept.Keep(ctx, a, c)
}

// Refused implements [transfer.Secrets].
func (p *Provider) Refused(a transfer.Account, c transfer.Credentials) {
	p.drop(a.ID, &c)
	p.kept.Refused(a, c)
}

// Forget implements [transfer.Secrets].
func (p *Provider) Forget(ctx context.Context, a transfer.Account) error {
	p.drop(a.ID, nil)
	return p.kept.Forget(ctx, a)
}

// drop forgets what is held for an account, or only what is these credentials.
func (p *Provider) drop(id transfer.AccountID, only *transfer.Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for at, h := range p.held {
		if at.account != id {
			continue
		}
		select {
		case <-h.done:
			if only == nil || h.err == nil && h.with() == *only {
				delete(p.held, at)
			}
		default:
			if only == nil {
				delete(p.held, at) // who waits for it gets it
			}
		}
	}
}

// fault is an error of getting credentials. KindAuth waits for a person, KindTransient is
// tried again.
func fault(kind transfer.Kind, err error) error {
	return &transfer.Error{Kind: kind, Op: "Credentials", Err: err}
}

// unreached is the error of a request that was not answered, without the URL that net/http
// puts before it: it may hold what is no business of a log.
func unreached(whom string, err error) error {
	why := "no answer"
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		why = "its name is not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		why = "no answer in time"
	}
	return fault(transfer.KindTransient, fmt.Errorf("%s: %s", whom, why))
}
