package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// switchLimit puts the alternative speed limit into force, or the other again.
func (u *UI) switchLimit() {
	if u.topModal() != nil {
		return
	}
	now := time.Now().Local()
	s := u.c.Settings
	s.Limits = s.Switch(!s.UsesAlternative(now), now)
	u.setEngine(s)
}

// showLimit ticks the menu's item while the alternative limit is in force.
func (m *mainMenu) showLimit(snap *transfer.Snapshot) {
	if m.turtle.Checked != snap.Alternative {
		m.turtle.Checked = snap.Alternative
		m.menu.Refresh()
	}
}

func limitIcon(snap *transfer.Snapshot) fyne.Resource {
	if snap.Alternative {
		return look.IconTurtle()
	}
	return look.IconSpeed()
}

// limitWords says a limit in bytes per second, 0 being none.
func limitWords(bytesPerSecond int64) string {
	if bytesPerSecond <= 0 {
		return text.T("No limit")
	}
	return format.Bytes(bytesPerSecond) + "/s"
}

func limitTip(snap *transfer.Snapshot) string {
	if snap.Alternative {
		return text.T("The alternative speed limit is in force. Click for the usual one (Ctrl+L)")
	}
	return text.T("Speed limit. Click for the alternative one (Ctrl+L)")
}

// limitSelected asks for the speed limit of the selected uploads.
func (u *UI) limitSelected() {
	if !u.main.unsettled || u.topModal() != nil {
		return
	}
	s := u.selection()
	load(u, u.ctx, func(ctx context.Context) ([]transfer.Upload, error) {
		return u.c.Journal.Uploads(ctx, s.IDs[:min(judged, len(s.IDs))])
	}, func(uploads []transfer.Upload, err error) {
		if err != nil {
			u.showError(text.T("The list could not be read."), err)
			return
		}
		if u.topModal() == nil {
			u.askLimit(s, uploads)
		}
	})
}

// limitDialog asks for the speed limit of some uploads.
type limitDialog struct {
	*modal
	limit   *entry
	message *widget.Label
}

// askLimit asks with the limit that the uploads have, if it is one for all.
func (u *UI) askLimit(s transfer.Selection, uploads []transfer.Upload) *limitDialog {
	title, n := text.N("Speed limit of 1 upload", "Speed limit of {{.Count}} uploads", len(s.IDs)), len(s.IDs)
	if len(s.Folders) > 0 {
		title, n = text.T("Speed limit of the selected uploads"), 2
	}
	d := &limitDialog{modal: u.newModal(title, 460)}
	d.limit = newEntry(d, text.T("No limit"))
	if limit, one := commonLimit(uploads); one && limit > 0 {
		d.limit.SetText(amount(limit))
	}
	d.message = wrapped("")
	d.message.Importance = widget.DangerImportance
	d.message.Hide()
	set := newButton(d, text.T("Set"), nil, func() { d.set(s) })
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	hint := wrapped(text.N("It acts at once. The limit over all uploads holds beside it.",
		"It acts at once, on each of them. The limit over all uploads holds beside it.", n))
	hint.Importance = widget.LowImportance
	d.setContent(container.NewVBox(
		formOf(row(text.T("Speed limit"), ofWidth(d.limit, amountWidth, text.T("per second, as 500K or 2M")))),
		hint, d.message), nil, cancel, set)
	d.show(d.limit)
	return d
}

func (d *limitDialog) set(s transfer.Selection) {
	limit, err := parseAmount(d.limit.Text)
	if err != nil {
		d.message.SetText(text.T("Speed limit: a number with K, M or G, or nothing for no limit."))
		d.message.Show()
		d.fit()
		return
	}
	d.close()
	d.u.run(text.T("The speed could not be limited."), func() error { return d.u.c.Engine.LimitSpeed(s, limit) })
}

// commonLimit is the limit of all the uploads that are not finished, if they have the same.
func commonLimit(uploads []transfer.Upload) (limit int64, one bool) {
	for i := range uploads {
		u := &uploads[i]
		switch {
		case u.Phase.Final():
		case !one:
			limit, one = u.Limit, true
		case u.Limit != limit:
			return 0, false
		}
	}
	return limit, one
}
