package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// fieldList is a field of any number of names with values, or of values alone.
type fieldList struct {
	form    *optionsForm
	content *fyne.Container
	rows    *fyne.Container
	lines   []*fieldLine
	add     *button
	fault   *widget.Label
	hints   []string // of the fields of a line: one, or two
}

// fieldLine is a line of a fieldList.
type fieldLine struct {
	name  *entry
	value *entry // nil where there are no names
	fault *widget.Label
	whole fyne.CanvasObject
}

func newFieldList(form *optionsForm, add string, hints ...string) *fieldList {
	l := &fieldList{form: form, hints: hints, rows: container.NewVBox(), fault: faultLabel()}
	l.add = newButton(form.owner, add, theme.ContentAddIcon(), func() {
		line := l.append(transfer.Field{})
		form.resized()
		form.focus(line.name)
	})
	l.add.Alignment = widget.ButtonAlignLeading
	l.content = container.NewVBox(l.rows, container.NewHBox(l.add), l.fault)
	return l
}

// set shows these fields.
func (l *fieldList) set(fields []transfer.Field) {
	l.lines = nil
	l.rows.RemoveAll()
	for _, f := range fields {
		l.append(f)
	}
}

func (l *fieldList) append(f transfer.Field) *fieldLine {
	line := &fieldLine{name: newEntry(l.form.owner, l.hints[0]), fault: faultLabel()}
	line.name.SetText(f.Name)
	line.name.OnChanged = l.form.typed
	fields := container.NewGridWithColumns(len(l.hints), line.name)
	if len(l.hints) > 1 {
		line.value = newEntry(l.form.owner, l.hints[1])
		line.value.SetText(f.Value)
		line.value.OnChanged = l.form.typed
		fields.Add(line.value)
	}
	drop := newButton(l.form.owner, "", theme.DeleteIcon(), func() { l.remove(line) })
	line.whole = container.NewVBox(container.NewBorder(nil, nil, nil, drop, fields), line.fault)
	l.lines = append(l.lines, line)
	l.rows.Add(line.whole)
	return line
}

// remove takes a line out, and leaves the keyboard where the line was.
func (l *fieldList) remove(line *fieldLine) {
	for i, o := range l.lines {
		if o != line {
			continue
		}
		l.lines = append(l.lines[:i:i], l.lines[i+1:]...)
		l.rows.Remove(line.whole)
		l.form.resized()
		l.form.typed("")
		if i < len(l.lines) {
			l.form.focus(l.lines[i].name)
		} else {
			l.form.focus(l.add)
		}
		return
	}
}

// filled returns the lines in which something stands.
func (l *fieldList) filled() (lines []*fieldLine) {
	for _, line := range l.lines {
		if line.name.Text != "" || line.value != nil && line.value.Text != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// get returns what stands in the lines, nil for nothing.
func (l *fieldList) get() (fields []transfer.Field) {
	for _, line := range l.filled() {
		f := transfer.Field{Name: strings.TrimSpace(line.name.Text)}
		if line.value != nil {
			f.Value = strings.TrimSpace(line.value.Text)
		}
		fields = append(fields, f)
	}
	return fields
}

// refuse says what is wrong with a line, the item-th of those filled, or with all of them. It
// returns the field to mend it in.
func (l *fieldList) refuse(item int, words string) fyne.Focusable {
	if lines := l.filled(); item > 0 && item <= len(lines) {
		say(lines[item-1].fault, words)
		return lines[item-1].name
	}
	say(l.fault, words)
	if len(l.lines) > 0 {
		return l.lines[0].name
	}
	return l.add
}

// accept takes what was said away.
func (l *fieldList) accept() {
	say(l.fault, "")
	for _, line := range l.lines {
		say(line.fault, "")
	}
}

// faultLabel says below a field what is wrong with it; it is hidden while nothing is.
func faultLabel() *widget.Label {
	l := caption()
	l.Importance = widget.DangerImportance
	l.Hide()
	return l
}

// withFault puts what is said of a field below it.
func withFault(field fyne.CanvasObject, fault *widget.Label) fyne.CanvasObject {
	return container.NewVBox(field, fault)
}

// noteOn is a small line below a field that says what it does.
func noteOn(field fyne.CanvasObject, words string) fyne.CanvasObject {
	note := caption()
	note.SetText(words)
	return container.NewVBox(field, note)
}

// addressFields are addresses as a fieldList has them.
func addressFields(urls []string) []transfer.Field {
	fields := make([]transfer.Field, len(urls))
	for i, u := range urls {
		fields[i] = transfer.Field{Name: u}
	}
	return fields
}

// optionProblem says in a sentence what is wrong with a field of the options.
func optionProblem(e *transfer.FieldError) string {
	switch {
	case e.Field == transfer.FieldExpires:
		return text.T("A day, as 2027-01-31, or a day and a time, as 2027-01-31 18:00.")
	case e.Field == transfer.FieldTraffic:
		return text.T("From 100K to 100M a second, or nothing.")
	case e.Field == transfer.FieldMeta && e.Problem == transfer.ProblemTooLong:
		return text.T("Names and values come to more than the 8 KiB that OSS takes.")
	case e.Field == transfer.FieldTags && e.Problem == transfer.ProblemTooMany:
		return text.T("OSS takes 10 tags at most.")
	case e.Field == transfer.FieldTags && e.Problem == transfer.ProblemTooLong:
		return text.T("A tag's name has 128 signs at most, and its value 256.")
	case e.Field == transfer.FieldMeta && e.Problem == transfer.ProblemMissing,
		e.Field == transfer.FieldTags && e.Problem == transfer.ProblemMissing,
		e.Field == transfer.FieldCallbackVar && e.Problem == transfer.ProblemMissing:
		return text.T("A name is missing.")
	case e.Field == transfer.FieldCallbackURL && e.Problem == transfer.ProblemTooMany:
		return text.T("OSS takes 5 addresses at most.")
	case e.Field == transfer.FieldCallbackURL && e.Problem == transfer.ProblemMissing:
		return text.T("An address is needed for OSS to call.")
	case e.Field == transfer.FieldCallbackHost:
		return text.T("A host alone, as example.com.")
	case e.Problem == transfer.ProblemTooLong && (e.Field == transfer.FieldCallbackBody || e.Field == transfer.FieldCallbackVar):
		return text.T("This comes to more than the 5 KiB that OSS takes.")
	default:
		return text.Field(e)
	}
}
