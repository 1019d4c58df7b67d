// Package look is how Partway looks: its theme, the colours and icons of each state, and
// the icons of its commands.
package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
)

// Mode says whether the window is light or dark.
type Mode string

// The modes.
const (
	ModeSystem Mode = "" // as the desktop is
	ModeLight  Mode = "light"
	ModeDark   Mode = "dark"
)

// New returns the theme.
func New(m Mode) fyne.Theme { return theme.DefaultTheme() }

// StatusIcon returns the icon of a status, in its colour.
func StatusIcon(s transfer.Status) fyne.Resource { return theme.UploadIcon() }

// StatusColor returns the colour name of a status, for its icon, word and progress bar.
func StatusColor(s transfer.Status) fyne.ThemeColorName { return theme.ColorNamePrimary }

// PartColor returns the colour name of a part's state.
func PartColor(s transfer.PartState) fyne.ThemeColorName { return theme.ColorNamePrimary }

// GroupIcon returns the icon of a status filter.
func GroupIcon(g transfer.Group) fyne.Resource { return theme.UploadIcon() }
