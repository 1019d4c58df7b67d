package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// pressable is the part of a widget that can be pressed: by a click, and by Space or Enter
// while the keyboard is on it, where Tab brings it.
type pressable struct {
	tapped func()
	redraw func() // has the widget drawn anew
	ground *canvas.Rectangle
	hover  bool // the pointer is on it
	focus  bool // the keyboard is on it
}

func newPressable(tapped, redraw func()) pressable {
	p := pressable{tapped: tapped, redraw: redraw, ground: canvas.NewRectangle(color.Transparent)}
	p.ground.CornerRadius = theme.SelectionRadiusSize()
	return p
}

// paint gives the ground the theme's colours. A frame shows that the keyboard is here, also
// where it is chosen.
func (p *pressable) paint(chosen bool) {
	switch {
	case chosen:
		p.ground.FillColor = theme.Color(theme.ColorNameSelection)
	case p.hover:
		p.ground.FillColor = theme.Color(theme.ColorNameHover)
	default:
		p.ground.FillColor = color.Transparent
	}
	p.ground.StrokeWidth, p.ground.StrokeColor = 0, nil
	if p.focus {
		p.ground.StrokeWidth, p.ground.StrokeColor = 1, theme.Color(theme.ColorNamePrimary)
	}
}

func (p *pressable) hovered(in bool) {
	p.hover = in
	p.redraw()
}

// Tapped is called by Fyne.
func (p *pressable) Tapped(*fyne.PointEvent) { p.tapped() }

// FocusGained is called by Fyne.
func (p *pressable) FocusGained() { p.focus = true; p.redraw() }

// FocusLost is called by Fyne.
func (p *pressable) FocusLost() { p.focus = false; p.redraw() }

// TypedRune is called by Fyne.
func (p *pressable) TypedRune(r rune) {
	if r == ' ' {
		p.tapped()
	}
}

// TypedKey is called by Fyne.
func (p *pressable) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		p.tapped()
	}
}
