package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// The pages of the details are read to their end by keys, and show that the keyboard is there.
func TestThePagesScrollByKeys(t *testing.T) {
	s := scene{name: "long", status: transfer.StatusCompleted, set: func(u *transfer.Upload) {
		ended(transfer.OutcomeSent, transfer.ProofCRC64)(u)
		u.Options = everything()
	}}
	h := s.show(t, text.English, look.ModeLight)
	h.u.win.Resize(fyne.NewSize(leastWidth, leastHeight))
	v := h.u.main
	for tab, page := range map[detailTab]*keyScroll{tabOptions: v.details.options.content, tabReceipt: v.details.receipt.facts.content} {
		v.details.tabs.SelectIndex(int(tab))
		h.until("the page is filled", func() bool { return page.scroll.Content.MinSize().Height > page.scroll.Size().Height })
		v.focusList()
		if v.turnPane(1); h.u.win.Canvas().Focused() != fyne.Focusable(page) || page.frame.StrokeWidth == 0 {
			t.Fatalf("page %d: the keyboard is on %T", tab, h.u.win.Canvas().Focused())
		}
		end := page.scroll.Content.MinSize().Height - page.scroll.Size().Height
		for _, c := range []struct {
			key  fyne.KeyName
			want float32
		}{
			{fyne.KeyEnd, end},
			{fyne.KeyDown, end},
			{fyne.KeyHome, 0},
			{fyne.KeyUp, 0},
			{fyne.KeyDown, min(lineScroll, end)},
		} {
			if h.press(c.key); page.scroll.Offset.Y != c.want {
				t.Errorf("page %d: %s scrolls to %v, not %v", tab, c.key, page.scroll.Offset.Y, c.want)
			}
		}
		if v.focusList(); page.frame.StrokeWidth != 0 {
			t.Error("the frame stays when the keyboard leaves")
		}
	}
}

// The keyboard follows when the page of the details is turned under it, and is left alone
// elsewhere.
func TestTheKeyboardFollowsThePage(t *testing.T) {
	h := withRows(t, transfer.StatusPaused)
	v := h.u.main
	h.until("its details", func() bool { return v.details.tabs.Visible() })
	focused := func() fyne.Focusable { return h.u.win.Canvas().Focused() }
	v.focusList()
	if v.details.tabs.SelectIndex(int(tabOptions)); focused() != fyne.Focusable(v.list) {
		t.Errorf("the keyboard was in the list, and is on %T", focused())
	}
	v.turnPane(1)
	for _, c := range []struct {
		tab  detailTab
		want fyne.Focusable
	}{
		{tabLog, v.details.log.list},
		{tabParts, v.details.parts.list},
		{tabOptions, v.details.options.content},
		{tabReceipt, v.list}, // there is none
	} {
		if v.details.tabs.SelectIndex(int(c.tab)); focused() != c.want {
			t.Errorf("page %d: the keyboard is on %T", c.tab, focused())
		}
	}
}

// Keys go to the list when nothing has the keyboard, as after a menu.
func TestKeysGoToTheListAfterAMenu(t *testing.T) {
	h := withRows(t, transfer.StatusPaused, transfer.StatusPaused)
	v := h.u.main
	h.u.win.Canvas().Unfocus()
	h.u.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyHome})
	if h.u.win.Canvas().Focused() != fyne.Focusable(v.list) || len(v.list.Selected()) != 1 {
		t.Errorf("the keyboard is on %T, selected is %v", h.u.win.Canvas().Focused(), v.list.Selected())
	}
}

// A dialog without a field that is higher than the window is read to its end by keys.
func TestADialogScrollsByKeys(t *testing.T) {
	h := newReady(t)
	m := h.u.newModal("much", 400)
	lines := container.NewVBox()
	for range 100 {
		lines.Add(widget.NewLabel("line"))
	}
	m.setContent(lines, nil, newButton(m, "Close", nil, m.close))
	m.show(nil)
	if h.press(fyne.KeyPageDown); m.body.Offset.Y <= 0 {
		t.Error("Page Down does not scroll")
	}
	if h.press(fyne.KeyPageUp); m.body.Offset.Y != 0 {
		t.Error("Page Up does not scroll back")
	}
}

// What is shown of a key cannot turn the text around; what is copied is the key.
func TestFactsCannotDeceive(t *testing.T) {
	l := newFactList()
	l.show([]fact{{"Object", "oss://b/\u202egpj.exe\nnext"}})
	if got := l.values[0].Text; got != "oss://b/\ufffdgpj.exe\nnext" {
		t.Errorf("it shows %q", got)
	}
}
