package ui

import (
	"context"
	"strings"
	"sync/atomic"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// begin notes that something is under way that Stop ends, and returns its context. words say
// how far it is; they are asked for on Fyne's goroutine.
func (v *fragmentsView) begin(words func() string) context.Context {
	ctx, cancel := context.WithCancel(v.ctx)
	v.stop, v.doing = cancel, words
	v.say()
	v.enable()
	return ctx
}

// ended notes that nothing is under way any more.
func (v *fragmentsView) ended() {
	if v.stop != nil {
		v.stop()
	}
	v.stop, v.doing = nil, nil
	v.ask()
	v.enable()
}

// explain says above the table why something could not be done.
func (v *fragmentsView) explain(err error) {
	e := transfer.AsError(err)
	if e == nil || e.Kind == transfer.KindCanceled {
		return
	}
	sentence, hint := text.Problem(e)
	if e.Kind == transfer.KindPermanent { // the usual words are for rows of the list
		sentence, hint = text.T("OSS refused this."), text.T("See Details for OSS's reason.")
	}
	if v.totals.Count > 0 && v.partial {
		hint = text.Sentences(hint, text.T("What was found before is shown."))
	}
	v.say(v.u.explained(v, sentence, hint, e))
}

// readOrStop lists the bucket, or ends what is under way.
func (v *fragmentsView) readOrStop() {
	if v.stop != nil {
		v.stop()
		return
	}
	v.read()
}

// read lists the bucket's unfinished uploads, page by page. What is known of those that were
// listed before is asked anew.
func (v *fragmentsView) read() {
	to := v.place()
	a := v.chosen()
	if v.stop != nil || a.ID == 0 || checkBucket(to.Bucket) != "" {
		return
	}
	inv := fragment.NewInventory(nil)
	v.of, v.inv, v.listed, v.partial, v.blind, v.wanted = to, inv, false, true, false, nil
	v.u.fragmentsOf = transfer.Destination{Account: to.Account, Bucket: to.Bucket}
	// An account may be allowed to list one folder only, and a bucket have too many others.
	below := ""
	if strings.HasSuffix(v.text.Text, "/") {
		below = v.text.Text
	}
	v.below = below
	var found atomic.Int64
	ctx := v.begin(func() string {
		return text.T("Asking OSS: {{.Count}} uploads so far", text.Args{"Count": format.Count(found.Load())})
	})
	v.ask()
	v.run(ctx, func(ctx context.Context, store transfer.Store) error {
		known, err := v.u.c.Journal.Begun(ctx, to.Bucket)
		if err != nil {
			return err
		}
		inv.Know(known)
		return inv.Read(ctx, store, below, func(n int) {
			found.Store(int64(n))
			v.dirty.Store(true)
			v.u.do(v.tell)
		})
	}, func(err error) {
		v.listed, v.partial = true, err != nil
		v.ended()
		v.explain(err)
		if v.u.topModal() == v.modal {
			v.u.win.Canvas().Focus(v.table)
		}
	})
}

// run does something with the listed bucket on a goroutine, and then done on Fyne's, also
// when it was stopped.
func (v *fragmentsView) run(ctx context.Context, do func(context.Context, transfer.Store) error, done func(error)) {
	a, bucket := v.listedAccount(), v.of.Bucket
	load(v.u, v.ctx, func(context.Context) (struct{}, error) {
		store, err := v.u.dial(ctx, a, bucket)
		if err != nil {
			return struct{}{}, err
		}
		defer store.Close()
		return struct{}{}, do(ctx, store)
	}, func(_ struct{}, err error) { done(err) })
}

// listedAccount is the account whose bucket was listed.
func (v *fragmentsView) listedAccount() transfer.Account {
	for _, a := range v.accounts {
		if a.ID == v.of.Account {
			return a
		}
	}
	return transfer.Account{}
}

// mostSighted bounds what is measured unasked: about what the tallest window shows.
const mostSighted = 60

// want notes that a row in sight is not measured, and has it measured soon.
func (v *fragmentsView) want(uploadID string) {
	if v.blind {
		return
	}
	v.wanted = append([]string{uploadID}, v.wanted...)
	v.wanted = v.wanted[:min(len(v.wanted), mostSighted)]
	v.sight()
}

// sight measures the rows in sight.
func (v *fragmentsView) sight() {
	if v.sighting || len(v.wanted) == 0 {
		return
	}
	v.sighting = true
	inv := v.inv
	// Later: the rows of this frame are still being asked for.
	v.u.do(func() {
		ids := v.wanted
		v.wanted = nil
		v.run(v.ctx, func(ctx context.Context, store transfer.Store) error {
			return inv.Measure(ctx, store, ids, func() { v.dirty.Store(true) })
		}, func(err error) {
			v.sighting = false
			if err != nil && inv == v.inv {
				v.blind = true
				v.table.Refresh()
				v.explain(err)
			}
			v.sight()
		})
	})
}

func (v *fragmentsView) measureChosen() { v.measure(v.table.chosen()) }
func (v *fragmentsView) measureAll()    { v.measure(v.table.rows) }

// measure asks what uploads hold, those that are not measured yet.
func (v *fragmentsView) measure(list []fragment.Fragment) {
	v.measureThen(list, func() {})
}

// measureThen does something once it is known what uploads hold, or that the account may not
// know it, unless that was stopped or failed.
func (v *fragmentsView) measureThen(list []fragment.Fragment, then func()) {
	var ids []string
	for _, f := range list {
		if !f.Measured {
			ids = append(ids, f.UploadID)
		}
	}
	if v.stop != nil {
		return
	}
	if len(ids) == 0 {
		then()
		return
	}
	inv := v.inv
	v.blind = false
	var done atomic.Int64
	ctx := v.begin(func() string {
		return text.T("Measuring: {{.Done}} of {{.Total}}", text.Args{"Done": format.Count(done.Load()), "Total": format.Count(int64(len(ids)))})
	})
	v.run(ctx, func(ctx context.Context, store transfer.Store) error {
		return inv.Measure(ctx, store, ids, func() {
			done.Add(1)
			v.dirty.Store(true)
		})
	}, func(err error) {
		v.ended()
		v.explain(err)
		refused := transfer.KindOf(err) == transfer.KindAuth
		if inv == v.inv && refused {
			v.blind = true
			v.table.Refresh()
		}
		if err == nil || refused {
			then()
		}
	})
}
