package ui

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"partway/transfer"
)

// Fyne's desktop driver has a goroutine from the moment it is linked.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreCurrent()) }

// patience is how long a test waits for what another goroutine does.
const patience = 10 * time.Second

// harness is a window on Fyne's test driver, with fakes behind it. The test's goroutine
// stands for Fyne's: what is dispatched runs in until, and nowhere else.
type harness struct {
	*testing.T
	u       *UI
	engine  *fakeEngine
	journal *fakeJournal
	secrets *fakeSecrets
	trial   *fakeTrial
	store   *fakeStore
	vault   *fakeVault
	network *fakeNetwork

	now func() time.Time // the pump's clock, if not the computer's

	mu    sync.Mutex
	queue []func() // guarded by mu
	more  chan struct{}
	quits int
}

// copied is an application whose clipboard has a history, as those of many desktops have.
type copied struct {
	fyne.App
	texts []string
}

// Clipboard returns the clipboard.
func (c *copied) Clipboard() fyne.Clipboard { return &noted{c.App.Clipboard(), c} }

// noted is a clipboard that notes what comes to it.
type noted struct {
	fyne.Clipboard
	by *copied
}

// SetContent puts a text on the clipboard.
func (n *noted) SetContent(text string) {
	n.by.texts = append(n.by.texts, text)
	n.Clipboard.SetContent(text)
}

func newHarness(t *testing.T, change ...func(h *harness, c *Config)) *harness {
	t.Helper()
	h := &harness{
		T: t, engine: newFakeEngine(), journal: newFakeJournal(), secrets: newFakeSecrets(),
		trial: &fakeTrial{limit: 1 << 30}, store: &fakeStore{}, vault: newFakeVault(), network: &fakeNetwork{}, more: make(chan struct{}, 1),
	}
	h.trial.journal = h.journal
	c := Config{
		Version: "1.2.3", Commit: "0123456789ab", Built: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), DataDir: t.TempDir(), Engine: h.engine, Journal: h.journal,
		Secrets: h.secrets, Vault: h.vault, Network: h.network, Trial: h.trial, Log: slog.New(slog.DiscardHandler),
		Dial:   func(transfer.Account, transfer.Credentials, string) (transfer.Store, error) { return h.store, nil },
		OnQuit: func() { h.quits++ },
	}
	for _, f := range change {
		f(h, &c)
	}
	history := &copied{App: test.NewTempApp(t)}
	t.Cleanup(func() { // last: whatever a test copies, no secret that it typed is in it
		for _, text := range history.texts {
			if strings.Contains(text, "hush") {
				t.Errorf("a secret was copied: %q", text)
			}
		}
	})
	h.u = newUI(c, history, h.dispatch)
	h.u.exit = func(int) { t.Error("the watchdog ended the process") }
	if h.now != nil {
		h.u.pump.now = h.now
	}
	h.u.build()
	h.u.win.Resize(fyne.NewSize(defaultWidth, defaultHeight))
	h.u.start()
	t.Cleanup(func() {
		h.u.shutdown(false)
		h.u.watchdog.Stop()
		h.u.win.Close()
	})
	return h
}

func (h *harness) dispatch(f func()) {
	h.mu.Lock()
	h.queue = append(h.queue, f)
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// runQueued runs what was dispatched so far.
func (h *harness) runQueued() {
	for {
		h.mu.Lock()
		queued := h.queue
		h.queue = nil
		h.mu.Unlock()
		if len(queued) == 0 {
			return
		}
		for _, f := range queued {
			f()
		}
	}
}

// until runs what is dispatched until the condition holds.
func (h *harness) until(what string, holds func() bool) {
	h.Helper()
	deadline := time.After(patience)
	poll := time.NewTicker(10 * time.Millisecond) // for what is not dispatched
	defer poll.Stop()
	for {
		h.runQueued()
		if holds() {
			return
		}
		select {
		case <-h.more:
		case <-poll.C:
		case <-deadline:
			h.Fatalf("it did not happen: %s", what)
		}
	}
}

// withAccount makes the window start with one account.
func withAccount(h *harness, _ *Config) {
	h.journal.accounts = []transfer.Account{{
		ID: 1, Name: "Work", Kind: transfer.AccountKeys, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com",
		Region: "cn-hangzhou", Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4,
		KeyID: "LTAI1", Bucket: "pictures", Prefix: "old/",
	}}
	h.secrets.kept[1] = transfer.Credentials{KeyID: "LTAI1", Secret: transfer.NewSecret("s")}
}

// newReady is a harness with an account, which the window knows already.
func newReady(t *testing.T, change ...func(h *harness, c *Config)) *harness {
	t.Helper()
	h := newHarness(t, append([]func(*harness, *Config){withAccount}, change...)...)
	h.until("the accounts are read", func() bool { return len(h.u.accounts) == 1 })
	return h
}

// files makes files of one byte each and returns their paths.
func files(t *testing.T, names ...string) []string {
	t.Helper()
	dir := t.TempDir()
	paths := make([]string, 0, len(names))
	for _, name := range names {
		path := dir + "/" + name
		if err := os.WriteFile(path, []byte{1}, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// press sends a key to whatever has the focus, as Fyne would.
func (h *harness) press(name fyne.KeyName) {
	k := &fyne.KeyEvent{Name: name}
	if f := h.u.win.Canvas().Focused(); f != nil {
		f.TypedKey(k)
		return
	}
	h.u.win.Canvas().OnTypedKey()(k)
}

// fakeEngine notes commands.
type fakeEngine struct {
	verdicts map[transfer.ID]transfer.Verification
	mu       sync.Mutex
	snap     transfer.Snapshot
	added    []transfer.AddRequest
	log      []string // commands, in order
	last     transfer.Selection
	res      transfer.Resolution
	move     transfer.Move
	to       transfer.Destination
	told     transfer.Redirected
	parts    []transfer.StoredPart
	sums     map[int]uint64
	fit      transfer.Fit
	took     []transfer.Adoption
	watch    transfer.ID
	err      error // what every command returns
	creds    []transfer.AccountID
	set      transfer.Settings
}

func newFakeEngine() *fakeEngine { return &fakeEngine{snap: transfer.Snapshot{Version: 1, Slots: 8}} }

func (e *fakeEngine) command(name string, s transfer.Selection) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, name)
	e.last = s
	return e.err
}

func (e *fakeEngine) commands() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.log)
}

func (e *fakeEngine) change(f func(s *transfer.Snapshot)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f(&e.snap)
	e.snap.Version++
}

func (e *fakeEngine) Add(_ context.Context, r transfer.AddRequest) (transfer.BatchID, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.added = append(e.added, r)
	}
	return 1, e.err
}

func (e *fakeEngine) requests() []transfer.AddRequest {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.added)
}

func (e *fakeEngine) Pause(s transfer.Selection) error      { return e.command("pause", s) }
func (e *fakeEngine) Resume(s transfer.Selection) error     { return e.command("resume", s) }
func (e *fakeEngine) Abort(s transfer.Selection) error      { return e.command("abort", s) }
func (e *fakeEngine) Remove(s transfer.Selection) error     { return e.command("remove", s) }
func (e *fakeEngine) NewVersion(s transfer.Selection) error { return e.command("new version", s) }
func (e *fakeEngine) Skip(s transfer.Selection) error       { return e.command("skip", s) }

func (e *fakeEngine) LimitSpeed(s transfer.Selection, bytesPerSecond int64) error {
	return e.command("limit to "+amount(bytesPerSecond), s)
}

func (e *fakeEngine) Move(s transfer.Selection, to transfer.Move) error {
	e.move = to
	return e.command("move", s)
}

func (e *fakeEngine) Redirect(_ context.Context, s transfer.Selection, to transfer.Destination) (transfer.Redirected, error) {
	err := e.command("redirect", s)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to = to
	return e.told, err
}

func (e *fakeEngine) Resolve(s transfer.Selection, r transfer.Resolution) error {
	e.res = r
	return e.command("resolve", s)
}

func (e *fakeEngine) UploadAgain(_ context.Context, ids []transfer.ID) error {
	return e.command("again", transfer.These(ids...))
}

func (e *fakeEngine) ServerParts(_ context.Context, _ transfer.ID, progress func(done, of int)) ([]transfer.StoredPart, error) {
	progress(1, 1)
	return e.parts, e.err
}

func (e *fakeEngine) FileSums(_ context.Context, _ transfer.ID, _ []int, progress func(bytes int)) (map[int]uint64, error) {
	progress(1)
	return e.sums, e.err
}

func (e *fakeEngine) Link(_ context.Context, id transfer.ID, valid time.Duration) (transfer.Link, error) {
	l := transfer.Link{URL: transfer.NewSecret(fmt.Sprintf("https://pictures.example/%d", id))}
	if valid > 0 {
		l = transfer.Link{URL: transfer.NewSecret(fmt.Sprintf("https://pictures.example/%d?signed=%s", id, valid)), Until: time.Unix(1_790_000_000, 0)}
	}
	return l, e.err
}

func (e *fakeEngine) Verify(_ context.Context, id transfer.ID) (transfer.Verification, error) {
	return e.verdicts[id], e.err
}

func (e *fakeEngine) Repair(_ context.Context, id transfer.ID) error {
	return e.command("repair", transfer.These(id))
}

func (e *fakeEngine) StopScan(id transfer.BatchID) error {
	return e.command(fmt.Sprint("stop scan ", id), transfer.Selection{})
}

func (e *fakeEngine) CredentialsChanged(id transfer.AccountID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.creds = append(e.creds, id)
	return nil
}

func (e *fakeEngine) SetSettings(s transfer.Settings) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.set = s
	return nil
}

func (e *fakeEngine) Watch(id transfer.ID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watch = id
	return nil
}

func (e *fakeEngine) Snapshot() *transfer.Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.snap
	return &s
}

func (e *fakeEngine) FitFile(_ context.Context, _ transfer.Target, _, _ string, _ func(read, of int64)) (transfer.Fit, error) {
	return e.fit, e.err
}

func (e *fakeEngine) Adopt(_ context.Context, a transfer.Adoption) (transfer.ID, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.took = append(e.took, a)
	return 1, e.err
}

func (e *fakeEngine) Keep(_ context.Context, s transfer.Selection) error { return e.command("keep", s) }
