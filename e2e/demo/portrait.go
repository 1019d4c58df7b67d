//go:build linux

package main

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"time"

	"partway/e2e/harness"
)

// Places in the window at its first size, in pixels from its upper left corner.
var (
	firstRow = image.Pt(400, 125)
	listArea = image.Rect(200, 110, 900, 280)
	paneArea = image.Rect(200, 480, 900, 640)
)

// portrait selects the first upload, and takes the screenshot once the window has drawn
// the list and the details: the uploads may be ahead of what is on screen.
func portrait(ctx context.Context, window *harness.Window, desktop *harness.Desktop, path string) error {
	for _, step := range []struct {
		area image.Rectangle
		then func() error
	}{
		{listArea, func() error { return window.Click(ctx, firstRow.X, firstRow.Y) }},
		{paneArea, func() error { return nil }},
	} {
		if err := drawn(ctx, window, desktop, path, step.area); err != nil {
			return err
		}
		if err := step.then(); err != nil {
			return err
		}
	}
	return nil
}

// drawn takes screenshots until there is something in an area of the window.
func drawn(ctx context.Context, window *harness.Window, desktop *harness.Desktop, path string, area image.Rectangle) error {
	origin, err := window.Origin(ctx)
	if err != nil {
		return err
	}
	poll := time.NewTicker(250 * time.Millisecond)
	defer poll.Stop()
	for {
		if err := desktop.Screenshot(ctx, path); err != nil {
			return err
		}
		if ok, err := busy(path, area.Add(origin)); ok || err != nil {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// busy tells whether more than one pixel in fifty of an area is not of its main colour.
func busy(path string, area image.Rectangle) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	picture, err := png.Decode(f)
	if err != nil {
		return false, err
	}
	count := map[color.Color]int{}
	most, all := 0, 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			c := color.RGBAModel.Convert(picture.At(x, y))
			count[c]++
			most = max(most, count[c])
			all++
		}
	}
	return all-most > all/50, nil
}
