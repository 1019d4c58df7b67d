// Package looktest compares what widgets look like with pictures of what they should look
// like, for tests.
package looktest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"partway/ui/look"
)

// Golden draws an object in light and dark, and compares it with testdata/NAME-light.png and
// NAME-dark.png; what differs is written below testdata/failed. Its words are to be ASCII:
// fonts for others differ from machine to machine.
func Golden(t *testing.T, name string, size fyne.Size, make func() fyne.CanvasObject) {
	t.Helper()
	for _, m := range []look.Mode{look.ModeLight, look.ModeDark} {
		app := test.NewTempApp(t)
		app.Settings().SetTheme(steady{look.New(m)})
		w := test.NewTempWindow(t, make())
		w.SetPadded(false)
		w.Resize(size)
		test.AssertImageMatches(t, name+"-"+string(m)+".png", w.Canvas().Capture())
	}
}

// steady is a theme with the font that is the same on all machines.
type steady struct{ fyne.Theme }

// Font implements fyne.Theme.
func (steady) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }
