package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// factValue is a label whose words the mouse can select, to be copied. It is selectable
// from when the pointer comes to it until that leaves it without a selection: Fyne's
// selectable labels are stops of the Tab key that do not show that the keyboard is there.
type factValue struct {
	widget.Label
}

var _ desktop.Hoverable = (*factValue)(nil)

func newFactValue() *factValue {
	v := &factValue{}
	v.Wrapping = fyne.TextWrapBreak
	v.ExtendBaseWidget(v)
	return v
}

// MouseIn is called by Fyne.
func (v *factValue) MouseIn(*desktop.MouseEvent) { v.setSelectable(true) }

// MouseMoved is called by Fyne.
func (v *factValue) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is called by Fyne.
func (v *factValue) MouseOut() { v.setSelectable(v.SelectedText() != "") }

func (v *factValue) setSelectable(on bool) {
	if on != v.Selectable {
		v.Selectable = on
		v.Refresh()
	}
}
