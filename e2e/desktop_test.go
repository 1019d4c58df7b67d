//go:build linux

package e2e_test

import (
	"image"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partway/e2e/bustest"
	"partway/e2e/harness"
	"partway/transfer/osslocal"
)

// Parts of the window: a stretch of the menu bar, dimmed under a dialog; one of the list
// below its rows, where the context menu of the first row opens; and what the second row has
// in the column of the status, where nothing is while there are no rows.
var (
	menuBar   = image.Rect(500, 5, 700, 15)
	belowRows = image.Rect(240, 280, 300, 380)
	secondRow = image.Rect(785, 140, 860, 160)
)

// TestPickBrowseShow: files chosen in the desktop's dialog go below a prefix that was
// browsed for, and are shown in the desktop's file manager; all by keyboard.
func TestPickBrowseShow(t *testing.T) {
	s := newStage(t)
	s.write(map[string]int64{"照片 50% #1/甲 & b?.txt": 1000, "照片 50% #1/乙+c.txt": 2000})
	paths := []string{s.files.Path("照片 50% #1/甲 & b?.txt"), s.files.Path("照片 50% #1/乙+c.txt")}
	s.exits(s.start("-to", "oss://"+harness.Bucket+"/旧/二月 50%/", "-quit-when-done", paths[0]), 0)

	conn := bustest.Connect(t, s.desktop.Bus())
	portal, manager := &bustest.Portal{}, &bustest.FileManager{}
	for _, p := range paths {
		portal.URIs = append(portal.URIs, (&url.URL{Scheme: "file", Path: p}).String())
	}
	portal.Serve(t, conn)
	manager.Serve(t, conn)

	s.must(os.RemoveAll(s.data())) // the last destination with it
	app := s.start("-to", "oss://"+harness.Bucket+"/")
	window := s.window(app)
	plain, err := window.Look(s.ctx, menuBar)
	s.must(err)
	s.must(window.Changes(s.ctx, menuBar, "ctrl+o"))
	if q := <-portal.Asked; !q.Multiple || q.Directory || !strings.HasPrefix(q.Parent, "x11:") {
		t.Errorf("the dialog was asked %+v", q)
	}

	s.must(window.Key(s.ctx, "Tab")) // from the prefix to its Browse
	s.browse(window, "旧/二月 50%/")    // the button, and then twice the only folder
	s.confirm(app, window)           // "Use this", then "Start"
	s.must(app.Journal().Wait(s.ctx, harness.CountDone, 2))
	s.must(s.files.Verify(s.server, func(name string) string { return "旧/二月 50%/" + filepath.Base(name) }))

	s.must(harness.Until(s.ctx, "the sheet to be gone", func() (bool, error) {
		now, err := window.Look(s.ctx, menuBar)
		return now == plain, err
	}))
	s.must(window.Settled(s.ctx, secondRow))
	s.must(window.Key(s.ctx, "ctrl+a"))
	s.must(window.Changes(s.ctx, belowRows, "Menu"))
	s.must(window.Key(s.ctx, "Up", "Up", "Up", "Up", "Up", "Return")) // from the last: what was left out, again, object, URI, folder
	select {
	case uris := <-manager.Asked:
		slices.Sort(uris)
		slices.Sort(portal.URIs)
		if !slices.Equal(uris, portal.URIs) {
			t.Errorf("shown: %q, want %q", uris, portal.URIs)
		}
	case <-s.ctx.Done():
		t.Error("the file manager was not asked")
	}
}

// browse presses Space until a prefix has been listed: in a list without an answer yet, and
// in an empty one, it does nothing. What else the sheet asks OSS for may list the prefix that
// is there already, and no other.
func (s *stage) browse(window *harness.Window, prefix string) {
	s.Helper()
	s.must(harness.Until(s.ctx, "a listing of "+prefix, func() (bool, error) {
		listed := slices.ContainsFunc(s.server.Records(), func(r osslocal.Record) bool {
			return r.Op == osslocal.OpListObjectsV2 && r.Phase == osslocal.PhaseEnd && r.Prefix == prefix
		})
		if listed {
			return true, nil
		}
		return false, window.Key(s.ctx, "space")
	}))
}
