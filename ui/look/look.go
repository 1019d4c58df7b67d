// Package look is how Partway looks: its theme, the colours and icons of each state, and
// the icons of its commands.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode says whether the window is light or dark.
type Mode string

// The modes.
const (
	ModeSystem Mode = "" // as the desktop is
	ModeLight  Mode = "light"
	ModeDark   Mode = "dark"
)

// Modes lists the modes, the default first.
var Modes = []Mode{ModeSystem, ModeLight, ModeDark}

// The colours of parts, beside those every theme has.
const (
	ColorPartWaiting fyne.ThemeColorName = "partWaiting"
	ColorPartSending fyne.ThemeColorName = "partSending"
	ColorPartDone    fyne.ThemeColorName = "partDone"
	ColorPartFailed  fyne.ThemeColorName = "partFailed"
	// ColorTrack is the ground of a progress bar.
	ColorTrack fyne.ThemeColorName = "progressTrack"
)

// New returns the theme.
func New(m Mode) fyne.Theme { return &partway{Theme: theme.DefaultTheme(), mode: m} }

type partway struct {
	fyne.Theme // fonts, icons, and what the palettes leave out
	mode       Mode
}

// Color implements fyne.Theme. A mode that was chosen outweighs the desktop's variant.
func (p *partway) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch p.mode {
	case ModeLight:
		v = theme.VariantLight
	case ModeDark:
		v = theme.VariantDark
	case ModeSystem:
	}
	palette := &dark
	if v == theme.VariantLight {
		palette = &light
	}
	if c, ok := (*palette)[name]; ok {
		return c
	}
	return p.Theme.Color(name, v)
}

// Size implements fyne.Theme: a denser window than Fyne's own, as a list of many rows
// asks for.
func (p *partway) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 13
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNameInlineIcon:
		return 18
	case theme.SizeNameHeadingText:
		return 22
	case theme.SizeNameSubHeadingText:
		return 16
	case theme.SizeNameModalBlurRadius:
		return 0 // blurring the window behind a dialog triples the cost of each frame
	default:
		return p.Theme.Size(name)
	}
}
