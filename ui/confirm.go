package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// question is a dialog that asks before something that cannot be taken back.
type question struct {
	title   string
	words   string
	confirm string // what is done, as a verb
	danger  bool
	do      func()
}

// ask asks a question; Escape and Cancel do nothing.
func (u *UI) ask(q question) {
	m := u.newModal(q.title, 460)
	ok := newButton(m, q.confirm, nil, func() {
		m.close()
		q.do()
	})
	if q.danger {
		ok.Importance = widget.DangerImportance
	}
	cancel := newButton(m, text.T("Cancel"), nil, m.close)
	m.setContent(wrapped(q.words), nil, cancel, ok)
	m.show(nil)
}

// showError tells that something could not be done. A nil error is told as well: it would
// be a fault of ours, but not one to crash for.
func (u *UI) showError(what string, err error) {
	u.log.Warn("could not do", "what", what, "err", err)
	m := u.newModal(what, 520)
	okay := newButton(m, text.T("Close"), nil, m.close)
	m.setContent(u.problem(m, transfer.AsError(err)), nil, okay)
	m.show(nil)
}

// problem shows an error: a sentence, what to do next, and the raw text behind Details.
func (u *UI) problem(owner keyed, err *transfer.Error) fyne.CanvasObject {
	sentence, hint := text.Problem(err)
	return u.explained(owner, sentence, hint, err)
}

// explained is a problem in given words.
func (u *UI) explained(owner keyed, sentence, hint string, err *transfer.Error) fyne.CanvasObject {
	box := container.NewVBox()
	if sentence == "" {
		sentence = text.T("Something went wrong, and nothing more is known of it.")
	}
	box.Add(container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(theme.ErrorIcon())), nil, wrapped(sentence)))
	if hint != "" {
		box.Add(wrapped(hint))
	}
	if err != nil {
		box.Add(u.rawError(owner, err))
	}
	return box
}

// rawError hides an error's own text behind Details, with Copy beside it.
func (u *UI) rawError(owner keyed, err *transfer.Error) fyne.CanvasObject {
	raw := wrapped(err.Error())
	raw.TextStyle = fyne.TextStyle{Monospace: true}
	raw.SizeName = theme.SizeNameCaptionText
	raw.Selectable = true
	raw.Hide()
	var details *button
	details = newButton(owner, text.T("Details"), theme.MenuDropDownIcon(), func() {
		if raw.Visible() {
			raw.Hide()
			details.SetIcon(theme.MenuDropDownIcon())
		} else {
			raw.Show()
			details.SetIcon(theme.MenuDropUpIcon())
		}
		if m := u.topModal(); m != nil {
			m.fit()
		}
	})
	details.Importance = widget.LowImportance
	copying := newButton(owner, text.T("Copy"), theme.ContentCopyIcon(), func() {
		u.app.Clipboard().SetContent(err.Error())
	})
	copying.Importance = widget.LowImportance
	return container.NewVBox(container.NewHBox(details, copying), raw)
}
