package transfer

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

const redacted = "**redacted**"

// Secret holds a string that must not reach a log, an error text or the journal.
// Every way of printing it prints a placeholder; [Secret.Reveal] is the one way to
// its text, and easy to search for. Secrets of the same text are equal by ==.
//
// The text is behind a handle: fmt calls no methods on unexported fields, and would print
// a plain string there.
type Secret struct{ text unique.Handle[string] }

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{unique.Make(text)}
}

// Reveal returns the secret's text, for the signer and the keyring only.
func (s Secret) Reveal() string {
	if s == (Secret{}) {
		return ""
	}
	return s.text.Value()
}

// Empty tells whether there is no secret.
func (s Secret) Empty() bool { return s == Secret{} }

// Format prints a placeholder for every verb, also where a pointer to the secret is printed.
func (s Secret) Format(w fmt.State, _ rune) { io.WriteString(w, redacted) } //nolint:errcheck // a printer's writer has no error to act on

// String prints a placeholder.
func (s Secret) String() string { return redacted }

// GoString prints a placeholder, for %#v.
func (s Secret) GoString() string { return redacted }

// LogValue logs a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText writes a placeholder, so that neither JSON nor XML carries the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
