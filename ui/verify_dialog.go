package ui

import (
	"context"
	"errors"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// verifying compares objects with what was sent, one after the other, and says what it found.
type verifying struct {
	same   int
	others []finding
	last   string // what was found of the last
}

// verify asks OSS for the objects of uploads, and compares them with their receipts. Closing
// the dialog stops it.
func (u *UI) verify(ids []transfer.ID) {
	if len(ids) == 0 || u.topModal() != nil {
		return
	}
	m := u.newModal(text.T("Compare with OSS again"), 520)
	words := wrapped(text.T("Asking OSS…"))
	ctx, cancel := context.WithCancel(u.ctx)
	m.onClose = cancel
	show := newButton(m, text.T("Show…"), nil, nil)
	show.Hide()
	m.setContent(words, []*button{show}, newButton(m, text.T("Close"), nil, m.close))
	m.show(nil)
	said := func(sentence string) {
		words.SetText(sentence)
		if m.open() {
			m.fit()
		}
	}
	load(u, ctx, func(ctx context.Context) (*verifying, error) {
		return u.compareAll(ctx, ids, func(done int) {
			u.do(func() {
				said(text.T("{{.Done}} of {{.All}} compared", text.Args{"Done": format.Count(int64(done)), "All": format.Count(int64(len(ids)))}))
			})
		})
	}, func(v *verifying, err error) {
		switch {
		case errors.Is(err, context.Canceled):
			return
		case err != nil:
			m.close()
			u.showError(text.T("The list could not be read."), err)
			return
		}
		said(v.words(len(ids)))
		if len(v.others) > 0 && len(ids) > 1 {
			show.OnTapped = func() { u.showFindings(text.T("Worth a look"), v.others, show) }
			show.Show()
		}
		u.pump.poke()
	})
}

// compareAll compares one upload after the other. What is not finished is passed over.
func (u *UI) compareAll(ctx context.Context, ids []transfer.ID, progress func(done int)) (*verifying, error) {
	v := &verifying{}
	rows, err := u.c.Journal.Rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		found, err := u.c.Engine.Verify(ctx, rows[i].ID)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			v.last, _ = text.Problem(transfer.AsError(err))
			if rows[i].Status != transfer.StatusCompleted {
				v.last = text.T("Only what was uploaded can be compared.")
			}
		default:
			v.last = text.Verification(found)
		}
		if err == nil && found.Verdict == transfer.VerdictSame {
			v.same++
		} else {
			v.others = append(v.others, finding{name: rows[i].To.Key, what: v.last})
		}
		progress(i + 1)
	}
	return v, nil
}

// words sum up what was found.
func (v *verifying) words(all int) string {
	if all == 1 {
		return v.last
	}
	words := text.N("1 object is there, with the same size and CRC64.", "{{.Count}} objects are there, with the same sizes and CRC64.", v.same)
	if n := len(v.others); n > 0 {
		words += " " + text.N("1 is not, or could not be compared.", "{{.Count}} are not, or could not be compared.", n)
	}
	return words
}
