package desktop

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/e2e/bustest"
)

// A connection of the tests themselves ends a moment after its test.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreCurrent()) }

const patience = 10 * time.Second

// told is what a session told.
type told struct {
	tray          chan bool
	clicks, notes chan string
}

func open(t *testing.T) (*Session, *told) {
	t.Helper()
	x := &told{tray: make(chan bool, 16), clicks: make(chan string, 16), notes: make(chan string, 16)}
	ctx, cancel := context.WithCancel(t.Context())
	var icon bytes.Buffer
	if err := png.Encode(&icon, image.NewRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	s := Open(ctx, Config{
		ID: "io.example.Test", Name: "Test", Icon: icon.Bytes(), Log: slog.New(slog.DiscardHandler),
		OnTray: func(there bool) { x.tray <- there }, OnClick: func(k string) { x.clicks <- k }, OnNotice: func(k string) { x.notes <- k },
	})
	t.Cleanup(func() {
		cancel()
		s.Wait()
	})
	return s, x
}

func next[T any](t *testing.T, what string, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(patience):
		t.Fatal("it did not come: ", what)
	}
	return got
}

func TestTray(t *testing.T) {
	bustest.Start(t)
	tray := &bustest.Tray{}
	tray.Serve(t, bustest.Connect(t, ""))
	s, x := open(t)
	s.SetTray(Tray{Tip: "idle", Items: []Item{{Label: "a line"}, {}, {Key: "show", Label: "_Show"}, {Key: "off", Label: "Off", Off: true}}})
	item := next(t, "the item", tray.Registered)
	if !next(t, "that there is a tray", x.tray) {
		t.Fatal("there is no tray")
	}
	menu := func(label string) []bustest.Line {
		t.Helper()
		deadline := time.Now().Add(patience)
		for {
			lines, err := tray.Menu(item)
			if err == nil && len(lines) > 0 && lines[0].Label == label {
				return lines
			}
			if time.Now().After(deadline) {
				t.Fatalf("the menu is %v, %v", lines, err)
			}
		}
	}
	lines := menu("a line")
	if len(lines) != 4 || lines[0].Enabled || lines[1].Label != "" || lines[2].Label != "__Show" || !lines[2].Enabled || lines[3].Enabled {
		t.Errorf("the menu is %v", lines)
	}
	for _, id := range []int32{lines[0].ID, lines[3].ID, lines[2].ID} {
		if err := tray.Click(item, id); err != nil {
			t.Error(err)
		}
	}
	if k := next(t, "a click", x.clicks); k != "show" {
		t.Errorf("%q was clicked: lines that do nothing do something", k)
	}
	if err := tray.Activate(item); err != nil {
		t.Error(err)
	}
	if k := next(t, "a click on the icon", x.clicks); k != ClickedIcon {
		t.Errorf("%q was clicked", k)
	}
	s.SetTray(Tray{Tip: "busy", Items: []Item{{Label: "other"}, {}, {Key: "show", Label: "Show"}, {Key: "off", Label: "Off"}}})
	if lines := menu("other"); !lines[3].Enabled {
		t.Errorf("the menu is %v", lines)
	}
	tip, err := tray.Property(item, "ToolTip")
	if parts, ok := tip.([]any); err != nil || !ok || parts[3] != "busy" {
		t.Errorf("the tip is %v, %v", tip, err)
	}
	tray.Leave(t)
	if next(t, "that the tray went", x.tray) {
		t.Error("the tray is still there")
	}
}

func TestWithoutATray(t *testing.T) {
	bustest.Start(t)
	_, x := open(t)
	if next(t, "whether there is a tray", x.tray) {
		t.Fatal("there is one")
	}
	tray := &bustest.Tray{}
	tray.Serve(t, bustest.Connect(t, ""))
	next(t, "the item", tray.Registered)
	if !next(t, "that there is a tray now", x.tray) {
		t.Error("it is not seen")
	}
}

func TestNotifications(t *testing.T) {
	bustest.Start(t)
	notes := &bustest.Notifications{Can: []string{"actions", "body", "body-markup"}}
	notes.Serve(t, bustest.Connect(t, ""))
	s, x := open(t)
	s.Notify(Notification{Title: "photos", Body: "<b> & 340 files", Open: "Show", Key: "7"})
	n := next(t, "the notification", notes.Shown)
	if n.Title != "photos" || n.Body != "&lt;b&gt; &amp; 340 files" || n.Expires != -1 || len(n.Actions) != 2 || n.Actions[0] != "default" {
		t.Errorf("shown as %+v", n)
	}
	if err := notes.Click(n.ID); err != nil {
		t.Fatal(err)
	}
	if k := next(t, "the click", x.notes); k != "7" {
		t.Errorf("%q was clicked", k)
	}
}

func TestAwakeAndAsleep(t *testing.T) {
	bustest.Start(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	login := &bustest.Login{}
	login.Serve(t, bustest.Connect(t, ""))
	s, _ := open(t)
	s.KeepAwake("Uploading")
	if got := next(t, "the wish", login.Asked); got != "inhibit sleep:idle block Test: Uploading" {
		t.Errorf("asked for %q", got)
	}
	s.KeepAwake("")
	if got := next(t, "the release", login.Asked); got != "released" {
		t.Errorf("it was not released: %q", got)
	}
	for action, want := range map[Action]string{Sleep: "Suspend", ShutDown: "PowerOff"} {
		if err := Do(t.Context(), action); err != nil {
			t.Error(err)
		}
		if got := next(t, "the action", login.Asked); got != want {
			t.Errorf("%s became %s", action, got)
		}
	}
	login.Refuse.Store(true)
	if err := Do(t.Context(), Sleep); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "Interactive") {
		t.Errorf("the refusal is %v", err)
	}
}

// A bus that takes connections and says nothing holds up neither a call nor the end.
func TestABusThatHangsHoldsUpNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	var c net.ListenConfig
	hung, err := c.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hung.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+path)
	ctx, cancel := context.WithCancel(t.Context())
	began := time.Now()
	s := Open(ctx, Config{Log: slog.New(slog.DiscardHandler), OnTray: func(bool) {}})
	s.KeepAwake("Uploading")
	for range 100 {
		s.Notify(Notification{Title: "x"})
		s.SetTray(Tray{Tip: "x"})
	}
	cancel()
	s.Wait()
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v to end", took)
	}
}

func TestBeginWithSession(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	e := Entry{ID: "io.example.Test", Name: "Test", Command: []string{"/opt/my programs/100%/test", "-data", `C:\a"b$`}}
	is := func(want bool) {
		t.Helper()
		if got, err := BeginsWithSession(e.ID); got != want || err != nil {
			t.Errorf("it begins with the session: %v, %v", got, err)
		}
	}
	is(false)
	for range 2 {
		if err := BeginWithSession(e, true); err != nil {
			t.Fatal(err)
		}
		is(true)
	}
	text, err := os.ReadFile(filepath.Join(dir, "autostart", "io.example.Test.desktop"))
	if err != nil || !strings.Contains(string(text), `Exec="/opt/my programs/100%%/test" "-data" "C:\\\\a\\"b\\$"`+"\n") {
		t.Errorf("the file is %s, %v", text, err)
	}
	for range 2 {
		if err := BeginWithSession(e, false); err != nil {
			t.Fatal(err)
		}
		is(false)
	}
}
