package ui

import (
	"cmp"
	"context"
	"time"

	"partway/transfer"
	"partway/ui/speedgraph"
)

// detailTab is a page of the details pane.
type detailTab int

const (
	tabOverview detailTab = iota
	tabParts
	tabOptions
	tabReceipt
	tabLog
)

// detailFrame is what the details pane shows of one upload.
type detailFrame struct {
	upload transfer.Upload
	live   *transfer.Live
	status transfer.Status
	states []transfer.PartState // in the plan's order
	parts  []transfer.Part      // acknowledged, ascending
	work   *transfer.Detail     // nil: not in work
	events []transfer.Event
	speeds speedgraph.Series // for tabOverview only
}

// detailReader reads an upload's details, no more often than they change, nor than they
// cost. It belongs to the pump's goroutine.
type detailReader struct {
	u       *UI
	id      transfer.ID
	tab     detailTab
	version uint64
	after   time.Time
	last    detailFrame
	found   bool
}

// read returns nil when no upload is named, or it is gone.
func (d *detailReader) read(ctx context.Context, v view, version uint64, snap *transfer.Snapshot) (*detailFrame, error) {
	if v.detail == 0 {
		d.id, d.found = 0, false
		return nil, nil
	}
	other := v.detail != d.id || v.tab != d.tab
	now := d.u.pump.now()
	if other || (version != d.version && !now.Before(d.after)) {
		if err := d.fetch(ctx, v); err != nil {
			return nil, err
		}
		d.id, d.tab, d.version = v.detail, v.tab, version
		took := d.u.pump.now().Sub(now)
		d.after = d.u.pump.now().Add(listShare * took)
	}
	if !d.found {
		return nil, nil
	}
	f := d.last
	f.live = liveOf(snap, d.id)
	f.status = f.upload.Status()
	if f.live != nil && f.live.Status != "" && !f.upload.Phase.Final() {
		f.status = f.live.Status
	}
	if snap.Detail != nil && snap.Detail.ID == d.id {
		f.work = snap.Detail
	}
	f.states = statesOf(&f)
	if v.tab == tabOverview {
		f.speeds = d.u.pump.speeds.Series(d.id, cmp.Or(v.span, speedgraph.Spans[0]), now)
		f.speeds.Limit = float64(lower(snap.Limit, f.upload.Limit))
	}
	return &f, nil
}

// lower is the limit that binds of two, 0 being none.
func lower(a, b int64) int64 {
	if a > 0 && b > 0 {
		return min(a, b)
	}
	return max(a, b)
}

func (d *detailReader) fetch(ctx context.Context, v view) error {
	uploads, err := d.u.c.Journal.Uploads(ctx, []transfer.ID{v.detail})
	if err != nil {
		return err
	}
	d.last, d.found = detailFrame{}, len(uploads) > 0
	if !d.found {
		return nil
	}
	d.last.upload = uploads[0]
	if d.last.parts, err = d.u.c.Journal.Parts(ctx, v.detail); err != nil {
		return err
	}
	if v.tab != tabParts {
		d.last.events, err = d.u.c.Journal.Events(ctx, v.detail)
	}
	return err
}

// statesOf tells each part's state: as the engine says while the upload is in work,
// otherwise as the journal holds it. A file that goes in one request counts as one part.
func statesOf(f *detailFrame) []transfer.PartState {
	if f.work != nil && len(f.work.States) > 0 {
		return f.work.States
	}
	states := make([]transfer.PartState, max(1, f.upload.Plan.Parts))
	if f.upload.Phase == transfer.PhaseDone && !f.upload.Receipt.Outcome.NotSent() {
		for i := range states {
			states[i] = transfer.PartDone
		}
		return states
	}
	for _, p := range f.parts {
		if i := f.upload.Plan.Index(p.Number); i >= 0 {
			states[i] = transfer.PartDone
		}
	}
	if f.upload.Plan.Single() && f.live != nil && f.live.InFlight > 0 {
		states[0] = transfer.PartSending
	}
	return states
}
