// Gen draws icon.svg as the picture files that desktops want: icon.png, tray.png for trays, icon.ico for Windows and
// icon.icns for macOS. Run it by go generate in the folder assets after a change of icon.svg.
package main

import (
	"bytes"
	"image/png"
	"log"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"partway/assets"
)

func main() {
	test.NewApp() // pictures are drawn for an app, and this one needs no display
	for path, content := range map[string]func() ([]byte, error){
		"icon.png":  func() ([]byte, error) { return draw(512) },
		"tray.png":  func() ([]byte, error) { return draw(48) },
		"icon.ico":  ico,
		"icon.icns": icns,
	} {
		made, err := content()
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(path, made, 0o644); err != nil { //nolint:gosec // a file of the source tree
			log.Fatal(err)
		}
	}
}

// draw returns the icon as a PNG of that many pixels a side.
func draw(side int) ([]byte, error) {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(assets.Icon))
	c.Resize(fyne.NewSquareSize(float32(side)))
	var b bytes.Buffer
	err := png.Encode(&b, software.RenderCanvas(c, theme.DefaultTheme()))
	return b.Bytes(), err
}
