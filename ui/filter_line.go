package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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
	tapped func()
	ground *canvas.Rectangle
	icon   *widget.Icon
	title  *widget.Label
	count  *widget.Label
	chosen bool
	hover  bool
	focus  bool
}

func newFilterLine(icon fyne.Resource, title string, tapped func()) *filterLine {
	l := &filterLine{tapped: tapped}
	l.ground = canvas.NewRectangle(color.Transparent)
	l.ground.CornerRadius = theme.SelectionRadiusSize()
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
	switch {
	case l.chosen:
		l.ground.FillColor = theme.Color(theme.ColorNameSelection)
	case l.hover:
		l.ground.FillColor = theme.Color(theme.ColorNameHover)
	default:
		l.ground.FillColor = color.Transparent
	}
	l.ground.StrokeWidth, l.ground.StrokeColor = 0, nil
	if l.focus {
		l.ground.StrokeWidth, l.ground.StrokeColor = 1, theme.Color(theme.ColorNamePrimary)
	}
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

// Tapped is called by Fyne.
func (l *filterLine) Tapped(*fyne.PointEvent) { l.tapped() }

// MouseIn is called by Fyne.
func (l *filterLine) MouseIn(*desktop.MouseEvent) { l.hovered(true) }

// MouseMoved is called by Fyne.
func (l *filterLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is called by Fyne.
func (l *filterLine) MouseOut() { l.hovered(false) }

func (l *filterLine) hovered(in bool) {
	l.hover = in
	l.Refresh()
}

// focused shows by a frame that the keyboard is here, also on the line that is chosen.
func (l *filterLine) focused(in bool) {
	l.focus = in
	l.Refresh()
}

// FocusGained is called by Fyne: the filters can be reached by Tab.
func (l *filterLine) FocusGained() { l.focused(true) }

// FocusLost is called by Fyne.
func (l *filterLine) FocusLost() { l.focused(false) }

// TypedRune is called by Fyne.
func (l *filterLine) TypedRune(r rune) {
	if r == ' ' {
		l.tapped()
	}
}

// TypedKey is called by Fyne.
func (l *filterLine) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		l.tapped()
	}
}
