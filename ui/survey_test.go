package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"partway/transfer"
)

// folder makes files of one byte each in a folder of that name, and returns its path.
func folder(t *testing.T, name string, files ...string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), name)
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte{1}, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func (h *harness) sheetOf(paths ...string) *sheet {
	h.Helper()
	h.u.propose(proposal{paths: paths})
	h.until("the sheet opens, and all is counted", func() bool { return h.u.sheet != nil && h.u.sheet.survey.whole })
	return h.u.sheet
}

func looked(s *sheet) func() bool {
	return func() bool { return s.survey.whole && !s.survey.looking && s.survey.to.Account != 0 }
}

func TestSheetSaysWhatIsThereAlready(t *testing.T) {
	h := newReady(t, func(h *harness, _ *Config) {
		h.store.objects = map[string]int64{"old/trip/1": 1, "old/trip/2": 7, "else/trip/1": 1}
	})
	s := h.sheetOf(folder(t, "trip", "1", "2", "3"))
	h.until("it is looked up", looked(s))
	if want := "2 of 3 files are there already (1 of the same size, 1 of another)."; s.existing.Text != want {
		t.Errorf("it says %q, want %q", s.existing.Text, want)
	}
	got := s.survey.findings()
	if len(got) != 2 || got[1].name != "old/trip/1" || !strings.Contains(got[0].what, "7 B") {
		t.Errorf("it lists %+v", got)
	}
	s.prefix.SetText("else/")
	h.until("it is looked up anew", func() bool { return s.existing.Text == "1 of 3 files is there already, with the same size." })
	s.bucket.SetText("")
	if s.existing.Text != "" || s.list.Visible() {
		t.Errorf("without a bucket it says %q", s.existing.Text)
	}
}

// TestSheetIsConfirmedBeforeItHasLooked: what the survey finds is for reading only.
func TestSheetIsConfirmedBeforeItHasLooked(t *testing.T) {
	h := newReady(t, func(h *harness, _ *Config) { h.store.hold = make(chan struct{}) })
	defer close(h.store.hold)
	s := h.sheetOf(files(t, "a")...)
	if !s.survey.looking || s.start.Disabled() {
		t.Fatalf("looking: %v, disabled: %v", s.survey.looking, s.start.Disabled())
	}
	h.press(fyne.KeyReturn)
	h.until("the sheet closes", func() bool { return h.u.sheet == nil })
	if len(h.engine.requests()) != 1 {
		t.Error("nothing was added")
	}
}

func TestSheetSaysWhenItMayNotLook(t *testing.T) {
	h := newReady(t, func(h *harness, _ *Config) { h.store.refuse = "Head" })
	s := h.sheetOf(files(t, "a")...)
	h.until("it is refused", func() bool { return strings.HasPrefix(s.existing.Text, "This account may not look") })
	if s.start.Disabled() || s.message.Visible() {
		t.Errorf("a refusal keeps from adding: %q", s.message.Text)
	}
}

func TestSheetLooksByListingWhereThereAreMany(t *testing.T) {
	names := make([]string, 300)
	for i := range names {
		names[i] = fmt.Sprintf("%04d", i)
	}
	h := newReady(t, func(h *harness, _ *Config) {
		h.store.refuse = "Head"
		h.store.objects = map[string]int64{"old/many/0007": 1, "old/many/0299": 1}
	})
	s := h.sheetOf(folder(t, "many", names...))
	h.until("it is looked up", func() bool { return strings.HasPrefix(s.existing.Text, "2 of 300 files") })
}

func TestSheetLeavesOutByPattern(t *testing.T) {
	h := newReady(t)
	s := h.sheetOf(folder(t, "trip", "1", ".DS_Store", ".git/config", "old.tmp"))
	if s.ignore.Text != ".DS_Store, Thumbs.db, desktop.ini, .git" || s.survey.tally.Files != 2 {
		t.Errorf("by %q it counts %d files", s.ignore.Text, s.survey.tally.Files)
	}
	if !strings.Contains(s.odd.Text, "2 left out by pattern") || len(s.survey.findings()) != 2 {
		t.Errorf("it says %q, and lists %+v", s.odd.Text, s.survey.findings())
	}
	s.ignore.SetText("*.tmp, [")
	if !s.start.Disabled() || !strings.Contains(s.message.Text, "[") {
		t.Errorf("a pattern that is none is taken; it says %q", s.message.Text)
	}
	s.ignore.SetText("*.tmp")
	h.until("it is counted anew", func() bool { return s.survey.whole && s.survey.tally.Files == 3 })
	h.press(fyne.KeyReturn)
	h.until("the sheet closes", func() bool { return h.u.sheet == nil })
	if r := h.engine.requests(); len(r) != 1 || !slices.Equal(r[0].Ignore, []string{"*.tmp"}) {
		t.Errorf("added %+v", r)
	}
}

func TestSheetTakesTheSettingsPatterns(t *testing.T) {
	h := newReady(t, func(_ *harness, c *Config) { c.Settings.Ignore = []string{} })
	s := h.sheetOf(folder(t, "trip", ".DS_Store"))
	if s.ignore.Text != "" || s.survey.tally.Files != 1 {
		t.Errorf("by %q it counts %d files", s.ignore.Text, s.survey.tally.Files)
	}
}

func TestSheetTellsOfTwoFilesOfOneName(t *testing.T) {
	h := newReady(t)
	s := h.sheetOf(folder(t, "a", "x"), folder(t, "a", "x", "y"))
	if !strings.Contains(s.odd.Text, "1 has the key of another") || !strings.Contains(s.survey.findings()[0].what, "another file") {
		t.Errorf("it says %q", s.odd.Text)
	}
}

func TestSheetReckonsTimeAndRequests(t *testing.T) {
	h := newReady(t)
	s := h.sheetOf(files(t, "a", "b")...)
	if s.tally.Text != "2 files, 2 B · 2 requests" {
		t.Errorf("without a rate it says %q", s.tally.Text)
	}
	h.press(fyne.KeyEscape)
	path := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 120*transfer.MiB); err != nil {
		t.Fatal(err)
	}
	h.u.prefs.Rate = 2 * transfer.MiB
	s = h.sheetOf(path)
	if want := "1 file, 120 MiB · about 1 min at 2.0 MiB/s · 26 requests"; s.tally.Text != want {
		t.Errorf("it says %q, want %q", s.tally.Text, want)
	}
	h.u.c.Settings.BytesPerSecond = transfer.MiB
	s.showSurvey()
	if !strings.Contains(s.tally.Text, "about 2 min at 1.0 MiB/s") {
		t.Errorf("with a limit it says %q", s.tally.Text)
	}
}

func TestSheetOffersRecentDestinations(t *testing.T) {
	h := newReady(t)
	h.journal.recent = []transfer.Destination{{Account: 1, Bucket: "pictures", Prefix: "old/"}, {Account: 1, Bucket: "backup", Prefix: "照片/"}}
	s := openSheet(t, h)
	c := h.u.win.Canvas()
	h.until("they are offered", func() bool { return s.recent == 2 })
	c.Focus(s.bucket)
	h.press(fyne.KeyDown)
	if c.Focused() == nil || c.Focused() == fyne.Focusable(s.bucket) {
		t.Fatal("Down does not open the list")
	}
	h.press(fyne.KeyDown)
	h.press(fyne.KeyDown)
	h.press(fyne.KeyReturn)
	if s.bucket.Text != "backup" || s.prefix.Text != "照片/" {
		t.Errorf("chose %q, %q", s.bucket.Text, s.prefix.Text)
	}
}

func TestWhatAScanLeftOutIsToldOnce(t *testing.T) {
	h := newReady(t)
	h.journal.ignored = transfer.Names{Count: 3, First: []string{"a/.git/", "a/.DS_Store"}}
	for range 2 {
		h.engine.change(func(s *transfer.Snapshot) { s.Ignored = map[transfer.BatchID]int{7: 3} })
		h.u.pump.poke()
		h.until("it is told", func() bool { return len(h.u.notices.box.Objects) == 1 })
	}
	h.u.showIgnored(7)
	h.until("it is listed", func() bool { return h.u.topModal() != nil })
	h.press(fyne.KeyEscape)
	if h.u.topModal() != nil {
		t.Error("Escape does not close the list")
	}
	if got := named(h.journal.ignored, "x"); len(got) != 3 || got[2].name != "and 1 more" {
		t.Errorf("listed %+v", got)
	}
}

// TestDialogStaysInTheMiddle: also when what it says grew after it opened.
func TestDialogStaysInTheMiddle(t *testing.T) {
	h := newReady(t)
	s := h.sheetOf(files(t, "a")...)
	before := s.pop.Size().Height
	s.sayWrong(strings.Repeat("a reason ", 100))
	at, size, whole := s.pop.Position(), s.pop.Size(), h.u.win.Canvas().Size()
	if size.Height <= before {
		t.Fatalf("it did not grow: %v, %v", before, size.Height)
	}
	if above, below := at.Y, whole.Height-at.Y-size.Height; above < below-1 || above > below+1 {
		t.Errorf("%v above it, %v below", above, below)
	}
}

// TestAnEndedLoadIsNotApplied: a count that was given up when its result was on its way to
// the window would stand there as that of all that was dropped since.
func TestAnEndedLoadIsNotApplied(t *testing.T) {
	h := newReady(t)
	ctx, cancel := context.WithCancel(h.u.ctx)
	applied := false
	load(h.u, ctx, func(context.Context) (int, error) { return 1, nil }, func(int, error) { applied = true })
	for queued := 0; queued == 0; { // without running it
		<-h.more
		h.mu.Lock()
		queued = len(h.queue)
		h.mu.Unlock()
	}
	cancel()
	later := false
	load(h.u, h.u.ctx, func(context.Context) (int, error) { return 2, nil }, func(int, error) { later = true })
	h.until("the next is applied", func() bool { return later })
	if applied {
		t.Error("what was given up is applied")
	}
}
