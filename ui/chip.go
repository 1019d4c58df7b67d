package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	tipwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// chip is a small button of the status bar: an icon and a few words.
type chip struct {
	tipwidget.ToolTipWidget
	pressable
	icon  *widget.Icon
	label *widget.Label
}

func newChip(icon fyne.Resource, tapped func()) *chip {
	c := &chip{icon: widget.NewIcon(icon), label: small()}
	c.pressable = newPressable(tapped, c.Refresh)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is called by Fyne.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	size := theme.CaptionTextSize() + theme.Padding()
	icon := container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(size), c.icon))
	ground := container.New(layout.NewCustomPaddedLayout(theme.Padding(), theme.Padding(), 0, 0), c.ground)
	// The label brings its own margin.
	words := container.New(layout.NewCustomPaddedLayout(0, 0, -theme.Padding(), 0), c.label)
	padded := container.New(layout.NewCustomPaddedLayout(0, 0, theme.Padding(), 0), icon)
	return widget.NewSimpleRenderer(container.NewStack(ground, container.NewBorder(nil, nil, padded, nil, words)))
}

// Refresh reads the theme's colours again.
func (c *chip) Refresh() {
	c.paint(false)
	c.BaseWidget.Refresh()
}

// set changes what the chip says, where it differs.
func (c *chip) set(icon fyne.Resource, words, tip string) {
	if c.icon.Resource != icon {
		c.icon.SetResource(icon)
	}
	setText(c.label, words)
	c.SetToolTip(tip)
}

// Tapped is called by Fyne.
func (c *chip) Tapped(*fyne.PointEvent) {
	c.ToolTipWidget.MouseOut() // the tip speaks of what was before
	c.tapped()
}

// MouseIn is called by Fyne.
func (c *chip) MouseIn(e *desktop.MouseEvent) {
	c.ToolTipWidget.MouseIn(e)
	c.hovered(true)
}

// MouseOut is called by Fyne.
func (c *chip) MouseOut() {
	c.ToolTipWidget.MouseOut()
	c.hovered(false)
}
