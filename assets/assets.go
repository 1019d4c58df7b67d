// Package assets holds the files that are built into the program: its icon, the glyphs
// of states and commands, and the translations of its texts.
package assets

import (
	"embed"
	"fmt"

	"fyne.io/fyne/v2"
)

//go:generate go run -tags migrated_fynedo ./gen

//go:embed icon.svg
var iconSVG []byte

//go:embed glyphs/*.svg
var glyphs embed.FS

// Translations holds translations/en.json and translations/zh-Hans.json.
//
//go:embed translations/*.json
var Translations embed.FS

// Icon is the program's icon. The same picture is in icon.png, 512 pixels wide, for
// desktops that want a file.
var Icon fyne.Resource = fyne.NewStaticResource("partway.svg", iconSVG)

// TrayIcon is that picture as a PNG, 48 pixels wide, for the desktop's tray.
//
//go:embed tray.png
var TrayIcon []byte

// Glyph returns the picture of one colour with this name: glyphs/NAME.svg. It panics
// when there is none, which a test of the caller finds.
func Glyph(name string) fyne.Resource {
	content, err := glyphs.ReadFile("glyphs/" + name + ".svg")
	if err != nil {
		panic(fmt.Sprintf("no glyph %q", name))
	}
	return fyne.NewStaticResource("partway-"+name+".svg", content)
}
