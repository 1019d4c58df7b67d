package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// vaultState is where secrets are kept, as last asked.
type vaultState struct {
	file   bool // in a file that a passphrase opens
	locked bool // which has not been opened yet
}

// readVault asks where secrets are kept.
func (u *UI) readVault(context.Context) (vaultState, error) {
	if u.c.Vault == nil {
		return vaultState{}, nil
	}
	return vaultState{u.c.Vault.Protected(), u.c.Vault.Locked()}, nil
}

// refreshVault asks anew, and then goes on.
func (u *UI) refreshVault(then func()) {
	load(u, u.ctx, u.readVault, func(v vaultState, _ error) {
		u.vault = v
		then()
	})
}

// everySecret are the accounts whose secrets are kept somewhere: the proxy's is one, too.
func (u *UI) everySecret() []transfer.Account {
	return append([]transfer.Account{transfer.ProxyAccount()}, u.accounts...)
}

// unlockAtStart asks for the passphrase of the file of secrets, if there is one.
func (u *UI) unlockAtStart() {
	u.refreshVault(func() {
		if u.vault.locked {
			u.askPassphrase()
		}
	})
}

// passphraseDialog asks for a passphrase: for the one that there is, or twice for a new one.
type passphraseDialog struct {
	*modal
	u           *UI
	first       *entry
	again       *entry // nil for one that there is
	lines       checkedForm
	use         *button
	words       string
	act         func(ctx context.Context, passphrase transfer.Secret) error
	done        func()
	working     bool
	workingNote *widget.Label
}

const fieldAgain transfer.FieldName = "passphrase again"

func (u *UI) newPassphraseDialog(title, words, verb string) *passphraseDialog {
	d := &passphraseDialog{modal: u.newModal(title, 480), u: u, words: words}
	d.first = newSecretEntry(d, "")
	d.lines = checkedForm{transfer.FieldPassphrase: newChecked(text.T("Passphrase"), d.first, d.first)}
	d.workingNote = hintLabel("")
	d.use = newButton(d, verb, nil, d.confirm)
	return d
}

// present shows the dialog, with a second field for a passphrase that is new.
func (d *passphraseDialog) present(twice bool) {
	form := formOf(d.lines[transfer.FieldPassphrase].row)
	if twice {
		d.again = newSecretEntry(d, "")
		d.lines[fieldAgain] = newChecked(text.T("Once more"), d.again, d.again)
		form = formOf(d.lines[transfer.FieldPassphrase].row, d.lines[fieldAgain].row)
	}
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	d.setContent(container.NewVBox(wrapped(d.words), form, d.workingNote), nil, cancel, d.use)
	d.show(d.first)
}

// confirm does what the passphrase is for. It takes a moment, by design.
func (d *passphraseDialog) confirm() {
	passphrase := transfer.NewSecret(d.first.Text)
	var faults []fault
	switch {
	case d.working:
		return
	case passphrase.Empty():
		faults = append(faults, fault{transfer.FieldPassphrase, text.T("This is needed.")})
	case d.again != nil && d.again.Text != d.first.Text:
		faults = append(faults, fault{fieldAgain, text.T("The two are not the same.")})
	}
	if d.refused(faults) {
		return
	}
	d.setWorking(true)
	d.u.act(func(ctx context.Context) error { return d.act(ctx, passphrase) }, func(err error) {
		d.setWorking(false)
		if !d.open() {
			return
		}
		if err != nil {
			faults, ok := faultsOf(err)
			if !ok {
				faults = []fault{{transfer.FieldPassphrase, passphraseWords(err)}}
			}
			d.refused(faults)
			return
		}
		d.done()
		d.close()
	})
}

// refused says what is wrong, if anything.
func (d *passphraseDialog) refused(faults []fault) bool {
	first, _ := d.lines.tell(faults)
	d.fit()
	if first != nil {
		d.u.win.Canvas().Focus(first.field)
	}
	return len(faults) > 0
}

func (d *passphraseDialog) setWorking(on bool) {
	d.working = on
	enable(d.use, !on)
	words := ""
	if on {
		words = text.T("This takes a moment…")
	}
	d.workingNote.SetText(words)
}

// passphraseWords says why the file was not opened, made or removed.
func passphraseWords(err error) string {
	e := transfer.AsError(err)
	switch {
	case e.Op == "Unlock" && e.Code == transfer.CodePassphrase:
		return text.T("This is not the passphrase.")
	case errors.Is(err, context.DeadlineExceeded):
		return text.T("The keyring does not answer.")
	}
	return text.T("That did not work: {{.Reason}}", text.Args{"Reason": e.Err.Error()})
}

// askPassphrase asks for the passphrase of the file of secrets. Without it the accounts'
// uploads wait.
func (u *UI) askPassphrase() {
	d := u.newPassphraseDialog(text.T("Unlock the secrets"),
		text.T("The secrets of your accounts are in a file that only your passphrase opens. Until then their uploads wait."), text.T("Unlock"))
	d.act = func(ctx context.Context, p transfer.Secret) error { return u.c.Vault.Unlock(ctx, p) }
	d.done = u.unlocked
	d.onClose = u.sayLocked
	d.present(false)
}

// unlocked has the accounts' uploads go on.
func (u *UI) unlocked() {
	u.vault.locked = false
	if u.lockedNotice != nil {
		u.lockedNotice()
		u.lockedNotice = nil
	}
	for _, a := range u.accounts {
		if a.Kind == transfer.AccountKeys && a.Source.NeedsKeys() {
			u.haveCredentials(a.ID)
		}
	}
}

// sayLocked says that the secrets are locked, and offers to unlock them.
func (u *UI) sayLocked() {
	if !u.vault.locked || u.lockedNotice != nil {
		return
	}
	n := warned(func() string {
		return text.T("The secrets are locked: uploads wait until you enter your passphrase.")
	})
	n.next = unlockStep
	u.lockedNotice = u.notices.add(n)
}

// unlockStep is the next step of a notice: a button that asks for the passphrase.
func unlockStep(u *UI, _ func()) fyne.CanvasObject {
	return newButton(u.main, text.T("Unlock…"), theme.LoginIcon(), func() {
		if u.topModal() == nil {
			u.askPassphrase()
		}
	})
}
