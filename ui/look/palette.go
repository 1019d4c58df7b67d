package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

type palette map[fyne.ThemeColorName]color.Color

// rgb makes an opaque colour of 0xRRGGBB.
func rgb(hex uint32) color.NRGBA { return rgba(hex, 0xff) }

// rgba makes a colour of 0xRRGGBB and an alpha of 0 to 255.
func rgba(hex uint32, alpha uint8) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16 & 0xff), G: uint8(hex >> 8 & 0xff), B: uint8(hex & 0xff), A: alpha}
}

// Text colours stand out from every ground they are put on by 4.5:1 at least, the frames
// of input fields and the colours of parts by 3:1 (WCAG 2.2, AA); a test computes it.
var light = palette{
	theme.ColorNameBackground:          rgb(0xffffff),
	theme.ColorNameForeground:          rgb(0x1c232b),
	theme.ColorNamePlaceHolder:         rgb(0x566270),
	theme.ColorNameDisabled:            rgb(0x8a95a1),
	theme.ColorNameButton:              rgb(0xe9edf1),
	theme.ColorNameDisabledButton:      rgb(0xf3f5f7),
	theme.ColorNameInputBackground:     rgb(0xf7f9fa),
	theme.ColorNameInputBorder:         rgb(0x818c98),
	theme.ColorNameHeaderBackground:    rgb(0xf2f5f7),
	theme.ColorNameMenuBackground:      rgb(0xf7f9fa),
	theme.ColorNameOverlayBackground:   rgb(0xffffff),
	theme.ColorNameSeparator:           rgb(0xd5dbe1),
	theme.ColorNameHover:               rgba(0x000000, 0x0d),
	theme.ColorNamePressed:             rgba(0x000000, 0x1f),
	theme.ColorNameScrollBar:           rgba(0x000000, 0x66),
	theme.ColorNameScrollBarBackground: rgb(0xf2f5f7),
	theme.ColorNameShadow:              rgba(0x000000, 0x33),

	theme.ColorNamePrimary:             rgb(0x0a5cb8),
	theme.ColorNameHyperlink:           rgb(0x0a5cb8),
	theme.ColorNameForegroundOnPrimary: rgb(0xffffff),
	theme.ColorNameFocus:               rgba(0x0a5cb8, 0x40),
	theme.ColorNameSelection:           rgba(0x0a5cb8, 0x26),
	theme.ColorNameSuccess:             rgb(0x0f6b46),
	theme.ColorNameForegroundOnSuccess: rgb(0xffffff),
	theme.ColorNameWarning:             rgb(0x8a4f00),
	theme.ColorNameForegroundOnWarning: rgb(0xffffff),
	theme.ColorNameError:               rgb(0xb3202a),
	theme.ColorNameForegroundOnError:   rgb(0xffffff),

	ColorTrack:       rgb(0xd5dbe1),
	ColorPartWaiting: rgb(0xd5dbe1),
	ColorPartSending: rgb(0xe29a00),
	ColorPartDone:    rgb(0x0f6b63),
	ColorPartFailed:  rgb(0xa3123a),
}

var dark = palette{
	theme.ColorNameBackground:          rgb(0x171b20),
	theme.ColorNameForeground:          rgb(0xe8edf2),
	theme.ColorNamePlaceHolder:         rgb(0xa3aeb9),
	theme.ColorNameDisabled:            rgb(0x68737f),
	theme.ColorNameButton:              rgb(0x2b323a),
	theme.ColorNameDisabledButton:      rgb(0x22282e),
	theme.ColorNameInputBackground:     rgb(0x1f252b),
	theme.ColorNameInputBorder:         rgb(0x727e8b),
	theme.ColorNameHeaderBackground:    rgb(0x1e2329),
	theme.ColorNameMenuBackground:      rgb(0x242a31),
	theme.ColorNameOverlayBackground:   rgb(0x1e2329),
	theme.ColorNameSeparator:           rgb(0x343c45),
	theme.ColorNameHover:               rgba(0xffffff, 0x0f),
	theme.ColorNamePressed:             rgba(0xffffff, 0x26),
	theme.ColorNameScrollBar:           rgba(0xffffff, 0x73),
	theme.ColorNameScrollBarBackground: rgb(0x1e2329),
	theme.ColorNameShadow:              rgba(0x000000, 0x80),

	theme.ColorNamePrimary:             rgb(0x6db3ff),
	theme.ColorNameHyperlink:           rgb(0x6db3ff),
	theme.ColorNameForegroundOnPrimary: rgb(0x08182a),
	theme.ColorNameFocus:               rgba(0x6db3ff, 0x55),
	theme.ColorNameSelection:           rgba(0x6db3ff, 0x38),
	theme.ColorNameSuccess:             rgb(0x63d3a0),
	theme.ColorNameForegroundOnSuccess: rgb(0x06221a),
	theme.ColorNameWarning:             rgb(0xf2b84b),
	theme.ColorNameForegroundOnWarning: rgb(0x2a1b00),
	theme.ColorNameError:               rgb(0xff968c),
	theme.ColorNameForegroundOnError:   rgb(0x2d0806),

	ColorTrack:       rgb(0x3a434d),
	ColorPartWaiting: rgb(0x3f4954),
	ColorPartSending: rgb(0xffd166),
	ColorPartDone:    rgb(0x26a18a),
	ColorPartFailed:  rgb(0xe8436f),
}
