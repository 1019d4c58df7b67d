package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
)

// TestQueueCommands gives each by the main menu and by the context menu.
func TestQueueCommands(t *testing.T) {
	want := []transfer.Move{
		{To: transfer.MoveTop},
		{To: transfer.MoveUp},
		{To: transfer.MoveDown},
		{To: transfer.MoveBottom},
		{To: transfer.MovePriority, Priority: transfer.PriorityHigh},
		{To: transfer.MovePriority},
		{To: transfer.MovePriority, Priority: transfer.PriorityLow},
	}
	h := withRows(t, transfer.StatusWaiting, transfer.StatusPaused)
	h.u.main.list.Select(2)
	h.until("the selection is judged", func() bool { return h.u.main.allowed.Start })
	rows, err := h.journal.Rows(t.Context(), []transfer.ID{2})
	if err != nil {
		t.Fatal(err)
	}
	var inContext []*fyne.MenuItem
	for _, item := range h.u.main.menuItems([]transfer.ID{2}, chosenRows{rows: rows}, h.u.main.allowed) {
		if item.Label == "Place in the queue" || item.Label == "Priority" {
			inContext = append(inContext, item.ChildMenu.Items...)
		}
	}
	for name, items := range map[string][]*fyne.MenuItem{"main menu": h.u.main.menu.queue, "context menu": inContext} {
		var got []transfer.Move
		for _, item := range items {
			if item.Disabled {
				t.Errorf("%s: %q is off", name, item.Label)
			}
			item.Action()
			got = append(got, h.engine.move)
			if !slices.Equal(h.engine.last.IDs, []transfer.ID{2}) {
				t.Errorf("%s: %q on %+v", name, item.Label, h.engine.last)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: moved %v, want %v", name, got, want)
		}
	}
	for i, p := range []bool{false, true, false} {
		if inContext[4+i].Checked != p {
			t.Errorf("%q is checked: %v", inContext[4+i].Label, !p)
		}
	}
}

func TestQueueKeysAreOnTheMenu(t *testing.T) {
	h := newReady(t)
	for i, key := range []fyne.KeyName{fyne.KeyHome, fyne.KeyUp, fyne.KeyDown, fyne.KeyEnd} {
		want := (&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt}).ShortcutName()
		if item := h.u.main.menu.queue[i]; item.Shortcut == nil || item.Shortcut.ShortcutName() != want {
			t.Errorf("%q has the shortcut %v, want %s", item.Label, item.Shortcut, want)
		}
	}
}

func TestWhatIsFinishedHasNoPlaceInTheQueue(t *testing.T) {
	h := withRows(t, transfer.StatusCompleted)
	h.u.main.list.Select(1)
	h.until("the selection is judged", func() bool { return h.u.main.allowed.Again })
	for _, item := range h.u.main.menu.queue {
		item.Action()
	}
	if got := h.engine.commands(); len(got) > 0 {
		t.Errorf("it did %q", got)
	}
}
