//go:build linux

package main

import (
	"bufio"
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
	costTime  = 45 * time.Second // that a window's upload takes, at its speed
	timedSize = 4 << 30          // bytes of the uploads whose time is compared
	fastest   = 400 << 20        // bytes a second
)

// costs are the loads of one speed, in percent of a core: an engine's alone, and what the
// program takes beyond it.
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
		show(fmt.Sprintf("the window's own cost at %.0f MiB/s, focused", mib(rate)), "goal 20 points", "%.1f points", c.focused)
		show("  unfocused", "goal 10 points", "%.1f points", c.unfocused)
		show("  in the tray", "goal about 0", "%.1f points", c.hidden)
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

// measureCost has an engine alone send beside the program, and compares the two in the same
// seconds: what else the computer does changes from one to the next.
func (s *stage) measureCost(rate int64) (c costs, err error) {
	size := int64(float64(rate) * costTime.Seconds())
	_, err = s.sending(rate, size, func(o child) error {
		bare, err := s.childOf(o)
		if err != nil {
			return err
		}
		if err := bare.Start(); err != nil {
			return err
		}
		defer func() { _, _ = bare.Process.Kill(), bare.Wait() }() // it sends for longer than anybody looks
		_, err = s.sending(rate, size, func(o child) error {
			return s.windowed(o, rate, func(app *harness.App, window *harness.Window) error {
				return s.measureWindow(&c, bare.Process.Pid, app, window)
			})
		})
		return err
	})
	return c, err
}

// measureWindow measures a program that sends, with its window in front, behind another, and
// in the tray, beside an engine alone.
func (s *stage) measureWindow(c *costs, bare int, app *harness.App, window *harness.Window) error {
	measure := func(own *float64) error {
		if err := s.pass(watch / 4); err != nil {
			return err
		}
		loads, err := s.loads(app.PID(), bare)
		if err == nil {
			*own = loads[0] - loads[1]
			c.bare += loads[1] / 3
		}
		return err
	}
	if err := measure(&c.focused); err != nil {
		return err
	}
	other, err := s.inFront()
	if err != nil {
		return err
	}
	defer other.Stop()
	if err := measure(&c.unfocused); err != nil {
		return err
	}
	if err := window.Close(s.ctx); err != nil {
		return err
	}
	return measure(&c.hidden)
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
		without, err := s.sending(rate, timedSize, s.alone)
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

// alone sends by an engine without a window.
func (s *stage) alone(o child) error {
	cmd, err := s.childOf(o)
	if err != nil {
		return err
	}
	return cmd.Run()
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
