package ui

import (
	"strings"

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
	others  []alternative // what else can be done, beside Cancel
}

// alternative is another answer to a question.
type alternative struct {
	label string // a verb
	do    func()
}

// ask asks a question; Escape and Cancel do nothing.
func (u *UI) ask(q question) {
	m := u.newModal(q.title, 460)
	m.title.Truncation, m.title.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord // it may name a folder
	ok := newButton(m, q.confirm, nil, func() {
		m.close()
		q.do()
	})
	if q.danger {
		ok.Importance = widget.DangerImportance
	}
	buttons := []*button{newButton(m, text.T("Cancel"), nil, m.close)}
	for _, o := range q.others {
		buttons = append(buttons, newButton(m, o.label, nil, func() {
			m.close()
			o.do()
		}))
	}
	m.setContent(wrapped(q.words), nil, append(buttons, ok)...)
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
		buttons, raw := u.rawError(owner, err)
		box.Add(container.NewHBox(buttons...))
		box.Add(raw)
	}
	return box
}

// trouble is a problem in little room: sentence and hint in one paragraph, and what can be
// done beside Details and Copy.
func (u *UI) trouble(owner keyed, err *transfer.Error, steps *fyne.Container) fyne.CanvasObject {
	sentence, hint := text.Problem(err)
	buttons, raw := u.rawError(owner, err)
	for _, b := range buttons {
		steps.Add(b)
	}
	icon := widget.NewIcon(theme.NewErrorThemedResource(theme.ErrorIcon()))
	words := wrapped(text.Sentences(sentence, hint))
	return container.NewVBox(container.NewBorder(nil, nil, container.NewCenter(icon), nil, words), steps, raw)
}

// rawError hides an error's own text behind the button Details, with Copy beside it.
func (u *UI) rawError(owner keyed, err *transfer.Error) (buttons []fyne.CanvasObject, hidden fyne.CanvasObject) {
	words := rawText(err)
	raw := wrapped(words)
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
		} else {
			u.main.details.overview.content.Refresh() // makes room
		}
	})
	details.Importance = widget.LowImportance
	copying := newButton(owner, text.T("Copy"), theme.ContentCopyIcon(), func() {
		u.app.Clipboard().SetContent(words)
	})
	copying.Importance = widget.LowImportance
	return []fyne.CanvasObject{details, copying}, raw
}

// rawText is an error as those who help read it: what OSS calls it, and its own text.
func rawText(err *transfer.Error) string {
	var words strings.Builder
	for _, f := range []fact{{"Code", err.Code}, {"EC", err.EC}, {"Request ID", err.RequestID}} {
		if f.value != "" {
			words.WriteString(f.label + ": " + f.value + "\n")
		}
	}
	return words.String() + err.Error()
}
