package ui

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// partsView lists the parts of an upload: what the journal knows and, once asked for,
// what OSS and the file have beside it.
type partsView struct {
	u       *UI
	content fyne.CanvasObject
	list    *widget.List
	heads   *partLine
	refresh *button
	check   *button // of the file; while it is read, what stops that
	repair  *button
	only    *tick
	note    *widget.Label // what came of a question, or all of the selected part
	// noteLine holds note, and takes no room while there is nothing to say.
	noteLine *fyne.Container

	frame   *detailFrame
	compare comparison
	shown   []int // the parts in the list; nil: all
	chosen  int   // the selected part, 0 for none
	told    bool  // the note is of that part
	asking  transfer.ID
	reading transfer.ID
	stop    func() // ends the reading of the file
}

// keyless is for buttons that are in no dialog.
type keyless struct{}

func (keyless) key(*fyne.KeyEvent) bool { return false }

func newPartsView(u *UI) *partsView {
	p := &partsView{u: u, heads: newPartLine(true)}
	p.list = widget.NewList(p.count,
		func() fyne.CanvasObject { return newPartLine(false) },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if n := p.numberAt(i); n > 0 {
				o.(*partLine).set(factsOfPart(p.frame, &p.compare, n))
			}
		})
	p.list.HideSeparators = true
	p.list.OnSelected = func(i widget.ListItemID) {
		p.chosen = p.numberAt(i)
		p.tellChosen()
	}
	p.refresh = quiet(newButton(keyless{}, text.T("Refresh from OSS"), theme.ViewRefreshIcon(), p.ask))
	p.check = quiet(newButton(keyless{}, text.T("Check the file"), theme.SearchIcon(), p.readFile))
	p.repair = quiet(newButton(keyless{}, text.T("Repair…"), theme.MediaReplayIcon(), p.askRepair))
	p.only = newTick(keyless{}, text.T("Only differences"), func(bool) { p.filter() })
	p.note = small()
	p.note.Truncation = fyne.TextTruncateEllipsis
	copying := quiet(newButton(keyless{}, text.T("Copy"), theme.ContentCopyIcon(), func() {
		u.app.Clipboard().SetContent(p.note.Text)
	}))
	buttons := container.NewHBox(p.refresh, p.check, p.repair, p.only)
	p.noteLine = container.NewBorder(nil, nil, nil, copying, p.note)
	p.noteLine.Hide()
	foot := container.New(layout.NewCustomPaddedVBoxLayout(0), p.noteLine, buttons)
	p.content = container.NewBorder(p.heads, foot, nil, nil, p.list)
	p.setHeads()
	return p
}

func quiet(b *button) *button {
	b.Importance = widget.LowImportance
	return b
}

func (p *partsView) setHeads() {
	heads := partFacts{cells: [partColumns]string{
		text.T("Part"), text.T("Range"), text.T("Size"), text.T("State"), text.T("Tries"), text.T("ETag in the journal"), "", "",
	}}
	if p.compare.server != nil {
		heads.cells[colServer] = text.T("On OSS")
	}
	if p.compare.file != nil {
		heads.cells[colFile] = text.T("In the file")
	}
	p.heads.set(heads)
}

// say tells in a line what came of a question; "" is nothing.
func (p *partsView) say(words string) {
	p.told = false
	setText(p.note, words)
	if (words != "") == p.noteLine.Visible() {
		return
	}
	if words == "" {
		p.noteLine.Hide()
	} else {
		p.noteLine.Show()
	}
	p.content.Refresh()
}

// count is how many lines the list has.
func (p *partsView) count() int {
	switch {
	case p.frame == nil:
		return 0
	case p.shown != nil:
		return len(p.shown)
	default:
		return len(p.frame.states)
	}
}

// numberAt returns the part in a line, 0 for none.
func (p *partsView) numberAt(i int) int {
	switch {
	case i < 0 || i >= p.count():
		return 0
	case p.shown == nil:
		return p.frame.upload.Plan.Number(i)
	case p.frame.upload.Plan.Index(p.shown[i]) < 0:
		return 0
	default:
		return p.shown[i]
	}
}

// lineOf returns the line of a part, or -1.
func (p *partsView) lineOf(number int) int {
	if p.shown == nil {
		if p.frame == nil {
			return -1
		}
		return p.frame.upload.Plan.Index(number)
	}
	return slices.Index(p.shown, number)
}

// forget drops what belongs to another upload.
func (p *partsView) forget() {
	if p.stop != nil {
		p.stop()
	}
	p.frame, p.compare, p.shown = nil, comparison{}, nil
	p.asking, p.reading, p.chosen = 0, 0, 0
	p.only.SetChecked(false)
	p.list.UnselectAll()
	p.say("")
	p.setHeads()
	p.list.ScrollToTop()
}

func (p *partsView) show(f *detailFrame) {
	was := p.frame
	p.frame = f
	if p.compare.uploadID != "" && (p.compare.uploadID != f.upload.UploadID || f.upload.Phase.Final()) {
		p.compare = comparison{} // OSS no longer has what was compared
		p.say("")
		p.setHeads()
		p.filter()
	}
	p.enable()
	if was != nil && samePartsIn(was, f) {
		return
	}
	if p.only.Checked {
		p.filter()
	}
	p.list.Refresh()
	if p.told {
		p.tellChosen()
	}
}

// samePartsIn tells whether two frames say the same of the parts.
func samePartsIn(a, b *detailFrame) bool {
	if !slices.Equal(a.states, b.states) || !slices.Equal(a.parts, b.parts) || (a.work == nil) != (b.work == nil) {
		return false
	}
	return a.work == nil || maps.Equal(a.work.Sent, b.work.Sent) && maps.Equal(a.work.Tries, b.work.Tries)
}

func (p *partsView) enable() {
	f := p.frame
	begun := f != nil && f.upload.UploadID != "" && !f.upload.Phase.Final()
	enable(p.refresh, begun && p.asking == 0)
	enable(p.check, begun && (len(f.parts) > 0 || len(p.compare.server) > 0))
	enable(p.repair, f != nil && f.upload.Repairable())
	enable(p.only, p.compare.server != nil || p.compare.file != nil)
}

// filter brings the list of lines up to date with what differs.
func (p *partsView) filter() {
	shown := []int(nil)
	if p.only.Checked && p.frame != nil {
		shown = append([]int{}, p.compare.differing(p.frame)...)
	}
	if (shown == nil) == (p.shown == nil) && slices.Equal(shown, p.shown) {
		return
	}
	p.shown = shown
	p.list.UnselectAll()
	if i := p.lineOf(p.chosen); p.chosen > 0 && i >= 0 {
		p.list.Select(i)
	}
	p.list.Refresh()
}

// reveal scrolls to a part and selects it.
func (p *partsView) reveal(number int) {
	p.only.SetChecked(false)
	p.chosen = number
	if i := p.lineOf(number); i >= 0 {
		p.list.ScrollTo(i)
		p.list.Select(i)
	}
}

// tellChosen says all that is known of the selected part, anew when that changed.
func (p *partsView) tellChosen() {
	if p.chosen > 0 && p.frame != nil && p.frame.upload.Plan.Index(p.chosen) >= 0 {
		p.say(wholePart(p.frame, &p.compare, p.chosen))
		p.told = true
	}
}
