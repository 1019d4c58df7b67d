//go:build linux

package main

import (
	"context"
	"image"
	"time"

	"partway/e2e/harness"
	"partway/transfer/osslocal"
)

const mib = 1 << 20

// scene is one picture.
type scene struct {
	name  string // of its file
	files map[string]int64
	given []string // what the program is started with, of these
	args  []string
	env   []string
	parts int // how many parts are let through at first
	// prepare has the endpoint hold something before the program starts, or refuse it; nil: nothing.
	prepare func(ctx context.Context, s *harness.Server) error
	play    func(ctx context.Context, st *studio) error
}

// Parts of the window at its first size: all of it, the menu, and the names of the details'
// pages, which are there once an upload is selected.
var (
	whole = image.Rect(0, 0, 1100, 700)
	menus = image.Rect(10, 2, 300, 22)
	pages = image.Rect(200, 382, 420, 408)
)

// Places of buttons in the middle of the window: the third page of the options, and the sheet's
// button that tells what the check found.
var (
	storage = image.Pt(396, 218)
	verdict = image.Pt(320, 560)
)

var (
	dark    = []string{"FYNE_THEME=dark"}
	chinese = []string{"LANG=zh_CN.UTF-8", "LC_ALL=zh_CN.UTF-8"}
	to      = []string{"-to", "oss://" + harness.Bucket + "/2026/"}
)

var scenes = []scene{
	{name: "main-light", files: travel, given: everything, args: to, parts: 9, play: under("Home")},
	{name: "main-dark", files: travel, given: everything, args: to, env: dark, parts: 9, play: under("Home")},
	{name: "main-chinese", files: travel, given: everything, args: to, env: chinese, parts: 9, play: under("Home")},
	{name: "parts", files: travel, given: everything, args: to, parts: 9, play: under("Home", "ctrl+2")},
	{name: "log", files: travel, given: everything, args: to, parts: 9, play: under("Home", "ctrl+5")},
	{name: "first-start", env: []string{"OSS_ACCESS_KEY_ID="}, play: still},
	{name: "sheet", files: travel, args: to, parts: -1, play: sheet(still)},
	{name: "settings", parts: -1, play: keys("ctrl+comma")},
	{name: "account", env: []string{"OSS_ACCESS_KEY_ID="}, play: click(image.Pt(555, 424))},
	{name: "options", files: travel, args: to, parts: -1, play: sheet(click(image.Pt(826, 404), storage))},
	{name: "doctor", files: travel, args: to, parts: -1, prepare: readOnly, play: sheet(click(verdict))},
	{name: "receipt", files: map[string]int64{"长城 2026.mov": 96 * mib}, given: []string{"长城 2026.mov"}, args: to, parts: -1, play: receipt},
	{name: "unfinished", args: to, parts: -1, prepare: leave, play: keys("ctrl+u", "Down")},
	{name: "conflict", files: map[string]int64{"report.pdf": 5 * mib}, given: []string{"report.pdf"}, args: to, parts: -1, play: conflict},
}

// travel is what is uploaded.
var travel = map[string]int64{
	"Sunrise over the bay.mov": 240 * mib, "照片/故宫 雪景.jpg": 7 * mib, "照片/长城.jpg": 5 * mib, "照片/外滩 夜景.mp4": 46 * mib,
	"notes.txt": 12_345, "Backup 2026-03.tar.zst": 96 * mib,
}

var everything = []string{"Sunrise over the bay.mov", "照片", "notes.txt", "Backup 2026-03.tar.zst"}

// still waits until the window has come to rest.
func still(ctx context.Context, st *studio) error { return st.window.Settled(ctx, whole) }

// sheet has files handed over, waits for the sheet that asks where they go, and goes on from there.
func sheet(then func(context.Context, *studio) error) func(context.Context, *studio) error {
	return func(ctx context.Context, st *studio) error {
		if err := asked(ctx, st); err != nil {
			return err
		}
		return then(ctx, st)
	}
}

func asked(ctx context.Context, st *studio) error {
	if err := st.window.Settled(ctx, whole); err != nil {
		return err
	}
	before, err := st.window.Look(ctx, whole)
	if err != nil {
		return err
	}
	if err := st.hand(ctx, everything...); err != nil {
		return err
	}
	err = harness.Until(ctx, "the sheet", func() (bool, error) {
		now, err := st.window.Look(ctx, whole)
		return now != before, err
	})
	if err != nil {
		return err
	}
	if _, err := st.server.Wait(ctx, "what is there to be looked at", func(rs harness.Records) bool { return looked(rs) >= len(travel) }); err != nil {
		return err
	}
	return st.window.Settled(ctx, whole)
}

// click presses buttons of a window that has come to rest.
func click(places ...image.Point) func(context.Context, *studio) error {
	return func(ctx context.Context, st *studio) error {
		for _, at := range places {
			if err := st.window.Settled(ctx, whole); err != nil {
				return err
			}
			if err := st.window.Click(ctx, at.X, at.Y); err != nil {
				return err
			}
		}
		return st.window.Settled(ctx, whole)
	}
}

// receipt shows what is known of a completed upload.
func receipt(ctx context.Context, st *studio) error {
	if err := st.app.Journal().Wait(ctx, harness.CountDone, 1); err != nil {
		return err
	}
	return keys("Home", "ctrl+4")(ctx, st)
}

// looked counts the objects that were looked for.
func looked(rs harness.Records) (n int) {
	for _, r := range rs {
		if r.Op == osslocal.OpHeadObject && r.Phase == osslocal.PhaseEnd {
			n++
		}
	}
	return n
}

// keys presses keys in a window that has come to rest.
func keys(pressed ...string) func(context.Context, *studio) error {
	return func(ctx context.Context, st *studio) error {
		for _, k := range pressed {
			if err := st.window.Settled(ctx, whole); err != nil {
				return err
			}
			if err := st.window.Press(ctx, whole, k); err != nil {
				return err
			}
		}
		return st.window.Settled(ctx, whole)
	}
}

// under presses keys while parts are on their way.
func under(pressed ...string) func(context.Context, *studio) error {
	return func(ctx context.Context, st *studio) error {
		going, stop := context.WithCancel(ctx)
		defer stop()
		if err := st.window.Settled(ctx, menus); err != nil {
			return err
		}
		if err := arrived(ctx, st, 6); err != nil {
			return err
		}
		go st.server.Trickle(going, 400*time.Millisecond)
		for _, k := range pressed {
			if err := st.window.Press(ctx, pages, k); err != nil {
				return err
			}
		}
		return arrived(ctx, st, 22) // by then the speed is one of several seconds
	}
}

func arrived(ctx context.Context, st *studio, parts int) error {
	_, err := st.server.Wait(ctx, "parts to arrive", func(rs harness.Records) bool { return len(rs.Acknowledged()) >= parts })
	return err
}

// conflict has another object in the way of a file.
func conflict(ctx context.Context, st *studio) error {
	if err := st.app.Journal().Wait(ctx, harness.CountDone, 1); err != nil {
		return err
	}
	if err := st.files.Write("other/report.pdf", 4*mib); err != nil {
		return err
	}
	if err := st.files.Age(); err != nil {
		return err
	}
	if err := st.hand(ctx, "-to", to[1], "other/report.pdf"); err != nil {
		return err
	}
	if err := st.app.Journal().Wait(ctx, harness.CountConflicts, 1); err != nil {
		return err
	}
	return keys("Home")(ctx, st)
}
