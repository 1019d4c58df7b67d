package ui

import (
	"context"
	"testing"
	"time"

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
