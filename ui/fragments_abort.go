package ui

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// mostMeasured is how many uploads are measured before they are aborted, so that it can be
// said what is lost. Of more, only what is known already is said.
const mostMeasured = 500

// young is how old an upload is that another program may still be sending.
const young = 24 * time.Hour

// abort asks to abort what is selected, or all that is shown.
func (v *fragmentsView) abort() {
	list, all := v.table.chosen(), false
	if len(list) == 0 {
		list, all = v.table.rows, true
	}
	if v.stop != nil || len(list) == 0 {
		return
	}
	unmeasured := 0
	ids := make([]string, 0, len(list))
	for i := range list {
		ids = append(ids, list[i].UploadID)
		if !list[i].Measured {
			unmeasured++
		}
	}
	ask := func() { v.askAbort(v.inv.Get(ids...), all) }
	if unmeasured > mostMeasured || v.blind {
		ask()
		return
	}
	v.measureThen(list, ask)
}

func (v *fragmentsView) askAbort(list []fragment.Fragment, all bool) {
	if len(list) == 0 || v.u.topModal() != v.modal {
		return
	}
	title := text.N("Abort 1 unfinished upload?", "Abort {{.Count}} unfinished uploads?", len(list))
	if all {
		title = text.N("Abort the 1 unfinished upload that is shown?", "Abort all {{.Count}} unfinished uploads that are shown?", len(list))
	}
	v.u.ask(question{
		title: title, words: abortWords(list, v.prices, v.now()), confirm: text.T("Abort"), danger: true,
		do: func() { v.reallyAbort(list) },
	})
	v.u.topModal().onClose = func() { v.u.win.Canvas().Focus(v.table) }
}

// abortWords says what is lost, and whose it is.
func abortWords(list []fragment.Fragment, prices fragment.Prices, now time.Time) string {
	t := fragment.TotalsOf(list, prices)
	args := text.Args{"Size": format.Bytes(t.Bytes), "Cost": about(t.Cost)}
	paragraphs := []string{text.T("Their parts are deleted from OSS for good: {{.Size}}, about {{.Cost}} CNY a month.", args)}
	switch n := t.Count - t.Measured; {
	case n == t.Count:
		paragraphs[0] = text.T("Their parts are deleted from OSS for good. How many bytes they hold is not known.")
	case n > 0:
		paragraphs[0] = text.Sentences(paragraphs[0], text.N("1 upload is not measured, and comes on top.", "{{.Count}} uploads are not measured, and come on top.", n))
	}
	ours, doubt, fresh := 0, 0, 0
	for i := range list {
		switch {
		case list[i].Origin == fragment.OriginOurs:
			ours++
		case list[i].Origin == fragment.OriginDoubt:
			doubt++
		case now.Sub(list[i].Initiated) < young:
			fresh++
		}
	}
	if ours > 0 {
		paragraphs = append(paragraphs, text.N("1 of them is in this Partway's list. Its row is aborted with it, and stays in the list as aborted.",
			"{{.Count}} of them are in this Partway's list. Their rows are aborted with them, and stay in the list as aborted.", ours))
	}
	if doubt > 0 {
		paragraphs = append(paragraphs, text.N("1 of them may have been begun by this Partway.", "{{.Count}} of them may have been begun by this Partway.", doubt))
	}
	if fresh > 0 {
		paragraphs = append(paragraphs, text.N("1 was begun by another program within the last day, which may still be sending it.",
			"{{.Count}} were begun by other programs within the last day, which may still be sending them.", fresh))
	}
	return strings.Join(append(paragraphs, text.T("Objects that are complete, and files on this computer, stay as they are.")), "\n\n")
}

// reallyAbort aborts: rows of the queue by the engine, which owns them, and the others here.
func (v *fragmentsView) reallyAbort(list []fragment.Fragment) {
	if v.stop != nil {
		return
	}
	var rows []transfer.ID
	var ids []string
	for i := range list {
		if list[i].Origin == fragment.OriginOurs {
			rows = append(rows, list[i].Row)
		} else {
			ids = append(ids, list[i].UploadID)
		}
	}
	if len(rows) > 0 {
		v.u.run(text.T("The uploads could not be aborted."), func() error { return v.u.c.Engine.Abort(transfer.These(rows...)) })
	}
	inv, bucket := v.inv, v.of.Bucket
	var done atomic.Int64
	ctx := v.begin(func() string {
		return text.T("Aborting: {{.Done}} of {{.Total}}", text.Args{"Done": format.Count(done.Load()), "Total": format.Count(int64(len(ids)))})
	})
	var a fragment.Aborted
	v.run(ctx, func(ctx context.Context, store transfer.Store) error {
		// Since they were listed, the queue may have begun some of them.
		known, err := v.u.c.Journal.Begun(ctx, bucket)
		if err != nil {
			return err
		}
		inv.Know(known)
		a, err = inv.Abort(ctx, store, ids, func(n int) {
			done.Store(int64(n))
			v.u.do(v.tell)
		})
		if len(a.Gone) > 0 {
			if err := v.u.c.Journal.Settled(context.WithoutCancel(ctx), bucket, a.Gone); err != nil {
				v.u.log.Warn("uploads that were in doubt are still said to be", "err", err)
			}
		}
		return err
	}, func(err error) {
		v.ended()
		if err != nil {
			v.explain(err)
		}
		v.sayAborted(a, len(rows))
	})
}

// sayAborted says what became of an abort, above what may be explained there.
func (v *fragmentsView) sayAborted(a fragment.Aborted, rows int) {
	words := text.N("1 upload was aborted: OSS no longer has it.", "{{.Count}} uploads were aborted: OSS no longer has them.", len(a.Gone))
	if a.Unlisted > 0 {
		words = text.Sentences(words, text.T("Whether all of their parts are gone could not be asked: listing parts is refused."))
	}
	if a.Failed > 0 {
		words = text.Sentences(words, text.N("1 could not be aborted.", "{{.Count}} could not be aborted.", a.Failed))
	}
	if rows+a.Ours > 0 {
		words = text.Sentences(words, text.N("1 row of the list is aborted by itself.", "{{.Count}} rows of the list are aborted by themselves.", rows))
	}
	v.say(append(v.note.Objects, wrapped(words))...)
}
