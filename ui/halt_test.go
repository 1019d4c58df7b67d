package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// labels returns all words below an object.
func labels(o fyne.CanvasObject) string {
	var words []string
	for _, c := range test.LaidOutObjects(o) {
		if l, ok := c.(*widget.Label); ok && l.Visible() {
			words = append(words, l.Text)
		}
	}
	return strings.Join(words, "\n")
}

// The window says that the disk is full as long as it is, and no longer.
func TestD1BannerAsLongAsTheDiskIsFull(t *testing.T) {
	h := newReady(t)
	h.engine.change(func(s *transfer.Snapshot) {
		s.Halted = &transfer.Error{Kind: transfer.KindStorage, Code: transfer.CodeDiskFull, Path: "/d/partway.db"}
	})
	h.u.win.Resize(fyne.NewSize(leastWidth, leastHeight))
	h.u.pump.poke()
	banner := h.u.main.halt
	h.until("the banner is shown", banner.content.Visible)
	if want := "full (/d/partway.db). Uploads wait; free some space and they go on by themselves."; !strings.HasSuffix(banner.words.Text, want) {
		t.Errorf("it says %q", banner.words.Text)
	}
	if note := h.u.main.status.note.Text; !strings.Contains(note, "cannot save") {
		t.Errorf("the status bar says %q", note)
	}
	h.engine.change(func(s *transfer.Snapshot) { s.Unsaved = 1 })
	h.u.pump.poke()
	h.until("commands are said not to be saved", func() bool { return strings.Contains(banner.words.Text, "What you chose") })
	if has, needs := banner.content.Size().Height, banner.words.MinSize().Height; has < needs {
		t.Errorf("the banner has %v of the height %v that its words need", has, needs)
	}
	h.engine.change(func(s *transfer.Snapshot) { s.Halted, s.Unsaved = nil, 0 })
	h.u.pump.poke()
	h.until("the banner is gone", func() bool { return !banner.content.Visible() })
}

// A restored list says what to do, with a button that does it.
func TestD2RestoredListOffersToGoOn(t *testing.T) {
	h := newReady(t, func(_ *harness, c *Config) {
		c.Notices = []Notice{JournalRestored("/d/partway.db.corrupt-1", time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local))}
	})
	notices := h.u.notices.box
	if words := labels(notices); !strings.Contains(words, "2026-03-04 05:06:07") || !strings.Contains(words, "/d/partway.db.corrupt-1") {
		t.Errorf("it says %q", words)
	}
	for _, o := range test.LaidOutObjects(notices) {
		if b, ok := o.(*button); ok {
			b.press()
		}
	}
	if got := h.engine.commands(); len(got) != 1 || got[0] != "resume" {
		t.Errorf("commands %v", got)
	}
	if len(notices.Objects) != 0 {
		t.Error("the notice stays")
	}
}

// TestD6NetworkFolderIsSaid names the folder on a network drive, the danger, and the way out.
func TestD6NetworkFolderIsSaid(t *testing.T) {
	backToEnglish(t)
	h := newReady(t, func(_ *harness, c *Config) { c.Notices = []Notice{NetworkFolder("/net/home/me")} })
	for l, want := range map[text.Language][]string{
		text.English: {"on a network drive (/net/home/me)", "may be damaged", "Start Partway with -data"},
		text.Chinese: {"网络驱动器上（/net/home/me）", "可能会损坏", "请用 -data"},
	} {
		h.u.speak(l)
		for _, part := range want {
			if words := labels(h.u.notices.box); !strings.Contains(words, part) {
				t.Errorf("%q is not in %q", part, words)
			}
		}
	}
}

// Why Partway cannot start is said with what to do before the next start.
func TestD5FailureSaysWhatToDo(t *testing.T) {
	a := test.NewTempApp(t)
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"newer": {
			&transfer.Error{Kind: transfer.KindStorage, Code: transfer.CodeJournalNewer, Op: "Open", Path: "/d", Err: errors.New("raw")},
			[]string{"A newer version of Partway", "Start the newer version", "raw"},
		},
		"full": {
			&transfer.Error{Kind: transfer.KindStorage, Code: transfer.CodeDiskFull, Op: "Open", Path: "/d"},
			[]string{"is full", "Free some space, then start Partway again"},
		},
		"else": {errors.New("does not answer"), []string{"cannot use its data folder", "start Partway again", "does not answer"}},
	} {
		words := labels(failure(a, tt.err))
		for _, want := range tt.want {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %q is not in %q", name, want, words)
			}
		}
	}
}
