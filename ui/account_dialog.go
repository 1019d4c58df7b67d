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

// The choices of addressing and signature, in the order of their lists.
var (
	addressings = []transfer.Addressing{transfer.AddressVirtual, transfer.AddressCNAME}
	signatures  = []transfer.SignatureVersion{transfer.SignatureV4, transfer.SignatureV1}
)

// accountDialog adds or edits an account.
type accountDialog struct {
	*modal
	u     *UI
	base  transfer.Account // what is edited; its ID is 0 for a new one
	saved func(transfer.Account)

	name       *entry
	region     *combo
	endpoint   *entry
	addressing *choice
	bucket     *entry
	keyID      *entry
	secret     *entry
	token      *entry
	signature  *choice

	derived string // the endpoint that was derived last
	plainOK string // the http endpoint that was confirmed
	message *widget.Label
	result  *fyne.Container
	testing context.CancelFunc // nil when no test runs
	test    *button
	save    *button

	imports  *button // nil when an account is edited
	advanced *widget.Accordion
}

// addAccount opens the dialog for a new account; saved may be nil.
func (u *UI) addAccount(saved func(transfer.Account)) {
	u.editAccount(transfer.Account{Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4}, saved)
}

// editAccount opens the dialog on an account.
func (u *UI) editAccount(a transfer.Account, saved func(transfer.Account)) *accountDialog {
	title := text.T("Add account")
	if a.ID != 0 {
		title = text.T("Edit account")
	}
	d := &accountDialog{modal: u.newModal(title, 600), u: u, base: a, saved: saved}
	d.makeFields()
	d.fill()
	d.message = wrapped("")
	d.message.Importance = widget.DangerImportance
	d.message.Hide()
	d.result = container.NewVBox()

	d.test = newButton(d, text.T("Test connection"), theme.SearchIcon(), d.tryOut)
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	d.save = newButton(d, text.T("Save"), nil, func() { d.store() })
	d.onClose = d.stopTest
	left := []*button{d.test}
	if a.ID == 0 && u.c.Profiles != nil {
		d.imports = newButton(d, text.T("Import from ossutil…"), theme.DownloadIcon(), d.importProfile)
		left = append(left, d.imports)
	}
	d.setContent(container.NewVBox(d.form(), d.message, d.result), left, cancel, d.save)
	d.show(d.first())
	d.lookForSecret()
	return d
}

// lookForSecret says what an empty field means for an account that is edited: that its
// secret stays, or that none is known any more.
func (d *accountDialog) lookForSecret() {
	a := d.base
	if a.ID == 0 {
		return
	}
	load(d.u, d.u.ctx, func(ctx context.Context) (transfer.Credentials, error) {
		return d.u.c.Secrets.Credentials(ctx, a)
	}, func(_ transfer.Credentials, err error) {
		words := text.T("Unchanged")
		if err != nil {
			words = text.T("Not known any more: type it again")
		}
		d.secret.SetPlaceHolder(words)
	})
}

func (d *accountDialog) makeFields() {
	d.name = newEntry(d, text.T("As you like; the bucket's name if empty"))
	d.region = newCombo(d, text.T("For example cn-hangzhou"), regions)
	d.endpoint = newEntry(d, "https://oss-cn-hangzhou.aliyuncs.com")
	d.addressing = newChoice(d, []string{
		text.T("Bucket in front of the endpoint (usual)"),
		text.T("Own domain bound to the bucket (CNAME)"),
	}, nil)
	d.bucket = newEntry(d, text.T("Where files go; it must exist"))
	d.keyID = newEntry(d, "LTAI…")
	d.secret = newSecretEntry(d, "")
	d.token = newSecretEntry(d, text.T("Only for temporary credentials"))
	d.signature = newChoice(d, []string{
		text.T("Version 4"),
		text.T("Version 1 (old accounts and buckets only)"),
	}, nil)
}

// fill shows the account, and derives the endpoint from the region from then on, unless
// it was changed by hand.
func (d *accountDialog) fill() {
	d.name.SetText(d.base.Name)
	d.region.SetText(d.base.Region)
	d.endpoint.SetText(d.base.Endpoint)
	d.derived = endpointOf(d.base.Region)
	d.bucket.SetText(d.base.Bucket)
	d.keyID.SetText(d.base.KeyID)
	d.addressing.SetSelectedIndex(index(addressings, d.base.Addressing))
	d.signature.SetSelectedIndex(index(signatures, d.base.Signature))
	d.region.OnChanged = func(typed string) {
		if d.endpoint.Text == d.derived {
			d.derived = endpointOf(tidyRegion(typed))
			d.endpoint.SetText(d.derived)
		}
	}
}

// index finds what is in all, or the first.
func index[T comparable](all []T, one T) int {
	for i, o := range all {
		if o == one {
			return i
		}
	}
	return 0
}

func (d *accountDialog) form() fyne.CanvasObject {
	d.advanced = widget.NewAccordion(widget.NewAccordionItem(text.T("Advanced"), formOf(
		row(text.T("Addressing"), d.addressing),
		row(text.T("Signature"), d.signature),
		row(text.T("Security token"), d.token))))
	if d.base.Addressing == transfer.AddressCNAME || d.base.Signature == transfer.SignatureV1 {
		d.advanced.OpenAll()
	}
	return container.NewVBox(formOf(
		row(text.T("Name"), d.name),
		row(text.T("Region"), d.region),
		row(text.T("Endpoint"), d.endpoint),
		row(text.T("Bucket"), d.bucket),
		row(text.T("Access key ID"), d.keyID),
		row(text.T("Access key secret"), d.secret)), d.advanced)
}

// first is the field to begin in: what is most likely missing.
func (d *accountDialog) first() fyne.Focusable {
	if d.base.ID != 0 {
		return d.secret
	}
	return d.name
}

func (d *accountDialog) input() accountInput {
	return accountInput{
		name: d.name.Text, region: d.region.Text, endpoint: d.endpoint.Text, bucket: d.bucket.Text,
		keyID: d.keyID.Text, secret: d.secret.Text, token: d.token.Text,
		addressing: addressings[max(0, d.addressing.SelectedIndex())],
		signature:  signatures[max(0, d.signature.SelectedIndex())],
	}
}

func (d *accountDialog) say(words string) {
	d.message.SetText(words)
	if words == "" {
		d.message.Hide()
	} else {
		d.message.Show()
	}
	d.fit()
	d.body.ScrollToBottom()
}

// checked returns what was typed if it makes an account. Otherwise it says what is wrong,
// or asks about an http endpoint and then calls again.
func (d *accountDialog) checked(again func()) (transfer.Account, bool) {
	a, plain, err := d.input().account(d.base)
	if err == nil && !freeName(d.u.accounts, a) {
		err = errors.New(text.Key("Another account has this name."))
	}
	if err != nil {
		d.say(text.T(err.Error()))
		return a, false
	}
	if plain && a.Endpoint != d.plainOK {
		d.u.ask(question{
			title:   text.T("Send without encryption?"),
			words:   text.T("{{.Endpoint}} is not encrypted: everybody on the way can read the files, and change them.", text.Args{"Endpoint": a.Endpoint}),
			confirm: text.T("Use it anyway"), danger: true,
			do: func() {
				d.plainOK = a.Endpoint
				again()
			},
		})
		return a, false
	}
	d.say("")
	return a, true
}

// stored is what became of an account that was to be saved.
type stored struct {
	account transfer.Account
	kept    transfer.Kept
	hadNew  bool // credentials were typed
}

// store saves the account, then the secret in the keyring, which may ask the person to
// unlock it: the dialog stays open, and says so if it fails.
func (d *accountDialog) store() {
	a, ok := d.checked(d.store)
	if !ok {
		return
	}
	credentials, typed := d.input().credentials()
	d.save.Disable()
	u := d.u
	load(u, u.ctx, func(ctx context.Context) (stored, error) {
		s := stored{account: a, hadNew: typed}
		id, err := u.c.Journal.SaveAccount(ctx, a)
		if err != nil {
			return s, err
		}
		s.account.ID = id
		if !typed {
			return s, nil
		}
		s.kept, err = u.c.Secrets.Keep(ctx, s.account, credentials)
		return s, err
	}, d.afterStore)
}

func (d *accountDialog) afterStore(s stored, err error) {
	d.save.Enable()
	if s.account.ID != 0 {
		d.base.ID = s.account.ID // the next try replaces it
	}
	if err != nil {
		sentence, hint := text.Problem(transfer.AsError(err))
		d.say(text.Sentences(text.T("The account could not be saved."), sentence, hint))
		return
	}
	u := d.u
	if s.hadNew {
		if err := u.c.Engine.CredentialsChanged(s.account.ID); err != nil {
			u.log.Warn("credentials not taken up", "err", err)
		}
		if dismiss := u.asked[s.account.ID]; dismiss != nil {
			dismiss()
			delete(u.asked, s.account.ID) // other credentials that are refused are asked for again
		}
		if s.kept == transfer.KeptForSession {
			u.notices.add(warned(func() string {
				return text.T("There is no keyring on this computer: the secret of {{.Account}} is kept until you quit, and asked for at the next start.",
					text.Args{"Account": s.account.Name})
			}))
		}
	}
	saved, held := d.saved, u.held
	u.held = nil // what was dropped waits until the new account is known
	d.close()
	u.held = held
	u.prefs.Account = s.account.ID
	u.reloadAccounts(func() {
		if saved != nil {
			saved(s.account)
		} else {
			u.resumeProposal()
		}
	})
}
