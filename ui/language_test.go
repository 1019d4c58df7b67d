package ui

import (
	"strings"
	"testing"
	"unicode"

	"partway/transfer"
	"partway/ui/text"
)

// latin tells whether words are not Chinese. Bucket is, to who uses OSS.
func latin(words string) bool {
	if words == "Bucket" {
		return false
	}
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	return !strings.ContainsFunc(words, han) && strings.ContainsFunc(words, unicode.IsLower)
}

// backToEnglish has the tests after this one begin in English.
func backToEnglish(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if err := text.Setup(text.English); err != nil {
			t.Error(err)
		}
	})
}

// The language changes while uploads go on and notices wait for an answer: all of the
// window speaks it, and what is known already is not forgotten.
func TestLanguageChangesAtOnce(t *testing.T) {
	backToEnglish(t)
	h := newReady(t, func(_ *harness, c *Config) { c.Notices = []Notice{CrashReport(transfer.Progress{Uploads: 2})} })
	h.journal.add(1, transfer.StatusPaused)
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = []transfer.AccountID{1} })
	h.until("the row, and the question", func() bool {
		return h.u.main.list.Len() == 1 && len(h.u.notices.box.Objects) == 2
	})

	d := h.u.showSettings(ResumeAlways)
	d.general.language.SetSelectedIndex(index(text.Languages, text.Chinese))
	d.save()
	h.until("the row in Chinese", func() bool {
		return h.u.main.list.Len() == 1 && strings.Contains(labels(h.u.win.Content()), "全部")
	})
	for line := range strings.SplitSeq(labels(h.u.win.Content()), "\n") {
		if latin(line) {
			t.Errorf("%q is said beside the Chinese", line)
		}
	}
	for _, m := range h.u.win.MainMenu().Items {
		if latin(m.Label) {
			t.Errorf("the menu says %q", m.Label)
		}
	}
	if buttonIn(h.u.notices.box, "Enter credentials…") != nil || len(h.u.notices.box.Objects) != 2 {
		t.Error("the notices are not those from before, in Chinese")
	}
	h.engine.change(func(s *transfer.Snapshot) { s.NeedCredentials = nil })
	h.until("the question goes", func() bool { return len(h.u.notices.box.Objects) == 1 })
}
