package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/doctor"
	"partway/ui/text"
)

// reportView shows what the doctor found out: what is not as it should be, each with what can
// be done, the policy to be asked for, and the rest in one paragraph.
func (u *UI) reportView(m *modal, p doctor.Place, r doctor.Report, move func(transfer.Endpoint)) fyne.CanvasObject {
	sum := wrapped(verdictWords(r))
	sum.TextStyle.Bold = true
	sum.Importance = map[doctor.Level]widget.Importance{
		doctor.Fine: widget.SuccessImportance, doctor.Note: widget.WarningImportance, doctor.Wrong: widget.DangerImportance,
	}[r.Worst()]
	box := container.New(noGap{}, sum)
	for _, level := range []doctor.Level{doctor.Wrong, doctor.Note} {
		for _, f := range r {
			if f.Level == level {
				box.Add(u.findingView(m, f, move))
			}
		}
	}
	if len(r.Missing()) > 0 {
		box.Add(u.policyView(m, doctor.MinimalPolicy(p, doctor.Actions...)))
	}
	var fine []string
	for _, f := range r {
		if f.Level == doctor.Fine {
			sentence, _ := findingWords(f)
			fine = append(fine, sentence)
		}
	}
	if len(fine) > 0 {
		box.Add(besideIcon(theme.NewSuccessThemedResource(theme.ConfirmIcon()), smallWords(text.Sentences(fine...))))
	}
	return box
}

// smallWords is a line or more of small text.
func smallWords(words string) *widget.Label {
	l := caption()
	l.SetText(words)
	return l
}

// besideIcon puts an icon before the first line of small text.
func besideIcon(icon fyne.Resource, words fyne.CanvasObject) fyne.CanvasObject {
	top := container.New(layout.NewCustomPaddedLayout(theme.Padding(), 0, theme.Padding(), 0), widget.NewIcon(icon))
	return container.NewBorder(nil, nil, container.NewVBox(top), nil, words)
}

// findingView is a finding with an icon, and what can be done about it.
func (u *UI) findingView(m *modal, f doctor.Finding, move func(transfer.Endpoint)) fyne.CanvasObject {
	var icon fyne.Resource = theme.NewWarningThemedResource(theme.WarningIcon())
	if f.Level == doctor.Wrong {
		icon = theme.NewErrorThemedResource(theme.ErrorIcon())
	}
	rows := container.New(noGap{}, smallWords(text.Sentences(findingWords(f))))
	if f.Move.URL != "" && move != nil {
		use := newButton(m, text.T("Use {{.Endpoint}}", text.Args{"Endpoint": f.Move.Host}), nil, func() { move(f.Move) })
		rows.Add(container.NewHBox(use))
	}
	if f.Level == doctor.Wrong && f.Err != nil {
		buttons, raw := u.rawError(m, f.Err)
		rows.Add(container.NewHBox(buttons...))
		rows.Add(raw)
	}
	return besideIcon(icon, rows)
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
	words := smallWords(text.T("This RAM policy allows all that uploads to this place need, and nothing else:"))
	return container.NewVBox(words, container.NewHBox(copying, show), raw)
}
