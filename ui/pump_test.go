package ui

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2/widget"

	"partway/transfer"
)

// newStillPump is a pump that looks only when told to, with a clock of the test's.
func newStillPump(t *testing.T) (*pump, *fakeJournal, *fakeEngine, *time.Time) {
	t.Helper()
	h := &harness{T: t, engine: newFakeEngine(), journal: newFakeJournal(), more: make(chan struct{}, 1)}
	u := newUI(Config{Engine: h.engine, Journal: h.journal}, nil, h.dispatch)
	t.Cleanup(u.cancel)
	now := time.Unix(1_000, 0)
	u.pump.now = func() time.Time { return now }
	return u.pump, h.journal, h.engine, &now
}

func TestPumpIsIdleWhenNothingChanged(t *testing.T) {
	p, journal, engine, _ := newStillPump(t)
	journal.add(1, transfer.StatusUploading)
	if p.look(t.Context()) == nil {
		t.Fatal("the first look yields nothing")
	}
	if p.look(t.Context()) != nil {
		t.Error("a look without a change costs a frame")
	}
	engine.change(func(s *transfer.Snapshot) { s.Speed = 1 })
	if f := p.look(t.Context()); f == nil || f.ids != nil {
		t.Errorf("a new snapshot yields %+v, want a frame without a new list", f)
	}
	journal.add(2, transfer.StatusUploading)
	if f := p.look(t.Context()); f == nil || len(f.ids) != 2 {
		t.Errorf("a new row yields %+v", f)
	}
}

func TestPumpCountsDownTheNextTry(t *testing.T) {
	p, journal, engine, now := newStillPump(t)
	journal.add(1, transfer.StatusRetrying)
	engine.change(func(s *transfer.Snapshot) {
		s.Live = map[transfer.ID]transfer.Live{1: {Status: transfer.StatusRetrying, NextTry: now.Add(6 * time.Second), Tries: 2}}
	})
	p.look(t.Context())
	if p.look(t.Context()) == nil {
		t.Error("the seconds stand still")
	}
}

// A listing that took long is not repeated at once, however much the journal moves; rows
// in sight are still kept up to date.
func TestPumpBoundsTheCostOfListing(t *testing.T) {
	p, journal, _, now := newStillPump(t)
	journal.add(1, transfer.StatusUploading)
	p.set(func(v *view) { v.visible = []transfer.ID{1} })
	p.now = func() time.Time { *now = now.Add(50 * time.Millisecond); return *now }
	p.look(t.Context())
	before, _ := journal.listed()
	journal.add(2, transfer.StatusUploading)
	if f := p.look(t.Context()); f == nil || f.ids != nil || len(f.rows) == 0 {
		t.Errorf("frame %+v, want rows without a list", f)
	}
	if after, _ := journal.listed(); after != before {
		t.Errorf("it listed %d times more", after-before)
	}
	*now = now.Add(time.Minute)
	if f := p.look(t.Context()); f == nil || len(f.ids) != 2 {
		t.Errorf("frame %+v, want the list once time has passed", f)
	}
}

// What a command did to many rows is listed sooner.
func TestPumpListsSoonAfterACommand(t *testing.T) {
	p, journal, _, now := newStillPump(t)
	journal.add(1, transfer.StatusUploading)
	p.look(t.Context())
	p.listTook = time.Second
	p.hurry()
	journal.add(2, transfer.StatusPaused)
	*now = now.Add(time.Second / 2)
	if f := p.look(t.Context()); f == nil || f.ids != nil {
		t.Errorf("frame %+v: half of the time goes into listing at most", f)
	}
	*now = now.Add(time.Second)
	if f := p.look(t.Context()); f == nil || len(f.ids) != 2 {
		t.Errorf("frame %+v, want the list", f)
	}
	p.listTook = time.Second
	journal.add(3, transfer.StatusPaused)
	*now = now.Add(listHaste)
	p.listEnded = now.Add(-2 * time.Second)
	if f := p.look(t.Context()); f == nil || f.ids != nil {
		t.Errorf("frame %+v: the haste does not end", f)
	}
}

func TestPumpListsAtOnceForAnotherFilter(t *testing.T) {
	p, journal, _, _ := newStillPump(t)
	journal.add(1, transfer.StatusUploading)
	p.look(t.Context())
	p.listTook = 100 * time.Hour
	p.set(func(v *view) { v.filter.Group = transfer.GroupPaused })
	f := p.look(t.Context())
	if f == nil || f.ids == nil || len(f.ids) != 0 {
		t.Errorf("frame %+v, want an empty list", f)
	}
}

// While a frame waits to be shown no other is made: a slow window is not drowned.
func TestPumpWaitsForTheWindow(t *testing.T) {
	p, journal, _, _ := newStillPump(t)
	var queued int
	done := make(chan struct{})
	shown := make(chan struct{}, 100)
	p.u.dispatch = func(func()) { shown <- struct{}{} } // a window that never gets to it
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		p.run(ctx)
	}()
	<-shown
	for id := range transfer.ID(20) {
		journal.add(id+1, transfer.StatusUploading)
		p.poke()
	}
	cancel()
	<-done
	queued = len(shown)
	if queued != 0 {
		t.Errorf("%d more frames were queued", queued)
	}
}

func TestPumpTriesAgainAfterAnError(t *testing.T) {
	p, journal, _, _ := newStillPump(t)
	journal.add(1, transfer.StatusUploading)
	journal.err = context.DeadlineExceeded
	if f := p.look(t.Context()); f == nil || f.err == nil {
		t.Fatalf("frame %+v, want the error", f)
	}
	journal.err = nil
	if f := p.look(t.Context()); f == nil || f.err != nil || len(f.ids) != 1 {
		t.Errorf("frame %+v, want the list", f)
	}
}

func TestPumpSlowsDown(t *testing.T) {
	p, _, _, _ := newStillPump(t)
	if p.interval() != tickFocused {
		t.Error("focused")
	}
	p.setModal(true)
	if p.interval() != tickModal {
		t.Error("under a dialog")
	}
	p.setFocused(false)
	if p.interval() != tickAway {
		t.Error("without focus")
	}
}

// A row says how many parts a pause, or the end of the program, has not cost.
func TestRowSaysWhatWasKept(t *testing.T) {
	for name, c := range map[string]struct {
		row  transfer.Row
		live *transfer.Live
		want string
	}{
		"paused":            {transfer.Row{Status: transfer.StatusPaused, PartsDone: 412}, nil, "Paused · 412 parts kept"},
		"paused too early":  {transfer.Row{Status: transfer.StatusPaused}, nil, ""},
		"went on":           {transfer.Row{Status: transfer.StatusUploading, PartsDone: 9}, &transfer.Live{Status: transfer.StatusUploading, Kept: 1}, "Uploading · 1 part kept"},
		"never interrupted": {transfer.Row{Status: transfer.StatusUploading, PartsDone: 9}, &transfer.Live{Status: transfer.StatusUploading}, ""},
		"done":              {transfer.Row{Status: transfer.StatusCompleted, PartsDone: 9}, nil, ""},
	} {
		if row := rowOf(&c.row, c.live, time.Now()); row.StatusLong != c.want {
			t.Errorf("%s: %q, want %q", name, row.StatusLong, c.want)
		}
	}
}

func TestProgress(t *testing.T) {
	tests := map[string]struct {
		row  transfer.Row
		live *transfer.Live
		want float64
	}{
		"empty file, waiting":   {transfer.Row{Status: transfer.StatusWaiting}, nil, 0},
		"empty file, completed": {transfer.Row{Status: transfer.StatusCompleted}, nil, 1},
		"half":                  {transfer.Row{Status: transfer.StatusPaused, Size: 10, BytesDone: 5}, nil, .5},
		"in flight counts":      {transfer.Row{Status: transfer.StatusUploading, Size: 10, BytesDone: 5}, &transfer.Live{Sent: 8}, .8},
		"never above one":       {transfer.Row{Status: transfer.StatusUploading, Size: 10}, &transfer.Live{Sent: 80}, 1},
		"already there":         {transfer.Row{Status: transfer.StatusCompleted, Size: 10}, nil, 1},
		"skipped":               {transfer.Row{Status: transfer.StatusCompleted, Size: 10, Outcome: transfer.OutcomeSkipped}, nil, 0},
		"checking":              {transfer.Row{Status: transfer.StatusChecking, Size: 10, BytesDone: 9}, &transfer.Live{Checked: .25}, .25},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := progress(&tt.row, tt.row.Status, tt.live); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// What uploading took goes back to the system once, when nothing has changed for a while.
func TestPumpGivesMemoryBack(t *testing.T) {
	p, journal, _, now := newStillPump(t)
	released := make(chan struct{}, 9)
	p.release = func() { released <- struct{}{} }
	look := func(after time.Duration) {
		*now = now.Add(after)
		p.rest(p.look(t.Context()) != nil)
	}
	journal.add(1, transfer.StatusUploading)
	look(0)
	look(restAfter - time.Second)
	journal.add(2, transfer.StatusUploading)
	look(time.Second)
	look(restAfter - time.Second)
	p.u.work.Wait()
	if len(released) > 0 {
		t.Fatal("memory is given back while things change")
	}
	look(time.Second)
	look(time.Hour)
	p.u.work.Wait()
	if n := len(released); n != 1 {
		t.Errorf("at rest, memory is given back %d times", n)
	}
}

// The window is drawn anew after the computer slept.
func TestPumpNoticesThatTheComputerSlept(t *testing.T) {
	p, _, _, now := newStillPump(t)
	for _, c := range []struct {
		gap  time.Duration
		want bool
	}{{0, false}, {tickAway, false}, {time.Hour, true}, {tickAway, false}, {-time.Hour, false}, {sleepGap, false}, {sleepGap + 1, true}} {
		if *now = now.Add(c.gap); p.slept() != c.want {
			t.Errorf("after %v: slept is %v", c.gap, !c.want)
		}
	}
}

// repainted is an object that counts how often it is drawn anew.
type repainted struct {
	widget.Label
	times int
}

func (r *repainted) Refresh() { r.times++ }

func TestWindowIsDrawnAnewAfterSleep(t *testing.T) {
	var asleep atomic.Int64
	h := newReady(t, func(h *harness, _ *Config) {
		h.now = func() time.Time { return time.Unix(1_000, asleep.Load()) }
	})
	r := &repainted{}
	h.u.win.SetContent(r)
	h.u.pump.poke()
	h.until("a look", func() bool { return len(h.u.pump.poked) == 0 })
	before := r.times
	asleep.Store(int64(time.Hour))
	h.u.pump.poke()
	h.until("it is drawn anew", func() bool { return r.times > before })
}
