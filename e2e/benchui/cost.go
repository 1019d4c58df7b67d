//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"partway/db"
	"partway/e2e/bustest"
	"partway/e2e/harness"
	"partway/transfer"
)

// What the window costs while files are sent: a program with a window and an engine without
// one send the same, at the same speed, to the same kind of sink, both without MD5.

const (
	costPairs = 3
	bareTime  = 8 * time.Second  // that an engine alone is measured
	costTime  = 45 * time.Second // that a window's upload takes, at its speed
	timedSize = 4 << 30          // bytes of the uploads whose time is compared
	fastest   = 400 << 20        // bytes a second
)

// costs are the loads of one speed, in percent of a core.
type costs struct{ bare, focused, unfocused, hidden float64 }

func (s *stage) measureCosts() error {
	conn, err := dbus.Connect(s.desktop.Bus())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := new(bustest.Tray).Offer(conn); err != nil {
		return err
	}
	for _, rate := range []int64{10 << 20, 40 << 20, fastest} {
		c, err := s.measureCost(rate)
		if err != nil {
			return fmt.Errorf("at %.0f MiB/s: %w", mib(rate), err)
		}
		show(fmt.Sprintf("the window's own cost at %.0f MiB/s, focused", mib(rate)), "goal 20 points", "%.1f points", c.focused-c.bare)
		show("  unfocused", "goal 10 points", "%.1f points", c.unfocused-c.bare)
		show("  in the tray", "goal about 0", "%.1f points", c.hidden-c.bare)
		show("  the engine's alone", "", "%.1f %% of a core", c.bare)
	}
	atFastest, err := s.measureTimes(fastest)
	if err != nil {
		return err
	}
	show(fmt.Sprintf("time at %.0f MiB/s with the window / without", mib(fastest)), "goal 1.03", "%.2f", atFastest)
	free, err := s.measureTimes(0)
	if err == nil {
		show("  with no limit, where sink and window share cores", "", "%.2f", free)
	}
	return err
}

// measureCost measures the engine alone before and after the window, as what else the computer
// does changes meanwhile.
func (s *stage) measureCost(rate int64) (c costs, err error) {
	bare := func() {
		if err == nil {
			_, err = s.sending(rate, int64(float64(rate)*bareTime.Seconds()), func(o child) error {
				load, err := s.alone(o)
				c.bare += load / 2
				return err
			})
		}
	}
	bare()
	if err == nil {
		_, err = s.sending(rate, int64(float64(rate)*costTime.Seconds()), func(o child) error {
			return s.windowed(o, rate, func(app *harness.App, window *harness.Window) error {
				return s.measureWindow(&c, app, window)
			})
		})
	}
	bare()
	return c, err
}

// measureWindow measures a program that sends, with its window in front, behind another, and
// in the tray.
func (s *stage) measureWindow(c *costs, app *harness.App, window *harness.Window) (err error) {
	if c.focused, err = s.settledLoad(app); err != nil {
		return err
	}
	other, err := s.inFront()
	if err != nil {
		return err
	}
	defer other.Stop()
	if c.unfocused, err = s.settledLoad(app); err != nil {
		return err
	}
	if err := window.Close(s.ctx); err != nil {
		return err
	}
	c.hidden, err = s.settledLoad(app)
	return err
}

// inFront puts another window before all.
func (s *stage) inFront() (*harness.App, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	other, err := s.desktop.Start(harness.Launch{Program: self, DataDir: s.dir, Args: []string{"-empty"}})
	if err != nil {
		return nil, err
	}
	front, err := s.desktop.Window(s.ctx, "Empty")
	if err == nil {
		err = front.Focus(s.ctx)
	}
	if err != nil {
		other.Stop()
	}
	return other, err
}

// settledLoad is a process's load once what was just done to it is over.
func (s *stage) settledLoad(app *harness.App) (float64, error) {
	if err := s.pass(watch / 4); err != nil {
		return 0, err
	}
	return s.load(app.PID())
}

// measureTimes sends a file at a speed, with the window and without it, in turn, and returns
// the median of the ratios.
func (s *stage) measureTimes(rate int64) (float64, error) {
	var ratios []float64
	for range costPairs {
		with, err := s.sending(rate, timedSize, func(o child) error {
			return s.windowed(o, rate, func(app *harness.App, _ *harness.Window) error {
				return app.Journal().Wait(s.ctx, harness.CountDone, 1)
			})
		})
		if err != nil {
			return 0, err
		}
		without, err := s.sending(rate, timedSize, func(o child) error { _, err := s.alone(o); return err })
		if err != nil {
			return 0, err
		}
		ratios = append(ratios, with.Seconds()/without.Seconds())
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2], nil
}

// child is an order to the program of make bench.
type child struct {
	Sink     bool     `json:",omitempty"`
	Sizes    []int64  `json:",omitempty"`
	Who      string   `json:",omitempty"`
	Endpoint string   `json:",omitempty"`
	Dir      string   `json:",omitempty"`
	Paths    []string `json:",omitempty"`
	Limit    int64    `json:",omitempty"`
}

func (s *stage) childOf(o child) (*exec.Cmd, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(s.ctx, s.bench, "-child", string(text))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// sending starts a sink, makes a file, has do send it, and tells how long that took, as the
// sink saw it.
func (s *stage) sending(rate, size int64, do func(child) error) (took time.Duration, err error) {
	dir, err := os.MkdirTemp(s.dir, "cost")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path, old := filepath.Join(dir, "film.mp4"), time.Now().Add(-time.Hour)
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(f.Truncate(size), f.Close(), os.Chtimes(path, old, old))
	}
	if err != nil {
		return 0, err
	}
	sink, err := s.childOf(child{Sink: true, Sizes: []int64{size, 8 << 20}})
	if err != nil {
		return 0, err
	}
	stop, err := sink.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := sink.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := sink.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewReader(out)
	endpoint, err := lines.ReadString('\n')
	if err == nil {
		err = do(child{Who: "partway", Endpoint: strings.TrimSpace(endpoint), Dir: dir, Paths: []string{path}, Limit: rate})
	}
	var report struct{ First, Last time.Time }
	err = errors.Join(err, stop.Close(), json.NewDecoder(lines).Decode(&report), sink.Wait())
	return report.Last.Sub(report.First), err
}

// alone sends by an engine without a window, and returns its load in percent of a core.
func (s *stage) alone(o child) (float64, error) {
	cmd, err := s.childOf(o)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return 0, err
	}
	var told struct{ Seconds float64 }
	err = json.Unmarshal(out.Bytes(), &told)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return 100 * cpu.Seconds() / told.Seconds, err
}

// windowed sends by the program, whose window has the keyboard when do is called.
func (s *stage) windowed(o child, rate int64, do func(*harness.App, *harness.Window) error) error {
	data := filepath.Join(o.Dir, "data")
	if err := limitTo(s, data, rate); err != nil {
		return err
	}
	app, err := s.desktop.Start(harness.Launch{
		Program: s.program, DataDir: data, Args: []string{"-to", "oss://bench/", o.Paths[0]},
		Env: []string{
			"OSS_ACCESS_KEY_ID=LTAIbench", "OSS_ACCESS_KEY_SECRET=secret-of-the-bench", "OSS_SESSION_TOKEN=",
			"OSS_REGION=cn-hangzhou", "OSS_ENDPOINT=" + o.Endpoint,
		},
	})
	if err != nil {
		return err
	}
	defer app.Stop()
	window, err := app.Window(s.ctx)
	if err != nil {
		return err
	}
	if err := window.Focus(s.ctx); err != nil {
		return err
	}
	return do(app, window)
}

// limitTo makes a data folder whose settings hold uploads to a speed.
func limitTo(s *stage, data string, rate int64) error {
	j, err := db.Open(s.ctx, data, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	// Whether the MD5 is left out must not depend on what else this computer does.
	text, err := json.Marshal(transfer.Settings{MD5: transfer.MD5Off, Limits: transfer.Limits{BytesPerSecond: rate}})
	if err == nil {
		err = j.SetSetting(s.ctx, "engine", string(text))
	}
	return errors.Join(err, j.Close())
}
