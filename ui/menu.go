package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"partway/transfer"
	"partway/ui/text"
	"partway/ui/uploadlist"
)

// mainMenu holds all commands, and their shortcuts: Fyne asks the menu first, so these
// work wherever the focus is. They fire under dialogs too, so each asks for none.
type mainMenu struct {
	menu   *fyne.MainMenu
	start  *fyne.MenuItem
	pause  *fyne.MenuItem
	abort  *fyne.MenuItem
	remove *fyne.MenuItem
	again  *fyne.MenuItem
	object []*fyne.MenuItem // on the objects of finished uploads
	uris   *fyne.MenuItem

	queue         []*fyne.MenuItem // moves in the queue, and priorities
	columns, sort *fyne.MenuItem
	left, right   *fyne.MenuItem // which column moves
	group         *fyne.MenuItem // Group folders
	limit         *fyne.MenuItem
	turtle        *fyne.MenuItem

	whenDone *fyne.MenuItem
}

// newMainMenu makes the menu; pages are the commands that turn the details' pages.
func newMainMenu(u *UI, pages []*fyne.MenuItem) *mainMenu {
	m := &mainMenu{}
	ctrl := fyne.KeyModifierControl
	both := ctrl | fyne.KeyModifierShift
	m.start = u.item(text.T("Start"), u.startSelected, fyne.KeyS, ctrl)
	m.pause = u.item(text.T("Pause"), u.pauseSelected, fyne.KeyP, ctrl)
	m.abort = u.item(text.T("Abort…"), u.abortSelected, "", 0)
	m.remove = u.item(text.T("Remove…"), u.removeSelected, "", 0)
	m.again = u.item(text.T("Upload again"), u.uploadSelectedAgain, "", 0)

	m.group = u.item(text.T("Group folders"), func() { u.main.group(u.prefs.Flat) }, fyne.KeyG, ctrl)
	m.limit = u.item(text.T("Limit speed…"), u.limitSelected, "", 0)
	m.whenDone = newWhenDoneMenu(u)
	m.turtle = u.item(text.T("Alternative speed limit"), u.switchLimit, fyne.KeyL, ctrl)

	m.object, m.uris = u.objectItems(), u.uriItem()
	paste := u.item(text.T("Paste files"), u.paste, "", 0)
	paste.Shortcut = &fyne.ShortcutPaste{}
	paste.Action = u.pasteKey
	quit := u.item(text.T("Quit"), u.Quit, fyne.KeyQ, ctrl)
	quit.Action, quit.IsQuit = u.Quit, true

	m.columns = fyne.NewMenuItem(text.T("Columns"), nil)
	m.sort = fyne.NewMenuItem(text.T("Sort by"), nil)
	m.left, m.right = fyne.NewMenuItem(text.T("Move column left"), nil), fyne.NewMenuItem(text.T("Move column right"), nil)
	for _, item := range []*fyne.MenuItem{m.columns, m.sort, m.left, m.right} {
		item.ChildMenu = fyne.NewMenu("")
	}

	m.menu = fyne.NewMainMenu(
		fyne.NewMenu(text.T("File"),
			u.item(text.T("Add files…"), u.addFiles, fyne.KeyO, ctrl),
			u.item(text.T("Add folder…"), u.addFolder, fyne.KeyO, both),
			paste,
			fyne.NewMenuItemSeparator(),
			u.item(text.T("Settings…"), u.openSettings, fyne.KeyComma, ctrl),
			u.item(text.T("Unfinished uploads on OSS…"), u.openFragments, fyne.KeyU, ctrl),
			u.item(text.T("Export history…"), u.openExport, fyne.KeyE, ctrl),
			m.turtle,
			m.whenDone,
			fyne.NewMenuItemSeparator(),
			quit),
		fyne.NewMenu(text.T("Uploads"),
			m.start, m.pause, m.abort, m.remove, m.again, m.limit,
			fyne.NewMenuItemSeparator(),
			u.item(text.T("Start all"), u.startAll, fyne.KeyS, both),
			u.item(text.T("Pause all"), u.pauseAll, fyne.KeyP, both),
			u.item(text.T("Abort all…"), u.abortAll, "", 0),
			u.item(text.T("Remove completed"), u.removeCompleted, "", 0),
			fyne.NewMenuItemSeparator(),
			u.item(text.T("Search"), func() { u.main.toolbar.focusSearch() }, fyne.KeyF, ctrl),
			u.item(text.T("Uploads in doubt…"), u.openPerhaps, "", 0)),
		m.queueMenu(u),
		fyne.NewMenu(text.T("Object"), append([]*fyne.MenuItem{m.uris}, m.object...)...),
		fyne.NewMenu(text.T("View"), append([]*fyne.MenuItem{
			m.sort, m.columns, m.left, m.right, m.group, fyne.NewMenuItemSeparator(),
			u.item(text.T("Next pane"), func() { u.main.turnPane(1) }, fyne.KeyTab, ctrl),
			u.item(text.T("Previous pane"), func() { u.main.turnPane(-1) }, fyne.KeyTab, both),
			fyne.NewMenuItemSeparator(),
		}, pages...)...),
		fyne.NewMenu(text.T("Accounts"),
			u.item(text.T("Add account…"), func() { u.addAccount(nil) }, "", 0),
			u.item(text.T("Manage accounts…"), u.openAccounts, "", 0),
			u.item(text.T("Try it on this computer"), u.openTrial, "", 0)),
		fyne.NewMenu(text.T("Help"),
			u.item(text.T("Copy support information"), u.copySupport, "", 0),
			u.item(text.T("Save support information"), u.saveSupport, "", 0),
			fyne.NewMenuItemSeparator(),
			u.item(text.T("About Partway"), u.openAbout, "", 0)),
	)
	m.setAllowed(transfer.Allowed{}, false)
	m.setSelected(0)
	return m
}

// item makes a menu item that does nothing while a dialog is open, or when disabled: a
// shortcut fires in both cases.
func (u *UI) item(label string, do func(), key fyne.KeyName, mod fyne.KeyModifier) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, nil)
	item.Action = func() {
		if !item.Disabled && u.topModal() == nil {
			do()
		}
	}
	if key != "" {
		item.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: mod}
	}
	return item
}

// setView shows how the list is sorted, and which columns it has.
func (m *mainMenu) setView(l *uploadlist.List) {
	m.columns.ChildMenu.Items = l.ColumnItems()
	m.sort.ChildMenu.Items = l.SortItems()
	m.left.ChildMenu.Items, m.right.ChildMenu.Items = l.MoveItems(-1), l.MoveItems(1)
	m.menu.Refresh()
}

// setSelected tells how many rows are selected.
func (m *mainMenu) setSelected(n int) { m.uris.Disabled = n == 0 }

func (m *mainMenu) setAllowed(a transfer.Allowed, unsettled bool) {
	m.start.Disabled = !a.Start
	m.pause.Disabled = !a.Pause
	m.abort.Disabled = !a.Abort
	m.remove.Disabled = !a.Remove
	m.again.Disabled = !a.Again
	m.limit.Disabled = !unsettled
	for _, item := range m.object {
		item.Disabled = !a.Again
	}
	for _, item := range m.queue {
		item.Disabled = !a.Move
	}
}
