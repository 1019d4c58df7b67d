//go:build linux

package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"partway/e2e/bustest"
	"partway/e2e/harness"
)

// heard waits for what the desktop is told.
func heard[T any](s *stage, what string, from <-chan T) (got T) {
	s.Helper()
	select {
	case got = <-from:
	case <-s.ctx.Done():
		s.Fatal("it did not come: ", what)
	}
	return got
}

// TestTrayAndNotifications closes the window while files are sent: the program goes on in the
// tray, keeps the computer awake, tells what became of the batch, and ends by the tray's menu.
func TestTrayAndNotifications(t *testing.T) {
	s := newStage(t)
	conn := bustest.Connect(t, s.desktop.Bus())
	tray, notes, login := &bustest.Tray{}, &bustest.Notifications{Can: []string{"actions", "body"}}, &bustest.Login{}
	tray.Serve(t, conn)
	notes.Serve(t, conn)
	login.Serve(t, conn)
	s.write(map[string]int64{"photos/a": 64 * mib, "photos/b": 1000})
	s.server.PassParts(2)
	app := s.start("-to", "oss://"+harness.Bucket+"/", s.files.Path("photos"))
	window, err := app.Window(s.ctx)
	s.must(err)
	item := heard(s, "the item of the tray", tray.Registered)
	if asked := heard(s, "the wish to stay awake", login.Asked); !strings.HasPrefix(asked, "inhibit sleep:idle block Partway") {
		t.Errorf("asked for %q", asked)
	}
	s.held(0)
	// The tray took the icon, and the program may not know yet: it would end by the close button.
	s.must(harness.Until(s.ctx, "the program knows of the tray", func() (bool, error) {
		return strings.Contains(app.Log(), `msg="looked for a tray" there=true`), nil
	}))
	s.must(window.Close(s.ctx))
	if n := heard(s, "where the window went", notes.Shown); n.Title != "Partway goes on in the tray" {
		t.Errorf("told %+v", n)
	}
	s.server.PassParts(-1)
	n := heard(s, "the end of the batch", notes.Shown)
	if n.Title != "photos" || n.Body != "2 files uploaded." || n.Expires != -1 {
		t.Errorf("told %+v", n)
	}
	s.must(notes.Click(n.ID))
	_, err = app.Window(s.ctx)
	s.must(err)
	lines, err := tray.Menu(item)
	s.must(err)
	quit := slices.IndexFunc(lines, func(l bustest.Line) bool { return l.Label == "Quit" })
	if quit < 0 {
		t.Fatalf("the menu is %v", lines)
	}
	s.must(tray.Click(item, lines[quit].ID))
	s.exits(app, 0)
	s.verify("", 1)
}

// TestA1CrashIsReported kills the program: the next start tells what was kept, and one after
// an end in order tells nothing.
func TestA1CrashIsReported(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"big": 64 * mib})
	s.server.PassParts(2)
	const said = "the last life did not end in order"
	app := s.start("-to", "oss://"+harness.Bucket+"/", s.files.Path("big"))
	kept := len(s.held(0).Acknowledged())
	s.must(app.Journal().Wait(s.ctx, harness.CountParts, kept))
	s.must(app.Kill())
	s.quiet()
	again := s.start()
	_, err := again.Window(s.ctx)
	s.must(err)
	if log := again.Log(); strings.Count(log, said) != 1 || !strings.Contains(log, fmt.Sprintf("uploads=1 parts=%d", kept)) {
		t.Errorf("%d parts were acknowledged, and the log says %s", kept, log)
	}
	again.Stop()
	third := s.start()
	_, err = third.Window(s.ctx)
	s.must(err)
	if log := third.Log(); strings.Count(log, said) != 1 {
		t.Errorf("an end in order is told as a crash: %s", log)
	}
	s.server.PassParts(-1)
	third.Stop()
	s.exits(s.start("-quit-when-done"), 0)
	s.verify("", 1)
}
