package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// accountsDialog lists the accounts.
type accountsDialog struct {
	*modal
	u    *UI
	rows *fyne.Container
	// left are the countdowns of temporary credentials.
	left map[transfer.AccountID]*widget.Label
}

// openAccounts opens the list of accounts.
func (u *UI) openAccounts() {
	if u.topModal() != nil {
		return
	}
	d := &accountsDialog{modal: u.newModal(text.T("Accounts"), 620), u: u, rows: container.NewVBox()}
	add := newButton(d, text.T("Add account…"), theme.ContentAddIcon(), func() {
		u.addAccount(func(transfer.Account) { d.fill() })
	})
	done := newButton(d, text.T("Close"), nil, d.close)
	d.setContent(d.rows, []*button{add}, done)
	d.fill()
	d.show(nil)
	ctx, stop := context.WithCancel(u.ctx)
	d.onClose = stop
	u.background(func(quit context.Context) { d.countDown(ctx, quit) })
}

// countDown says each second how long temporary credentials hold.
func (d *accountsDialog) countDown(ctx, quit context.Context) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-second.C:
			d.u.do(func() { d.showLeft(time.Now()) })
		case <-ctx.Done():
			return
		case <-quit.Done():
			return
		}
	}
}

// showLeft shows how long temporary credentials hold.
func (d *accountsDialog) showLeft(now time.Time) {
	for id, l := range d.left {
		words, soon := expiryWords(d.u.expires[id], now)
		if importance := expiryImportance(soon); l.Importance != importance {
			l.Importance = importance
			l.Refresh()
		}
		if say(l, words) {
			d.fit()
		}
	}
}

func expiryImportance(soon bool) widget.Importance {
	if soon {
		return widget.WarningImportance
	}
	return widget.LowImportance
}

func (d *accountsDialog) fill() {
	d.rows.RemoveAll()
	if len(d.u.accounts) == 0 {
		d.rows.Add(wrapped(text.T("There are no accounts yet.")))
	}
	d.left = map[transfer.AccountID]*widget.Label{}
	for _, a := range d.u.accounts {
		d.rows.Add(d.line(a))
	}
	d.showLeft(time.Now())
	d.fit()
	d.u.readExpiries(d.u.accounts, func() { d.showLeft(time.Now()) })
}

func (d *accountsDialog) line(a transfer.Account) fyne.CanvasObject {
	name := widget.NewLabelWithStyle(text.Account(a), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	about := widget.NewLabel(aboutAccount(a))
	about.Truncation = fyne.TextTruncateEllipsis
	about.SizeName = theme.SizeNameCaptionText
	about.Importance = widget.LowImportance
	edit := newButton(d, text.T("Edit…"), nil, func() {
		d.u.editAccount(a, func(transfer.Account) { d.fill() })
	})
	var options *button
	options = newButton(d, text.T("Options…"), nil, func() { d.u.editAccountOptions(a, options, d.fill) })
	remove := newButton(d, text.T("Remove…"), nil, func() { d.remove(a) })
	if a.Kind != transfer.AccountKeys {
		edit.Disable()
	}
	if a.Kind == transfer.AccountEnvironment {
		remove.Disable()
	}
	left := widget.NewLabel("")
	left.SizeName = theme.SizeNameCaptionText
	left.Hide()
	d.left[a.ID] = left
	return container.NewBorder(nil, nil, nil, container.NewCenter(container.NewHBox(edit, options, remove)),
		container.New(noGap{}, name, about, left))
}

// aboutAccount says in one line where an account leads.
func aboutAccount(a transfer.Account) string {
	switch a.Kind {
	case transfer.AccountTrial:
		return text.T("The built-in store on this computer")
	case transfer.AccountEnvironment:
		return text.T("From this program's environment: {{.Endpoint}}", text.Args{"Endpoint": a.Endpoint})
	case transfer.AccountKeys:
	}
	if a.Source.Kind != transfer.SourceKept {
		return text.T("{{.Endpoint}}, bucket {{.Bucket}}, {{.Credentials}}",
			text.Args{"Endpoint": a.Endpoint, "Bucket": a.Bucket, "Credentials": text.Source(a.Source)})
	}
	return text.T("{{.Endpoint}}, bucket {{.Bucket}}, key {{.Key}}",
		text.Args{"Endpoint": a.Endpoint, "Bucket": a.Bucket, "Key": a.KeyID})
}

func (d *accountsDialog) remove(a transfer.Account) {
	if a.Kind == transfer.AccountTrial {
		d.close()
		d.u.deleteTrial()
		return
	}
	d.u.ask(question{
		title:   text.T("Remove the account {{.Account}}?", text.Args{"Account": text.Account(a)}),
		words:   text.T("Partway forgets the account and its secret. Nothing on OSS changes. Its finished uploads stay in the list."),
		confirm: text.T("Remove"), danger: true,
		do: func() { d.reallyRemove(a) },
	})
}

func (d *accountsDialog) reallyRemove(a transfer.Account) {
	u := d.u
	u.act(func(ctx context.Context) error {
		if err := u.c.Journal.RemoveAccount(ctx, a.ID); err != nil {
			return err
		}
		return u.c.Secrets.Forget(ctx, a)
	}, func(err error) {
		if err != nil {
			u.showError(text.T("The account could not be removed: unfinished uploads may still need it. Finish, abort or remove them first."), err)
		}
		u.reloadAccounts(d.fill)
	})
}

// reloadAccounts reads the accounts and has the window follow; then may be nil.
func (u *UI) reloadAccounts(then func()) {
	load(u, u.ctx, u.c.Journal.Accounts, func(accounts []transfer.Account, err error) {
		first := !u.accountsRead
		u.accountsRead = true
		if err != nil {
			u.showError(text.T("The accounts could not be read."), err)
			return
		}
		u.accounts = accounts
		u.main.accountsChanged()
		if then != nil {
			then()
		}
		if first {
			u.resumeProposal()
		}
	})
}

// accountsChanged shows what depends on the accounts.
func (v *mainView) accountsChanged() {
	v.empty.setAccounts(len(v.u.accounts))
	trial := false
	for _, a := range v.u.accounts {
		trial = trial || a.Kind == transfer.AccountTrial
	}
	v.trial.show(trial && v.u.c.Trial != nil)
	if v.u.sheet != nil {
		v.u.sheet.setAccounts(v.u.accounts)
	}
}

// account finds an account.
func (u *UI) account(id transfer.AccountID) (transfer.Account, bool) {
	for _, a := range u.accounts {
		if a.ID == id {
			return a, true
		}
	}
	return transfer.Account{}, false
}

// needCredentials asks once for each account whose uploads wait for credentials, as long
// as they do.
func (u *UI) needCredentials(ids []transfer.AccountID) {
	for id, dismiss := range u.asked {
		if !slices.Contains(ids, id) {
			dismiss()
			delete(u.asked, id)
		}
	}
	for _, id := range ids {
		a, known := u.account(id)
		switch {
		case !known:
		case u.asked[id] == nil && !u.vault.locked:
			u.asked[id] = u.askCredentials(a)
			u.readExpiries([]transfer.Account{a}, u.notices.retell)
		case !u.expires[id].IsZero():
			u.notices.retell() // how long ago it expired
		}
	}
}

// askCredentials returns what takes the question away.
func (u *UI) askCredentials(a transfer.Account) (dismiss func()) {
	if a.Kind != transfer.AccountKeys {
		return u.notices.add(warned(func() string {
			return text.T("Uploads of the account {{.Account}} wait: the credentials in this program's environment are missing or were refused. Start Partway with those of this account.",
				text.Args{"Account": a.Name})
		}))
	}
	n := warned(func() string { return u.waitsForCredentials(a) })
	n.next = func(*UI, func()) fyne.CanvasObject {
		return newButton(u.main, text.T("Enter credentials…"), nil, func() {
			if u.topModal() == nil {
				u.editAccount(a, nil) // the question stays until it is answered there
			}
		})
	}
	return u.notices.add(n)
}

// waitsForCredentials says that an account's uploads wait for credentials, and why.
func (u *UI) waitsForCredentials(a transfer.Account) string {
	args := text.Args{"Account": a.Name}
	if a.Source.Kind != transfer.SourceKept && a.Source.Kind != transfer.SourceAssume {
		return text.T("Uploads of the account {{.Account}} wait: where its credentials come from yields none that OSS accepts.", args)
	}
	words := text.T("Uploads of the account {{.Account}} wait: its access key is not known or was refused.", args)
	if left, soon := expiryWords(u.expires[a.ID], time.Now()); soon {
		words = text.Sentences(text.T("Uploads of the account {{.Account}} wait for other credentials; what was sent stays.", args), left)
	}
	return words
}

// askResume asks whether uploads that were running go on.
func (u *UI) askResume() {
	n := len(u.c.AskResume)
	if n == 0 {
		return
	}
	u.ask(question{
		title:   text.N("Go on with 1 upload?", "Go on with {{.Count}} uploads?", n),
		words:   text.T("They were running when Partway ended. What had arrived is not sent again."),
		confirm: text.T("Go on"),
		do:      func() { u.resume(transfer.These(u.c.AskResume...)) },
	})
}
