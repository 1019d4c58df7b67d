package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// withRows is a harness whose list holds uploads of these statuses, with IDs from 1, and
// has all of them selected.
func withRows(t *testing.T, statuses ...transfer.Status) *harness {
	t.Helper()
	h := newReady(t)
	for i, s := range statuses {
		h.journal.add(transfer.ID(i+1), s)
	}
	h.until("the rows are listed", func() bool { return h.u.main.list.Len() == len(statuses) })
	h.u.main.list.SelectAll()
	h.until("the selection is judged", func() bool { return h.u.main.allowed.Remove || statuses[0] == transfer.StatusAborting })
	return h
}

func TestButtonsAreWhatTheStatusAllows(t *testing.T) {
	for _, s := range transfer.Statuses {
		t.Run(string(s), func(t *testing.T) {
			h := withRows(t, s)
			want := transfer.Allows(s)
			h.until("the buttons follow", func() bool { return h.u.main.allowed == want })
			bar := h.u.main.toolbar
			for name, b := range map[string]struct{ on, want bool }{
				"start": {!bar.start.Disabled(), want.Start}, "pause": {!bar.pause.Disabled(), want.Pause},
				"abort": {!bar.abort.Disabled(), want.Abort}, "remove": {!bar.remove.Disabled(), want.Remove},
				"menu start": {!h.u.main.menu.start.Disabled, want.Start}, "menu again": {!h.u.main.menu.again.Disabled, want.Again},
			} {
				if b.on != b.want {
					t.Errorf("%s is enabled: %v, want %v", name, b.on, b.want)
				}
			}
		})
	}
}

func TestNothingSelectedAllowsNothing(t *testing.T) {
	h := withRows(t, transfer.StatusPaused)
	h.u.main.list.Select()
	h.until("the buttons follow", func() bool { return h.u.main.allowed == transfer.Allowed{} })
	h.u.startSelected()
	h.u.removeSelected()
	if got := h.engine.commands(); len(got) != 0 {
		t.Errorf("commands %q without a selection", got)
	}
}

func TestLiveStatusDecides(t *testing.T) {
	h := withRows(t, transfer.StatusWaiting)
	h.engine.change(func(s *transfer.Snapshot) {
		s.Live = map[transfer.ID]transfer.Live{1: {Status: transfer.StatusStalled}}
	})
	h.until("a stalled upload may be tried now", func() bool { return !h.u.main.toolbar.start.Disabled() })
}

func TestStartAndPauseActOnTheSelection(t *testing.T) {
	h := withRows(t, transfer.StatusPaused, transfer.StatusUploading, transfer.StatusCompleted)
	h.u.main.list.Select(1, 2)
	h.until("the buttons follow", func() bool { return h.u.main.allowed.Start && h.u.main.allowed.Pause && !h.u.main.allowed.Again })
	h.u.startSelected()
	h.u.pauseSelected()
	if got := h.engine.commands(); !slices.Equal(got, []string{"resume", "pause"}) {
		t.Errorf("commands %q", got)
	}
	if !slices.Equal(h.engine.last.IDs, []transfer.ID{1, 2}) {
		t.Errorf("they went to %v", h.engine.last.IDs)
	}
}

func TestAllIsEverything(t *testing.T) {
	h := withRows(t, transfer.StatusPaused, transfer.StatusUploading)
	for _, all := range []func(){h.u.startAll, h.u.pauseAll} {
		all()
		if h.engine.last.IDs != nil || h.engine.last.Filter != transfer.Everything().Filter {
			t.Errorf("%+v is not everything", h.engine.last)
		}
	}
}

// dialogText is all that the top dialog says.
func (h *harness) dialogText() string {
	m := h.u.topModal()
	if m == nil {
		return ""
	}
	return m.title.Text + "\n" + textOf(m.body.Content)
}

func textOf(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *widget.Label:
		return o.Text + "\n"
	case *fyne.Container:
		var all strings.Builder
		for _, c := range o.Objects {
			all.WriteString(textOf(c))
		}
		return all.String()
	}
	return ""
}

func TestAbortSaysWhatIsLostAndAsks(t *testing.T) {
	h := withRows(t, transfer.StatusUploading)
	h.journal.lost, h.journal.lostSize = 1, 3<<30
	h.u.abortSelected()
	h.until("the question", func() bool { return h.u.topModal() != nil })
	if got := h.dialogText(); !strings.Contains(got, "3 GiB") {
		t.Errorf("the question %q does not say how many bytes are lost", got)
	}
	h.press(fyne.KeyEscape)
	if got := h.engine.commands(); len(got) != 0 {
		t.Fatalf("Escape did %q", got)
	}
	h.u.abortSelected()
	h.until("the question", func() bool { return h.u.topModal() != nil })
	h.press(fyne.KeyReturn)
	if got := h.engine.commands(); !slices.Equal(got, []string{"abort"}) {
		t.Errorf("Enter did %q", got)
	}
}

func TestRemoveAsksOnlyForUnfinished(t *testing.T) {
	tests := map[string]struct {
		status transfer.Status
		asks   bool
	}{
		"completed": {transfer.StatusCompleted, false},
		"aborted":   {transfer.StatusAborted, false},
		"paused":    {transfer.StatusPaused, true},
		"conflict":  {transfer.StatusConflict, true},
		"waiting":   {transfer.StatusWaiting, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := withRows(t, tt.status)
			h.u.removeSelected()
			if !tt.asks {
				if got := h.engine.commands(); !slices.Equal(got, []string{"remove"}) {
					t.Errorf("commands %q", got)
				}
				return
			}
			h.until("the question", func() bool { return h.u.topModal() != nil })
			if got := h.engine.commands(); len(got) != 0 {
				t.Errorf("commands %q before the answer", got)
			}
			h.press(fyne.KeyReturn)
			if got := h.engine.commands(); !slices.Equal(got, []string{"remove"}) {
				t.Errorf("commands %q", got)
			}
		})
	}
}

func TestFailingCommandsAreTold(t *testing.T) {
	h := withRows(t, transfer.StatusPaused)
	h.engine.err = transfer.ErrClosed
	h.u.startSelected()
	if h.u.topModal() == nil {
		t.Error("nobody is told")
	}
}

func TestErrorsWithoutCauseDoNotCrash(t *testing.T) {
	h := newReady(t)
	h.u.showError("It did not work.", nil)
	h.u.showError("It did not work.", errors.New("plain"))
	if len(h.u.modals) != 2 {
		t.Errorf("%d dialogs", len(h.u.modals))
	}
}

func TestLossOfAFailingJournalIsTold(t *testing.T) {
	h := withRows(t, transfer.StatusUploading)
	h.journal.change(func() { h.journal.err = errors.New("disk gone") })
	h.u.abortSelected()
	h.until("the error", func() bool { return h.u.topModal() != nil })
	h.press(fyne.KeyReturn)
	if got := h.engine.commands(); len(got) != 0 {
		t.Errorf("Enter on an error did %q", got)
	}
	h.until("the status bar says so", func() bool { return strings.Contains(h.u.main.status.note.Text, "could not be read") })
}

func TestConflictIsAnsweredInTheDetails(t *testing.T) {
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprintf("all=%v", all), func(t *testing.T) {
			h := withRows(t, transfer.StatusConflict)
			h.u.main.list.Select(1)
			trouble := h.u.main.details.overview.trouble
			h.until("the choices are shown", func() bool { return len(buttonsOf(trouble)) >= 3 })
			if all {
				for _, c := range ticksOf(trouble) {
					c.SetChecked(true)
				}
			}
			byLabel(t, buttonsOf(trouble), "Keep both").press()
			if h.engine.res != transfer.ResolveKeepBoth {
				t.Errorf("resolved by %q", h.engine.res)
			}
			if got := h.engine.last; all && (got.IDs != nil || got.Filter.Batch != 7) || !all && !slices.Equal(got.IDs, []transfer.ID{1}) {
				t.Errorf("resolved %+v", got)
			}
		})
	}
}

// TestFileThatChangedOrIsMissing offers what can be done in the details and the context menu.
func TestFileThatChangedOrIsMissing(t *testing.T) {
	for s, offered := range map[transfer.Status]map[string]string{
		transfer.StatusFileChanged: {"Upload the new version": "new version", "Skip this file": "skip"},
		transfer.StatusFileMissing: {"Skip this file": "skip"},
	} {
		t.Run(string(s), func(t *testing.T) {
			h := withRows(t, s)
			h.u.main.list.Select(1)
			trouble := h.u.main.details.overview.trouble
			h.until("the choices are shown", func() bool { return len(buttonsOf(trouble)) >= len(offered) })
			rows, err := h.journal.Rows(t.Context(), []transfer.ID{1})
			if err != nil {
				t.Fatal(err)
			}
			items := h.u.main.menuItems([]transfer.ID{1}, chosenRows{rows: rows}, transfer.Allows(s))
			for label, command := range offered {
				byLabel(t, buttonsOf(trouble), label).press()
				at := slices.IndexFunc(items, func(i *fyne.MenuItem) bool { return i.Label == label })
				if at < 0 {
					t.Fatalf("%q is not in the context menu", label)
				}
				items[at].Action()
				if got := h.engine.commands(); len(got) < 2 || got[len(got)-1] != command || got[len(got)-2] != command {
					t.Errorf("%q did %q", label, got)
				}
				if !slices.Equal(h.engine.last.IDs, []transfer.ID{1}) {
					t.Errorf("%q on %+v", label, h.engine.last)
				}
			}
		})
	}
}

func buttonsOf(o fyne.CanvasObject) (found []*button) {
	switch o := o.(type) {
	case *button:
		found = append(found, o)
	case *fyne.Container:
		for _, c := range o.Objects {
			found = append(found, buttonsOf(c)...)
		}
	}
	return found
}

func ticksOf(o fyne.CanvasObject) (found []*tick) {
	switch o := o.(type) {
	case *tick:
		found = append(found, o)
	case *fyne.Container:
		for _, c := range o.Objects {
			found = append(found, ticksOf(c)...)
		}
	}
	return found
}

func byLabel(t *testing.T, all []*button, start string) *button {
	t.Helper()
	for _, b := range all {
		if strings.HasPrefix(b.Text, start) {
			return b
		}
	}
	t.Fatalf("no button %q", start)
	return nil
}

func TestContextMenu(t *testing.T) {
	h := withRows(t, transfer.StatusConflict)
	rows, err := h.journal.Rows(t.Context(), []transfer.ID{1})
	if err != nil {
		t.Fatal(err)
	}
	items := h.u.main.menuItems([]transfer.ID{1}, chosenRows{rows: rows}, transfer.Allows(transfer.StatusConflict))
	on := map[string]func(){}
	for _, i := range items {
		if !i.Disabled && i.Action != nil {
			on[i.Label] = i.Action
		}
	}
	for _, want := range []string{"Abort…", "Remove…", "Replace the object", "Keep both", "Skip this file", "Show in folder", "Copy oss:// URI"} {
		if on[want] == nil {
			t.Errorf("%q is not offered: %v", want, on)
		}
	}
	for _, not := range []string{"Start", "Pause", "Upload again"} {
		if on[not] != nil {
			t.Errorf("%q is offered for a conflict", not)
		}
	}
	on["Copy oss:// URI"]()
	h.until("it is copied", func() bool { return h.u.app.Clipboard().Content() == "oss://pictures/a/file" })
}

// Each command has its key on the menu, where the focus does not matter.
func TestMenuShortcuts(t *testing.T) {
	h := newReady(t)
	found := map[string]bool{}
	for _, m := range h.u.main.menu.menu.Items {
		for _, i := range m.Items {
			if i.Shortcut != nil {
				found[i.Shortcut.ShortcutName()] = true
			}
		}
	}
	ctrl, both := fyne.KeyModifierControl, fyne.KeyModifierControl|fyne.KeyModifierShift
	for _, s := range []desktop.CustomShortcut{
		{KeyName: fyne.KeyO, Modifier: ctrl},
		{KeyName: fyne.KeyO, Modifier: both},
		{KeyName: fyne.KeyS, Modifier: ctrl},
		{KeyName: fyne.KeyS, Modifier: both},
		{KeyName: fyne.KeyP, Modifier: ctrl},
		{KeyName: fyne.KeyP, Modifier: both},
		{KeyName: fyne.KeyF, Modifier: ctrl},
		{KeyName: fyne.KeyQ, Modifier: ctrl},
	} {
		if !found[s.ShortcutName()] {
			t.Errorf("%s is on no menu item", s.ShortcutName())
		}
	}
	for _, editing := range []fyne.Shortcut{&fyne.ShortcutCopy{}, &fyne.ShortcutCut{}, &fyne.ShortcutSelectAll{}, &fyne.ShortcutUndo{}} {
		if found[editing.ShortcutName()] {
			t.Errorf("%s is taken from the text fields", editing.ShortcutName())
		}
	}
}

func TestMenuDoesNothingUnderADialog(t *testing.T) {
	h := withRows(t, transfer.StatusPaused)
	h.u.openAbout()
	h.u.main.menu.start.Action()
	if got := h.engine.commands(); len(got) != 0 {
		t.Errorf("it did %q", got)
	}
}

// Of more rows than are judged all may be finished: nobody is asked to abort 0 uploads then,
// nor before they leave the list.
func TestNothingIsAskedOfWhatIsFinished(t *testing.T) {
	h := newReady(t)
	all := loss{of: transfer.These(1, 2), Loss: transfer.Loss{Rows: 2}}
	h.u.askAbort(all)
	if h.u.topModal() != nil || len(h.u.notices.shown) != 1 || len(h.engine.commands()) != 0 {
		t.Errorf("of the abort it says %d notices and commands %v", len(h.u.notices.shown), h.engine.commands())
	}
	h.u.askRemove(all)
	if h.u.topModal() != nil || len(h.engine.commands()) != 1 {
		t.Errorf("of the removal it commands %v", h.engine.commands())
	}
}
