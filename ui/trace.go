package ui

import (
	"fmt"
	"image"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// TraceVariable names the environment variable with the file that make bench-ui reads. Where
// it is not set, which is the rule, nothing is measured.
const TraceVariable = "PARTWAY_TRACE"

// trace writes down how long the window's own work keeps Fyne's goroutine, a line each:
// "usable" with the time of the first list, "busy" with nanoseconds, "scroll" with those of
// one, and "paint" for a frame that Fyne drew after a scroll. It waits for the disk, as the
// window never does else.
type trace struct {
	out    *os.File
	usable bool
	probe  *canvas.Raster // is asked for its pixels in each frame after it was refreshed
}

// newTrace returns nil where nothing is measured.
func newTrace(path string) (*trace, error) {
	if path == "" {
		return nil, nil
	}
	out, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	t := &trace{out: out}
	t.probe = canvas.NewRaster(func(int, int) image.Image {
		t.line("paint", time.Now().UnixNano())
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	})
	t.probe.SetMinSize(fyne.NewSquareSize(1))
	return t, nil
}

func (t *trace) line(what string, value int64) {
	_, _ = fmt.Fprintln(t.out, what, value) // a lost line is a lost measurement
}

// busy runs f, and notes how long it took.
func (t *trace) busy(f func()) {
	began := time.Now()
	f()
	t.line("busy", int64(time.Since(began)))
}

// listed notes when the first list is there.
func (t *trace) listed() {
	if t != nil && !t.usable {
		t.usable = true
		t.line("usable", time.Now().UnixNano())
	}
}

// scrolled notes how long a scroll took.
func (t *trace) scrolled(took time.Duration) {
	t.line("scroll", int64(took))
	t.probe.Refresh()
}
