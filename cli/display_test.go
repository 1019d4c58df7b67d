package cli

import (
	"net"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestCheckDisplay(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems always have a display")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:6473")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	run := t.TempDir()
	way, err := net.Listen("unix", filepath.Join(run, "wayland-7"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = way.Close() })
	tests := []struct {
		name   string
		getenv func(string) string
		want   string // in the error; "": none
	}{
		{"none", env(), "DISPLAY and WAYLAND_DISPLAY are not set"},
		{"X answers", env("DISPLAY", "127.0.0.1:473.0"), ""},
		{"nobody there", env("DISPLAY", ":32123"), "cannot reach DISPLAY=:32123"},
		{"not a display", env("DISPLAY", "nonsense"), "DISPLAY=nonsense"},
		{"a number too large", env("DISPLAY", ":99999"), "DISPLAY=:99999"},
		{"Wayland answers", env("WAYLAND_DISPLAY", "wayland-7", "XDG_RUNTIME_DIR", run), ""},
		{"Wayland answers by path", env("WAYLAND_DISPLAY", filepath.Join(run, "wayland-7")), ""},
		{"Wayland gone", env("WAYLAND_DISPLAY", "wayland-8", "XDG_RUNTIME_DIR", run), "WAYLAND_DISPLAY=wayland-8"},
		{"Wayland in place of a dead X", env("DISPLAY", ":32123", "WAYLAND_DISPLAY", "wayland-7", "XDG_RUNTIME_DIR", run), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckDisplay(t.Context(), tt.getenv)
			if (err == nil) != (tt.want == "") {
				t.Fatalf("got %v", err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("got %v, want one line with %q", err, tt.want)
			}
		})
	}
}

func TestXAddresses(t *testing.T) {
	tests := []struct {
		display string
		want    []address
	}{
		{"far:1.2", []address{{"tcp", "far:6001"}}},
		{"::1:2", []address{{"tcp", "[::1]:6002"}}},
		{"/run/x/sock:0", []address{{"unix", "/run/x/sock:0"}, {"unix", "/run/x/sock"}}},
		{"", nil},
		{":x", nil},
	}
	if runtime.GOOS == "linux" {
		local := []address{{"unix", "@/tmp/.X11-unix/X3"}, {"unix", "/tmp/.X11-unix/X3"}}
		tests = append(tests, []struct {
			display string
			want    []address
		}{{":3", local}, {":3.1", local}, {"unix:3", local}}...)
	}
	for _, tt := range tests {
		if got := xAddresses(tt.display); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.display, got, tt.want)
		}
	}
}

func TestChoosePlatform(t *testing.T) {
	tests := []struct {
		name   string
		getenv func(string) string
		want   string
	}{
		{"X11 where there is a display", env("DISPLAY", ":0", "WAYLAND_DISPLAY", "w"), "x11"},
		{"a choice stands", env("DISPLAY", ":0", "FYNE_PLATFORM", "wayland"), ""},
		{"none without DISPLAY", env("WAYLAND_DISPLAY", "w"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var set string
			err := ChoosePlatform(tt.getenv, func(_, value string) error { set = value; return nil })
			if err != nil || set != tt.want {
				t.Errorf("set %q, %v; want %q", set, err, tt.want)
			}
		})
	}
}
