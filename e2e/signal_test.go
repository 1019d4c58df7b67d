//go:build linux

package e2e_test

import (
	"syscall"
	"testing"
	"time"

	"partway/e2e/harness"
)

// TestA8EndedByASignal ends the program while parts are in flight that nobody answers. It
// ends within 3 s, with its status, and what was acknowledged is not sent again.
func TestA8EndedByASignal(t *testing.T) {
	for _, end := range []struct {
		name   string
		signal syscall.Signal // 0: its window is closed
		args   []string
		status int
	}{
		{"SIGTERM", syscall.SIGTERM, nil, 0},
		{"SIGINT", syscall.SIGINT, []string{"-quit-when-done"}, 1},
		{"SIGHUP", syscall.SIGHUP, nil, 0},
		{"window closed", 0, nil, 0},
	} {
		t.Run(end.name, func(t *testing.T) {
			s := newStage(t)
			s.write(map[string]int64{"big": 64 * mib})
			s.server.PassParts(2)
			app := s.start(append(end.args, "-to", "oss://"+harness.Bucket+"/", s.files.Path("big"))...)
			window, err := app.Window(s.ctx)
			s.must(err)
			before := s.held(0)
			begun := time.Now()
			if end.signal != 0 {
				s.must(app.Signal(end.signal))
			} else {
				s.must(window.Close(s.ctx))
			}
			s.exits(app, end.status)
			if took := time.Since(begun); took > 3500*time.Millisecond {
				t.Errorf("it took %v", took)
			}
			s.quiet()
			s.server.PassParts(-1)
			s.exits(s.start("-quit-when-done"), 0)
			s.verify("", 1)
			for part := range before.Acknowledged() {
				if n := s.server.Records().Begun()[part]; n != before.Begun()[part] {
					t.Errorf("part %+v was acknowledged, and sent again", part)
				}
			}
		})
	}
}

// TestA8EndedWhileIdle ends the program when it has nothing to do, soon after its start,
// several times: the toolkit takes signals too, at a moment of its own.
func TestA8EndedWhileIdle(t *testing.T) {
	s := newStage(t)
	for range 4 {
		app := s.start()
		_, err := app.Window(s.ctx)
		s.must(err)
		s.must(app.Signal(syscall.SIGTERM))
		s.exits(app, 0)
		if app.Said() != "" {
			t.Errorf("it said %q", app.Said())
		}
	}
}

// TestD5NewerListIsSaidInAWindow shows who has no terminal why Partway does not start.
func TestD5NewerListIsSaidInAWindow(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a": 1})
	app := s.start("-quit-when-done", "-to", "oss://"+harness.Bucket+"/", s.files.Path("a"))
	s.exits(app, 0)
	s.must(app.Journal().Execute(s.ctx, `PRAGMA user_version = 999`))
	refused := s.start()
	window, err := s.desktop.Window(s.ctx, "Partway cannot start")
	s.must(err)
	s.must(window.Key(s.ctx, "Escape"))
	s.exits(refused, 2)
	s.exits(s.start("-quit-when-done"), 2) // a script is not kept waiting
}
