package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
)

var variants = map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}

func nrgba(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// over lays a colour that may be translucent over a ground.
func over(top, ground color.NRGBA) color.NRGBA {
	mix := func(t, g uint8) uint8 {
		a := float64(top.A) / 255
		return uint8(math.Round(float64(t)*a + float64(g)*(1-a)))
	}
	return color.NRGBA{R: mix(top.R, ground.R), G: mix(top.G, ground.G), B: mix(top.B, ground.B), A: 0xff}
}

// luminance and contrast are those of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrastOfBlackAndWhite(t *testing.T) {
	if got := contrast(rgb(0), rgb(0xffffff)); math.Abs(got-21) > 0.001 {
		t.Errorf("the contrast of black and white is %v, want 21", got)
	}
}

func TestTextCanBeRead(t *testing.T) {
	test.NewTempApp(t)
	inks := []fyne.ThemeColorName{
		theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNamePrimary, theme.ColorNameHyperlink,
		theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError,
	}
	grounds := []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameHeaderBackground, theme.ColorNameInputBackground,
		theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameHover, theme.ColorNameSelection,
	}
	th := New(ModeSystem)
	for variant, v := range variants {
		ground := nrgba(th.Color(theme.ColorNameBackground, v))
		for _, g := range grounds {
			below := over(nrgba(th.Color(g, v)), ground)
			for _, ink := range inks {
				if c := contrast(nrgba(th.Color(ink, v)), below); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, below 4.5", variant, ink, g, c)
				}
			}
		}
		for ink, on := range map[fyne.ThemeColorName]fyne.ThemeColorName{
			theme.ColorNameForeground:          theme.ColorNameButton,
			theme.ColorNameForegroundOnPrimary: theme.ColorNamePrimary,
			theme.ColorNameForegroundOnSuccess: theme.ColorNameSuccess,
			theme.ColorNameForegroundOnWarning: theme.ColorNameWarning,
			theme.ColorNameForegroundOnError:   theme.ColorNameError,
		} {
			if c := contrast(nrgba(th.Color(ink, v)), nrgba(th.Color(on, v))); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, below 4.5", variant, ink, on, c)
			}
		}
		frame := nrgba(th.Color(theme.ColorNameInputBorder, v))
		if c := contrast(frame, ground); c < 3 {
			t.Errorf("%s: the frame of inputs has a contrast of %.2f, below 3", variant, c)
		}
	}
}

// Without the red or the green cones of the eye, states must still differ.
func TestPartsDifferForEveryEye(t *testing.T) {
	test.NewTempApp(t)
	th := New(ModeSystem)
	states := []transfer.PartState{transfer.PartWaiting, transfer.PartSending, transfer.PartDone, transfer.PartFailed}
	for variant, v := range variants {
		for eye, see := range eyes {
			for i, a := range states {
				for _, b := range states[:i] {
					ca, cb := nrgba(th.Color(PartColor(a), v)), nrgba(th.Color(PartColor(b), v))
					if d := distance(see(ca), see(cb)); d < 60 {
						t.Errorf("%s, %s: parts %v and %v differ by %.0f only", variant, eye, a, b, d)
					}
				}
			}
		}
	}
}

// eyes are coarse linear models of how colours are seen.
var eyes = map[string]func(color.NRGBA) [3]float64{
	"all cones": func(c color.NRGBA) [3]float64 {
		return [3]float64{float64(c.R), float64(c.G), float64(c.B)}
	},
	"no red cones": func(c color.NRGBA) [3]float64 {
		r, g, b := float64(c.R), float64(c.G), float64(c.B)
		return [3]float64{0.567*r + 0.433*g, 0.558*r + 0.442*g, 0.242*g + 0.758*b}
	},
	"no green cones": func(c color.NRGBA) [3]float64 {
		r, g, b := float64(c.R), float64(c.G), float64(c.B)
		return [3]float64{0.625*r + 0.375*g, 0.7*r + 0.3*g, 0.3*g + 0.7*b}
	},
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

func TestAChosenModeOutweighsTheDesktop(t *testing.T) {
	test.NewTempApp(t)
	for _, v := range variants {
		if got := New(ModeDark).Color(theme.ColorNameBackground, v); got != dark[theme.ColorNameBackground] {
			t.Errorf("dark mode has the ground %v", got)
		}
		if got := New(ModeLight).Color(theme.ColorNameBackground, v); got != light[theme.ColorNameBackground] {
			t.Errorf("light mode has the ground %v", got)
		}
	}
}

func TestBothPalettesHaveTheSameColours(t *testing.T) {
	for name := range light {
		if _, ok := dark[name]; !ok {
			t.Errorf("%s is missing in the dark palette", name)
		}
	}
	if len(light) != len(dark) {
		t.Errorf("%d light and %d dark colours", len(light), len(dark))
	}
}

func TestDialogsDoNotBlurTheWindow(t *testing.T) {
	test.NewTempApp(t)
	if got := New(ModeSystem).Size(theme.SizeNameModalBlurRadius); got != 0 {
		t.Errorf("the blur is %v", got)
	}
}

func TestEveryStatusHasAnIconOfItsOwn(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(ModeLight))
	seen := map[string]transfer.Status{}
	for _, s := range transfer.Statuses {
		a, ok := statuses[s]
		if !ok {
			t.Errorf("%s has no icon", s)
			continue
		}
		picture := string(a.icon.Content())
		if other, ok := seen[picture]; ok {
			t.Errorf("%s and %s have the same picture", s, other)
		}
		seen[picture] = s
		if !visible(StatusIcon(s, false)) {
			t.Errorf("the icon of %s shows nothing", s)
		}
	}
	for _, g := range transfer.Groups {
		if !visible(GroupIcon(g)) {
			t.Errorf("the icon of group %s shows nothing", g)
		}
	}
}

// visible draws an icon, and tells whether it left a mark.
func visible(icon fyne.Resource) bool {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(icon))
	c.Resize(fyne.NewSize(24, 24))
	img := software.RenderCanvas(c, fyne.CurrentApp().Settings().Theme())
	marked := 0
	for y := range 24 {
		for x := range 24 {
			if _, _, _, a := img.At(x, y).RGBA(); a > 0x8000 {
				marked++
			}
		}
	}
	return marked > 20 && marked < 24*24
}
