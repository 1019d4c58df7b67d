// Package network is how all of Partway reaches the network: by which proxy, and trusting
// which certificates. Both can be changed while it runs. There is no way to trust a server
// without a good certificate.
package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"partway/transfer"
)

const (
	maxCAFile = 16 << 20 // the system's own is below 1 MiB
	limit     = 30 * time.Second
)

// Line is the way to the network. It is safe for use by many goroutines.
type Line struct {
	secrets transfer.Secrets

	mu       sync.Mutex
	settings transfer.Network
	// password is the proxy's, once it was asked for: behind a func, as fmt looks into any other
	// value.
	password func() transfer.Credentials
}

// New returns a line by the environment's proxy, trusting the system's certificates, until
// [Line.Set]. A proxy's password is asked of secrets when it is needed.
func New(secrets transfer.Secrets) *Line { return &Line{secrets: secrets} }

// Set changes the settings. The error is of what Check says, or of the file of certificates;
// then nothing was changed. It reads that file.
func (l *Line) Set(n transfer.Network) error {
	if err := n.Check(); err != nil {
		return err
	}
	if _, err := trusted(n.CAFile); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settings, l.password = n, nil
	return nil
}

// Forget has the proxy's password asked for anew, after it was changed.
func (l *Line) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.password = nil
}

func (l *Line) now() (transfer.Network, func() transfer.Credentials) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settings, l.password
}

// Proxy returns the proxy for a request, nil for none, as [http.Transport] asks it. What is on
// this computer is reached without one.
func (l *Line) Proxy(r *http.Request) (*url.URL, error) {
	n, password := l.now()
	switch {
	case n.Proxy == transfer.ProxyEnvironment:
		return http.ProxyFromEnvironment(r)
	case n.Proxy == transfer.ProxyNone || transfer.Loopback(r.URL.Hostname()):
		return nil, nil
	}
	u, err := url.Parse(n.ProxyURL)
	if err != nil { // Set has looked
		return nil, errors.New("the proxy's address is not a URL")
	}
	if n.ProxyUser == "" {
		return u, nil
	}
	if password == nil {
		if password, err = l.ask(r.Context()); err != nil {
			return nil, err
		}
	}
	u.User = url.UserPassword(n.ProxyUser, password().Secret.Reveal())
	return u, nil
}

// ask gets the password, and remembers it unless the settings were changed meanwhile.
func (l *Line) ask(ctx context.Context) (func() transfer.Credentials, error) {
	before, _ := l.now()
	c, err := l.secrets.Credentials(ctx, transfer.ProxyAccount())
	if err != nil {
		return nil, &transfer.Error{
			Kind: transfer.KindPermanent, Op: "Proxy", Code: transfer.CodeProxyPassword,
			Err: fmt.Errorf("the proxy's password is not known: %w", err),
		}
	}
	password := func() transfer.Credentials { return c }
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settings == before {
		l.password = password
	}
	return password, nil
}

// Roots returns the certificates that are trusted, nil for the system's alone.
func (l *Line) Roots() (*x509.CertPool, error) {
	n, _ := l.now()
	return trusted(n.CAFile)
}

// trusted reads a file of certificates, and adds them to the system's.
func trusted(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	wrong := func(p transfer.Problem, err error) error {
		field := &transfer.FieldError{Field: transfer.FieldCAFile, Problem: p}
		return &transfer.Error{
			Kind: transfer.KindPermanent, Op: "ReadCertificates", Path: path, Code: transfer.CodeFileUnreadable, Err: errors.Join(field, err),
		}
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a file")
	}
	if err != nil {
		return nil, wrong(transfer.ProblemUnreadable, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, wrong(transfer.ProblemUnreadable, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxCAFile))
	if err != nil {
		return nil, wrong(transfer.ProblemUnreadable, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // none are there, or cannot be read: what was given is trusted all the same
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, wrong(transfer.ProblemCertificates, nil)
	}
	return pool, nil
}

// Client returns a client on this line for small requests that are not OSS's. Its connections
// are not kept.
func (l *Line) Client() (*http.Client, error) {
	roots, err := l.Roots()
	if err != nil {
		return nil, err
	}
	return &http.Client{Timeout: limit, Transport: &http.Transport{
		Proxy: l.Proxy, DisableKeepAlives: true, TLSHandshakeTimeout: limit,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}, nil
}
