//go:build linux

package harness

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"partway/e2e/bustest"
)

// tools are the programs a Desktop needs, with the Debian packages that hold them.
var tools = map[string]string{
	"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "xwininfo": "x11-utils", "xprop": "x11-utils",
	"dbus-daemon": "dbus", "import": "imagemagick", python: "python3",
}

// python is the system's: the one first in PATH may lack the system's modules.
const python = "/usr/bin/python3"

// ErrMissing is returned by [Lacking] for a computer that cannot run a Desktop.
var ErrMissing = errors.New("not installed (make test installs it on Debian and Ubuntu)")

// Lacking tells which programs a Desktop needs and this computer lacks.
func Lacking(ctx context.Context) error {
	var missing []error
	for tool, pkg := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, fmt.Errorf("%s, of package %s: %w", tool, pkg, ErrMissing))
		}
	}
	const gtk = "import gi; gi.require_version('Gtk', '3.0')"
	if _, err := run(ctx, os.Environ(), python, "-c", gtk); err != nil {
		missing = append(missing, fmt.Errorf("python3-gi, gir1.2-gtk-3.0: %w", ErrMissing))
	}
	return errors.Join(missing...)
}

// Desktop is a display with a window manager and a message bus, all of its own, on which
// nothing asks for a keyring or a portal.
type Desktop struct {
	dir     string
	display string
	bus     string
	log     io.Writer
	running []*process // in the order of their start
}

// StartDesktop starts a display of 1400x900. Everything it writes is below dir. Close
// ends it. What its programs print goes to log.
func StartDesktop(ctx context.Context, dir string, log io.Writer) (*Desktop, error) {
	d := &Desktop{dir: dir, log: &sharedLog{to: log}}
	for _, f := range []func(context.Context) error{d.startBus, d.startDisplay, d.startManager} {
		if err := f(ctx); err != nil {
			d.Close()
			return nil, err
		}
	}
	return d, nil
}

func (d *Desktop) startBus(ctx context.Context) error {
	config := filepath.Join(d.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, bustest.Config, d.dir), 0o600); err != nil {
		return err
	}
	address, err := d.startTelling(ctx, "dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address=3")
	d.bus = address
	return err
}

func (d *Desktop) startDisplay(ctx context.Context) error {
	number, err := d.startTelling(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset")
	d.display = ":" + number
	return err
}

// startTelling starts a program that writes one line to its file 3 once it is ready, and
// returns the line.
func (d *Desktop) startTelling(ctx context.Context, name string, args ...string) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = r.Close() })
	defer stop()
	defer func() { _ = r.Close() }()
	p, err := start(d.log, d.env(), []*os.File{w}, name, args...)
	_ = w.Close()
	if err != nil {
		return "", err
	}
	d.running = append(d.running, p)
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s did not start: %w", name, err)
	}
	return strings.TrimSpace(line), nil
}

// startManager starts a window manager, and waits until it is at work: windows that come
// before it do not get the keyboard.
func (d *Desktop) startManager(ctx context.Context) error {
	p, err := start(d.log, d.env(), nil, "openbox", "--sm-disable")
	if err != nil {
		return err
	}
	d.running = append(d.running, p)
	return Until(ctx, "the window manager", func() (bool, error) {
		out, err := run(ctx, d.env(), "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		return err == nil && strings.Contains(out, "window id"), nil
	})
}

// env is what programs on this desktop are started with: nothing of the person's own
// settings, and a scale at which one unit is one pixel.
func (d *Desktop) env() []string {
	env := []string{
		"HOME=" + filepath.Join(d.dir, "home"),
		"XDG_CONFIG_HOME=" + filepath.Join(d.dir, "config"),
		"XDG_CACHE_HOME=" + filepath.Join(d.dir, "cache"),
		"XDG_DATA_HOME=" + filepath.Join(d.dir, "data"),
		"XDG_RUNTIME_DIR=" + d.dir,
		"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "PARTWAY_LOG=debug",
		"FYNE_SCALE=1", "FYNE_THEME=light",
		"GTK_A11Y=none", "NO_AT_BRIDGE=1",
		"NO_PROXY=127.0.0.1", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + d.dir,
	}
	if d.display != "" {
		env = append(env, "DISPLAY="+d.display)
	}
	if d.bus != "" {
		// The system's bus as well: the person's computer must not be kept awake, or shut down.
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+d.bus, "DBUS_SYSTEM_BUS_ADDRESS="+d.bus)
	}
	return env
}

// clipboardText prints what is on the display's clipboard and selection.
const clipboardText = `import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
for name in (Gdk.SELECTION_CLIPBOARD, Gdk.SELECTION_PRIMARY):
    print(Gtk.Clipboard.get(name).wait_for_text() or "")
`

// Clipboard returns the text on the display's clipboard and selection.
func (d *Desktop) Clipboard(ctx context.Context) (string, error) {
	return run(ctx, append(os.Environ(), d.env()...), python, "-c", clipboardText)
}

// Bus is the address of the desktop's message bus.
func (d *Desktop) Bus() string { return d.bus }

// Close ends all programs of the desktop.
func (d *Desktop) Close() {
	for len(d.running) > 0 {
		last := len(d.running) - 1
		d.running[last].stop()
		d.running = d.running[:last]
	}
}

// Screenshot writes what the display shows to a PNG file.
func (d *Desktop) Screenshot(ctx context.Context, path string) error {
	_, err := run(ctx, d.env(), "import", "-window", "root", "png:"+path)
	return err
}

// sharedLog lets several programs write to one log.
type sharedLog struct {
	mu sync.Mutex
	to io.Writer // guarded by mu
}

// Write writes what one program said.
func (l *sharedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}
