package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// keyScroll shows what may be higher than its place, and scrolls it by keys too. A frame
// shows that the keyboard is there.
type keyScroll struct {
	widget.BaseWidget
	scroll *container.Scroll
	frame  *canvas.Rectangle
	focus  bool
}

var _ fyne.Focusable = (*keyScroll)(nil)

func newKeyScroll(content fyne.CanvasObject) *keyScroll {
	s := &keyScroll{scroll: container.NewVScroll(content), frame: canvas.NewRectangle(color.Transparent)}
	s.frame.CornerRadius = theme.SelectionRadiusSize()
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is called by Fyne.
func (s *keyScroll) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(s.scroll, s.frame))
}

// Refresh is called by Fyne, also when the theme changed.
func (s *keyScroll) Refresh() {
	s.frame.StrokeWidth, s.frame.StrokeColor = 0, nil
	if s.focus {
		s.frame.StrokeWidth, s.frame.StrokeColor = 1, theme.Color(theme.ColorNamePrimary)
	}
	s.BaseWidget.Refresh()
}

// FocusGained is called by Fyne.
func (s *keyScroll) FocusGained() { s.focus = true; s.Refresh() }

// FocusLost is called by Fyne.
func (s *keyScroll) FocusLost() { s.focus = false; s.Refresh() }

// TypedRune is called by Fyne.
func (s *keyScroll) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (s *keyScroll) TypedKey(k *fyne.KeyEvent) { scrollByKey(s.scroll, k.Name) }

// lineScroll is how far an arrow scrolls.
const lineScroll = 2 * factLine

// scrollByKey scrolls by the keys that do so everywhere.
func scrollByKey(s *container.Scroll, key fyne.KeyName) {
	page := max(lineScroll, s.Size().Height-lineScroll)
	to := s.Offset.Y
	switch key {
	case fyne.KeyUp:
		to -= lineScroll
	case fyne.KeyDown:
		to += lineScroll
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyPageDown, fyne.KeySpace:
		to += page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = s.Content.MinSize().Height
	default:
		return
	}
	s.ScrollToOffset(fyne.NewPos(0, max(0, min(to, s.Content.MinSize().Height-s.Size().Height))))
}
