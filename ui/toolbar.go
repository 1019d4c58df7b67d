package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	tipwidget "github.com/dweymouth/fyne-tooltip/widget"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// searchWidth is how wide the search field is.
const searchWidth = 190

// toolbar is the row of commands above the list.
type toolbar struct {
	u       *UI
	content fyne.CanvasObject
	start   *tipwidget.Button
	pause   *tipwidget.Button
	abort   *tipwidget.Button
	remove  *tipwidget.Button
	search  *entry
}

func newToolbar(u *UI) *toolbar {
	t := &toolbar{u: u}
	addFiles := tool(text.T("Add files"), look.IconAddFiles(), text.T("Choose files to upload (Ctrl+O)"), u.addFiles)
	addFolder := tool(text.T("Add folder"), look.IconAddFolder(), text.T("Choose a folder to upload with all that is in it (Ctrl+Shift+O)"), u.addFolder)
	t.start = tool(text.T("Start"), look.IconStart(), text.T("Start the selected uploads (Ctrl+S)"), u.startSelected)
	t.pause = tool(text.T("Pause"), look.IconPause(), text.T("Pause the selected uploads; what has arrived is kept (Ctrl+P)"), u.pauseSelected)
	t.abort = tool(text.T("Abort"), look.IconAbort(), text.T("Give the selected uploads up and drop their parts from OSS"), u.abortSelected)
	t.remove = tool(text.T("Remove"), look.IconRemove(), text.T("Take the selected uploads off the list; objects on OSS stay (Delete)"), u.removeSelected)
	settings := tool("", look.IconSettings(), text.T("Settings"), u.openSettings)
	accounts := tool("", look.IconAccount(), text.T("Accounts"), u.openAccounts)

	t.search = newEntry(searchKeys{u}, text.T("Search"))
	t.search.OnChanged = func(words string) {
		u.pump.set(func(v *view) { v.filter.Search = words })
	}
	t.search.Icon = theme.SearchIcon()
	field := container.NewGridWrap(fyne.NewSize(searchWidth, t.search.MinSize().Height), t.search)

	t.setAllowed(transfer.Allowed{})
	t.content = container.NewPadded(container.NewHBox(
		addFiles, addFolder, widget.NewSeparator(),
		t.start, t.pause, t.abort, t.remove,
		layout.NewSpacer(), field, accounts, settings,
	))
	return t
}

func tool(label string, icon fyne.Resource, tip string, tapped func()) *tipwidget.Button {
	var b *tipwidget.Button
	b = tipwidget.NewButtonWithIcon(label, icon, func() {
		b.ToolTipWidgetExtend.MouseOut() // the tip would come up under what the button opens
		tapped()
	})
	b.Importance = widget.LowImportance
	b.SetToolTip(tip)
	return b
}

func (t *toolbar) setAllowed(a transfer.Allowed) {
	enable(t.start, a.Start)
	enable(t.pause, a.Pause)
	enable(t.abort, a.Abort)
	enable(t.remove, a.Remove)
}

func (t *toolbar) focusSearch() {
	if t.u.topModal() != nil {
		return
	}
	t.u.win.Canvas().Focus(t.search)
	t.search.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// searchKeys makes Escape clear the search, and Enter leave it.
type searchKeys struct{ u *UI }

func (s searchKeys) key(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyEscape:
		s.u.main.toolbar.search.SetText("")
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
	default:
		return false
	}
	s.u.main.focusList()
	return true
}
