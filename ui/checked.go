package ui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// checked is a field of a form with what is wrong with it right below.
type checked struct {
	field fyne.Focusable
	row   []fyne.CanvasObject // for formOf
	words *widget.Label
}

// newChecked makes a line of a form: shown is what stands in it, field what the keyboard
// goes to when something is wrong.
func newChecked(label string, field fyne.Focusable, shown fyne.CanvasObject) *checked {
	c := &checked{field: field, words: faultLabel()}
	c.row = row(label, container.New(noGap{}, shown, c.words))
	return c
}

// show shows the line or takes it away.
func (c *checked) show(on bool) {
	for _, o := range c.row {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

// shown tells whether the line is there.
func (c *checked) shown() bool { return c.row[1].Visible() }

// fault is what is wrong with a field, in words.
type fault struct {
	field transfer.FieldName
	words string
}

// faultsOf puts what a check found into words: ok is false for errors that are no field's.
func faultsOf(err error) (faults []fault, ok bool) {
	all, ok := errors.AsType[transfer.FieldErrors](err)
	if one, isOne := errors.AsType[*transfer.FieldError](err); !ok && isOne {
		all, ok = transfer.FieldErrors{one}, true
	}
	for _, f := range all {
		faults = append(faults, fault{f.Field, text.Field(f)})
	}
	return faults, ok
}

// checkedForm are the lines of a form by what their fields are called.
type checkedForm map[transfer.FieldName]*checked

// tell shows at each field what is wrong with it, the first of what there is, and returns the
// first such line and what belongs to no line that is shown.
func (f checkedForm) tell(faults []fault) (first *checked, other []string) {
	f.clear()
	for _, one := range faults {
		c := f[one.field]
		if c == nil || !c.shown() {
			other = append(other, one.words)
			continue
		}
		if c.words.Text == "" {
			say(c.words, one.words)
		}
		if first == nil {
			first = c
		}
	}
	return first, other
}

// clear takes away what was said.
func (f checkedForm) clear() {
	for _, c := range f {
		say(c.words, "")
	}
}

// noGap lays one thing below the other without a gap, so that a line that says nothing takes
// no room.
type noGap struct{}

func (noGap) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			s = fyne.NewSize(max(s.Width, m.Width), s.Height+m.Height)
		}
	}
	return s
}

func (noGap) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			height := o.MinSize().Height
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(s.Width, height))
			y += height
		}
	}
}
