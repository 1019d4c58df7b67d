package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/history"
)

// TestLinksAreCopied copies the address of an object, and one that expires, which a notice says
// without repeating it.
func TestLinksAreCopied(t *testing.T) {
	h := withRows(t, transfer.StatusCompleted)
	h.u.main.list.Select(1)
	h.until("it is selected", func() bool { return h.u.main.details.id == 1 })
	h.u.copyLinks(h.u.selectedUploads(), 0)
	h.until("the address is copied", func() bool { return h.u.app.Clipboard().Content() == "https://pictures.example/1" })
	h.u.askLink()
	m := h.u.topModal()
	find(m.body.Content, func(c *choice) bool { return true }).SetSelectedIndex(len(linkTimes) - 1)
	h.press(fyne.KeyReturn)
	h.until("the link is copied", func() bool { return h.u.app.Clipboard().Content() == "https://pictures.example/1?signed=168h0m0s" })
	if h.u.topModal() != nil {
		t.Error("the dialog stays open")
	}
}

// find finds a widget of a kind.
func find[T fyne.CanvasObject](o fyne.CanvasObject, is func(T) bool) (found T) {
	if c, ok := o.(T); ok && is(c) {
		return c
	}
	if c, ok := o.(*fyne.Container); ok {
		for _, inner := range c.Objects {
			if f := find(inner, is); any(f) != any(found) {
				return f
			}
		}
	}
	return found
}

// TestObjectsAreCompared says what was found of one upload, and sums up that of several.
func TestObjectsAreCompared(t *testing.T) {
	h := withRows(t, transfer.StatusCompleted, transfer.StatusCompleted, transfer.StatusPaused)
	h.engine.verdicts = map[transfer.ID]transfer.Verification{1: {Verdict: transfer.VerdictSame}, 2: {Verdict: transfer.VerdictDiffers, Size: 2048}, 3: {Verdict: transfer.VerdictGone}}
	for _, c := range []struct {
		ids  []transfer.ID
		want string
	}{
		{[]transfer.ID{1}, "The object is there, with the same size and CRC64."},
		{[]transfer.ID{2}, "Another object is there by now, of 2"},
		{[]transfer.ID{1, 2, 3}, "1 object is there, with the same size and CRC64. 2 are not, or could not be compared."},
	} {
		h.u.verify(c.ids)
		words := find(h.u.topModal().body.Content, func(*widget.Label) bool { return true })
		h.until(c.want, func() bool { return strings.HasPrefix(words.Text, c.want) })
		h.press(fyne.KeyEscape)
	}
}

// TestHistoryIsExported writes what is selected, and leaves no part of a file when it fails.
func TestHistoryIsExported(t *testing.T) {
	h := withRows(t, transfer.StatusCompleted, transfer.StatusCompleted)
	h.u.main.list.Select(2)
	h.until("it is selected", func() bool { return h.u.main.details.id == 2 })
	h.u.openExport()
	d := h.u.topModal().enter.owner.(*exportDialog)
	dir := t.TempDir()
	d.folder.SetText("not whole")
	d.export()
	if !d.message.Visible() || !d.open() {
		t.Error("a folder without its whole path is taken")
	}
	d.folder.SetText(dir)
	d.format.SetSelectedIndex(1)
	h.press(fyne.KeyReturn)
	h.until("it is written", func() bool { return !d.open() })
	files, _ := filepath.Glob(filepath.Join(dir, "partway-*.json"))
	if len(files) != 1 {
		t.Fatalf("there are %q", files)
	}
	content, err := os.ReadFile(files[0])
	if err != nil || strings.Count(string(content), `"name"`) != 1 {
		t.Errorf("it has %s, %v", content, err)
	}
	broken := func(_ context.Context, each func(*transfer.Record) error) error {
		return errors.Join(each(&transfer.Record{Name: "first"}), errors.New("broken"))
	}
	if e, err := exportTo(t.Context(), dir, history.CSV, broken); err == nil {
		t.Error("a failure is not told")
	} else if _, err := os.Stat(e.path); !os.IsNotExist(err) {
		t.Errorf("a part of a file is left: %v", err)
	}
}

// TestURIsAreCopied copies the URIs of the rows that are selected from the menu bar, also those
// that are not on OSS yet, and says it when they are more than are copied.
func TestURIsAreCopied(t *testing.T) {
	h := newReady(t)
	item := h.u.main.menu.uris
	if !item.Disabled {
		t.Error("it is offered while nothing is selected")
	}
	h.journal.add(1, transfer.StatusPaused)
	h.journal.add(2, transfer.StatusCompleted)
	h.until("they are listed", func() bool { return h.u.main.list.Len() == 2 })
	h.u.main.list.SelectAll()
	h.until("it is offered", func() bool { return !item.Disabled })
	item.Action()
	h.until("both are copied", func() bool { return strings.Count(h.u.app.Clipboard().Content(), "oss://pictures/a/") == 2 })
	if n := len(h.u.notices.shown); n != 0 {
		t.Errorf("%d notices", n)
	}
	ids := make([]transfer.ID, urisAtOnce+1)
	for i := range ids {
		ids[i] = 1
	}
	h.u.copyURIs(ids)
	h.until("it says that not all were copied", func() bool { return len(h.u.notices.shown) == 1 })
	h.u.copyLinks(ids, 0)
	h.until("so it does of addresses", func() bool { return len(h.u.notices.shown) == 2 })
}
