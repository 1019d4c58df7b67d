// Package assets holds the files that are built into the program: its icon, the icons
// of its states, and the translations of its texts.
package assets

import (
	"embed"

	"fyne.io/fyne/v2"
)

//go:embed icon.svg
var iconSVG []byte

// Translations holds translations/en.json and translations/zh-Hans.json.
//
//go:embed translations/*.json
var Translations embed.FS

// Icon is the program's icon.
var Icon fyne.Resource = fyne.NewStaticResource("partway.svg", iconSVG)
