package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// finding is a file, and what there is to say of it.
type finding struct {
	name, what string
	rank       int // the higher, the more it matters
}

// findingList shows findings. Its rows are virtual.
type findingList struct {
	widget.List
	owner *modal
}

func newFindingList(owner *modal, findings []finding) *findingList {
	l := &findingList{owner: owner}
	l.Length = func() int { return len(findings) }
	l.CreateItem = func() fyne.CanvasObject {
		name, what := widget.NewLabel(""), widget.NewLabel("")
		name.Truncation, what.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
		what.Importance = widget.LowImportance
		return container.NewGridWithColumns(2, name, what)
	}
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		cells := o.(*fyne.Container).Objects
		setText(cells[0].(*widget.Label), format.Name(findings[i].name))
		setText(cells[1].(*widget.Label), findings[i].what)
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey is called by Fyne.
func (l *findingList) TypedKey(k *fyne.KeyEvent) {
	if !l.owner.key(k) {
		l.List.TypedKey(k)
	}
}

// showFindings lists findings, and gives the keyboard back to a field when it closes.
func (u *UI) showFindings(title string, findings []finding, back fyne.Focusable) {
	m := u.newModal(title, 720)
	m.onClose = func() {
		if back != nil {
			u.win.Canvas().Focus(back)
		}
	}
	list := newFindingList(m, findings)
	tall := container.NewGridWrap(fyne.NewSize(660, 260), list)
	m.setContent(tall, nil, newButton(m, text.T("Close"), nil, m.close))
	m.show(list)
}

// tellIgnored says once of each batch what its patterns left out.
func (u *UI) tellIgnored(ignored map[transfer.BatchID]int) {
	for batch, n := range ignored {
		if u.ignoredTold[batch] {
			continue
		}
		u.ignoredTold[batch] = true
		u.notices.add(Notice{words: func() string {
			return text.N("1 thing in the folders added was left out by the ignore patterns.",
				"{{.Count}} things in the folders added were left out by the ignore patterns.", n)
		}, next: func(u *UI, _ func()) fyne.CanvasObject {
			return newButton(u.main, text.T("Show…"), nil, func() { u.showIgnored(batch) })
		}})
	}
}

// showIgnored lists what the patterns of a batch left out.
func (u *UI) showIgnored(batch transfer.BatchID) {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, func(ctx context.Context) (transfer.Names, error) { return u.c.Journal.Ignored(ctx, batch) },
		func(names transfer.Names, err error) {
			switch {
			case err != nil:
				u.showError(text.T("The list could not be read."), err)
			case u.topModal() == nil:
				u.showFindings(text.T("Left out"), named(names, text.T("left out by a pattern")), nil)
			}
		})
}
