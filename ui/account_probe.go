package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/doctor"
	"partway/ui/text"
)

// tryOut examines, with what was typed, all that uploads need. A second press stops it.
func (d *accountDialog) tryOut() {
	if d.testing != nil {
		d.stopTest()
		return
	}
	t, ok := d.checked(d.tryOut)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(d.u.ctx)
	d.testing = cancel
	d.test.SetText(text.T("Stop test"))
	d.showResult(widget.NewLabel(text.T("Trying what an upload needs…")))
	u, p := d.u, doctor.Place{Account: t.account, Bucket: t.account.Bucket, Prefix: t.account.Prefix}
	load(u, ctx, func(ctx context.Context) (doctor.Report, error) {
		store, err := u.dialTyped(ctx, t)
		if err != nil {
			return nil, err
		}
		defer store.Close()
		return doctor.Examine(ctx, store, p, true), nil
	}, func(r doctor.Report, err error) {
		d.stopTest()
		if err != nil {
			d.showResult(u.problem(d, transfer.AsError(err)))
			return
		}
		d.showResult(u.reportView(d.modal, p, r, d.moveTo))
	})
}

// dialTyped opens the bucket of an account that may not be saved yet.
func (u *UI) dialTyped(ctx context.Context, t typedAccount) (transfer.Store, error) {
	credentials := t.credentials
	if t.account.Source.NeedsKeys() && !t.typed {
		kept := t.account
		kept.Source = transfer.CredentialSource{}
		var err error
		if credentials, err = u.c.Secrets.Credentials(ctx, kept); err != nil {
			return nil, err
		}
	}
	if t.account.Source.Kind != transfer.SourceKept && u.c.Obtainer != nil {
		var err error
		if credentials, err = u.c.Obtainer.Obtain(ctx, t.account, credentials); err != nil {
			return nil, err
		}
	}
	return u.c.Dial(t.account, credentials, t.account.Bucket)
}

// moveTo takes over the endpoint where the bucket is, and tries again.
func (d *accountDialog) moveTo(to transfer.Endpoint) {
	d.move(to)
	d.tryOut()
}

// stopTest ends a test, and makes the button begin one again.
func (d *accountDialog) stopTest() {
	if d.testing == nil {
		return
	}
	d.testing()
	d.testing = nil
	d.test.SetText(text.T("Test connection"))
	d.showResult()
}

func (d *accountDialog) showResult(lines ...fyne.CanvasObject) {
	d.result.Objects = lines
	d.result.Refresh()
	d.fit()
	if len(lines) > 0 { // its beginning, where the dialog has no room for all
		d.body.ScrollToOffset(fyne.NewPos(0, max(0, min(d.result.Position().Y, d.body.Content.MinSize().Height-d.body.Size().Height))))
	}
}
