//go:build linux

package e2e_test

import (
	"path/filepath"
	"testing"
	"time"

	"partway/e2e/harness"
)

const mib = 1 << 20

// TestDropPauseResumeKill is the main job: files dragged into the window arrive, though
// they are paused and resumed by keyboard and the program is killed on the way.
func TestDropPauseResumeKill(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{
		"holiday/视频 & 100% #1?.bin": 64*mib + 1, // 9 parts
		"holiday/深/照片.jpg":          3 * mib,
		"holiday/empty":             0,
		"loose.bin":                 40 * mib, // 5 parts
	})
	s.server.PassParts(3)
	app := s.start("-to", "oss://"+harness.Bucket+"/dropped/")
	window, err := app.Window(s.ctx)
	s.must(err)
	s.must(window.Drop(s.ctx, s.files.Path("holiday"), s.files.Path("loose.bin")))
	s.confirm(app, window)

	acknowledged := len(s.held(0).Acknowledged())
	s.pause(app, window)
	s.server.PassParts(2)
	s.must(window.Key(s.ctx, "ctrl+shift+s"))
	s.held(acknowledged)

	s.must(app.Kill())
	killed := s.quiet()
	s.server.PassParts(-1)
	s.exits(s.start("-quit-when-done"), 0)

	s.verify("dropped/", 2)
	begun := s.server.Records().Begun()
	for part := range killed.Acknowledged() {
		if begun[part] != killed.Begun()[part] {
			t.Errorf("part %+v was acknowledged before the kill, and sent again after it", part)
		}
	}
	for part, n := range s.server.Records().Acknowledged() {
		if n > 1 {
			t.Errorf("part %+v was acknowledged %d times", part, n)
		}
	}
}

// confirm presses Enter until the sheet has been confirmed. It may not be open yet; and
// Enter does nothing in the list.
func (s *stage) confirm(app *harness.App, window *harness.Window) {
	s.Helper()
	s.must(harness.Until(s.ctx, "the sheet to be confirmed", func() (bool, error) {
		if n, err := app.Journal().Count(s.ctx, harness.CountBatches); n > 0 || err != nil {
			return true, err
		}
		return false, window.Key(s.ctx, "Return")
	}))
}

// pause pauses all by keyboard, and checks that bytes stop within a second, and stay
// stopped though the endpoint would take them.
func (s *stage) pause(app *harness.App, window *harness.Window) {
	s.Helper()
	s.must(window.Key(s.ctx, "ctrl+a"))
	s.must(window.Key(s.ctx, "ctrl+p"))
	pressed := time.Now()
	stopped := s.quiet()
	if took := time.Since(pressed); took > time.Second {
		s.Errorf("pause took %v", took)
	}
	s.must(app.Journal().Wait(s.ctx, harness.CountPaused, 2))
	s.server.PassParts(-1)
	s.must(s.desktop.Screenshot(s.ctx, filepath.Join(s.dir, "paused.png"))) // which takes a while
	if now := s.server.Records(); len(now.Begun()) != len(stopped.Begun()) || len(now) != len(stopped) {
		s.Errorf("requests while paused:\n%s", now[len(stopped):].Summary())
	}
}

// TestKillWhileScanning shows that a folder given is a folder sent, though the program
// was killed before it had seen all of it.
func TestKillWhileScanning(t *testing.T) {
	s := newStage(t)
	const files = 8000
	sizes := map[string]int64{}
	for i := range files {
		sizes[many(i)] = int64(i % 50)
	}
	s.write(sizes)
	app := s.start("-to", "oss://"+harness.Bucket+"/many/", s.files.Path("folder"))
	s.must(app.Journal().Wait(s.ctx, harness.CountUploads, 1))
	s.must(app.Kill())
	unscanned, err := app.Journal().Count(s.ctx, harness.CountUnscanned)
	s.must(err)
	rows, err := app.Journal().Count(s.ctx, harness.CountUploads)
	s.must(err)
	if unscanned != 1 || rows == 0 || rows >= files {
		t.Fatalf("killed with %d of %d rows and %d folders to scan: not in the middle, so this shows nothing", rows, files, unscanned)
	}
	t.Logf("killed with %d of %d files seen", rows, files)
	s.exits(s.start("-quit-when-done"), 0)
	s.verify("many/", 0)
}
