//go:build linux

package harness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"partway/transfer"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// The key that opens a Server.
const (
	KeyID     = "harness-key"
	KeySecret = "harness-secret-that-must-not-be-found"
	Token     = "harness-token-that-must-not-be-found"
	Region    = "cn-hangzhou"
	Bucket    = "bucket-1"
)

// Server is an endpoint that keeps a record of every request, and can hold back parts.
type Server struct {
	*osslocal.Server

	mu      sync.Mutex // guards what follows
	records []osslocal.Record
	changed chan struct{}                   // closed and replaced with each record
	pass    int                             // how many more parts are let through; below 0: all
	opened  chan struct{}                   // closed and replaced when pass grows
	signed  []string                        // the signatures of all requests
	obey    func(http.Handler) http.Handler // refuses what the key may not do; nil: nothing
}

// StartServer starts an endpoint that keeps its objects in dir.
func StartServer(dir string) (*Server, error) {
	s := &Server{changed: make(chan struct{}), opened: make(chan struct{}), pass: -1}
	var err error
	s.Server, err = osslocal.Start(osslocal.Config{
		Dir: dir, Region: Region, Keys: map[string]string{KeyID: KeySecret}, Tokens: map[string]string{KeyID: Token},
		Middleware: s.gate, Observe: s.observe,
	})
	if err != nil {
		return nil, err
	}
	return s, s.CreateBucket(Bucket)
}

// Env is the environment in which the program uses this endpoint.
func (s *Server) Env() []string {
	return []string{
		"OSS_ACCESS_KEY_ID=" + KeyID, "OSS_ACCESS_KEY_SECRET=" + KeySecret, "OSS_SESSION_TOKEN=" + Token,
		"OSS_REGION=" + Region, "OSS_ENDPOINT=" + s.URL(),
	}
}

// PassParts lets n more parts through, and holds back those after them before they are
// stored. Below 0 it lets all through.
func (s *Server) PassParts(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass = n
	close(s.opened)
	s.opened = make(chan struct{})
}

// gate holds back parts. It takes their bytes meanwhile: a server sees that its client has
// gone only once it has read all that the client sends.
func (s *Server) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, signature, ok := strings.Cut(r.Header.Get("Authorization"), "Signature="); ok {
			s.mu.Lock()
			s.signed = append(s.signed, signature)
			s.mu.Unlock()
		}
		next := s.obeying(next)
		if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
			body, err := io.ReadAll(r.Body)
			if err != nil || !s.enter(r.Context()) {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		next.ServeHTTP(w, r)
	})
}

// Obey has the key be allowed what a policy allows, and nothing else.
func (s *Server) Obey(p *fault.Policy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.obey = p.Middleware()
}

func (s *Server) obeying(next http.Handler) http.Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.obey == nil {
		return next
	}
	return s.obey(next)
}

// Account is the account and the credentials that this endpoint knows.
func (s *Server) Account() (transfer.Account, transfer.Credentials) {
	return transfer.Account{Endpoint: s.URL(), Region: Region, Bucket: Bucket},
		transfer.Credentials{KeyID: KeyID, Secret: transfer.NewSecret(KeySecret), Token: transfer.NewSecret(Token)}
}

// enter waits until a part may pass. It returns false when the request ended before.
func (s *Server) enter(ctx context.Context) bool {
	for {
		s.mu.Lock()
		opened := s.opened
		if s.pass != 0 {
			s.pass = max(s.pass-1, -1)
			s.mu.Unlock()
			return true
		}
		s.mu.Unlock()
		select {
		case <-opened:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Server) observe(r osslocal.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
	close(s.changed)
	s.changed = make(chan struct{})
}

// Secrets are all that must be found nowhere: the key's secret, its token, and the signatures
// of the requests so far.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{KeySecret, Token}, s.signed...)
}

// Records returns what was recorded so far.
func (s *Server) Records() Records {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(Records(nil), s.records...)
}

// Wait waits until the records are as wanted. what names it in the error.
func (s *Server) Wait(ctx context.Context, what string, is func(Records) bool) (Records, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		records := append(Records(nil), s.records...)
		s.mu.Unlock()
		if is(records) {
			return records, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return records, fmt.Errorf("wait for %s: %w\n%s", what, context.Cause(ctx), records.Summary())
		}
	}
}

// SHA256 reads an object through and returns its digest in hex.
func (s *Server) SHA256(key string) (string, error) {
	r, err := s.OpenObject(Bucket, key)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
