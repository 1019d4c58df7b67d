package look

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"

	"partway/assets"
)

// having is a font with these characters.
func having(characters string) fontscan.Footprint {
	var f fontscan.Footprint
	for _, r := range characters {
		f.Runes.Add(r)
	}
	return f
}

func TestFallbackOnlyWhereTheSystemHasNoFontForChinese(t *testing.T) {
	t.Parallel()
	latin, japanese, all := having("abc"), having("abc文上"), having(chinese)
	for name, tc := range map[string]struct {
		fonts []fontscan.Footprint
		want  bool
	}{
		"none": {nil, true}, "Latin": {[]fontscan.Footprint{latin}, true},
		"Japanese": {[]fontscan.Footprint{latin, japanese}, true}, "Chinese": {[]fontscan.Footprint{latin, all}, false},
	} {
		if got := fallbackBeside(tc.fonts) != nil; got != tc.want {
			t.Errorf("%s: fallback %v, want %v", name, got, tc.want)
		}
	}
}

// TestFallbackFontLeavesTheRestAlone: it has all that is said in Chinese, nothing that
// Noto Sans has, and the same ascent.
func TestFallbackFontLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	resource, err := assets.FallbackFont()
	if err != nil {
		t.Fatal(err)
	}
	fallback, noto := parse(t, resource.Content()), parse(t, theme.DefaultTextFont().Content())
	said, err := assets.Translations.ReadFile("translations/zh-Hans.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range string(said) {
		_, has := fallback.NominalGlyph(r)
		_, had := noto.NominalGlyph(r)
		if r >= ' ' && !has && !had {
			t.Errorf("no font has %q, which is said in Chinese", r)
		}
	}
	if _, has := fallback.NominalGlyph(' '); !has {
		t.Error("a space after Chinese, which is drawn by its font, is missing")
	}
	for r := rune(' ' + 1); r < 0x10000; r++ {
		_, has := fallback.NominalGlyph(r)
		if _, had := noto.NominalGlyph(r); has && had {
			t.Errorf("%q would not be drawn by Noto Sans", r)
		}
	}
	f, _ := fallback.FontHExtents()
	n, _ := noto.FontHExtents()
	off := f.Ascender/float32(fallback.Upem()) - n.Ascender/float32(noto.Upem())
	if off < -0.005 || off > 0.005 {
		t.Errorf("Chinese stands %v em higher than Latin", off)
	}
}

func parse(t *testing.T, ttf []byte) *font.Face {
	t.Helper()
	face, err := font.ParseTTF(bytes.NewReader(ttf))
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// TestDigitsAreOfOneWidth: numbers that change do not move.
func TestDigitsAreOfOneWidth(t *testing.T) {
	t.Parallel()
	for name, ttf := range map[string][]byte{
		"regular": theme.DefaultTextFont().Content(), "bold": theme.DefaultTextBoldFont().Content(),
	} {
		face := parse(t, ttf)
		zero, _ := face.NominalGlyph('0')
		for r := '1'; r <= '9'; r++ {
			glyph, _ := face.NominalGlyph(r)
			if face.HorizontalAdvance(glyph) != face.HorizontalAdvance(zero) {
				t.Errorf("%s: %q is not as wide as 0", name, r)
			}
		}
	}
}
