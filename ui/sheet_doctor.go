package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/doctor"
	"partway/ui/text"
)

// checkup has the doctor examine, while the drop sheet is open, where the files would go.
// Nothing waits for it, and nothing is begun on OSS. Its fields belong to Fyne's goroutine.
type checkup struct {
	s     *sheet
	words *widget.Label
	more  *button // beside the sheet's others, in sight where there is no room for the words

	to     transfer.Destination // what is examined; a zero account: nothing
	report doctor.Report        // nil until it is known
	stop   context.CancelFunc
}

func newCheckup(s *sheet) *checkup {
	c := &checkup{s: s, words: caption(), stop: func() {}}
	c.more = newButton(s, "", theme.WarningIcon(), c.open)
	c.more.Hide()
	c.words.Hide()
	return c
}

// look examines a destination. The built-in endpoint needs no doctor.
func (c *checkup) look(to transfer.Destination) {
	if to == c.to {
		return
	}
	c.stop()
	c.to, c.report = to, nil
	c.show()
	u := c.s.u
	account := accountOf(u.accounts, to.Account)
	if to.Account == 0 || account.Kind == transfer.AccountTrial {
		return
	}
	ctx, cancel := context.WithCancel(u.ctx)
	c.stop = cancel
	load(u, ctx, func(ctx context.Context) (doctor.Report, error) {
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		store, err := u.dial(ctx, account, to.Bucket)
		if err != nil {
			return doctor.Report{{Topic: doctor.TopicCredentials, Level: doctor.Wrong, Err: transfer.AsError(err)}}, nil
		}
		defer store.Close()
		return doctor.Examine(ctx, store, c.place(account, to), false), nil
	}, func(r doctor.Report, _ error) {
		c.report = r
		c.show()
	})
}

func (c *checkup) place(a transfer.Account, to transfer.Destination) doctor.Place {
	return doctor.Place{Account: a, Bucket: to.Bucket, Prefix: to.Prefix}
}

// files is what the survey has found so far.
func (c *checkup) files() doctor.Files {
	t := c.s.survey.tally
	f := doctor.Files{Unsendable: t.Skipped, PartSize: c.s.u.c.Settings.PartSize}
	for _, one := range t.Sample {
		f.Largest = max(f.Largest, one.Size)
		if len(c.to.Prefix)+len(one.Key) > transfer.MaxKeyBytes {
			f.TooLong++
		}
	}
	return f
}

// show says in a line how bad it is, and nothing where all is well.
func (c *checkup) show() {
	words, label, importance := "", "", widget.WarningImportance
	switch c.report.Worst() {
	case doctor.Wrong:
		importance, label = widget.DangerImportance, text.T("Uploads would wait…")
		for _, f := range c.report {
			if f.Level == doctor.Wrong {
				words, _ = findingWords(f)
			}
		}
	case doctor.Note:
		words, label = text.T("Uploads will work there. Not all else will, or there is something to know."), text.T("Good to know…")
	case doctor.Fine:
	}
	c.words.Importance, c.more.Importance = importance, widget.MediumImportance
	if importance == widget.DangerImportance {
		c.more.Importance = importance
	}
	c.more.SetText(label)
	if say(c.words, words); words == "" {
		c.more.Hide()
	} else {
		c.more.Show()
	}
	c.words.Refresh()
	c.s.refit()
}

// open shows all that was found out.
func (c *checkup) open() {
	u := c.s.u
	account := accountOf(u.accounts, c.to.Account)
	place := c.place(account, c.to)
	m := u.newModal(text.T("What the check found"), 640)
	var move func(transfer.Endpoint)
	if account.Kind == transfer.AccountKeys {
		move = func(to transfer.Endpoint) {
			m.close()
			u.moveAccount(account, to)
		}
	}
	report := append(append(doctor.Report(nil), c.report...), doctor.JudgeFiles(place, c.files())...)
	m.setContent(u.reportView(m, place, report, move), nil, newButton(m, text.T("Close"), nil, m.close))
	m.show(nil)
}

// moveAccount saves another endpoint for an account, and has what depends on it follow.
func (u *UI) moveAccount(a transfer.Account, to transfer.Endpoint) {
	a.Endpoint, a.Addressing = to.URL, transfer.AddressVirtual
	if to.Region != "" {
		a.Region = to.Region
	}
	u.act(func(ctx context.Context) error {
		_, err := u.c.Journal.SaveAccount(ctx, a)
		return err
	}, func(err error) {
		if err != nil {
			u.showError(text.T("The account could not be saved."), err)
			return
		}
		u.haveCredentials(a.ID)
		u.reloadAccounts(func() {
			if u.sheet != nil {
				u.sheet.check()
			}
		})
	})
}
