package look

import (
	"slices"
	"sync"

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/fontscan"

	"partway/assets"
)

// chinese are characters that a font for simplified Chinese has, and one for Japanese or
// traditional Chinese only has not.
const chinese = "简体中文上传暂停"

// fallbackFont is the font for Chinese where the system has none, otherwise nil. Finding
// out reads the same index of fonts that Fyne reads, once for both.
var fallbackFont = sync.OnceValue(func() fyne.Resource {
	fonts, err := fontscan.SystemFonts(silent{}, "")
	if err != nil {
		fonts = nil // there is no font, or none that Fyne would find
	}
	return fallbackBeside(fonts)
})

// fallbackBeside returns the font that a system with these fonts needs, or nil.
func fallbackBeside(fonts []fontscan.Footprint) fyne.Resource {
	lacks := func(r rune) bool {
		return !slices.ContainsFunc(fonts, func(f fontscan.Footprint) bool { return f.Runes.Contains(r) })
	}
	if !slices.ContainsFunc([]rune(chinese), lacks) {
		return nil
	}
	font, err := assets.FallbackFont()
	if err != nil {
		fyne.LogError("no font for Chinese", err)
		return nil
	}
	return font
}

// Font implements fyne.Theme. Fyne asks the font returned here for each character, and
// then its own, so that one without Latin letters leaves these as they are.
func (p *partway) Font(style fyne.TextStyle) fyne.Resource {
	if font := fallbackFont(); font != nil && !style.Symbol {
		return font
	}
	return p.Theme.Font(style)
}

// silent is told what fontscan thinks of the system's fonts.
type silent struct{}

// Printf implements fontscan.Logger.
func (silent) Printf(string, ...any) {}
