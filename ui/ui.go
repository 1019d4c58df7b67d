package ui

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"partway/assets"
	"partway/desktop"
	"partway/transfer"
	"partway/ui/picker"
)

// AppID is the name that the desktop knows the program by.
const AppID = "io.github.partway.Partway"

// Engine is what the window needs of *transfer.Manager; see there.
type Engine interface {
	Add(ctx context.Context, r transfer.AddRequest) (transfer.BatchID, error)
	StopScan(id transfer.BatchID) error
	Pause(s transfer.Selection) error
	Resume(s transfer.Selection) error
	Abort(s transfer.Selection) error
	Remove(s transfer.Selection) error
	Keep(ctx context.Context, s transfer.Selection) error
	Move(s transfer.Selection, to transfer.Move) error
	Redirect(ctx context.Context, s transfer.Selection, to transfer.Destination) (transfer.Redirected, error)
	Resolve(s transfer.Selection, r transfer.Resolution) error
	NewVersion(s transfer.Selection) error
	Skip(s transfer.Selection) error
	LimitSpeed(s transfer.Selection, bytesPerSecond int64) error
	UploadAgain(ctx context.Context, ids []transfer.ID) error
	ServerParts(ctx context.Context, id transfer.ID, progress func(done, of int)) ([]transfer.StoredPart, error)
	FileSums(ctx context.Context, id transfer.ID, numbers []int, progress func(bytes int)) (map[int]uint64, error)
	Repair(ctx context.Context, id transfer.ID) error
	Link(ctx context.Context, id transfer.ID, valid time.Duration) (transfer.Link, error)
	Verify(ctx context.Context, id transfer.ID) (transfer.Verification, error)
	FitFile(ctx context.Context, to transfer.Target, uploadID, path string, progress func(read, of int64)) (transfer.Fit, error)
	Adopt(ctx context.Context, a transfer.Adoption) (transfer.ID, error)
	CredentialsChanged(id transfer.AccountID) error
	SetSettings(s transfer.Settings) error
	Watch(id transfer.ID) error
	Snapshot() *transfer.Snapshot
}

// Journal is what the window reads, and the accounts and settings that it writes.
type Journal interface {
	transfer.Lists
	transfer.Accounts
	Parts(ctx context.Context, id transfer.ID) ([]transfer.Part, error)
	Uploads(ctx context.Context, ids []transfer.ID) ([]transfer.Upload, error)
}

// Trial is the built-in endpoint on this computer.
type Trial interface {
	// Open starts it and makes its account and bucket, or finds them. It may be called
	// any number of times.
	Open(ctx context.Context) (transfer.Account, error)
	// Delete forgets what was stored.
	Delete(ctx context.Context) error
	// Limit is the most bytes it takes.
	Limit() int64
}

// Network is how the network is reached: the proxy, and certificates that are trusted.
type Network interface {
	Network(ctx context.Context) (transfer.Network, error)
	// SetNetwork puts settings in force, and keeps them; with a password, the proxy's too. An
	// error of [transfer.FieldErrors] or [transfer.FieldError] names what is wrong.
	SetNetwork(ctx context.Context, n transfer.Network, password transfer.Secret) error
}

// Config is what a window needs.
type Config struct {
	Version string
	Commit  string    // what it was built from; "": unknown
	Built   time.Time // when that was made
	DataDir string
	Engine  Engine
	Journal Journal
	Secrets transfer.Secrets
	Dial    transfer.Dial // for Test connection, and for browsing buckets and prefixes
	Trial   Trial         // nil: there is none

	// Obtainer gets the credentials of accounts with a [transfer.CredentialSource], for Test
	// connection before they are saved. Vault keeps secrets in a file with a passphrase.
	Obtainer transfer.Obtainer
	Vault    transfer.Vault
	Network  Network

	// Profiles reads the accounts that ossutil is configured with; nil: nothing is imported.
	Profiles func(ctx context.Context) ([]Profile, error)
	Settings transfer.Settings
	// Notices are said at the start: see [Recovered] and its like.
	Notices []Notice
	// AskResume names the uploads that were running and wait, paused, for the person to
	// say whether they go on.
	AskResume []transfer.ID
	Log       *slog.Logger
	// LogTail returns the end of the log, at most so many bytes; nil: there is none.
	LogTail func(most int64) ([]byte, error)
	// OnQuit is called once, off Fyne's goroutine, before the program ends: it stops the
	// engine and closes the journal.
	OnQuit func()
	// Background makes the window begin hidden, where there is a tray.
	Background bool
}

// UI is the window and all that runs behind it.
type UI struct {
	c   Config
	log *slog.Logger
	app fyne.App
	win fyne.Window

	// dispatch queues a func to run on Fyne's goroutine.
	dispatch func(func())
	picker   picker.Picker

	quitting atomic.Bool
	stopped  atomic.Bool // Fyne's loop has ended: what it is handed runs on any goroutine
	quitOnce sync.Once
	ended    chan struct{}   // closed when all is stopped and saved
	ctx      context.Context //nolint:containedctx // the window's own root, ended at quit
	cancel   context.CancelFunc
	workMu   sync.Mutex // guards the count of work against its Wait
	work     sync.WaitGroup
	watchdog *time.Timer // set by shutdown, before ended is closed
	exit     func(status int)
	signals  chan os.Signal

	pump     *pump
	trace    *trace // nil where nothing is measured
	presence *presence
	power    func(ctx context.Context, a desktop.Action) error
	// Copies of settings for presence, which runs on a goroutine of its own.
	quiet, letSleep atomic.Bool
	forgetBatches   atomic.Bool // have the batches that are open told anew

	// What follows belongs to Fyne's goroutine.
	main     *mainView
	notices  *noticeBar
	done     *whenDone
	tray     bool // there is one
	hidden   bool // the window is in the tray
	begins   bool // the program begins with the session, as last read
	prefs    preferences
	accounts []transfer.Account
	expires  map[transfer.AccountID]time.Time // when temporary credentials end, as far as is known
	vault    vaultState
	network  transfer.Network // as last read
	// lockedNotice takes the notice of locked secrets away; nil while there is none.
	lockedNotice func()
	// accountsRead tells that accounts is what the journal has: at the start, files can be
	// proposed before it is.
	accountsRead bool
	modals       []*modal
	sheet        *sheet
	fragments    *fragmentsView                // while it is open
	fragmentsOf  transfer.Destination          // the bucket that it listed last
	held         *proposal                     // dropped while no sheet could open
	asked        map[transfer.AccountID]func() // what takes the question for credentials away
	refused      map[bucketOf]func()           // what takes the notice of a bucket away
	clockTold    bool
	ignoredTold  map[transfer.BatchID]bool // of which it was said what was left out
	choosing     bool                      // a file dialog is open
	saving       bool                      // the engine's settings are being saved
	unsaved      bool                      // and have changed since
}

// New makes the window, without showing it. It reads the settings, so it may wait for
// the disk; it is called once, on the main goroutine.
func New(c Config) *UI {
	setMetadata(c.Version)
	a := app.NewWithID(AppID)
	a.SetIcon(assets.Icon)
	u := newUI(c, a, fyne.Do)
	u.presence.open = openDesktop
	u.takeSignals()
	var err error
	if u.trace, err = newTrace(os.Getenv(TraceVariable)); err != nil {
		u.log.Warn("nothing is measured", "err", err)
	}
	u.build()
	return u
}

// setMetadata tells Fyne about the program.
func setMetadata(version string) {
	app.SetMetadata(fyne.AppMetadata{
		ID: AppID, Name: "Partway", Version: version, Icon: assets.Icon,
		// All work on widgets is done on Fyne's goroutine, by [UI.do].
		Migrations: map[string]bool{"fyneDo": true},
	})
}

// newUI makes a UI without its window.
func newUI(c Config, a fyne.App, dispatch func(func())) *UI {
	ctx, cancel := context.WithCancel(context.Background())
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	u := &UI{
		c: c, log: c.Log, app: a, dispatch: dispatch,
		ended: make(chan struct{}), signals: make(chan os.Signal, 1), ctx: ctx, cancel: cancel,
		exit:    os.Exit, //nolint:forbidigo // the watchdog's last resort, when quitting hangs
		expires: map[transfer.AccountID]time.Time{},
		asked:   map[transfer.AccountID]func(){}, refused: map[bucketOf]func(){}, ignoredTold: map[transfer.BatchID]bool{},
	}
	u.pump = newPump(u)
	u.presence = &presence{u: u, now: time.Now, opened: make(chan struct{})}
	u.done = &whenDone{u: u}
	u.power = desktop.Do
	return u
}

// build makes the window from the settings.
func (u *UI) build() {
	u.prefs = u.readPreferences()
	u.prefs.apply(u.app)
	u.sharePrefs()
	u.win = u.app.NewWindow("Partway")
	u.picker = u.newPicker()
	u.notices = newNoticeBar(u)
	u.main = newMainView(u)
	u.win.SetMaster()
	u.win.Resize(u.prefs.size())
	u.win.SetCloseIntercept(u.closed)
	u.win.SetOnDropped(u.dropped)
}

// Run shows the window and returns after quit.
func (u *UI) Run() {
	u.app.Lifecycle().SetOnStarted(func() {
		u.takeSignals()
		u.watchSignals()
		u.start()
		// Fyne takes them as well, on a goroutine that may come later than this: once the
		// disk was read, it has come.
		u.reloadAccounts(u.takeSignals)
	})
	u.app.Lifecycle().SetOnEnteredForeground(func() { u.pump.setFocused(true) })
	u.app.Lifecycle().SetOnExitedForeground(func() { u.pump.setFocused(false) })
	if u.c.Background {
		u.hidden = true
		u.pump.setHidden(true)
	} else {
		u.win.Show()
	}
	u.app.Run()
	u.stopped.Store(true)
	// Fyne may end by itself, as when the display goes away.
	u.shutdown(false)
	u.watchdog.Stop()
}

// start begins what runs behind the window.
func (u *UI) start() {
	u.background(u.pump.run)
	if u.presence.open != nil {
		u.background(u.presence.run)
	}
	u.reloadAccounts(func() {
		u.askResume()
		u.main.focusList()
		u.unlockAtStart()
	})
	for _, n := range u.c.Notices {
		u.notices.add(n)
	}
}

// repaint has all of the window drawn anew. After the computer slept, Fyne may have forgotten
// which window its objects are in, and then draws nothing that changes in them.
func (u *UI) repaint() {
	c := u.win.Canvas()
	for _, o := range append(c.Overlays().List(), c.Content()) {
		c.Refresh(o) // knows its window without being told
		o.Refresh()
	}
}

// Raise brings the window forward. It may be called from any goroutine.
func (u *UI) Raise() {
	u.do(u.raise)
}

// Propose opens the drop sheet as if the paths had been dropped; a zero destination or
// policy leaves the sheet's own. It may be called from any goroutine.
func (u *UI) Propose(paths []string, to transfer.Destination, p transfer.Policy) {
	u.do(func() { u.propose(proposal{paths: paths, to: to, policy: p}) })
}

// AccountsChanged has the window read the accounts again, and show what depends on them:
// a proposal waits for that. It may be called from any goroutine.
func (u *UI) AccountsChanged() {
	u.do(func() {
		u.accountsRead = false
		u.reloadAccounts(nil)
	})
}
