package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/format"
)

// filterLine is one filter: icon, title, count.
type filterLine struct {
	widget.BaseWidget
	pressable
	icon   *widget.Icon
	title  *widget.Label
	count  *widget.Label
	chosen bool
}

func newFilterLine(icon fyne.Resource, title string, tapped func()) *filterLine {
	l := &filterLine{}
	l.pressable = newPressable(tapped, l.Refresh)
	l.icon = widget.NewIcon(icon)
	l.title = widget.NewLabel(title)
	l.title.Truncation = fyne.TextTruncateEllipsis
	l.count = widget.NewLabelWithStyle("0", fyne.TextAlignTrailing, fyne.TextStyle{})
	l.count.Importance = widget.LowImportance
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer is called by Fyne.
func (l *filterLine) CreateRenderer() fyne.WidgetRenderer {
	icon := container.New(layout.NewCustomPaddedLayout(0, 0, theme.Padding(), 0), l.icon)
	return widget.NewSimpleRenderer(container.NewStack(l.ground,
		container.NewBorder(nil, nil, icon, l.count, l.title)))
}

// Refresh reads the theme's colours again.
func (l *filterLine) Refresh() {
	l.paint(l.chosen)
	l.BaseWidget.Refresh()
}

func (l *filterLine) setChosen(chosen bool) {
	l.chosen = chosen
	l.title.TextStyle.Bold = chosen
	l.Refresh()
}

func (l *filterLine) setCount(n int) {
	if words := format.Count(int64(n)); words != l.count.Text {
		l.count.SetText(words)
	}
}

// MouseIn is called by Fyne.
func (l *filterLine) MouseIn(*desktop.MouseEvent) { l.hovered(true) }

// MouseMoved is called by Fyne.
func (l *filterLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is called by Fyne.
func (l *filterLine) MouseOut() { l.hovered(false) }
