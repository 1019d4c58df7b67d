package ui

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"partway/transfer"
)

func TestE10CtrlVOf3000FilesIsCountedAndAsks(t *testing.T) {
	names := make([]string, 3_000)
	for i := range names {
		names[i] = fmt.Sprintf("照片 %04d.jpg", i)
	}
	paths := files(t, names...)
	asURIs := make([]string, 0, len(paths))
	for _, p := range paths {
		asURIs = append(asURIs, (&url.URL{Scheme: "file", Path: p}).String())
	}
	for name, content := range map[string]string{
		"uris":  strings.Join(asURIs, "\r\n"),
		"paths": strings.Join(paths, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			h := newReady(t)
			h.u.app.Clipboard().SetContent(content)
			h.u.pasteKey()
			h.until("the sheet opens", func() bool { return h.u.sheet != nil })
			if got := h.u.sheet.what.paths; !slices.Equal(got, paths) {
				t.Fatalf("the sheet has %d paths, want the %d pasted", len(got), len(paths))
			}
			h.until("all are counted", func() bool { return h.u.sheet.survey.whole })
			if got := h.u.sheet.survey.tally; got.Files != 3_000 || got.Bytes != 3_000 {
				t.Errorf("counted %+v", got)
			}
			if !strings.HasPrefix(h.u.sheet.tally.Text, "3000 files, 2.9 KiB") {
				t.Errorf("the sheet says %q", h.u.sheet.tally.Text)
			}
			if added := h.engine.requests(); len(added) != 0 {
				t.Errorf("added before anybody said so: %+v", added)
			}
		})
	}
}

func TestCtrlVInATextFieldPastesText(t *testing.T) {
	h := newReady(t)
	h.u.app.Clipboard().SetContent("/tmp")
	h.u.win.Canvas().Focus(h.u.main.toolbar.search)
	h.u.pasteKey()
	if got := h.u.main.toolbar.search.Text; got != "/tmp" {
		t.Errorf("the field has %q, want what was pasted", got)
	}
	if h.u.sheet != nil {
		t.Error("a sheet opened")
	}
}

func TestPasteOfNoFilesSaysSo(t *testing.T) {
	h := newReady(t)
	h.u.app.Clipboard().SetContent("just words")
	h.u.pasteKey()
	if n := len(h.u.notices.box.Objects); n != 1 {
		t.Errorf("%d notices, want one that says what can be pasted", n)
	}
}

func TestDropsJoinTheOpenSheet(t *testing.T) {
	h := newReady(t)
	paths := files(t, "a", "b", "c")
	drop := func(paths ...string) {
		uris := make([]fyne.URI, 0, len(paths))
		for _, p := range paths {
			uris = append(uris, storage.NewFileURI(p))
		}
		h.u.dropped(fyne.Position{}, uris)
	}
	drop(paths[0])
	h.until("the sheet opens", func() bool { return h.u.sheet != nil })
	h.u.sheet.prefix.SetText("typed/")
	drop(paths[1], paths[0], "/no/such/file")
	drop(paths[2])
	h.until("all have joined", func() bool { return len(h.u.sheet.what.paths) == 3 })
	h.until("all are counted", func() bool { return h.u.sheet.survey.whole })
	if got := h.u.sheet.survey.tally.Files; got != 3 {
		t.Errorf("%d files counted, want 3: one was dropped twice", got)
	}
	if got := h.u.sheet.what.missing; got != 1 {
		t.Errorf("%d missing, want 1", got)
	}
	if got := h.u.sheet.prefix.Text; got != "typed/" {
		t.Errorf("the prefix became %q by a drop", got)
	}
	if len(h.u.modals) != 1 {
		t.Errorf("%d dialogs are open, want the one sheet", len(h.u.modals))
	}
}

func TestADropWhileADialogIsOpenWaits(t *testing.T) {
	h := newReady(t)
	h.u.openAbout()
	h.u.propose(proposal{paths: files(t, "a")})
	h.until("the drop is kept", func() bool { return h.u.held != nil })
	if h.u.sheet != nil {
		t.Fatal("the sheet opened over a dialog")
	}
	h.press(fyne.KeyEscape)
	h.until("the sheet opens", func() bool { return h.u.sheet != nil && len(h.u.sheet.what.paths) == 1 })
}

func TestADropWithoutAccountAsksForOne(t *testing.T) {
	h := newHarness(t)
	h.u.propose(proposal{paths: files(t, "a")})
	h.until("the question", func() bool { return h.u.topModal() != nil })
	h.press(fyne.KeyEscape)
	if h.u.sheet != nil || h.u.held != nil || h.u.topModal() != nil {
		t.Fatal("cancelling does not end the question")
	}

	h.u.held = &proposal{paths: files(t, "a")}
	h.u.openTrial()
	h.until("the sheet opens with what was dropped", func() bool { return h.u.sheet != nil })
	if got := h.u.sheet.chosen(); got.Kind != transfer.AccountTrial || h.u.sheet.bucket.Text != "trial" {
		t.Errorf("the sheet proposes %+v, bucket %q", got, h.u.sheet.bucket.Text)
	}
	if !h.u.main.trial.content.Visible() {
		t.Error("no banner says that nothing leaves this computer")
	}
}

func TestNothingOnThisComputer(t *testing.T) {
	h := newReady(t)
	h.u.propose(proposal{paths: []string{"/no/such/file"}})
	h.until("the notice", func() bool { return len(h.u.notices.box.Objects) == 1 })
	if h.u.sheet != nil {
		t.Error("a sheet opened for nothing")
	}
}

// A later start may bring the trial account into a window that has none: its files open the
// sheet, and the banner is there.
func TestAProposalWaitsForAnAccountThatIsNew(t *testing.T) {
	h := newHarness(t)
	h.until("there is no account", func() bool { return h.u.accountsRead && len(h.u.accounts) == 0 })
	if _, err := h.trial.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.u.AccountsChanged()
	h.u.Propose(files(t, "a"), transfer.Destination{}, "")
	h.until("the sheet opens", func() bool { return h.u.sheet != nil || h.u.topModal() != nil })
	if h.u.sheet == nil || !h.u.main.trial.content.Visible() {
		t.Errorf("the sheet is open: %v, the banner is shown: %v", h.u.sheet != nil, h.u.main.trial.content.Visible())
	}
}
