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

// tryOut tries what an upload needs, with what was typed. A second press stops it.
func (d *accountDialog) tryOut() {
	if d.testing != nil {
		d.stopTest()
		return
	}
	a, ok := d.checked(d.tryOut)
	if !ok {
		return
	}
	credentials, typed := d.input().credentials()
	ctx, cancel := context.WithCancel(d.u.ctx)
	d.testing = cancel
	d.test.SetText(text.T("Stop test"))
	d.showResult(container.NewBorder(nil, nil, nil, nil, widget.NewLabel(text.T("Trying what an upload needs…"))))
	u := d.u
	load(u, ctx, func(ctx context.Context) ([]transfer.ProbeStep, error) {
		if !typed {
			var err error
			if credentials, err = u.c.Secrets.Credentials(ctx, a); err != nil {
				return nil, err
			}
		}
		store, err := u.c.Dial(a, credentials, a.Bucket)
		if err != nil {
			return nil, err
		}
		defer store.Close()
		return transfer.Probe(ctx, store, a.Prefix), nil
	}, func(steps []transfer.ProbeStep, err error) {
		d.stopTest()
		d.showResult(d.verdict(steps, err))
	})
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
	d.body.ScrollToBottom()
}

// verdict says what was tried and, of what failed, which action was refused and why.
func (d *accountDialog) verdict(steps []transfer.ProbeStep, err error) fyne.CanvasObject {
	if err != nil {
		return d.u.problem(d, transfer.AsError(err))
	}
	box := container.NewVBox()
	var refused error
	for i, step := range steps {
		if i+1 < len(steps) && steps[i+1].Action == step.Action && step.Err == nil {
			continue // the same right is needed twice: said once
		}
		icon, words := theme.ConfirmIcon(), text.T("{{.Action}}: allowed", text.Args{"Action": step.Action})
		if step.Err != nil {
			icon, words = theme.ErrorIcon(), refusal(step)
			refused = errors.Join(refused, step.Err)
		}
		box.Add(container.NewBorder(nil, nil, widget.NewIcon(icon), nil, wrapped(words)))
	}
	switch {
	case len(steps) == 0:
		box.Add(wrapped(text.T("Nothing could be tried.")))
	case refused == nil:
		good := wrapped(text.T("The connection works: uploads to this bucket are allowed."))
		good.Importance = widget.SuccessImportance
		box.Objects = append([]fyne.CanvasObject{good}, box.Objects...)
	default:
		box.Add(d.u.problem(d, transfer.AsError(refused)))
	}
	return box
}

// refusal names the action that did not work. Only what OSS itself forbids is called
// refused: no network, say, is no refusal.
func refusal(s transfer.ProbeStep) string {
	args := text.Args{"Action": s.Action}
	if e := transfer.AsError(s.Err); e.Kind == transfer.KindAuth && e.Code == transfer.CodeAccessDenied {
		return text.T("{{.Action}}: refused", args)
	}
	return text.T("{{.Action}}: failed", args)
}
