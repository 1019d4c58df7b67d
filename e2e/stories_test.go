//go:build linux

package e2e_test

import (
	"image"
	"os"
	"testing"

	"partway/e2e/harness"
)

// Parts of the window at its first size: all, of the list, of the details, and the button that
// a first start offers beside the one for an account.
var (
	whole     = image.Rect(0, 0, 1100, 700)
	listArea  = image.Rect(210, 110, 1060, 400)
	paneArea  = image.Rect(200, 435, 1090, 500)
	tryButton = image.Pt(718, 422)
)

const to = "oss://" + harness.Bucket + "/s/"

// window waits for a program's window to be drawn.
func (s *stage) window(app *harness.App) *harness.Window {
	s.Helper()
	w, err := app.Window(s.ctx)
	s.must(err)
	s.must(w.Settled(s.ctx, whole))
	return w
}

// opens writes files, starts the program with those given of them, and waits for its window.
func (s *stage) opens(files map[string]int64, given ...string) (*harness.App, *harness.Window) {
	s.Helper()
	s.write(files)
	args := []string{"-to", to}
	for _, name := range given {
		args = append(args, s.files.Path(name))
	}
	app := s.start(args...)
	return app, s.window(app)
}

// midway is opens with a large file, of which two parts arrive and the next do not.
func (s *stage) midway(name string) (*harness.App, *harness.Window) {
	s.Helper()
	s.server.PassParts(2)
	app, w := s.opens(map[string]int64{name: 40 * mib}, name)
	s.held(0)
	return app, w
}

// choose opens the context menu of the first row by keyboard, and takes its nth command.
func (s *stage) choose(w *harness.Window, n int) {
	s.Helper()
	s.must(w.Press(s.ctx, paneArea, "Home"))
	s.must(w.Changes(s.ctx, belowRows, "Menu"))
	keys := make([]string, 0, n+1)
	for range n {
		keys = append(keys, "Down")
	}
	s.must(w.Key(s.ctx, append(keys, "Return")...))
}

// TestFirstStartTryDrop: somebody without an account tries Partway with a file of theirs.
func TestFirstStartTryDrop(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"我的 照片.jpg": 3 * mib})
	app := s.launch(nil)
	w := s.window(app)
	s.must(harness.Until(s.ctx, "the trial account", func() (bool, error) {
		n, err := app.Journal().Count(s.ctx, harness.CountTrials)
		if n > 0 || err != nil {
			return n > 0, err
		}
		return false, w.Click(s.ctx, tryButton.X, tryButton.Y)
	}))
	s.must(w.Drop(s.ctx, s.files.Path("我的 照片.jpg")))
	s.confirm(app, w)
	s.must(app.Journal().Wait(s.ctx, harness.CountDone, 1))
}

// TestConflictIsAskedAndReplaced: another object is in the way, the row asks, and what was
// chosen by keyboard is done.
func TestConflictIsAskedAndReplaced(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a/report.pdf": 2 * mib})
	s.exits(s.start("-to", to, "-quit-when-done", s.files.Path("a/report.pdf")), 0)
	app, w := s.opens(map[string]int64{"b/report.pdf": mib}, "b/report.pdf")
	s.must(app.Journal().Wait(s.ctx, harness.CountConflicts, 1))
	before, err := s.server.SHA256("s/report.pdf")
	s.must(err)
	if before != s.files.Sums["a/report.pdf"] {
		t.Fatal("the object was replaced before anybody was asked")
	}
	const replace = 6 // after Start, Pause, Abort, Remove and Limit speed
	s.choose(w, replace)
	s.must(app.Journal().Wait(s.ctx, harness.CountDone, 2))
	after, err := s.server.SHA256("s/report.pdf")
	s.must(err)
	if after != s.files.Sums["b/report.pdf"] {
		t.Error("the object is not the file that was to replace it")
	}
}

// TestAbortLeavesNothing: an upload given up in its middle is asked about, and gone from OSS.
func TestAbortLeavesNothing(t *testing.T) {
	s := newStage(t)
	app, w := s.midway("large.bin")
	const abort = 3
	s.choose(w, abort)
	s.must(harness.Until(s.ctx, "the upload to be aborted", func() (bool, error) {
		n, err := app.Journal().Count(s.ctx, harness.CountAborted)
		if n > 0 || err != nil {
			return n > 0, err
		}
		return false, w.Key(s.ctx, "Return") // the question may not be there yet; in the list it does nothing
	}))
	open, err := s.server.OpenUploads(harness.Bucket)
	s.must(err)
	objects, err := s.server.Objects(harness.Bucket)
	s.must(err)
	if len(open)+len(objects) > 0 {
		t.Errorf("left on OSS: %v, %v", open, objects)
	}
}

// TestMissingFileComesBack: a file that goes away in the middle is said to be missing, and
// its upload goes on by itself when it is there again.
func TestMissingFileComesBack(t *testing.T) {
	s := newStage(t)
	app, w := s.midway("drive/large.bin")
	s.must(w.Press(s.ctx, paneArea, "Home"))
	s.must(os.Rename(s.files.Path("drive"), s.files.Path("away")))
	s.server.PassParts(-1)
	s.must(app.Journal().Wait(s.ctx, harness.CountMissing, 1))
	s.must(os.Rename(s.files.Path("away"), s.files.Path("drive")))
	s.must(app.Journal().Wait(s.ctx, harness.CountDone, 1))
	sum, err := s.server.SHA256("s/large.bin")
	s.must(err)
	if sum != s.files.Sums["drive/large.bin"] {
		t.Error("the object is not the file")
	}
}

// TestLanguageIsChosenInSettings: by keyboard, at once, and remembered.
func TestLanguageIsChosenInSettings(t *testing.T) {
	s := newStage(t)
	app := s.start()
	w := s.window(app)
	menus := image.Rect(10, 5, 300, 20)
	english, err := w.Look(s.ctx, menus)
	s.must(err)
	s.must(w.Press(s.ctx, menuBar, "ctrl+comma"))
	s.must(w.Settled(s.ctx, whole))
	s.must(w.Key(s.ctx, "Right", "Right", "Return")) // from the system's over English to Chinese
	const chosen = `SELECT count(*) FROM settings WHERE key = 'window' AND value LIKE '%"language":"zh-Hans"%'`
	s.must(app.Journal().Wait(s.ctx, chosen, 1))
	s.must(w.Settled(s.ctx, menus))
	chinese, err := w.Look(s.ctx, menus)
	s.must(err)
	if chinese == english {
		t.Error("the menu says the same as before")
	}
	s.must(w.Close(s.ctx))
	s.exits(app, 0)
	again := s.window(s.start())
	s.must(harness.Until(s.ctx, "the menu to be Chinese from the start", func() (bool, error) {
		now, err := again.Look(s.ctx, menus)
		return now == chinese, err
	}))
}

// TestScrollThrough100000Rows goes to the end of a year's history and back.
func TestScrollThrough100000Rows(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"a.txt": 10})
	first := s.start("-to", to, "-quit-when-done", s.files.Path("a.txt"))
	s.exits(first, 0)
	s.must(first.Journal().Multiply(s.ctx, 100_000))
	w := s.window(s.start())
	s.must(w.Press(s.ctx, paneArea, "Home"))
	s.must(w.Settled(s.ctx, listArea))
	top, err := w.Look(s.ctx, listArea)
	s.must(err)
	for _, key := range []string{"End", "Home", "Next", "Home"} {
		s.must(w.Changes(s.ctx, listArea, key))
		s.must(w.Settled(s.ctx, listArea))
	}
	again, err := w.Look(s.ctx, listArea)
	s.must(err)
	if again != top {
		t.Error("the first rows are not those from before")
	}
}
