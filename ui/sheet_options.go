package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// sheetOptions is the line of the sheet that says what objects are stored with, in one line,
// and opens the dialog to change it for this batch.
type sheetOptions struct {
	s       *sheet
	own     *transfer.Options // chosen for this batch; nil: the account's
	summary *widget.Label
	open    *button
}

func newSheetOptions(s *sheet) *sheetOptions {
	o := &sheetOptions{s: s, summary: widget.NewLabel("")}
	o.summary.Truncation = fyne.TextTruncateEllipsis
	o.open = newButton(s, text.T("Options…"), nil, o.ask)
	return o
}

func (o *sheetOptions) content() fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, o.open, o.summary)
}

// value is what the batch is stored with.
func (o *sheetOptions) value() transfer.Options {
	if o.own != nil {
		return *o.own
	}
	return o.s.chosen().Options
}

// show says what differs from the account's defaults, and warns where everybody gets access.
func (o *sheetOptions) show() {
	value, usual := o.value(), o.s.chosen().Options
	words := optionsSummary(value, usual)
	switch {
	case words != "":
	case sameOptions(usual, transfer.Options{}):
		words = text.T("OSS's own defaults")
	default:
		words = text.T("As the account: {{.Options}}", text.Args{"Options": optionsSummary(usual, transfer.Options{})})
	}
	importance := widget.MediumImportance
	if value.ACL.Public() {
		importance = widget.WarningImportance
		words = text.T("Public! {{.Options}}", text.Args{"Options": words})
	}
	if o.summary.Importance != importance || o.summary.Text != words {
		o.summary.Importance = importance
		o.summary.SetText(words)
	}
}

func (o *sheetOptions) ask() {
	policy := transfer.Policies[max(0, o.s.policy.SelectedIndex())]
	existing := text.T("“{{.Policy}}” is chosen for this batch: x-oss-forbid-overwrite goes with Initiate, Complete and Put, so that OSS itself refuses to replace an object.",
		text.Args{"Policy": text.Policy(policy)})
	if !policy.ForbidsOverwrite() {
		existing = text.T("“{{.Policy}}” is chosen for this batch: x-oss-forbid-overwrite is not sent.", text.Args{"Policy": text.Policy(policy)})
	}
	o.s.u.askOptions(optionsQuestion{
		title: text.T("Object options of this batch"), given: o.value(),
		reset: text.T("Defaults of the account"), usual: o.s.chosen().Options,
		existing: existing, confirm: text.T("OK"), back: o.open, done: o.choose,
	})
}

// choose takes options for this batch.
func (o *sheetOptions) choose(chosen transfer.Options) {
	o.own = &chosen
	if sameOptions(chosen, o.s.chosen().Options) {
		o.own = nil
	}
	o.s.check()
}
