package ui

import (
	"context"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// redirectDialog asks where selected uploads are to go instead.
type redirectDialog struct {
	*modal
	*destination
	u       *UI
	of      transfer.Selection
	message *widget.Label
	ok      *button
	busy    bool
}

// redirectSelected asks for another destination of what is selected, and proposes where the
// first of it goes now.
func (u *UI) redirectSelected() {
	s := u.selection()
	load(u, u.ctx, func(ctx context.Context) (now transfer.Destination, err error) {
		if len(s.IDs) == 0 {
			folders, err := u.c.Journal.Folders(ctx, s.Folders[:min(1, len(s.Folders))], s.Filter)
			if len(folders) == 1 {
				now = folders[0].To
			}
			return now, err
		}
		rows, err := u.c.Journal.Rows(ctx, s.IDs[:1])
		if len(rows) == 1 {
			to := rows[0].To
			now = transfer.Destination{Account: to.Account, Bucket: to.Bucket, Prefix: prefixOf(&rows[0])}
		}
		return now, err
	}, func(now transfer.Destination, err error) {
		if err == nil && now.Bucket != "" && u.topModal() == nil {
			u.openRedirect(s, now)
		}
	})
}

func (u *UI) openRedirect(s transfer.Selection, now transfer.Destination) {
	d := &redirectDialog{modal: u.newModal(text.T("Change destination"), 620), u: u, of: s}
	d.message = wrapped("")
	d.message.Importance = widget.DangerImportance
	d.message.Hide()
	d.destination = u.newDestination(d, now, d.check)
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	d.ok = newButton(d, text.T("Change"), nil, d.confirm)
	words := text.T("Uploads that have begun stay where they are.")
	if len(u.main.snap.Scans) > 0 {
		words += " " + text.T("A folder is still being read: files found in it from now on go to the destination that was chosen for it.")
	}
	d.setContent(container.NewVBox(formOf(d.rows()...), wrapped(words), d.message), nil, cancel, d.ok)
	d.setAccounts(u.accounts)
	d.show(d.bucket)
	u.win.Canvas().Focus(d.prefix)
}

// prefixOf is what a row's key has before the file's name in its batch.
func prefixOf(r *transfer.Row) string {
	if prefix, ok := transfer.PrefixOf(r.To.Key, r.Name); ok {
		return prefix
	}
	return folderOf(r.To.Key) // a copy that was given another name
}

func (d *redirectDialog) check() {
	if d.ok == nil {
		return
	}
	fault := d.fault()
	enable(d.ok, fault == "" && !d.busy)
	d.sayWrong(fault)
}

func (d *redirectDialog) sayWrong(words string) {
	if say(d.message, words) && d.open() {
		d.fit()
	}
}

func (d *redirectDialog) confirm() {
	if d.busy || d.fault() != "" {
		return
	}
	d.busy = true
	d.check()
	u, to, of := d.u, d.value(), d.of
	var told transfer.Redirected
	u.act(func(ctx context.Context) (err error) {
		told, err = u.c.Engine.Redirect(ctx, of, to)
		return err
	}, func(err error) {
		d.busy = false
		u.pump.hurry()
		if err != nil {
			sentence, hint := text.Problem(transfer.AsError(err))
			d.check()
			d.sayWrong(text.Sentences(text.T("Nothing was changed."), sentence, hint))
			return
		}
		d.close()
		if told.Begun > 0 || told.Claimed > 0 {
			u.notices.add(warned(func() string { return redirected(told) }))
		}
	})
}

// redirected says which uploads did not simply go elsewhere.
func redirected(told transfer.Redirected) string {
	var words []string
	if told.Begun > 0 {
		words = append(words, text.N("1 of {{.All}} had begun and stays where it is.", "{{.Count}} of {{.All}} had begun and stay where they are.",
			told.Begun, text.Args{"All": told.Begun + told.Moved}))
	}
	if told.Claimed > 0 {
		words = append(words, text.N("1 is in conflict: another unfinished upload has its new name.",
			"{{.Count}} are in conflict: other unfinished uploads have their new names.", told.Claimed))
	}
	return text.Sentences(words...)
}
