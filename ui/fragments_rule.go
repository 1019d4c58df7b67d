package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// ruleDays is after how many days a rule is proposed to abort uploads.
const ruleDays = 30

// ruleDialog offers a lifecycle rule that has OSS abort what stays unfinished. It shows all of
// the bucket's rules as they will be: writing replaces them all.
type ruleDialog struct {
	*modal
	v      *fragmentsView
	read   fragment.Rules
	merged fragment.Rules
	days   *entry
	prefix *entry
	rules  *fyne.Container
	words  *widget.Label
	write  *button
}

// askRule reads the bucket's rules.
func (v *fragmentsView) askRule() {
	if v.stop != nil || !v.listed {
		return
	}
	ctx := v.begin(func() string { return text.T("Asking OSS…") })
	var rules fragment.Rules
	v.run(ctx, func(ctx context.Context, store transfer.Store) (err error) {
		rules, err = fragment.ReadRules(ctx, store)
		return err
	}, func(err error) {
		v.ended()
		switch {
		case err != nil:
			v.explain(err)
		case v.u.topModal() == v.modal:
			v.openRules(rules)
		}
	})
}

func (v *fragmentsView) openRules(rules fragment.Rules) {
	d := &ruleDialog{
		modal: v.u.newModal(text.T("Have OSS abort what stays unfinished"), 660), v: v, read: rules,
		rules: container.NewVBox(), words: wrapped(""),
	}
	d.onClose = func() { v.u.win.Canvas().Focus(v.table) }
	d.days = newEntry(d, "")
	d.days.SetText(strconv.Itoa(ruleDays))
	d.days.OnChanged = func(string) { d.show() }
	d.prefix = newEntry(d, text.T("Empty: all of the bucket"))
	d.prefix.OnChanged = func(string) { d.show() }
	d.write = newButton(d, text.T("Write all rules"), nil, d.save)
	about := wrapped(text.T("OSS can abort unfinished uploads of the bucket {{.Bucket}} by itself, whichever program began them: also those of this Partway that are paused for longer.",
		text.Args{"Bucket": v.of.Bucket}))
	head := widget.NewLabelWithStyle(text.T("The bucket's rules, as they will be:"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	d.setContent(container.NewVBox(about,
		formOf(row(text.T("After days"), d.days), row(text.T("Prefix"), d.prefix)), head, d.rules, d.words),
		nil, newButton(d, text.T("Cancel"), nil, d.close), d.write)
	d.show()
	d.modal.show(d.days)
}

// show shows the rules as they will be.
func (d *ruleDialog) show() {
	days, err := strconv.Atoi(strings.TrimSpace(d.days.Text))
	d.rules.RemoveAll()
	enable(d.write, err == nil && days > 0)
	if err != nil || days <= 0 {
		setText(d.words, text.T("Type a number of days from 1 on."))
	} else {
		d.merged = d.read.Merge(d.prefix.Text, days)
		setText(d.words, text.T("Writing replaces all rules of the bucket by these. Before that, they are read once more: if they changed meanwhile, nothing is written."))
		for _, r := range d.merged.List {
			d.rules.Add(ruleLine(r))
		}
	}
	if d.open() {
		d.fit()
	}
}

// ruleLine says in a line what a rule does.
func ruleLine(r fragment.Rule) fyne.CanvasObject {
	args := text.Args{"ID": format.Name(r.ID), "Prefix": format.Name(r.Prefix), "Others": strings.Join(r.Others, ", ")}
	words := text.T("{{.ID}}: below {{.Prefix}}", args)
	if r.Prefix == "" {
		words = text.T("{{.ID}}: all of the bucket", args)
	}
	if r.AbortDays > 0 {
		words += " · " + text.N("aborts uploads after 1 day", "aborts uploads after {{.Count}} days", r.AbortDays)
	}
	if len(r.Others) > 0 {
		words += " · " + args["Others"].(string)
	}
	if !r.Enabled {
		words += " · " + text.T("switched off")
	}
	line := wrapped(words)
	line.TextStyle.Bold = r.Ours
	mark := theme.NewThemedResource(theme.DocumentIcon())
	if r.Ours {
		mark = theme.NewThemedResource(theme.ContentAddIcon())
	}
	return container.NewBorder(nil, nil, container.New(layout.NewCenterLayout(), widget.NewIcon(mark)), nil, line)
}

// save writes the rules, unless somebody changed them since they were read.
func (d *ruleDialog) save() {
	v, merged := d.v, d.merged
	d.write.Disable()
	d.close()
	ctx := v.begin(func() string { return text.T("Writing the rules…") })
	v.run(ctx, merged.Write, func(err error) {
		v.ended()
		switch {
		case errors.Is(err, fragment.ErrRulesChanged):
			v.say(wrapped(text.T("Somebody changed the bucket's rules meanwhile, so nothing was written. Open the rules again to see them as they are now.")))
		case err != nil:
			v.explain(err)
		default:
			v.say(wrapped(text.T("The rules were written. OSS applies them within a day.")))
		}
	})
}
