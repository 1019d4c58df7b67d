package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// detailPane shows one upload below the list.
type detailPane struct {
	u        *UI
	content  fyne.CanvasObject
	tabs     *container.AppTabs
	nothing  fyne.CanvasObject
	overview *overview
	parts    *partsView
	log      *logView
	id       transfer.ID // what is shown, 0 for nothing
	frame    *detailFrame
}

func newDetailPane(u *UI) *detailPane {
	d := &detailPane{u: u}
	d.overview = newOverview(u)
	d.parts = newPartsView(u)
	d.log = newLogView(u)
	d.tabs = container.NewAppTabs(
		container.NewTabItem(text.T("Overview"), d.overview.content),
		container.NewTabItem(text.T("Parts"), d.parts.content),
		container.NewTabItem(text.T("Log"), d.log.content))
	d.tabs.OnSelected = func(*container.TabItem) {
		tab := detailTab(d.tabs.SelectedIndex())
		u.pump.set(func(v *view) { v.tab = tab })
	}
	hint := widget.NewLabelWithStyle(text.T("Select an upload to see its details."), fyne.TextAlignCenter, fyne.TextStyle{})
	hint.Importance = widget.LowImportance
	d.nothing = container.NewCenter(hint)
	d.tabs.Hide()
	d.content = container.NewStack(d.nothing, d.tabs)
	return d
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

// show shows a frame's upload; nil is none.
func (d *detailPane) show(f *detailFrame, snap *transfer.Snapshot) {
	d.frame = f
	if f == nil {
		if d.id != 0 {
			d.id = 0
			d.tabs.Hide()
			d.nothing.Show()
		}
		return
	}
	if d.id != f.upload.ID {
		d.id = f.upload.ID
		d.parts.forget()
		d.nothing.Hide()
		d.tabs.Show()
	}
	switch detailTab(d.tabs.SelectedIndex()) {
	case tabOverview:
		d.overview.show(f, snap)
	case tabParts:
		d.parts.show(f)
	case tabLog:
		d.log.show(f)
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
