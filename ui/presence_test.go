package ui

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"partway/desktop"
	"partway/transfer"
)

// fakeDesktop notes what it is told.
type fakeDesktop struct {
	mu    sync.Mutex
	tray  desktop.Tray           // guarded by mu
	notes []desktop.Notification // guarded by mu
	why   string                 // guarded by mu
}

func (f *fakeDesktop) SetTray(t desktop.Tray) { f.change(func() { f.tray = t }) }
func (f *fakeDesktop) KeepAwake(why string)   { f.change(func() { f.why = why }) }
func (f *fakeDesktop) Wait()                  {}

func (f *fakeDesktop) Notify(n desktop.Notification) {
	f.change(func() { f.notes = append(f.notes, n) })
}

func (f *fakeDesktop) change(g func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g()
}

func (f *fakeDesktop) told() []desktop.Notification {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]desktop.Notification(nil), f.notes...)
}

// beside makes a window with a desktop whose clock is the test's, and the presence that
// looks when the test says.
func beside(h *harness) (*fakeDesktop, *presence, *time.Time) {
	f := &fakeDesktop{}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	p := h.u.presence
	p.now, p.around, p.begun = func() time.Time { return now }, f, now
	close(p.opened)
	return f, p, &now
}

func TestClosingHidesWhereThereIsATray(t *testing.T) {
	h := newReady(t)
	f, _, _ := beside(h)
	h.u.setTray(true)
	h.u.closed()
	h.until("it is told where the window went", func() bool { return len(f.told()) == 1 })
	h.until("that is remembered", func() bool { return h.journal.saved()[settingWindow] != "" })
	if !h.u.hidden || h.u.quitting.Load() {
		t.Fatal("the window is not hidden, or the program ends")
	}
	lists, _ := h.journal.listed()
	h.journal.add(99, transfer.StatusUploading)
	h.u.pump.poke()
	h.u.trayClicked(trayShow)
	if h.u.hidden {
		t.Error("the tray does not bring it back")
	}
	h.until("it shows what came meanwhile", func() bool { n, _ := h.journal.listed(); return n > lists })
	h.u.closed()
	if h.runQueued(); len(f.told()) != 1 {
		t.Error("it is told twice")
	}
	h.u.setTray(false)
	if h.u.hidden {
		t.Error("the tray went, and nothing brings the window back")
	}
	h.u.closed()
	h.until("without a tray the program ends", h.u.quitting.Load)
}

func TestClosingQuitsWhereThatIsWanted(t *testing.T) {
	h := newReady(t)
	beside(h)
	h.u.setTray(true)
	h.u.prefs.CloseQuits = true
	h.u.closed()
	h.until("the program ends", h.u.quitting.Load)
}

func TestHiddenWindowIsLeftAlone(t *testing.T) {
	h := newReady(t)
	h.u.pump.setHidden(true)
	p := h.u.pump
	lists, _ := h.journal.listed()
	h.journal.add(99, transfer.StatusUploading)
	for range 20 { // each is taken before the next goes in
		p.poked <- struct{}{}
	}
	if n, _ := h.journal.listed(); n != lists {
		t.Errorf("the journal was read %d times for a window that is hidden", n-lists)
	}
}

func TestTrayCommands(t *testing.T) {
	h := newReady(t)
	h.u.trayClicked(trayPause)
	h.u.trayClicked(trayStart)
	h.u.trayClicked(trayLimit)
	if got := fmt.Sprint(h.engine.commands()); got != "[pause resume]" {
		t.Errorf("the engine was told %s", got)
	}
	if !h.u.c.Settings.Switched {
		t.Error("the limit was not switched")
	}
	h.u.trayClicked(trayQuit)
	h.until("the program ends", h.u.quitting.Load)
}

// The computer is kept awake while something is sent and a moment longer, and never when the
// person wants it to sleep.
func TestKeepAwake(t *testing.T) {
	h := newReady(t)
	f, p, now := beside(h)
	awake := func(what string, want bool, snap *transfer.Snapshot) {
		t.Helper()
		p.keepAwake(snap, *now)
		if (f.why != "") != want {
			t.Errorf("%s: kept awake by %q", what, f.why)
		}
	}
	idle, busy := &transfer.Snapshot{}, &transfer.Snapshot{InFlight: 1}
	awake("at the start", false, idle)
	awake("while sending", true, busy)
	*now = now.Add(awakePause / 2)
	awake("between two tries", true, idle)
	*now = now.Add(awakePause)
	awake("after the end", false, idle)
	awake("while sending again", true, busy)
	h.u.letSleep.Store(true)
	awake("against the person's will", false, busy)
}

// A batch that ends is told once, with what became of its files, and not at all when told not to.
func TestOneNotificationForEachBatch(t *testing.T) {
	h := newReady(t)
	f, p, _ := beside(h)
	look := func() {
		t.Helper()
		if err := p.lookAtBatches(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.journal.add(1, transfer.StatusCompleted)
	look() // what ended before is no news
	h.journal.add(2, transfer.StatusUploading)
	h.journal.add(3, transfer.StatusConflict)
	look()
	h.journal.change(func() { h.journal.rows[1].Status = transfer.StatusCompleted })
	look()
	look()
	notes := f.told()
	if len(notes) != 1 || notes[0].Title != "photos" || notes[0].Body != "2 files uploaded. 1 file needs you." {
		t.Fatalf("it was told %v", notes)
	}
	h.u.quiet.Store(true)
	h.journal.add(4, transfer.StatusPaused)
	look()
	h.journal.change(func() { h.journal.rows[3].Status = transfer.StatusCompleted })
	if look(); len(f.told()) != 1 {
		t.Error("it is told though nothing should be")
	}
	if w := endWords(3, 400, 2); w != "3 batches have ended. 400 files uploaded. 2 files need you." {
		t.Error(w)
	}
}

// Who aborted a batch knows that it has ended.
func TestNoNotificationForWhatWasAborted(t *testing.T) {
	h := newReady(t)
	f, p, _ := beside(h)
	h.journal.add(1, transfer.StatusUploading)
	for _, status := range []transfer.Status{transfer.StatusUploading, transfer.StatusAborted} {
		h.journal.change(func() { h.journal.rows[0].Status = status })
		if err := p.lookAtBatches(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if notes := f.told(); len(notes) != 0 || len(p.batches) != 0 {
		t.Errorf("told %v, open %v", notes, p.batches)
	}
}

func TestWhenDone(t *testing.T) {
	h := newReady(t)
	f, _, _ := beside(h)
	var did []desktop.Action
	var answer error
	h.u.power = func(_ context.Context, a desktop.Action) error { did = append(did, a); return answer }
	w := h.u.done
	w.open(0, 1)
	if h.u.topModal() != nil {
		t.Fatal("nothing was chosen, and something is done")
	}
	w.choose(afterShutDown)
	if !h.u.main.status.done.Visible() {
		t.Error("what will be done is not shown")
	}
	w.open(0, 0)
	if h.u.topModal() != nil {
		t.Fatal("there was nothing to upload since, and something is done")
	}
	w.open(1, 0)
	w.open(0, 1)
	if h.u.topModal() == nil {
		t.Fatal("nothing is counted down")
	}
	h.until("it is told beside the window, too", func() bool { return len(f.told()) == 1 })
	w.open(1, 0)
	if h.u.topModal() != nil || w.chosen != afterShutDown {
		t.Error("it goes on although there is something to upload again")
	}
	w.open(0, 1)
	h.press(fyne.KeyReturn) // the keyboard is on Cancel
	if h.u.topModal() != nil || w.chosen != afterNothing || h.u.main.status.done.Visible() {
		t.Error("Cancel does not cancel")
	}
	w.choose(afterSleep)
	w.open(1, 0)
	w.open(0, 1)
	h.press(fyne.KeyEscape)
	if h.u.topModal() != nil || w.chosen != afterNothing {
		t.Error("Escape does not cancel")
	}
	answer = errors.Join(desktop.ErrRefused, errors.New("Interactive authentication required"))
	w.choose(afterShutDown)
	w.open(1, 0)
	w.open(0, 1)
	for range countdownFrom {
		w.second()
	}
	h.until("the refusal is said", func() bool {
		m := h.u.topModal()
		return m != nil && m.title.Text == "The system does not let Partway shut the computer down."
	})
	h.u.topModal().close()
	if len(did) != 1 || did[0] != desktop.ShutDown || w.chosen != afterNothing {
		t.Errorf("did %v, and next %q", did, w.chosen)
	}
	w.choose(afterQuit)
	w.open(1, 0)
	w.open(0, 1)
	w.act()
	h.until("the program quits", h.u.quitting.Load)
}

func TestCrashReport(t *testing.T) {
	k := transfer.Progress{Uploads: 14, Parts: 3812, Bytes: 41 * transfer.GiB, NeedYou: 2}
	if got, want := crashWords(k), "Partway did not end in order last time. 14 uploads were recovered. 3812 parts were kept: 41 GiB are not sent again. 2 uploads need you."; got != want {
		t.Errorf("it says %q", got)
	}
	h := newReady(t)
	h.engine.change(func(s *transfer.Snapshot) { s.Found, s.FoundBytes = 3, 100 })
	h.journal.add(1, transfer.StatusUploading)
	h.u.openCrashReport(k)
	h.until("its details are shown", func() bool { return h.u.topModal() != nil })
}
