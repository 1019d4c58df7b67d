package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// keyed is a dialog that wants Enter and Escape, whichever of its fields has the focus.
// Fyne hands keys to the focused widget alone, so each kind of field passes them on.
type keyed interface {
	// key tells whether it took the key.
	key(k *fyne.KeyEvent) bool
}

// revealed has a dialog scroll to a field that got the focus.
func revealed(owner keyed, field fyne.CanvasObject) {
	if m, ok := owner.(interface{ reveal(fyne.CanvasObject) }); ok {
		m.reveal(field)
	}
}

// entry is a text field of a dialog.
type entry struct {
	widget.Entry
	owner keyed
}

func newEntry(owner keyed, hint string) *entry {
	e := &entry{owner: owner}
	e.ExtendBaseWidget(e)
	e.PlaceHolder = hint
	return e
}

func newSecretEntry(owner keyed, hint string) *entry {
	e := newEntry(owner, hint)
	e.Password = true
	return e
}

// FocusGained is called by Fyne.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	revealed(e.owner, e)
}

// TypedKey is called by Fyne.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if !e.owner.key(k) {
		e.Entry.TypedKey(k)
	}
}

// combo is a text field with a list to choose from, which Down opens.
type combo struct {
	widget.SelectEntry
	owner keyed
}

func newCombo(owner keyed, hint string, options []string) *combo {
	c := &combo{owner: owner}
	c.ExtendBaseWidget(c)
	c.SetOptions(options)
	c.PlaceHolder = hint
	return c
}

// FocusGained is called by Fyne.
func (c *combo) FocusGained() {
	c.SelectEntry.FocusGained()
	revealed(c.owner, c)
}

// TypedKey is called by Fyne.
func (c *combo) TypedKey(k *fyne.KeyEvent) {
	switch list, ok := c.ActionItem.(*widget.Button); {
	case k.Name == fyne.KeyDown && ok:
		list.OnTapped()
	case !c.owner.key(k):
		c.SelectEntry.TypedKey(k)
	}
}

// choice is a list of which one is chosen.
type choice struct {
	widget.Select
	owner keyed
}

func newChoice(owner keyed, options []string, changed func(index int)) *choice {
	c := &choice{owner: owner}
	c.ExtendBaseWidget(c)
	c.Options = options
	c.OnChanged = func(string) {
		if changed != nil {
			changed(c.SelectedIndex())
		}
	}
	return c
}

// FocusGained is called by Fyne.
func (c *choice) FocusGained() {
	c.Select.FocusGained()
	revealed(c.owner, c)
}

// TypedKey is called by Fyne.
func (c *choice) TypedKey(k *fyne.KeyEvent) {
	if !c.owner.key(k) {
		c.Select.TypedKey(k)
	}
}

// tick is a box to tick.
type tick struct {
	widget.Check
	owner keyed
}

func newTick(owner keyed, label string, changed func(bool)) *tick {
	t := &tick{owner: owner}
	t.ExtendBaseWidget(t)
	t.Text = label
	t.OnChanged = changed
	return t
}

// FocusGained is called by Fyne.
func (t *tick) FocusGained() {
	t.Check.FocusGained()
	revealed(t.owner, t)
}

// TypedKey is called by Fyne.
func (t *tick) TypedKey(k *fyne.KeyEvent) {
	if !t.owner.key(k) {
		t.Check.TypedKey(k)
	}
}

// button is a button of a dialog. Enter presses it when it has the focus.
type button struct {
	widget.Button
	owner keyed
}

func newButton(owner keyed, label string, icon fyne.Resource, tapped func()) *button {
	b := &button{owner: owner}
	b.ExtendBaseWidget(b)
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	return b
}

// FocusGained is called by Fyne.
func (b *button) FocusGained() {
	b.Button.FocusGained()
	revealed(b.owner, b)
}

// TypedKey is called by Fyne.
func (b *button) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.press()
	default:
		if !b.owner.key(k) {
			b.Button.TypedKey(k)
		}
	}
}

// press does what a tap does.
func (b *button) press() {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

func enable(w fyne.Disableable, on bool) {
	if on == !w.Disabled() {
		return
	}
	if on {
		w.Enable()
	} else {
		w.Disable()
	}
}
