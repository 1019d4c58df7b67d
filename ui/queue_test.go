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
	for i := range want {
		want[i].Entries = true // a folder is one row
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
	for name, items := range map[string][]*fyne.MenuItem{"main menu": h.u.main.menu.queue[:len(want)], "context menu": inContext} {
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

// TestMovesInAFlatList go past single files, also of folders.
func TestMovesInAFlatList(t *testing.T) {
	h := withRows(t, transfer.StatusWaiting, transfer.StatusPaused)
	h.u.main.group(false)
	h.u.main.list.Select(2)
	h.u.main.menu.queue[1].Action()
	if want := (transfer.Move{To: transfer.MoveUp}); h.engine.move != want {
		t.Errorf("moved %+v, want %+v", h.engine.move, want)
	}
}

// TestPriorityOfFoldersIsMarked where all that is chosen has it.
func TestPriorityOfFoldersIsMarked(t *testing.T) {
	high := transfer.Row{Priority: transfer.PriorityHigh}
	for want, c := range map[bool]chosenRows{
		true:  {rows: []transfer.Row{high}, folders: []transfer.FolderRow{{Priority: transfer.PriorityHigh}}},
		false: {folders: []transfer.FolderRow{{Priority: transfer.PriorityHigh, Mixed: true}}},
	} {
		if got := c.haveAll(transfer.PriorityHigh); got != want {
			t.Errorf("%+v: %v", c, got)
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

// TestChangeDestination proposes where the upload goes, and says what had begun.
func TestChangeDestination(t *testing.T) {
	h := withRows(t, transfer.StatusWaiting, transfer.StatusUploading)
	h.engine.told = transfer.Redirected{Moved: 7, Claimed: 1, Begun: 3}
	h.u.redirectSelected()
	h.until("the dialog opens", func() bool { return h.u.topModal() != nil })
	h.u.win.Canvas().Focused().(*entry).SetText("new/place") //nolint:forcetypeassert // the prefix
	h.press(fyne.KeyReturn)
	h.until("it is done", func() bool { return h.u.topModal() == nil && len(h.engine.commands()) > 0 })
	want := transfer.Destination{
		Account: 1, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou", Bucket: "pictures", Prefix: "new/place/",
	}
	if h.engine.to != want || !slices.Equal(h.engine.last.IDs, []transfer.ID{1, 2}) {
		t.Errorf("%+v goes to %+v, want %+v", h.engine.last, h.engine.to, want)
	}
	if got, want := redirected(h.engine.told), "3 of 10 had begun and stay where they are. 1 is in conflict: another unfinished upload has its new name."; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	h.until("it says so", func() bool { return len(h.u.notices.box.Objects) > 0 })
}

func TestChangeDestinationRefused(t *testing.T) {
	h := withRows(t, transfer.StatusWaiting)
	h.engine.err = &transfer.Error{Kind: transfer.KindStorage, Code: transfer.CodeDiskFull}
	h.u.openRedirect(h.u.selection(), transfer.Destination{Account: 1, Bucket: "pictures"})
	h.press(fyne.KeyReturn)
	h.until("it is asked for", func() bool { return len(h.engine.commands()) > 0 })
	h.runQueued()
	if h.u.topModal() == nil {
		t.Error("the dialog closed")
	}
}

func TestPrefixOfARow(t *testing.T) {
	for _, c := range [][3]string{
		{"p/dir/a.jpg", "dir/a.jpg", "p/"},
		{"a.jpg", "a.jpg", ""},
		{"p/dir/a (2).jpg", "dir/a.jpg", "p/dir/"},
		{"p/caf\u00e9", "cafe\u0301", "p/"},
	} {
		if got := prefixOf(&transfer.Row{Name: c[1], To: transfer.Target{Key: c[0]}}); got != c[2] {
			t.Errorf("the prefix of %q is %q, want %q", c[0], got, c[2])
		}
	}
}
