package transfer

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is returned by every command after [Manager.Close].
var ErrClosed = errors.New("the engine is closed")

// Settings are what a person may set for all uploads. A zero field means its default.
type Settings struct {
	Slots    int   `json:"slots,omitempty"`    // requests in flight, 1 to 64; 0: as many as the line rewards
	Uploads  int   `json:"uploads,omitempty"`  // uploads at once; 0: as many as keep the slots busy
	PartSize int64 `json:"partSize,omitempty"` // bytes, MinPartSize to MaxPartSize; 0: planned by size and line
	// MD5 says whether parts are proved by their MD5 too.
	MD5 MD5Mode `json:"md5,omitempty"`
	Limits
	// Ignore are the patterns of what is left out in folders, where a batch brings none of its
	// own; nil: DefaultIgnore.
	Ignore []string `json:"ignore"`
}

// ignore returns the patterns that batches without their own are scanned by.
func (s Settings) ignore() []string {
	if s.Ignore == nil {
		return DefaultIgnore()
	}
	return s.Ignore
}

// Config is what a Manager needs.
type Config struct {
	Journal  Journal
	Dial     Dial
	Secrets  Secrets
	Log      *slog.Logger
	Settings Settings
	// Routes yields a value when this computer's ways to the network changed: endpoints that
	// do not answer are asked at once. Nil where the system does not tell.
	Routes <-chan struct{}
	// Hold makes the rows begin paused that unfinished scans of folders still add.
	Hold bool
}

// AddRequest is what one drop or command adds.
type AddRequest struct {
	Paths   []string // files and folders, absolute
	To      Destination
	Policy  Policy
	Options Options
	Ignore  []string // patterns of what is left out in folders; nil: those of the settings
	Paused  bool     // add without starting
}

// Resolution is a person's answer to a Conflict.
type Resolution string

// The answers to a Conflict.
const (
	ResolveReplace  Resolution = "replace"
	ResolveKeepBoth Resolution = "keep-both"
	ResolveSkip     Resolution = "skip"
)

// command returns what carries out the answer on a set.
func (r Resolution) command() SetCommand {
	switch r {
	case ResolveReplace:
		return SetReplace
	case ResolveKeepBoth:
		return SetKeepBoth
	default:
		return SetSkip
	}
}

// Manager runs uploads. Its methods may be called from any goroutine, the window's too
// unless they take a context; after Close they return [ErrClosed].
type Manager struct {
	journal  Journal
	dial     Dial
	secrets  Secrets
	log      *slog.Logger
	now      func() time.Time
	random   func() float64
	mail     *mailbox
	snapshot atomic.Pointer[Snapshot]
	limit    limiter
	routes   <-chan struct{}
	ended    chan struct{} // closed when run returns

	// gentle ends parts, puts, hashing and scans; hard ends every call.
	gentle, hard       context.Context //nolint:containedctx // the engine's own roots
	endGentle, endHard context.CancelFunc
	calls              sync.WaitGroup // every goroutine but run

	// Owned by run:

	settings  Settings
	tasks     map[ID]*task
	order     []*task // by priority, then position
	pool      slots
	endpoints map[string]*endpoint
	stores    map[storeKey]*opening
	blocked   map[AccountID]bool // accounts that wait for credentials
	expiries  map[AccountID]time.Time
	parked    map[storeKey]*refusal // buckets that refuse every key
	clock     time.Duration         // OSS's time less this computer's, if that is worth a word
	scans     []Batch               // the first is being scanned
	scanned   scanProgress          // of that one
	ignored   map[BatchID]int       // how much the patterns left out of batches; replaced, never changed
	stopScan  *atomic.Bool          // ends that one
	enqueued  map[BatchID]bool      // batches whose scan was begun in this life
	stopped   map[BatchID]bool      // those of which it was stopped
	repairs   map[ID]Upload         // uploads that a repair is about to start
	commands  uint64                // how many commands changed rows: reads begun before are stale
	commanded bool                  // a command may have set uploads going that are not in work
	more      bool                  // the journal may hold runnable uploads that are not in work
	loading   bool
	full      map[Place]bool // of which no more were asked for when uploads were last loaded
	halted    *halt          // nil while the journal works
	keeping   []Selection    // rows to be taken off the list once nothing of them is under way
	orders    []*order       // commands that the journal may not have yet, in their order
	ahead     ahead
	missing   missing
	closing   bool
	seen      time.Time // when the engine last looked at the wall clock
	woke      time.Time // when the computer last woke up, as far as was noticed
	watched   ID
	wire      int64 // bytes acknowledged of uploads no longer in work
	meter     meter
	pace      meter
	version   uint64

	inForce    int64 // the speed limit that is set
	alternate  bool  // whether that is the alternative one
	found      int   // parts that only OSS knew, and that were kept
	foundBytes int64 // their size
}

// Start opens the engine on a journal: scans and uploads that were running go on.
func Start(c Config) *Manager {
	m := newManager(c)
	m.calls.Go(func() { m.findScans(c.Hold) })
	go m.run()
	return m
}

func newManager(c Config) *Manager {
	m := &Manager{
		journal: c.Journal, dial: c.Dial, secrets: c.Secrets, log: c.Log, routes: c.Routes,
		now: time.Now, random: rand.Float64,
		mail: newMailbox(), ended: make(chan struct{}),
		tasks: map[ID]*task{}, endpoints: map[string]*endpoint{},
		stores: map[storeKey]*opening{}, blocked: map[AccountID]bool{}, expiries: map[AccountID]time.Time{}, parked: map[storeKey]*refusal{},
		enqueued: map[BatchID]bool{}, stopped: map[BatchID]bool{}, repairs: map[ID]Upload{}, full: map[Place]bool{}, more: true, missing: missing{some: true},
		pace: newPace(),
	}
	m.seen = m.now().Round(0)
	m.hard, m.endHard = context.WithCancel(context.Background())
	m.gentle, m.endGentle = context.WithCancel(m.hard)
	m.apply(c.Settings)
	m.snapshot.Store(&Snapshot{Time: m.now(), Live: map[ID]Live{}})
	return m
}

// do runs f on the owner's goroutine and waits for it. It cannot hang: f never waits,
// and an engine that ended answers at once.
func (m *Manager) do(f func()) error {
	done := make(chan struct{})
	m.mail.put(func() { f(); close(done) })
	select {
	case <-done:
		return nil
	case <-m.ended:
	}
	select {
	case <-done: // f was what ended the engine
		return nil
	default:
		return ErrClosed
	}
}

// Close stops all requests, waits for facts under way to be committed, and ends the
// engine. What was running goes on at the next Start. It takes 3 s at most: what takes no
// notice, such as a read from the drive of a dead server, is left to end by itself.
func (m *Manager) Close() error {
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	if err := m.do(m.handleClose); err != nil {
		return err
	}
	<-m.ended
	returned := make(chan struct{})
	go func() {
		m.calls.Wait()
		close(returned)
	}()
	select {
	case <-returned:
	case <-limit.C:
		m.log.Warn("closed while something of this computer did not answer")
	}
	return nil
}

// Add makes a batch durable and begins to scan it. When it returns, every file below
// the paths will be sent or accounted for, also after a crash.
func (m *Manager) Add(ctx context.Context, r AddRequest) (BatchID, error) {
	b := Batch{Roots: r.Paths, To: r.To, Policy: r.Policy, Options: r.Options, Ignore: r.Ignore, Paused: r.Paused, Created: m.now()}
	if b.Ignore == nil {
		if err := m.do(func() { b.Ignore = m.settings.ignore() }); err != nil {
			return 0, err
		}
	}
	if _, err := newIgnore(b.Ignore); err != nil {
		return 0, err
	}
	if err := CheckBucket(b.To.Bucket); err != nil {
		return 0, err
	}
	if err := CheckPrefix(b.To.Prefix); err != nil {
		return 0, err
	}
	if err := b.Options.Check(); err != nil {
		return 0, err
	}
	if len(b.Roots) == 0 {
		return 0, errors.New("there is no file to add")
	}
	id, err := m.journal.AddBatch(ctx, b)
	if KindOf(err) == KindStorage {
		return 0, errors.Join(err, m.do(func() { m.halt("add files", err) }))
	}
	if err != nil {
		return 0, err
	}
	b.ID = id
	return id, m.do(func() { m.enqueueScan(b) })
}

// StopScan ends looking through the folders of a batch, for good. What was found by then
// stays in the list, and is sent.
func (m *Manager) StopScan(id BatchID) error {
	return m.do(func() { m.handleStopScan(id) })
}

// Pause stops the uploads' bytes within a second and keeps what is done.
func (m *Manager) Pause(s Selection) error {
	return m.do(func() { m.command(s, SetPause) })
}

// Resume starts paused uploads, and those that waited for a person or for their next
// try. Conflicts and changed files stay as they are: they need an answer.
func (m *Manager) Resume(s Selection) error {
	return m.do(func() { m.command(s, SetRun) })
}

// Abort drops the uploads and their parts on OSS.
func (m *Manager) Abort(s Selection) error {
	return m.do(func() { m.command(s, SetAbort) })
}

// Remove takes rows off the list. Unfinished uploads are aborted first; objects are
// never deleted.
func (m *Manager) Remove(s Selection) error {
	return m.do(func() { m.command(s, SetRemove) })
}

// Resolve answers the selected Conflicts; other rows stay as they are.
func (m *Manager) Resolve(s Selection, r Resolution) error {
	return m.do(func() { m.command(s, r.command()) })
}

// NewVersion takes the files as they are now for the selected uploads of
// StatusFileChanged; other rows stay as they are. Parts whose bytes are the same are not
// sent again, where the new size allows.
func (m *Manager) NewVersion(s Selection) error {
	return m.do(func() { m.edit(s, newVersion) })
}

// Skip ends the selected uploads of StatusFileChanged and StatusFileMissing without their
// files; other rows stay as they are.
func (m *Manager) Skip(s Selection) error {
	return m.do(func() { m.edit(s, func(u *Upload) bool { return skip(u, m.now()) }) })
}

// LimitSpeed holds each of the selected uploads to a speed of its own, in bytes per second,
// beside the limit over all; 0 is none. It acts inside parts under way.
func (m *Manager) LimitSpeed(s Selection, bytesPerSecond int64) error {
	return m.do(func() { m.limitSpeed(s, max(bytesPerSecond, 0)) })
}

// UploadAgain adds the files of finished rows once more, to the same folders of the
// bucket, and with what was chosen for existing objects when they were added: an answer to a
// conflict was of that one object.
func (m *Manager) UploadAgain(ctx context.Context, ids []ID) error {
	uploads, err := m.journal.Uploads(ctx, ids)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		b, err := m.journal.Batch(ctx, u.Batch)
		if err != nil {
			return err
		}
		r := AddRequest{Paths: []string{u.Path}, To: u.To.folder(), Policy: b.Policy, Options: u.Options}
		if _, err := m.Add(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// CredentialsChanged makes the engine ask Secrets anew, and ends the wait for them.
func (m *Manager) CredentialsChanged(id AccountID) error {
	return m.do(func() { m.handleCredentials(id) })
}

// NetworkChanged has all buckets opened anew, by the proxy and the certificates that are set
// now. Calls under way end as they would.
func (m *Manager) NetworkChanged() error {
	return m.do(m.handleNetwork)
}

// SetSettings changes the settings, live: also inside parts under way.
func (m *Manager) SetSettings(s Settings) error {
	return m.do(func() { m.apply(s) })
}

// Watch asks for the Detail of one upload in each snapshot; 0 for none.
func (m *Manager) Watch(id ID) error {
	return m.do(func() { m.watched = id; m.publish() })
}

// Snapshot returns what the engine is doing, at most 250 ms old while anything moves.
func (m *Manager) Snapshot() *Snapshot { return m.snapshot.Load() }
