package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// modal is a dialog over the window. Enter presses its last button, Escape closes it.
type modal struct {
	u       *UI
	title   *widget.Label
	pop     *widget.PopUp
	body    *container.Scroll
	foot    *fyne.Container
	enter   *button
	onClose func()
	width   float32
}

// newModal makes a dialog without content: its fields need it as their owner. width is
// how wide it is where the window has room.
func (u *UI) newModal(title string, width float32) *modal {
	m := &modal{u: u, width: width}
	m.title = widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	m.title.SizeName = theme.SizeNameSubHeadingText
	m.title.Truncation = fyne.TextTruncateEllipsis
	m.foot = container.NewHBox(layout.NewSpacer())
	m.body = container.NewVScroll(layout.NewSpacer())
	return m
}

// setContent sets what is between title and buttons. The last button is the one that
// Enter presses, and is drawn as such; left come before the gap.
func (m *modal) setContent(content fyne.CanvasObject, left []*button, right ...*button) {
	m.body.Content = container.NewPadded(content)
	for _, b := range left {
		m.foot.Objects = append([]fyne.CanvasObject{b}, m.foot.Objects...)
	}
	for _, b := range right {
		m.foot.Add(b)
	}
	if n := len(right); n > 0 {
		m.enter = right[n-1]
		if m.enter.Importance == widget.MediumImportance {
			m.enter.Importance = widget.HighImportance
		}
	}
	frame := container.NewBorder(container.NewPadded(m.title), container.NewPadded(m.foot), nil, nil, m.body)
	m.pop = widget.NewModalPopUp(container.NewPadded(frame), m.u.win.Canvas())
}

// show opens the dialog; focus is the field to begin in, and may be nil.
func (m *modal) show(focus fyne.Focusable) {
	m.u.modals = append(m.u.modals, m)
	m.u.pump.setModal(true)
	m.fit()
	m.pop.Show()
	m.fit()
	if focus != nil {
		m.u.win.Canvas().Focus(focus)
	}
}

// margin is what a dialog leaves free of the window.
const margin = 24

// fit gives the dialog the size of its content, as far as the window has room.
func (m *modal) fit() {
	room := m.u.win.Canvas().Size().SubtractWidthHeight(2*margin, 2*margin)
	width := min(m.width, room.Width)
	content := m.body.Content
	// Labels that wrap know their height only once they know their width.
	content.Resize(fyne.NewSize(width-4*theme.Padding(), content.MinSize().Height))
	m.body.SetMinSize(fyne.NewSize(0, 0))
	around := m.pop.MinSize().Height - m.body.MinSize().Height
	height := min(content.MinSize().Height+around, room.Height)
	m.pop.Resize(fyne.NewSize(width, height))
	if !m.pop.Position().IsZero() { // Fyne has put it into the middle, for the size it had then
		whole := m.u.win.Canvas().Size()
		m.pop.Move(fyne.NewPos((whole.Width-width)/2, (whole.Height-height)/2))
	}
}

// reveal scrolls to a field that got the focus, where the window has no room for all.
func (m *modal) reveal(field fyne.CanvasObject) {
	if m.body.Content.MinSize().Height <= m.body.Size().Height || slices.Contains(m.foot.Objects, field) {
		return
	}
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(field).Y - driver.AbsolutePositionForObject(m.body).Y
	bottom := top + field.Size().Height - m.body.Size().Height
	switch at := m.body.Offset.Y; {
	case top < 0:
		m.body.ScrollToOffset(fyne.NewPos(0, max(at+top-theme.Padding(), 0)))
	case bottom > 0:
		m.body.ScrollToOffset(fyne.NewPos(0, at+bottom+theme.Padding()))
	}
}

// close closes the dialog.
func (m *modal) close() {
	for i, open := range m.u.modals {
		if open != m {
			continue
		}
		m.u.modals = append(m.u.modals[:i:i], m.u.modals[i+1:]...)
		m.pop.Hide()
		if m.onClose != nil {
			m.onClose()
		}
		m.u.modalClosed()
		return
	}
}

// open tells whether the dialog is shown.
func (m *modal) open() bool {
	return slices.Contains(m.u.modals, m)
}

// key is told of keys that its fields, or the window, did not want themselves.
func (m *modal) key(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyEscape:
		m.close()
	case fyne.KeyReturn, fyne.KeyEnter:
		if m.enter != nil {
			m.enter.press()
		}
	case fyne.KeyPageUp, fyne.KeyPageDown: // what has no field in it can be read to its end
		scrollByKey(m.body, k.Name)
	default:
		return false
	}
	return true
}

// modalClosed goes on with what waited for the dialogs to close.
func (u *UI) modalClosed() {
	if len(u.modals) > 0 {
		return
	}
	u.pump.setModal(false)
	u.main.focusList()
	if p := u.held; p != nil {
		u.held = nil
		u.propose(*p)
	}
}

// topModal returns the dialog that is on top, or nil.
func (u *UI) topModal() *modal {
	if len(u.modals) == 0 {
		return nil
	}
	return u.modals[len(u.modals)-1]
}

// row is a line of a form: a word and its field.
func row(label string, field fyne.CanvasObject) []fyne.CanvasObject {
	return []fyne.CanvasObject{widget.NewLabelWithStyle(label, fyne.TextAlignTrailing, fyne.TextStyle{}), field}
}

// formOf lays rows out in two columns: words, and fields as wide as there is room.
func formOf(rows ...[]fyne.CanvasObject) *fyne.Container {
	form := container.New(layout.NewFormLayout())
	for _, r := range rows {
		form.Objects = append(form.Objects, r...)
	}
	return form
}

// wrapped is a label that breaks its lines.
func wrapped(words string) *widget.Label {
	l := widget.NewLabel(words)
	l.Wrapping = fyne.TextWrapWord
	return l
}
