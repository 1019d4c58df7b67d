package transfer

import (
	"context"
	"errors"
	"log/slog"
)

// ErrClosed is returned by every command after [Manager.Close].
var ErrClosed = errors.New("the engine is closed")

// Settings are what a person may set for all uploads. A zero field means its default.
type Settings struct {
	Slots          int   `json:"slots,omitempty"`          // requests in flight, 1 to 64; default 8
	BytesPerSecond int64 `json:"bytesPerSecond,omitempty"` // limit over all connections; 0: none
	PartSize       int64 `json:"partSize,omitempty"`       // bytes, MinPartSize to MaxPartSize; 0: planned by size and line
	SkipMD5        bool  `json:"skipMD5,omitempty"`        // prove parts by CRC64 alone
}

// Config is what a Manager needs.
type Config struct {
	Journal  Journal
	Dial     Dial
	Secrets  Secrets
	Log      *slog.Logger
	Settings Settings
}

// AddRequest is what one drop or command adds.
type AddRequest struct {
	Paths   []string // files and folders, absolute
	To      Destination
	Policy  Policy
	Options Options
	Paused  bool // add without starting
}

// Resolution is a person's answer to a Conflict.
type Resolution string

// The answers to a Conflict.
const (
	ResolveReplace  Resolution = "replace"
	ResolveKeepBoth Resolution = "keep-both"
	ResolveSkip     Resolution = "skip"
)

// Manager runs uploads. Its methods may be called from any goroutine, the window's too
// unless they take a context; after Close they return [ErrClosed].
type Manager struct{}

// Start opens the engine on a journal: scans and uploads that were running go on.
func Start(c Config) *Manager { return &Manager{} }

// Close stops all requests, waits for facts under way to be committed, and ends the
// engine. What was running goes on at the next Start. It takes 3 s at most.
func (m *Manager) Close() error { return nil }

// Add makes a batch durable and begins to scan it. When it returns, every file below
// the paths will be sent or accounted for, also after a crash.
func (m *Manager) Add(ctx context.Context, r AddRequest) (BatchID, error) { return 0, nil }

// Pause stops the uploads' bytes within a second and keeps what is done.
func (m *Manager) Pause(s Selection) error { return nil }

// Resume starts paused uploads, and those that waited for a person or for their next
// try. Conflicts and changed files stay as they are: they need an answer.
func (m *Manager) Resume(s Selection) error { return nil }

// Abort drops the uploads and their parts on OSS.
func (m *Manager) Abort(s Selection) error { return nil }

// Remove takes rows off the list. Unfinished uploads are aborted first; objects are
// never deleted.
func (m *Manager) Remove(s Selection) error { return nil }

// Resolve answers the selected Conflicts.
func (m *Manager) Resolve(s Selection, r Resolution) error { return nil }

// NewVersion takes the files as they are now for the selected uploads of StatusFileChanged.
func (m *Manager) NewVersion(s Selection) error { return nil }

// UploadAgain adds the files of finished rows once more, to the same keys.
func (m *Manager) UploadAgain(ctx context.Context, ids []ID) error { return nil }

// ServerParts asks OSS which parts of the upload it holds.
func (m *Manager) ServerParts(ctx context.Context, id ID) ([]StoredPart, error) { return nil, nil }

// CredentialsChanged makes the engine ask Secrets anew, and ends the wait for them.
func (m *Manager) CredentialsChanged(id AccountID) error { return nil }

// SetSettings changes the settings, live: also inside parts under way.
func (m *Manager) SetSettings(s Settings) error { return nil }

// Watch asks for the Detail of one upload in each snapshot; 0 for none.
func (m *Manager) Watch(id ID) error { return nil }

// Snapshot returns what the engine is doing, at most 250 ms old while anything moves.
func (m *Manager) Snapshot() *Snapshot { return &Snapshot{} }
