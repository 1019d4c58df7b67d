package text

import (
	"time"

	"partway/transfer"
)

// Status returns a status in a word or two.
func Status(s transfer.Status) string { return string(s) }

// StatusLine returns what a row's status column says: the status with what is known
// beside it, as "Retrying (2, in 6 s)" or "Completed: already there". live is nil when
// the upload is not in work.
func StatusLine(s transfer.Status, o transfer.Outcome, live *transfer.Live, now time.Time) string {
	return Status(s)
}

// Group returns the title of a status filter.
func Group(g transfer.Group) string { return string(g) }

// Policy says what happens to existing objects.
func Policy(p transfer.Policy) string { return string(p) }

// Resolution returns the words of an answer to a conflict.
func Resolution(r transfer.Resolution) string { return string(r) }

// PartState returns a part's state in a word or two.
func PartState(s transfer.PartState) string { return "" }

// Outcome says how a finished upload ended.
func Outcome(o transfer.Outcome) string { return string(o) }

// Proof says what shows that the object holds the file's bytes.
func Proof(p transfer.Proof) string { return string(p) }

// Event names an event of an upload's log.
func Event(k transfer.EventKind) string { return string(k) }

// KeyError says why a name cannot be an object key.
func KeyError(e transfer.KeyError) string { return string(e) }

// Problem says what is wrong in one sentence, and what to do next in another. The raw
// text, e.Error(), belongs behind "Details". A nil error is no problem: two empty texts.
func Problem(e *transfer.Error) (sentence, hint string) { return "", "" }
