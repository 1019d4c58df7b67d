package transfer_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"partway/transfer"
)

// memorySecrets knows one pair of keys, or none.
type memorySecrets struct {
	mu    sync.Mutex
	known transfer.Credentials
}

func (s *memorySecrets) set(c transfer.Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = c
}

func (s *memorySecrets) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known.Complete() {
		return transfer.Credentials{}, &transfer.Error{Kind: transfer.KindAuth, Op: "Credentials", Err: errors.New("there are none")}
	}
	return s.known, nil
}

func (s *memorySecrets) Keep(_ context.Context, _ transfer.Account, c transfer.Credentials) (transfer.Kept, error) {
	s.set(c)
	return transfer.KeptForSession, nil
}

func (s *memorySecrets) Refused(transfer.Account, transfer.Credentials) {}

func (s *memorySecrets) Forget(context.Context, transfer.Account) error {
	s.set(transfer.Credentials{})
	return nil
}

// logWatch keeps the log's text.
type logWatch struct {
	mu   sync.Mutex
	text strings.Builder
	file slog.Handler // which gets it too; nil: none
}

func (l *logWatch) Enabled(context.Context, slog.Level) bool { return true }
func (l *logWatch) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *logWatch) WithGroup(string) slog.Handler            { return l }
func (l *logWatch) Handle(ctx context.Context, r slog.Record) error {
	if l.file != nil {
		_ = l.file.Handle(ctx, r) // as slog does with it
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		l.text.WriteString(" " + a.String())
		return true
	})
	l.text.WriteString("\n")
	return nil
}

func (l *logWatch) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
