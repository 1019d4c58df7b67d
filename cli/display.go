package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// dialTimeout bounds the look at a display: one on another host may not answer.
const dialTimeout = 3 * time.Second

// CheckDisplay returns an error, one line for a person, if no window can be shown. It is
// asked before the toolkit starts, which would end in a panic.
func CheckDisplay(ctx context.Context, getenv func(string) string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil
	}
	display, wayland := getenv("DISPLAY"), getenv("WAYLAND_DISPLAY")
	if display == "" && wayland == "" {
		return errors.New("no display: Partway needs a graphical session (DISPLAY and WAYLAND_DISPLAY are not set)")
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var problem error
	if display != "" {
		if problem = dialX(ctx, display); problem == nil {
			return nil
		}
	}
	if wayland != "" {
		if err := dialWayland(ctx, wayland, getenv("XDG_RUNTIME_DIR")); err == nil {
			return nil
		} else if problem == nil {
			problem = err
		}
	}
	return problem
}

// ChoosePlatform names the window system for the toolkit: X11 where there is one, for
// the toolkit has no input methods (Chinese) on Wayland. A person's choice stands.
func ChoosePlatform(getenv func(string) string, setenv func(key, value string) error) error {
	if getenv("DISPLAY") == "" || getenv("FYNE_PLATFORM") != "" {
		return nil
	}
	return setenv("FYNE_PLATFORM", "x11")
}

// dialX connects to the X server that a DISPLAY names, as [host]:number[.screen].
func dialX(ctx context.Context, display string) error {
	var errs []error
	for _, a := range xAddresses(display) {
		err := dial(ctx, a.network, a.address)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return fmt.Errorf("no display: DISPLAY=%s is not of the form [host]:number", display)
	}
	return fmt.Errorf("no display: cannot reach DISPLAY=%s: %w", display, errs[0])
}

func dialWayland(ctx context.Context, name, runtimeDir string) error {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(runtimeDir, name)
	}
	if err := dial(ctx, "unix", path); err != nil {
		return fmt.Errorf("no display: cannot reach WAYLAND_DISPLAY=%s: %w", name, err)
	}
	return nil
}

func dial(ctx context.Context, network, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	return conn.Close()
}

type address struct{ network, address string }

// xAddresses lists where the X server of a display may listen, as Xlib tries them
// (X(7), "DISPLAY NAMES"): port 6000 and up for hosts, sockets for this one.
func xAddresses(display string) []address {
	colon := strings.LastIndexByte(display, ':')
	if colon < 0 {
		return nil
	}
	host, rest := display[:colon], display[colon+1:]
	number, _, _ := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(number, 10, 15)
	if err != nil {
		return nil
	}
	if filepath.IsAbs(host) { // launchd and some containers: the socket's own path
		return []address{{"unix", display}, {"unix", host}}
	}
	if host != "" && host != "unix" {
		return []address{{"tcp", net.JoinHostPort(host, strconv.FormatUint(6000+n, 10))}}
	}
	socket := filepath.Join(os.TempDir(), ".X11-unix", "X"+number)
	if runtime.GOOS == "linux" {
		socket = "/tmp/.X11-unix/X" + number
		return []address{{"unix", "@" + socket}, {"unix", socket}}
	}
	return []address{{"unix", socket}}
}
