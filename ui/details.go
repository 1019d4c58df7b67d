package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// detailPane shows one upload below the list, or folders, or says that nothing is selected.
type detailPane struct {
	u        *UI
	content  fyne.CanvasObject
	tabs     *container.AppTabs
	hint     *widget.Label
	nothing  fyne.CanvasObject
	folder   *folderPane
	overview *overview
	parts    *partsView
	options  *factPage
	receipt  *receiptPage
	log      *logView
	id       transfer.ID // what is shown, 0 for nothing
	frame    *detailFrame
	keyboard bool // it was on the page that is left
}

func newDetailPane(u *UI) *detailPane {
	d := &detailPane{u: u}
	d.overview = newOverview(u)
	d.parts = newPartsView(u)
	d.options, d.receipt = newFactPage(), newReceiptPage(u)
	d.log = newLogView(u)
	d.tabs = container.NewAppTabs(
		container.NewTabItem(text.T("Overview"), d.overview.content),
		container.NewTabItem(text.T("Parts"), d.parts.content),
		container.NewTabItem(text.T("Options"), d.options.content),
		container.NewTabItem(text.T("Receipt"), d.receipt.content),
		container.NewTabItem(text.T("Log"), d.log.content))
	d.tabs.OnSelected = func(*container.TabItem) {
		tab := detailTab(d.tabs.SelectedIndex())
		u.pump.set(func(v *view) { v.tab = tab })
		if d.keyboard {
			d.followPage()
		}
	}
	// Asked before the page is hidden, whose place nobody knows afterwards.
	d.tabs.OnUnselected = func(*container.TabItem) { d.keyboard = d.u.main.paneWithKeyboard() == d.content }
	d.hint = widget.NewLabelWithStyle(text.T("Select an upload to see its details."), fyne.TextAlignCenter, fyne.TextStyle{})
	d.hint.Importance = widget.LowImportance
	d.nothing = container.NewCenter(d.hint)
	d.folder = newFolderPane(u)
	d.tabs.Hide()
	d.folder.content.Hide()
	d.content = container.NewStack(d.nothing, d.folder.content, d.tabs)
	return d
}

// followPage brings the keyboard to the page that was turned to: what it was on is hidden.
func (d *detailPane) followPage() {
	if d.frame != nil && detailTab(d.tabs.SelectedIndex()) == tabReceipt {
		d.receipt.show(d.frame) // which tells whether there is one
	}
	if f := d.first(); f != nil {
		d.u.win.Canvas().Focus(f)
	} else {
		d.u.main.focusList()
	}
}

// pageItems are the commands that turn the pages of the details.
func (d *detailPane) pageItems() []*fyne.MenuItem {
	items := make([]*fyne.MenuItem, 0, len(pageKeys))
	for i, page := range d.tabs.Items {
		items = append(items, d.u.item(page.Text, func() { d.tabs.SelectIndex(i) }, pageKeys[i], fyne.KeyModifierControl))
	}
	return items
}

// pageKeys turn the pages, with Ctrl.
var pageKeys = []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5}

// show shows a frame's upload, else its folder.
func (d *detailPane) show(all *frame) {
	f, snap := all.detail, all.snap
	d.frame = f
	if f == nil {
		d.id = 0
		d.showFolder(&all.chosen, snap)
		return
	}
	if d.id != f.upload.ID {
		d.id = f.upload.ID
		d.parts.forget()
		d.only(d.tabs)
	}
	switch detailTab(d.tabs.SelectedIndex()) {
	case tabOverview:
		d.overview.show(f, snap)
	case tabParts:
		d.parts.show(f)
	case tabOptions:
		d.options.show(storedFacts(&f.upload))
	case tabReceipt:
		d.receipt.show(f)
	case tabLog:
		d.log.show(f)
	}
}

// showFolder shows a folder that is selected, or tells how many things are.
func (d *detailPane) showFolder(f *folderFrame, snap *transfer.Snapshot) {
	if f.selected == 1 && len(f.folders) == 1 {
		d.folder.show(&f.folders[0], snap)
		d.only(d.folder.content)
		return
	}
	words := text.T("Select an upload to see its details.")
	if f.selected > 1 {
		words = text.N("1 row selected", "{{.Count}} rows selected", f.selected)
	}
	setText(d.hint, words)
	d.only(d.nothing)
}

// only shows one of what the pane may hold.
func (d *detailPane) only(shown fyne.CanvasObject) {
	for _, o := range []fyne.CanvasObject{d.nothing, d.folder.content, d.tabs} {
		switch {
		case o == shown && !o.Visible():
			o.Show()
		case o != shown && o.Visible():
			o.Hide()
		}
	}
}

// showPart shows a part in the table of parts.
func (d *detailPane) showPart(number int) {
	d.tabs.SelectIndex(int(tabParts))
	if d.frame != nil {
		d.parts.show(d.frame) // which may be the first it sees
	}
	d.parts.reveal(number)
}
