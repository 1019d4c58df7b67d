package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// trialBanner says, as long as the built-in endpoint is in use, that nothing leaves this
// computer.
type trialBanner struct {
	u       *UI
	content *fyne.Container
	words   *widget.Label
}

func newTrialBanner(u *UI) *trialBanner {
	b := &trialBanner{u: u, words: widget.NewLabel("")}
	b.words.Truncation = fyne.TextTruncateEllipsis
	b.words.TextStyle.Bold = true
	forget := widget.NewButton(text.T("Delete trial data…"), u.deleteTrial)
	forget.Importance = widget.LowImportance
	b.content = container.NewStack(tinted(), container.NewBorder(nil, nil,
		container.NewPadded(widget.NewIcon(look.IconTry())), container.NewCenter(forget), b.words))
	b.content.Hide()
	return b
}

// show shows the banner, or not.
func (b *trialBanner) show(on bool) {
	defer b.u.main.relayout()
	if !on {
		b.content.Hide()
		return
	}
	limit := text.Args{"Limit": format.Bytes(b.u.c.Trial.Limit())}
	if len(b.u.accounts) == 1 {
		setText(b.words, text.T("Nothing leaves this computer. The trial account stores up to {{.Limit}} on this disk.", limit))
	} else {
		setText(b.words, text.T("What goes to the trial account stays on this computer: up to {{.Limit}} on this disk.", limit))
	}
	b.content.Show()
}

// openTrial starts the built-in endpoint, and goes on with what was dropped before there
// was an account.
func (u *UI) openTrial() {
	if u.c.Trial == nil {
		return
	}
	load(u, u.ctx, u.c.Trial.Open, func(a transfer.Account, err error) {
		if err != nil {
			u.showError(text.T("The trial could not be started."), err)
			return
		}
		u.prefs.Account = a.ID
		u.reloadAccounts(u.resumeProposal)
	})
}

// deleteTrial forgets what the trial stored, after asking.
func (u *UI) deleteTrial() {
	u.ask(question{
		title:   text.T("Delete trial data?"),
		words:   text.T("All that was uploaded to the trial account is deleted from this computer. Your own files stay as they are."),
		confirm: text.T("Delete"),
		danger:  true,
		do: func() {
			u.act(func(ctx context.Context) error { return u.c.Trial.Delete(ctx) }, func(err error) {
				if err != nil {
					u.showError(text.T("The trial data could not be deleted."), err)
				}
				u.reloadAccounts(nil)
			})
		},
	})
}
