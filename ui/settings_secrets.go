package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// secretsPage says where secrets are kept, and moves them. What it does is done at once.
type secretsPage struct {
	d       *settingsDialog
	where   *widget.Label
	protect *button
	unlock  *button
	release *button
}

func newSecretsPage(d *settingsDialog) *secretsPage {
	p := &secretsPage{d: d, where: wrapped("")}
	p.protect = newButton(d, text.T("Keep them in a file with a passphrase…"), theme.FileIcon(), p.askProtect)
	p.unlock = newButton(d, text.T("Unlock…"), theme.LoginIcon(), p.askUnlock)
	p.release = newButton(d, text.T("Move them to the keyring…"), nil, p.askRelease)
	p.show()
	return p
}

func (p *secretsPage) title() string       { return text.T("Secrets") }
func (p *secretsPage) take(*choices) error { return nil }

// first is the button that is there.
func (p *secretsPage) first() fyne.Focusable {
	for _, b := range []*button{p.protect, p.unlock} {
		if b.Visible() {
			return b
		}
	}
	return p.release
}

func (p *secretsPage) content() fyne.CanvasObject {
	words := smallWords(text.T("Secrets are the keys and tokens of accounts that you typed, and the proxy's password. Each account says whether its own is kept, or forgotten when Partway quits. Nothing of them is in Partway's list, its log or its backups."))
	return page(p.where, container.NewHBox(p.protect, p.unlock, p.release), words)
}

// show says where secrets are.
func (p *secretsPage) show() {
	v := p.d.u.vault
	switch {
	case v.locked:
		p.where.SetText(text.T("Secrets are kept in a file that your passphrase opens. It is locked."))
	case v.file:
		p.where.SetText(text.T("Secrets are kept in a file that your passphrase opens. It is asked for at each start."))
	default:
		p.where.SetText(text.T("Secrets are kept in this computer's keyring, and where there is none until Partway quits."))
	}
	shown := func(b *button, on bool) {
		if on {
			b.Show()
		} else {
			b.Hide()
		}
	}
	shown(p.protect, !v.file)
	shown(p.unlock, v.locked)
	shown(p.release, v.file && !v.locked)
	if p.d.open() {
		p.d.fit()
	}
}

// refresh asks where secrets are now.
func (p *secretsPage) refresh() { p.d.u.refreshVault(p.show) }

func (p *secretsPage) askProtect() {
	u := p.d.u
	d := u.newPassphraseDialog(text.T("Keep the secrets in a file"),
		text.T("A passphrase of 8 characters or more seals the file. It is asked for at each start, and nobody can restore it: without it you enter the keys of your accounts again."),
		text.T("Keep in a file"))
	d.act = func(ctx context.Context, passphrase transfer.Secret) error {
		return u.c.Vault.Protect(ctx, passphrase, u.everySecret())
	}
	d.done = p.refresh
	d.present(true)
}

func (p *secretsPage) askUnlock() {
	p.d.u.askPassphrase()
	top := p.d.u.topModal()
	closed := top.onClose
	top.onClose = func() {
		closed()
		p.show()
	}
}

func (p *secretsPage) askRelease() {
	u := p.d.u
	u.ask(question{
		title:   text.T("Move the secrets to the keyring?"),
		words:   text.T("The file with the passphrase is deleted once all its secrets are in this computer's keyring."),
		confirm: text.T("Move"),
		do: func() {
			p.release.Disable()
			u.act(func(ctx context.Context) error { return u.c.Vault.Unprotect(ctx, u.everySecret()) }, func(err error) {
				p.release.Enable()
				p.refresh()
				if err != nil {
					u.showError(text.T("The secrets could not be moved. They are in the file still."), err)
				}
			})
		},
	})
}
