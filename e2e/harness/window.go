//go:build linux

package harness

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed dragsource.py
var dragSource []byte

// Window is a window on a Desktop.
type Window struct {
	desktop *Desktop
	id      string
}

// Window waits for a window of exactly this name.
func (d *Desktop) Window(ctx context.Context, name string) (*Window, error) {
	var id string
	err := Until(ctx, "the window "+name, func() (bool, error) {
		out, err := run(ctx, d.env(), "xdotool", "search", "--onlyvisible", "--name", "^"+name+"$")
		if ctx.Err() == nil && err != nil {
			return false, nil // it finds none: exit status 1
		}
		ids := strings.Fields(out)
		if len(ids) == 0 {
			return false, err
		}
		id = ids[len(ids)-1]
		return true, nil
	})
	return &Window{d, id}, err
}

// Key presses keys on the window, as "ctrl+shift+p", after giving it the keyboard.
func (w *Window) Key(ctx context.Context, keys ...string) error {
	args := append([]string{"windowactivate", "--sync", w.id, "key", "--clearmodifiers", "--delay", "40"}, keys...)
	_, err := run(ctx, w.desktop.env(), "xdotool", args...)
	return err
}

// Close asks the window to close, as its manager's key does. A manager that is busy misses
// keys: it is pressed again as long as the window is there, or until it is hidden.
func (w *Window) Close(ctx context.Context) error {
	gone := func() (bool, error) {
		state, err := run(ctx, w.desktop.env(), "xwininfo", "-id", w.id)
		return err != nil || !strings.Contains(state, "IsViewable"), ctx.Err()
	}
	for {
		if err := w.Key(ctx, "alt+F4"); err != nil {
			if away, _ := gone(); away {
				return ctx.Err()
			}
			return err
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		err := Until(short, "the window closes", gone)
		cancel()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Click presses the left button at a place inside the window, in pixels.
func (w *Window) Click(ctx context.Context, x, y int) error {
	g, err := w.geometry(ctx)
	if err != nil {
		return err
	}
	if err := w.desktop.pointer(ctx, g.x+x, g.y+y); err != nil {
		return err
	}
	_, err = run(ctx, w.desktop.env(), "xdotool", "click", "1")
	return err
}

// geometry is a window's inside on the display, in pixels.
type geometry struct{ x, y, width, height int }

// geometry asks xwininfo: xdotool leaves out the frame.
func (w *Window) geometry(ctx context.Context) (geometry, error) {
	var g geometry
	out, err := run(ctx, w.desktop.env(), "xwininfo", "-id", w.id)
	if err != nil {
		return g, err
	}
	fields := map[string]*int{
		"Absolute upper-left X": &g.x, "Absolute upper-left Y": &g.y, "Width": &g.width, "Height": &g.height,
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if p := fields[name]; p != nil {
			if *p, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return g, fmt.Errorf("xwininfo: %w", err)
			}
		}
	}
	return g, nil
}

func (g geometry) middle() (x, y int) { return g.x + g.width/2, g.y + g.height/2 }

func (d *Desktop) pointer(ctx context.Context, x, y int) error {
	_, err := run(ctx, d.env(), "xdotool", "mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y))
	return err
}

// Drop drags files and folders from another program's window onto this one, and returns
// when they have been taken.
func (w *Window) Drop(ctx context.Context, paths ...string) error {
	d := w.desktop
	script := filepath.Join(d.dir, "dragsource.py")
	if err := os.WriteFile(script, dragSource, 0o600); err != nil {
		return err
	}
	said := &lines{}
	p, err := start(said, d.env(), nil, python, append([]string{script}, paths...)...)
	if err != nil {
		return err
	}
	defer p.stop()
	source, err := d.Window(ctx, "Partway drag source")
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	if err := w.dragFrom(ctx, source, said); err != nil {
		return fmt.Errorf("drag: %w: %s", err, said)
	}
	return nil
}

// dragFrom carries what source offers over this window and lets go.
func (w *Window) dragFrom(ctx context.Context, source *Window, said *lines) error {
	d := w.desktop
	from, err := source.geometry(ctx)
	if err != nil {
		return err
	}
	to, err := w.geometry(ctx)
	if err != nil {
		return err
	}
	if _, err := run(ctx, d.env(), "xdotool", "windowactivate", "--sync", source.id); err != nil {
		return err
	}
	x0, y0 := from.middle()
	x1, y1 := to.middle()
	if err := d.pointer(ctx, x0, y0); err != nil {
		return err
	}
	if _, err := run(ctx, d.env(), "xdotool", "mousedown", "1"); err != nil {
		return err
	}
	const steps = 20
	for i := range steps {
		if err := d.pointer(ctx, x0+(x1-x0)*(i+1)/steps, y0+(y1-y0)*(i+1)/steps); err != nil {
			return err
		}
	}
	if err := said.wait(ctx, "drag-begin"); err != nil {
		return err
	}
	if err := w.letGo(ctx, said, x1, y1); err != nil {
		return err
	}
	if strings.Contains(said.String(), "drag-failed") {
		return errors.New("the window did not take it")
	}
	return nil
}

// letGo ends a drag once the window under it has said that it takes it: it keeps moving
// by a pixel, for targets answer movements, and gives up when ctx ends.
func (w *Window) letGo(ctx context.Context, said *lines, x, y int) error {
	d := w.desktop
	for i := 0; !strings.Contains(said.String(), "drag-accepted"); i++ {
		if err := d.pointer(ctx, x+i%2, y); err != nil {
			return err
		}
	}
	if _, err := run(ctx, d.env(), "xdotool", "mouseup", "1"); err != nil {
		return err
	}
	return said.wait(ctx, "drag-end")
}

// lines collects what a program prints.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns all that was printed so far.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait waits for a word to be printed, a minute at most.
func (l *lines) wait(ctx context.Context, word string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return Until(ctx, word, func() (bool, error) { return strings.Contains(l.String(), word), nil })
}

// Origin is the upper left corner of the window's inside, in the pixels of a screenshot.
func (w *Window) Origin(ctx context.Context) (image.Point, error) {
	g, err := w.geometry(ctx)
	return image.Pt(g.x, g.y), err
}

// Portrait writes what the window's inside looks like to a PNG file, in a palette, which
// keeps it small.
func (w *Window) Portrait(ctx context.Context, path string) error {
	_, err := run(ctx, w.desktop.env(), "import", "-window", w.id, "-dither", "None", "-colors", "128", "png8:"+path)
	return err
}

// Settled waits until a part of the window is drawn, and two looks in a row see the same.
func (w *Window) Settled(ctx context.Context, part image.Rectangle) error {
	var before string
	return Until(ctx, "the window to be still", func() (bool, error) {
		now, err := w.Look(ctx, part)
		still := now == before && strings.Trim(now, now[:min(3, len(now))]) != ""
		before = now
		return still, err
	})
}

// Look returns what a part of the window's inside looks like, to be compared.
func (w *Window) Look(ctx context.Context, part image.Rectangle) (string, error) {
	at := fmt.Sprintf("%dx%d+%d+%d", part.Dx(), part.Dy(), part.Min.X, part.Min.Y)
	return run(ctx, w.desktop.env(), "import", "-window", w.id, "-crop", at, "+repage", "-depth", "8", "rgb:-")
}

// Press presses a key until a part of the window looks different: a window that has just
// come may miss it. It is for keys that do no more when pressed again.
func (w *Window) Press(ctx context.Context, part image.Rectangle, key string) error {
	before, err := w.Look(ctx, part)
	if err != nil {
		return err
	}
	return Until(ctx, "something to see after "+key, func() (bool, error) {
		if err := w.Key(ctx, key); err != nil {
			return false, err
		}
		now, err := w.Look(ctx, part)
		return now != before, err
	})
}

// Changes presses a key and waits until a part of the window looks different.
func (w *Window) Changes(ctx context.Context, part image.Rectangle, key string) error {
	before, err := w.Look(ctx, part)
	if err != nil {
		return err
	}
	if err := w.Key(ctx, key); err != nil {
		return err
	}
	return Until(ctx, "something to see after "+key, func() (bool, error) {
		now, err := w.Look(ctx, part)
		return now != before, err
	})
}

// Drag holds the left button down between two places inside the window, moving in so many
// steps at a pace of a screen's frames.
func (w *Window) Drag(ctx context.Context, from, to image.Point, steps int) error {
	g, err := w.geometry(ctx)
	if err != nil {
		return err
	}
	at := func(p image.Point) []string {
		return []string{"mousemove", strconv.Itoa(g.x + p.X), strconv.Itoa(g.y + p.Y)}
	}
	args := append(at(from), "mousedown", "1")
	for i := range steps {
		way := to.Sub(from).Mul(i + 1).Div(steps)
		args = append(append(args, at(from.Add(way))...), "sleep", "0.016")
	}
	_, err = run(ctx, w.desktop.env(), "xdotool", append(args, "mouseup", "1")...)
	return err
}

// Focus gives the window the keyboard.
func (w *Window) Focus(ctx context.Context) error {
	_, err := run(ctx, w.desktop.env(), "xdotool", "windowactivate", "--sync", w.id)
	return err
}
