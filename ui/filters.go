package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// filtersWidth is how wide the status filters are.
const filtersWidth = 186

// filterPane holds the status filters, with how many uploads each shows.
type filterPane struct {
	u       *UI
	content fyne.CanvasObject
	lines   map[transfer.Group]*filterLine
	chosen  transfer.Group
}

func newFilterPane(u *UI) *filterPane {
	p := &filterPane{u: u, lines: map[transfer.Group]*filterLine{}, chosen: transfer.GroupAll}
	box := container.New(layout.NewCustomPaddedVBoxLayout(0))
	for _, g := range transfer.Groups {
		line := newFilterLine(g, func() { p.choose(g) })
		p.lines[g] = line
		box.Add(line)
	}
	p.lines[p.chosen].setChosen(true)
	room := canvas.NewRectangle(nil)
	room.SetMinSize(fyne.NewSize(filtersWidth, 0))
	p.content = container.NewStack(room, container.NewPadded(box))
	return p
}

func (p *filterPane) choose(g transfer.Group) {
	if g == p.chosen {
		return
	}
	p.lines[p.chosen].setChosen(false)
	p.lines[g].setChosen(true)
	p.chosen = g
	p.u.pump.set(func(v *view) { v.filter.Group = g })
	p.u.main.focusList()
}

func (p *filterPane) setCounts(c *transfer.Counts) {
	for g, line := range p.lines {
		line.setCount(c.Groups[g])
	}
}

// setEmpty goes back to all uploads once there are none.
func (p *filterPane) setEmpty(empty bool) {
	if empty {
		p.choose(transfer.GroupAll)
	}
}

// filterLine is one filter: icon, title, count.
type filterLine struct {
	widget.BaseWidget
	group  transfer.Group
	tapped func()
	ground *canvas.Rectangle
	icon   *widget.Icon
	title  *widget.Label
	count  *widget.Label
	chosen bool
	hover  bool
}

func newFilterLine(g transfer.Group, tapped func()) *filterLine {
	l := &filterLine{group: g, tapped: tapped}
	l.ground = canvas.NewRectangle(nil)
	l.ground.CornerRadius = theme.SelectionRadiusSize()
	l.icon = widget.NewIcon(look.GroupIcon(g))
	l.title = widget.NewLabel(text.Group(g))
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
		l.ground.FillColor = nil
	}
	l.BaseWidget.Refresh()
}

func (l *filterLine) setChosen(chosen bool) {
	l.chosen = chosen
	l.title.TextStyle.Bold = chosen
	l.Refresh()
}

func (l *filterLine) setCount(n int) {
	if words := strconv.Itoa(n); words != l.count.Text {
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

// FocusGained is called by Fyne: the filters can be reached by Tab.
func (l *filterLine) FocusGained() { l.hovered(true) }

// FocusLost is called by Fyne.
func (l *filterLine) FocusLost() { l.hovered(false) }

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
