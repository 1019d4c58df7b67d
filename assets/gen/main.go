// Gen draws icon.png, and tray.png for trays, from icon.svg. Run it by go generate in the folder assets after a
// change of icon.svg.
package main

import (
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
	for path, size := range map[string]float32{"icon.png": 512, "tray.png": 48} {
		if err := draw(path, size); err != nil {
			log.Fatal(err)
		}
	}
}

func draw(path string, size float32) (err error) {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(assets.Icon))
	c.Resize(fyne.NewSize(size, size))
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, software.RenderCanvas(c, theme.DefaultTheme())); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
