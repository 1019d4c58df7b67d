package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// signatures are the choices of signature, in the order of their list.
var signatures = []transfer.SignatureVersion{transfer.SignatureV4, transfer.SignatureV1}

// accountDialog adds or edits an account.
type accountDialog struct {
	*modal
	*placeFields
	*sourceFields
	u     *UI
	base  transfer.Account // what is edited; its ID is 0 for a new one
	saved func(transfer.Account)

	name      *entry
	bucket    *entry
	signature *choice
	lines     checkedForm

	plainOK string // the http endpoint that was confirmed
	message *widget.Label
	result  *fyne.Container
	testing context.CancelFunc // nil when no test runs
	test    *button
	save    *button

	imports  *button // nil when an account is edited
	advanced *widget.Accordion
}

// newAccountBase is what a new account begins as.
func newAccountBase() transfer.Account {
	return transfer.Account{Kind: transfer.AccountKeys, Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4}
}

// addAccount opens the dialog for a new account; saved may be nil.
func (u *UI) addAccount(saved func(transfer.Account)) {
	u.editAccount(newAccountBase(), saved)
}

// editAccount opens the dialog on an account.
func (u *UI) editAccount(a transfer.Account, saved func(transfer.Account)) *accountDialog {
	title := text.T("Add account")
	if a.ID != 0 {
		title = text.T("Edit account")
	}
	d := &accountDialog{modal: u.newModal(title, 640), u: u, base: a, saved: saved}
	d.makeFields()
	form := d.form()
	d.fill(a)
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
	d.setContent(container.NewVBox(form, d.message, d.result), left, cancel, d.save)
	d.show(d.first())
	d.lookForSecret()
	return d
}

// makeFields makes the fields, empty.
func (d *accountDialog) makeFields() {
	d.name = newEntry(d, text.T("As you like; the bucket's name if empty"))
	d.placeFields = newPlaceFields(d)
	d.bucket = newEntry(d, text.T("Where files go; it must exist"))
	d.sourceFields = newSourceFields(d, d.u, d.refit)
	d.signature = newChoice(d, []string{
		text.T("Version 4"),
		text.T("Version 1 (old accounts and buckets only)"),
	}, nil)
}

// form lays the fields out.
func (d *accountDialog) form() fyne.CanvasObject {
	d.lines = checkedForm{
		transfer.FieldAccount:   newChecked(text.T("Name"), d.name, d.name),
		transfer.FieldRegion:    newChecked(text.T("Region"), d.region, d.region),
		transfer.FieldAddress:   newChecked(text.T("Access by"), d.kind, d.kind),
		transfer.FieldEndpoint:  newChecked(text.T("Endpoint"), d.endpoint, d.endpoint),
		transfer.FieldBucket:    newChecked(text.T("Bucket"), d.bucket, d.bucket),
		transfer.FieldSignature: newChecked(text.T("Signature"), d.signature, d.signature),
	}
	d.addTo(d.lines)
	d.advanced = widget.NewAccordion(widget.NewAccordionItem(text.T("Advanced"), d.rowsOf(append(
		[]transfer.FieldName{transfer.FieldSignature}, sourceAdvanced...)...)))
	return container.NewVBox(d.rowsOf(slices.Concat(accountPlace, sourceUsual)...), d.advanced)
}

// rowsOf lays lines of the form out.
func (d *accountDialog) rowsOf(fields ...transfer.FieldName) *fyne.Container {
	rows := make([][]fyne.CanvasObject, 0, len(fields))
	for _, f := range fields {
		rows = append(rows, d.lines[f].row)
	}
	return formOf(rows...)
}

// fill shows an account in the fields.
func (d *accountDialog) fill(a transfer.Account) {
	d.name.SetText(a.Name)
	d.placeFields.fill(a)
	d.bucket.SetText(a.Bucket)
	d.sourceFields.fill(a)
	d.signature.SetSelectedIndex(index(signatures, a.Signature))
	if a.Signature == transfer.SignatureV1 {
		d.advanced.OpenAll()
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

// first is the field to begin in: what is most likely missing.
func (d *accountDialog) first() fyne.Focusable {
	if d.base.ID != 0 && d.lines[fieldSecret].shown() {
		return d.secret
	}
	return d.name
}

// refit makes room for lines that came, or takes it back.
func (d *accountDialog) refit() {
	if d.open() {
		d.fit()
	}
}

// lookForSecret says what an empty field means for an account that is edited: that its
// secret stays, or that none is known any more; and whether a token goes with it.
func (d *accountDialog) lookForSecret() {
	a := d.base
	if a.ID == 0 || !a.Source.NeedsKeys() {
		return
	}
	type known struct {
		token   bool
		expires string
		session bool
	}
	load(d.u, d.u.ctx, func(ctx context.Context) (known, error) {
		kept := a
		kept.Source = transfer.CredentialSource{}
		c, err := d.u.c.Secrets.Credentials(ctx, kept)
		session := d.u.c.Vault != nil && d.u.c.Vault.Remembers(a)
		return known{token: !c.Token.Empty(), session: session, expires: expiryText(c.Expires)}, err
	}, func(k known, err error) {
		words := text.T("Unchanged")
		if err != nil {
			words = text.T("Not known any more: type it again")
		}
		d.found(k.token, k.expires, words)
		if k.session {
			d.keep.SetSelectedIndex(keepSession)
		}
	})
}

// say says what belongs to no field.
func (d *accountDialog) say(words string) {
	say(d.message, words)
	d.fit()
	d.body.ScrollToBottom()
}
