package ui

import (
	"slices"
	"strings"
	"time"

	"partway/transfer"
	"partway/ui/text"
)

// checkBucket checks a bucket's name. It returns a sentence, or "".
func checkBucket(name string) string {
	switch {
	case name == "":
		return text.Key("A bucket is needed.")
	case transfer.CheckBucket(name) != nil:
		return text.Key("A bucket's name has 3 to 63 characters: a to z, 0 to 9, and - between them.")
	default:
		return ""
	}
}

// parseEnd reads when temporary credentials end: a time, or how long they hold from now. Nothing
// is no time at all.
func parseEnd(typed string, now time.Time) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	if t, err := time.Parse(time.RFC3339, typed); err == nil {
		return t, true
	}
	if d, err := time.ParseDuration(typed); err == nil && d > 0 {
		return now.Add(d), true
	}
	return parseExpiry(typed, time.Time{})
}

// typedAccount is what the dialog's fields say.
type typedAccount struct {
	account     transfer.Account
	credentials transfer.Credentials
	typed       bool // there are credentials; else those that are kept stay
	session     bool // they are to be forgotten when Partway quits
	plain       bool // the endpoint is http, and not on this computer
}

// read reads the fields, and says what is wrong with them.
func (d *accountDialog) read(now time.Time) (t typedAccount, faults []fault) {
	a := d.base
	a.Kind = transfer.AccountKeys
	a.Name = strings.TrimSpace(d.name.Text)
	t.plain = d.placeFields.put(&a)
	a.Bucket = strings.TrimSpace(d.bucket.Text)
	a.Signature = signatures[max(0, d.signature.SelectedIndex())]
	if a.Name == "" {
		a.Name = a.Bucket
	}
	roleFaults := d.sourceFields.put(&a)
	if words := checkBucket(a.Bucket); words != "" {
		faults = append(faults, fault{transfer.FieldBucket, text.T(words)})
	}
	if !freeName(d.u.accounts, a) {
		faults = append(faults, fault{transfer.FieldAccount, text.T("Another account has this name.")})
	}
	more, ok := faultsOf(a.Check())
	if !ok {
		more = nil
	}
	named := slices.ContainsFunc(faults, func(f fault) bool { return f.field == transfer.FieldBucket })
	for _, f := range append(more, roleFaults...) {
		if f.field != transfer.FieldAccount && (f.field != transfer.FieldBucket || !named) {
			faults = append(faults, f)
		}
	}
	var secretFaults []fault
	t.credentials, t.typed, secretFaults = d.credentials(d.base, now)
	t.account, t.session = a, d.keep.SelectedIndex() == keepSession
	faults = append(faults, secretFaults...)
	slices.SortStableFunc(faults, func(a, b fault) int { return slices.Index(accountOrder, a.field) - slices.Index(accountOrder, b.field) })
	return t, faults
}

// accountOrder is the order of the form's lines.
var accountOrder = slices.Concat(accountPlace, sourceUsual, []transfer.FieldName{transfer.FieldSignature}, sourceAdvanced)

// accountPlace are the lines that say where OSS is.
var accountPlace = []transfer.FieldName{
	transfer.FieldAccount, transfer.FieldRegion, transfer.FieldAddress, transfer.FieldEndpoint, transfer.FieldBucket,
}

// freeName tells whether no other account has the name.
func freeName(accounts []transfer.Account, a transfer.Account) bool {
	return !slices.ContainsFunc(accounts, func(o transfer.Account) bool {
		return o.ID != a.ID && strings.EqualFold(o.Name, a.Name)
	})
}

// checked returns what was typed if it makes an account. Otherwise it says at the fields what
// is wrong, or asks about an http endpoint and then calls again.
func (d *accountDialog) checked(again func()) (typedAccount, bool) {
	t, faults := d.read(time.Now())
	first, other := d.lines.tell(faults)
	if len(faults) > 0 {
		d.openAdvanced(first)
		say(d.message, text.Sentences(other...))
		d.fit()
		if first != nil {
			d.u.win.Canvas().Focus(first.field)
		}
		return t, false
	}
	if t.plain && t.account.Endpoint != d.plainOK {
		d.u.ask(question{
			title:   text.T("Send without encryption?"),
			words:   text.T("{{.Endpoint}} is not encrypted: everybody on the way can read the files, and change them.", text.Args{"Endpoint": t.account.Endpoint}),
			confirm: text.T("Use it anyway"), danger: true,
			do: func() {
				d.plainOK = t.account.Endpoint
				again()
			},
		})
		return t, false
	}
	say(d.message, "")
	d.fit()
	return t, true
}

// openAdvanced opens what the line is folded away in.
func (d *accountDialog) openAdvanced(c *checked) {
	for _, f := range append([]transfer.FieldName{transfer.FieldSignature}, sourceAdvanced...) {
		if c != nil && d.lines[f] == c {
			d.advanced.OpenAll()
		}
	}
}
