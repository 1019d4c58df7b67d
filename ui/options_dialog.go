package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/text"
)

// optionsDialog asks what objects are stored with.
type optionsDialog struct {
	*modal
	*optionsForm
	done func(transfer.Options)
}

// optionsQuestion is what an optionsDialog is opened with.
type optionsQuestion struct {
	title    string
	given    transfer.Options
	reset    string           // the label of what puts usual in their place
	usual    transfer.Options // what is without this dialog
	existing string           // what is said about existing objects
	confirm  string
	back     fyne.Focusable // where the keyboard goes afterwards
	done     func(transfer.Options)
}

func (u *UI) askOptions(q optionsQuestion) *optionsDialog {
	d := &optionsDialog{modal: u.newModal(q.title, 680), done: q.done}
	d.optionsForm = newOptionsForm(d, u.win.Canvas(), q.existing, func() {
		if d.open() {
			d.fit()
		}
	})
	d.set(q.given)
	d.onClose = func() {
		if q.back != nil {
			u.win.Canvas().Focus(q.back)
		}
	}
	reset := newButton(d, q.reset, theme.ContentUndoIcon(), func() { d.set(q.usual) })
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	ok := newButton(d, q.confirm, nil, d.confirm)
	d.setContent(container.NewVBox(d.layout()...), []*button{reset}, cancel, ok)
	d.show(d.detect)
	return d
}

// key turns the pages, beside what every dialog does.
func (d *optionsDialog) key(k *fyne.KeyEvent) bool { return d.turnKey(k) || d.modal.key(k) }

// confirm hands the options on, unless something is wrong with them.
func (d *optionsDialog) confirm() {
	o, wrong := d.get()
	if len(wrong) > 0 {
		d.refuse(wrong)
		return
	}
	d.close()
	d.done(o)
}

// editAccountOptions changes what new batches of an account begin with; then may be nil.
func (u *UI) editAccountOptions(a transfer.Account, back fyne.Focusable, then func()) *optionsDialog {
	return u.askOptions(optionsQuestion{
		title: text.T("Object options of {{.Account}}", text.Args{"Account": text.Account(a)}),
		given: a.Options, reset: text.T("OSS's own defaults"), confirm: text.T("Save"), back: back,
		existing: text.T("What happens to existing objects is chosen for each batch. Unless they are to be replaced, x-oss-forbid-overwrite goes with Initiate, Complete and Put, so that OSS itself refuses to replace one."),
		done:     func(o transfer.Options) { u.saveAccountOptions(a.ID, o, then) },
	})
}

// saveAccountOptions changes the options of an account, as it is in the journal now.
func (u *UI) saveAccountOptions(id transfer.AccountID, o transfer.Options, then func()) {
	u.act(func(ctx context.Context) error {
		accounts, err := u.c.Journal.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.ID == id {
				a.Options = o
				_, err = u.c.Journal.SaveAccount(ctx, a)
			}
		}
		return err
	}, func(err error) {
		if err != nil {
			u.showError(text.T("The options could not be saved."), err)
			return
		}
		u.reloadAccounts(then)
	})
}
