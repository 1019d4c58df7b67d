package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"partway/transfer"
	"partway/ui/text"
)

// destination is the part of a dialog that asks where files go.
type destination struct {
	u        *UI
	owner    keyed
	changed  func()
	accounts []transfer.Account
	want     transfer.Destination // proposed from outside; a zero account: any

	account *choice
	bucket  *combo
	prefix  *entry
	recent  int // how many destinations the bucket's list offers
}

// newDestination makes the fields; changed is called whenever one changes, and may be called
// before all of them are filled in.
func (u *UI) newDestination(owner keyed, want transfer.Destination, changed func()) *destination {
	d := &destination{u: u, owner: owner, want: want, changed: changed}
	d.account = newChoice(owner, nil, d.chooseAccount)
	d.bucket = newCombo(owner, text.T("Name of the bucket"), nil)
	d.bucket.OnChanged = d.bucketTyped
	d.prefix = newEntry(owner, text.T("Folder in the bucket, as photos/2026/ (may be empty)"))
	d.prefix.OnChanged = func(string) { d.changed() }
	return d
}

// rows are the lines of a form.
func (d *destination) rows() [][]fyne.CanvasObject {
	buckets := newButton(d.owner, text.T("Browse…"), nil, func() { d.browseBuckets() })
	prefixes := newButton(d.owner, text.T("Browse…"), nil, func() { d.browsePrefixes() })
	return [][]fyne.CanvasObject{
		row(text.T("Account"), d.account),
		row(text.T("Bucket"), container.NewBorder(nil, nil, nil, buckets, d.bucket)),
		row(text.T("Prefix"), container.NewBorder(nil, nil, nil, prefixes, d.prefix)),
	}
}

// setAccounts offers the accounts: the one asked for, or else the last used, is chosen.
func (d *destination) setAccounts(accounts []transfer.Account) {
	before := d.chosen().ID
	d.accounts = accounts
	names := make([]string, 0, len(accounts))
	want := 0
	for i, a := range accounts {
		names = append(names, text.Account(a))
		switch {
		case before != 0 && a.ID == before, before == 0 && d.want.Account != 0 && a.ID == d.want.Account:
			want = i
		case before == 0 && d.want.Account == 0 && a.ID == d.u.prefs.Account:
			want = i
		}
	}
	if before != 0 && len(names) > 0 && accounts[want].ID == before {
		// What was typed stays.
		d.account.Options, d.account.Selected = names, names[want]
		d.account.Refresh()
		return
	}
	d.account.SetOptions(names)
	if len(names) > 0 {
		d.account.SetSelectedIndex(want)
	}
}

// chosen returns the account that is chosen.
func (d *destination) chosen() transfer.Account {
	if i := d.account.SelectedIndex(); i >= 0 && i < len(d.accounts) {
		return d.accounts[i]
	}
	return transfer.Account{}
}

// chooseAccount fills in where the account's last drop went, and offers those before.
func (d *destination) chooseAccount(int) {
	a := d.chosen()
	d.bucket.SetOptions(bucketsOf(a))
	d.offerRecent(a)
	bucket, prefix := a.Bucket, a.Prefix
	if d.want.Bucket != "" && (d.want.Account == 0 || d.want.Account == a.ID) {
		bucket, prefix = d.want.Bucket, d.want.Prefix
	}
	d.bucket.SetText(bucket)
	d.prefix.SetText(prefix)
	d.changed()
}

func bucketsOf(a transfer.Account) []string {
	if a.Bucket == "" {
		return nil
	}
	return []string{a.Bucket}
}

// offerRecent offers in the bucket's list where the account was used.
func (d *destination) offerRecent(a transfer.Account) {
	load(d.u, d.u.ctx, func(ctx context.Context) ([]transfer.Destination, error) {
		return d.u.c.Journal.Destinations(ctx, a.ID)
	}, func(recent []transfer.Destination, err error) {
		if err != nil {
			d.u.log.Warn("recent destinations not read", "err", err)
		}
		if len(recent) == 0 || d.chosen().ID != a.ID {
			return
		}
		uris := make([]string, 0, len(recent))
		for _, r := range recent {
			uris = append(uris, ossURI(transfer.Target{Bucket: r.Bucket, Key: r.Prefix}))
		}
		d.bucket.SetOptions(uris)
		d.recent = len(uris)
	})
}

// bucketTyped splits an oss:// URI that was put into the bucket's field.
func (d *destination) bucketTyped(typed string) {
	if strings.HasPrefix(typed, "oss://") {
		if bucket, prefix, err := transfer.ParseURI(typed); err == nil && bucket != "" && strings.Count(typed, "/") > 2 {
			d.bucket.SetText(bucket)
			d.prefix.SetText(prefix)
			d.u.win.Canvas().Focus(d.prefix)
			return
		}
	}
	d.changed()
}

// value returns what the fields say. It is of use only while fault is "".
func (d *destination) value() transfer.Destination {
	a := d.chosen()
	return transfer.Destination{
		Account: a.ID, Endpoint: a.Endpoint, Region: a.Region,
		Bucket: strings.TrimSpace(d.bucket.Text), Prefix: tidyPrefix(d.prefix.Text),
	}
}

// fault says what keeps the fields from naming a destination, or "".
func (d *destination) fault() string {
	if d.chosen().ID == 0 {
		return text.T("Choose an account.")
	}
	if words := checkBucket(strings.TrimSpace(d.bucket.Text)); words != "" {
		return text.T(words)
	}
	var bad transfer.KeyError
	if err := transfer.CheckPrefix(tidyPrefix(d.prefix.Text)); errors.As(err, &bad) {
		return text.T("The prefix cannot be used: {{.Reason}}", text.Args{"Reason": text.KeyError(bad)})
	} else if err != nil {
		return err.Error()
	}
	return ""
}

// tidyPrefix ends a prefix in "/", as all but the empty one must.
func tidyPrefix(typed string) string {
	if typed != "" && !strings.HasSuffix(typed, "/") {
		typed += "/"
	}
	return typed
}
