package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/doctor"
	"partway/ui/text"
)

// reportView shows what the doctor found out: first what is not as it should be, then the
// rest in one line, and the policy to be asked for.
func (u *UI) reportView(m *modal, p doctor.Place, r doctor.Report, move func(transfer.Endpoint)) fyne.CanvasObject {
	sum := wrapped(verdictWords(r))
	sum.TextStyle.Bold = true
	sum.Importance = map[doctor.Level]widget.Importance{
		doctor.Fine: widget.SuccessImportance, doctor.Note: widget.WarningImportance, doctor.Wrong: widget.DangerImportance,
	}[r.Worst()]
	box := container.New(noGap{}, sum)
	for _, level := range []doctor.Level{doctor.Wrong, doctor.Note, doctor.Fine} {
		for _, f := range r {
			if f.Level == level {
				box.Add(u.findingView(m, f, move))
			}
		}
	}
	if len(r.Missing()) > 0 {
		box.Add(u.policyView(m, doctor.MinimalPolicy(p, doctor.Actions...)))
	}
	return box
}

// findingView is a finding with an icon, and what can be done about it.
func (u *UI) findingView(m *modal, f doctor.Finding, move func(transfer.Endpoint)) fyne.CanvasObject {
	icon := map[doctor.Level]fyne.Resource{
		doctor.Fine: theme.NewSuccessThemedResource(theme.ConfirmIcon()),
		doctor.Note: theme.NewWarningThemedResource(theme.WarningIcon()), doctor.Wrong: theme.NewErrorThemedResource(theme.ErrorIcon()),
	}[f.Level]
	sentence, hint := findingWords(f)
	words := wrapped(text.Sentences(sentence, hint))
	words.SizeName = theme.SizeNameCaptionText
	rows := container.New(noGap{}, words)
	if f.Move.URL != "" && move != nil {
		use := newButton(m, text.T("Use {{.Endpoint}}", text.Args{"Endpoint": f.Move.Host}), nil, func() { move(f.Move) })
		rows.Add(container.NewHBox(use))
	}
	if f.Level == doctor.Wrong && f.Err != nil {
		buttons, raw := u.rawError(m, f.Err)
		rows.Add(container.NewHBox(buttons...))
		rows.Add(raw)
	}
	return container.NewBorder(nil, nil, container.NewVBox(widget.NewIcon(icon)), nil, rows)
}

// policyView shows a policy to be copied.
func (u *UI) policyView(m *modal, policy string) fyne.CanvasObject {
	raw := widget.NewLabel(policy)
	raw.TextStyle.Monospace = true
	raw.SizeName = theme.SizeNameCaptionText
	raw.Selectable = true
	raw.Hide()
	var show *button
	show = newButton(m, text.T("Show policy"), theme.MenuDropDownIcon(), func() {
		if raw.Visible() {
			raw.Hide()
			show.SetIcon(theme.MenuDropDownIcon())
		} else {
			raw.Show()
			show.SetIcon(theme.MenuDropUpIcon())
		}
		m.fit()
	})
	copying := newButton(m, text.T("Copy policy"), theme.ContentCopyIcon(), func() { u.app.Clipboard().SetContent(policy) })
	words := wrapped(text.T("This RAM policy allows all that uploads to this place need, and nothing else:"))
	words.SizeName = theme.SizeNameCaptionText
	return container.NewVBox(words, container.NewHBox(copying, show), raw)
}
