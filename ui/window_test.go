package ui

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

func TestEmptyStateThenList(t *testing.T) {
	h := newHarness(t)
	v := h.u.main
	h.until("the empty state", func() bool { return v.nothing.Visible() && !v.working.Visible() })
	if !v.empty.first.Visible() || v.empty.adding.Visible() {
		t.Error("without an account it does not offer to add one")
	}
	h.journal.add(1, transfer.StatusPaused)
	h.until("the list", func() bool { return !v.nothing.Visible() && v.working.Visible() })
	h.journal.change(func() { h.journal.rows = nil })
	h.until("the empty state again", func() bool { return v.nothing.Visible() })
}

func TestFilterAndSearch(t *testing.T) {
	h := newReady(t)
	h.journal.add(1, transfer.StatusPaused)
	h.journal.add(2, transfer.StatusCompleted)
	h.until("both are listed", func() bool { return h.u.main.list.Len() == 2 })
	if got := h.u.main.filters.lines[transfer.GroupPaused].count.Text; got != "1" {
		t.Errorf("the filter Paused counts %s", got)
	}
	test.Tap(h.u.main.filters.lines[transfer.GroupPaused])
	h.until("one is listed", func() bool { return h.u.main.list.Len() == 1 })
	h.u.main.toolbar.focusSearch()
	test.Type(h.u.main.toolbar.search, "x")
	h.until("the search is asked", func() bool { _, f := h.journal.listed(); return f.Search == "x" })
	h.press(fyne.KeyEscape)
	h.until("the search ends", func() bool { _, f := h.journal.listed(); return f.Search == "" })
}

// The smallest window must hold the main view and every dialog, in both languages.
func TestEverythingFitsTheSmallestWindow(t *testing.T) {
	for _, l := range []text.Language{text.English, text.Chinese} {
		t.Run(string(l), func(t *testing.T) {
			saved, err := json.Marshal(preferences{Language: l})
			if err != nil {
				t.Fatal(err)
			}
			h := newReady(t, func(h *harness, _ *Config) { h.journal.settings[settingWindow] = string(saved) })
			backToEnglish(t)
			h.u.win.Resize(fyne.NewSize(leastWidth, leastHeight))
			if got := h.u.win.Content().MinSize(); got.Width > leastWidth || got.Height > leastHeight {
				t.Errorf("the window needs %v", got)
			}
			for name, open := range map[string]func(){
				"sheet":    func() { h.u.openSheet(proposal{paths: []string{"/a"}}) },
				"account":  func() { newAccount(h) },
				"accounts": h.u.openAccounts,
				"settings": func() { h.u.showSettings(ResumeAlways) },
				"token":    func() { newAccount(h).choose(wayToken) },
				"role": func() {
					d := newAccount(h)
					d.choose(wayAssume)
					d.advanced.OpenAll()
				},
				"server":     func() { newAccount(h).choose(wayURI) },
				"passphrase": h.u.askPassphrase,
				"about":      h.u.openAbout,
				"doubts":     func() { h.u.showPerhaps([]transfer.PerhapsOurs{{UploadID: "U"}}) },
				"no place":   h.u.askForAccount,
			} {
				open()
				m := h.u.topModal()
				if got := m.pop.MinSize(); got.Width > leastWidth || got.Height > leastHeight {
					t.Errorf("%s needs %v", name, got)
				}
				if body, room := m.body.Content.MinSize().Width, m.body.Size().Width; body > room {
					t.Errorf("%s is %v wide, and has room for %v", name, body, room)
				}
				m.close()
			}
		})
	}
}

func TestDialogsCloseByEscapeFromEveryField(t *testing.T) {
	h := newReady(t)
	fields := func(d *accountDialog) []fyne.Focusable {
		return []fyne.Focusable{
			d.name, d.region, d.kind, d.endpoint, d.bucket, d.way, d.keyID, d.secret, d.token, d.expires, d.command, d.uri,
			d.role, d.session, d.policy, d.keep, d.signature, d.paste, d.test,
		}
	}
	first := newAccount(h)
	first.close()
	for i := range fields(first) {
		d := newAccount(h)
		h.u.win.Canvas().Focus(fields(d)[i])
		h.press(fyne.KeyEscape)
		if d.open() {
			t.Errorf("field %d keeps Escape", i)
			d.close()
		}
	}
}

func TestSettings(t *testing.T) {
	h := newReady(t)
	d := h.u.showSettings(ResumeAlways)
	d.transfer.slots.SetText("12")
	d.speed.limit.SetText("1.5M")
	d.transfer.partSize.SetText("100K")
	d.transfer.md5.SetSelectedIndex(2)
	d.transfer.resume.SetSelectedIndex(1)
	d.general.language.SetSelectedIndex(index(text.Languages, text.Chinese))
	d.general.mode.SetSelectedIndex(index(modes, look.ModeDark))
	h.press(fyne.KeyReturn)
	want := transfer.Settings{Slots: 12, Limits: transfer.Limits{BytesPerSecond: 1.5 * transfer.MiB, Alternative: transfer.MiB}, PartSize: 100 * transfer.KiB, MD5: transfer.MD5Off}
	h.until("they are saved", func() bool {
		saved := h.journal.saved()
		return saved[SettingResume] == string(ResumeAsk) && saved[SettingEngine] != ""
	})
	var saved transfer.Settings
	if err := json.Unmarshal([]byte(h.journal.saved()[SettingEngine]), &saved); err != nil || !reflect.DeepEqual(saved, want) {
		t.Errorf("saved %+v, %v", saved, err)
	}
	h.engine.mu.Lock()
	defer h.engine.mu.Unlock()
	if !reflect.DeepEqual(h.engine.set, want) {
		t.Errorf("the engine has %+v", h.engine.set)
	}
	var prefs preferences
	if err := json.Unmarshal([]byte(h.journal.saved()[settingWindow]), &prefs); err != nil || prefs.Language != text.Chinese || prefs.Mode != look.ModeDark {
		t.Errorf("saved %+v, %v", prefs, err)
	}
}

func TestSettingsRefuse(t *testing.T) {
	h := newReady(t)
	for name, breaks := range map[string]func(d *settingsDialog){
		"no slots":    func(d *settingsDialog) { d.transfer.slots.SetText("0") },
		"65 slots":    func(d *settingsDialog) { d.transfer.slots.SetText("65") },
		"words":       func(d *settingsDialog) { d.speed.limit.SetText("fast") },
		"negative":    func(d *settingsDialog) { d.speed.limit.SetText("-1M") },
		"small parts": func(d *settingsDialog) { d.transfer.partSize.SetText("99K") },
		"big parts":   func(d *settingsDialog) { d.transfer.partSize.SetText("6G") },
	} {
		t.Run(name, func(t *testing.T) {
			d := h.u.showSettings(ResumeAlways)
			defer d.close()
			breaks(d)
			d.save()
			if !d.open() || d.message.Text == "" {
				t.Error("taken")
			}
		})
	}
}

func TestParseAmount(t *testing.T) {
	for typed, want := range map[string]int64{
		"": 0, "1": 1, "100K": 102_400, "100 kb": 102_400, "1.5 MiB": 1_572_864, "2m/s": 2_097_152, "5G": 5 << 30,
	} {
		if got, err := parseAmount(typed); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"x", "NaN", "Inf", "-1", "1e30", "K"} {
		if got, err := parseAmount(typed); err == nil {
			t.Errorf("%q is %d", typed, got)
		}
	}
	for _, n := range []int64{1, 1_023, 102_400, 1_572_864, 5 << 30} {
		if got, err := parseAmount(amount(n)); err != nil || got != n {
			t.Errorf("%d is written %q and read %d, %v", n, amount(n), got, err)
		}
	}
}

func TestQuitStopsAllAndSaves(t *testing.T) {
	h := newReady(t)
	h.u.win.Resize(fyne.NewSize(900, 600))
	h.u.main.split = container.NewVSplit(container.NewWithoutLayout(), container.NewWithoutLayout())
	h.u.main.split.Offset = 0.7
	h.u.Quit()
	h.until("it has ended", func() bool {
		select {
		case <-h.u.ended:
			return true
		default:
			return false
		}
	})
	if h.quits != 1 {
		t.Errorf("OnQuit was called %d times", h.quits)
	}
	var prefs preferences
	if err := json.Unmarshal([]byte(h.journal.saved()[settingWindow]), &prefs); err != nil || prefs.Width < 890 || prefs.Split != 0.7 {
		t.Errorf("saved %+v, %v", prefs, err)
	}
	ran := false
	h.u.do(func() { ran = true })
	h.u.background(func(context.Context) { ran = true })
	h.runQueued()
	if ran {
		t.Error("something ran after quitting")
	}
	h.u.shutdown(true)
	if h.quits != 1 {
		t.Error("it ended twice")
	}
}

func TestResultsOfEndedReadingsAreDropped(t *testing.T) {
	h := newReady(t)
	ctx, cancel := context.WithCancel(t.Context())
	reading, applied := make(chan struct{}), false
	load(h.u, ctx, func(ctx context.Context) (int, error) {
		close(reading)
		<-ctx.Done()
		return 0, errors.New("cut short")
	}, func(int, error) { applied = true })
	<-reading
	cancel()
	h.u.cancel()
	h.u.work.Wait()
	h.runQueued()
	if applied {
		t.Error("it was applied")
	}
}

func TestAskResume(t *testing.T) {
	h := newReady(t, func(_ *harness, c *Config) { c.AskResume = []transfer.ID{3, 4} })
	h.until("it asks", func() bool { return h.u.topModal() != nil })
	h.press(fyne.KeyReturn)
	if got := h.engine.commands(); len(got) != 1 || got[0] != "resume" || len(h.engine.last.IDs) != 2 {
		t.Errorf("%q, %v", got, h.engine.last)
	}
}

func TestNotices(t *testing.T) {
	h := newReady(t, func(_ *harness, c *Config) {
		c.Notices = []Notice{CrashReport(transfer.Progress{Uploads: 14, Parts: 3812, NeedYou: 2}), RecoveredPaused(1), JournalSetAside("/a"), JournalRestored("/b", time.Now()), JournalRestored("", time.Now()), JournalGone(), NetworkFolder("/n")}
	})
	if n := len(h.u.notices.box.Objects); n != maxNotices {
		t.Errorf("%d notices take the list's room", n)
	}
}
