package ui

import (
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

// callbackPage asks whom OSS tells of stored objects.
type callbackPage struct {
	on   *tick
	urls *fieldList
	host *entry
	kind *choice
	body *bodyEntry
	sni  *tick
	vars *fieldList
	rest *fyne.Container // what is asked once it is on
	form *optionsForm
}

func (f *optionsForm) makeCallback() fyne.CanvasObject {
	c := &f.callback
	c.form = f
	c.urls = newFieldList(f, text.T("Add address"), "https://example.com/done")
	c.host = f.entry(text.T("Host header; each address's own if empty"))
	c.body = newBodyEntry(f.owner)
	c.body.OnChanged = f.typed
	c.kind = newChoice(f.owner, wordsOf(callbackTypes, text.CallbackType), c.choose)
	c.sni = newTick(f.owner, text.T("Name the host while the TLS connection is made (SNI)"), func(bool) { f.typed("") })
	c.vars = newFieldList(f, text.T("Add variable"), text.T("Name, as user: ${x:user} in the body"), text.T("Value"))
	c.rest = formOf(
		row(text.T("Addresses"), f.listAt(transfer.FieldCallbackURL, c.urls)),
		row(text.T("Host"), f.at(transfer.FieldCallbackHost, c.host, c.host)),
		row(text.T("Body type"), f.at(transfer.FieldCallbackType, c.kind, c.kind)),
		row(text.T("Body"), f.at(transfer.FieldCallbackBody, c.body, c.body)),
		row("", c.sni),
		row(text.T("Variables"), f.listAt(transfer.FieldCallbackVar, c.vars)))
	c.on = newTick(f.owner, text.T("OSS tells a server of each object it has stored"), c.turn)
	return page(noteOn(c.on, text.T("Its answer is kept with the upload. When it cannot be reached, the upload is completed all the same, and nothing is sent again. Up to 5 addresses are tried in turn.")), c.rest)
}

// turn shows what is asked while it is on.
func (c *callbackPage) turn(on bool) {
	if on {
		if len(c.urls.lines) == 0 {
			c.urls.append(transfer.Field{})
		}
		c.rest.Show()
	} else {
		c.rest.Hide()
	}
	c.form.typed("")
	c.form.resized()
}

// choose puts the type's own body in the place of the other type's.
func (c *callbackPage) choose(i int) {
	for _, body := range transfer.CallbackBodies {
		if i >= 0 && (c.body.Text == body || c.body.Text == "") {
			c.body.SetText(transfer.CallbackBodies[callbackTypes[i]])
			break
		}
	}
	c.form.typed("")
}

func (c *callbackPage) set(callback *transfer.Callback) {
	on := callback != nil
	if !on {
		callback = &transfer.Callback{Body: transfer.CallbackBodies[transfer.CallbackForm]}
	}
	c.urls.set(addressFields(callback.URLs))
	c.host.SetText(callback.Host)
	c.body.SetText(callback.Body)
	c.kind.SetSelectedIndex(index(callbackTypes, callback.Type))
	c.sni.SetChecked(callback.SNI)
	c.vars.set(callback.Vars)
	c.on.SetChecked(on)
	c.turn(on)
}

func (c *callbackPage) get() *transfer.Callback {
	if !c.on.Checked {
		return nil
	}
	callback := &transfer.Callback{
		Host: strings.TrimSpace(c.host.Text), Body: strings.TrimSpace(c.body.Text),
		Type: callbackTypes[max(0, c.kind.SelectedIndex())], SNI: c.sni.Checked,
	}
	for _, f := range c.urls.get() {
		callback.URLs = append(callback.URLs, f.Name)
	}
	for _, f := range c.vars.get() {
		f.Name = strings.TrimPrefix(f.Name, "x:")
		callback.Vars = append(callback.Vars, f)
	}
	return callback
}

// bodyEntry is a text field of several lines that Tab leaves, and Enter too.
type bodyEntry struct{ entry }

func newBodyEntry(owner keyed) *bodyEntry {
	b := &bodyEntry{}
	b.owner = owner
	b.MultiLine, b.Wrapping = true, fyne.TextWrapBreak
	b.SetMinRowsVisible(3)
	b.ExtendBaseWidget(b)
	return b
}

// AcceptsTab is called by Fyne.
func (b *bodyEntry) AcceptsTab() bool { return false }

// FocusGained is called by Fyne.
func (b *bodyEntry) FocusGained() {
	b.Entry.FocusGained()
	revealed(b.owner, b)
}

// TypedKey is called by Fyne.
func (b *bodyEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyPageUp || k.Name == fyne.KeyPageDown {
		b.Entry.TypedKey(k) // within its lines, where the dialog would scroll
		return
	}
	b.entry.TypedKey(k)
}

// expiryForms are how a moment may be typed, in this computer's time zone.
var expiryForms = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

// expiryText writes a moment as it is typed, "" for none.
func expiryText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.Local()
	form := expiryForms[0]
	for _, shorter := range expiryForms[1:] {
		if back, err := time.ParseInLocation(shorter, t.Format(shorter), time.Local); err == nil && back.Equal(t) {
			form = shorter
		}
	}
	return t.Format(form)
}

// parseExpiry reads a typed moment; nothing is none. One that was not changed stays as given.
func parseExpiry(typed string, given time.Time) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	if typed == expiryText(given) {
		return given, true
	}
	for _, form := range expiryForms {
		if t, err := time.ParseInLocation(form, typed, time.Local); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// fieldErrors are what a check found wrong.
func fieldErrors(err error) transfer.FieldErrors {
	wrong, _ := errors.AsType[transfer.FieldErrors](err)
	return wrong
}
