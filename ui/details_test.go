package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

func TestPartLines(t *testing.T) {
	f := &detailFrame{
		upload: transfer.Upload{File: transfer.Identity{Size: 250}, Plan: transfer.Plan{PartSize: 100, Parts: 3}},
		states: []transfer.PartState{transfer.PartDone, transfer.PartSending, transfer.PartWaiting},
		parts:  []transfer.Part{{Number: 1, Size: 100, ETag: "A", CRC64: 1}},
		work:   &transfer.Detail{Sent: map[int]int64{2: 50}, Tries: map[int]int{2: 3}},
	}
	lines := partLines(f, nil)
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	if got := lines[0].cells; got[colNumber] != "1" || got[colRange] != "0 – 99" || got[colETag] != "A" || got[colServer] != "" {
		t.Errorf("part 1: %q", got)
	}
	if got := lines[1].cells; !strings.HasSuffix(got[colState], "50 %") || got[colTries] != "3" {
		t.Errorf("part 2: %q", got)
	}
	if got := lines[2].cells; got[colRange] != "200 – 249" || got[colSize] != "50 B" {
		t.Errorf("part 3: %q", got)
	}
}

func TestPartLinesBesideTheServer(t *testing.T) {
	f := &detailFrame{
		upload: transfer.Upload{File: transfer.Identity{Size: 500}, Plan: transfer.Plan{PartSize: 100, Parts: 5}},
		states: make([]transfer.PartState, 5),
		parts: []transfer.Part{
			{Number: 1, Size: 100, ETag: "A", CRC64: 1},
			{Number: 2, Size: 100, ETag: "B", CRC64: 2},
			{Number: 3, Size: 100, ETag: "C", CRC64: 3},
		},
	}
	server := map[int]transfer.StoredPart{
		1: {Number: 1, Size: 100, ETag: "a", CRC64: 1, HasCRC: true}, // the same, in other letters
		2: {Number: 2, Size: 100, ETag: "B", CRC64: 9, HasCRC: true}, // another checksum
		4: {Number: 4, Size: 100, ETag: "D"},                         // not known here
	}
	want := map[int]bool{1: false, 2: true, 3: true, 4: true, 5: false}
	for _, l := range partLines(f, server) {
		if l.differ != want[l.number] {
			t.Errorf("part %d differs: %v", l.number, l.differ)
		}
	}
}

func TestRefreshFromOSS(t *testing.T) {
	h := withRows(t, transfer.StatusUploading)
	h.engine.parts = []transfer.StoredPart{{Number: 1, Size: 50, ETag: "X"}}
	h.u.main.list.Select(1)
	h.u.main.details.tabs.SelectIndex(int(tabParts))
	parts := h.u.main.details.parts
	h.until("the parts are shown", func() bool { return len(parts.lines) == 2 && !parts.refresh.Disabled() })
	parts.refresh.press()
	h.until("OSS has answered", func() bool { return parts.server != nil })
	if !strings.Contains(parts.note.Text, "1 part") || !strings.Contains(parts.note.Text, "1 differs") {
		t.Errorf("it says %q", parts.note.Text)
	}
	if parts.heads.facts.cells[colServer] == "" {
		t.Error("the column has no head")
	}
	begunAnew := *parts.frame
	begunAnew.upload.UploadID = "another"
	parts.show(&begunAnew)
	if parts.server != nil || parts.note.Text != "" || parts.heads.facts.cells[colServer] != "" {
		t.Error("what OSS listed is shown beside another upload ID's parts")
	}
}

func TestRefreshThatFailsIsSaid(t *testing.T) {
	h := withRows(t, transfer.StatusUploading)
	h.engine.err = &transfer.Error{Kind: transfer.KindOffline, Op: "ListParts"}
	h.u.main.list.Select(1)
	h.u.main.details.tabs.SelectIndex(int(tabParts))
	parts := h.u.main.details.parts
	h.until("the parts are shown", func() bool { return len(parts.lines) == 2 })
	parts.ask()
	h.until("it is said", func() bool { return parts.asked == 0 && parts.note.Text != "" })
	if parts.refresh.Disabled() {
		t.Error("it cannot be tried again")
	}
}

func TestStatesOf(t *testing.T) {
	tests := map[string]struct {
		f    detailFrame
		want []transfer.PartState
	}{
		"engine's word": {
			detailFrame{work: &transfer.Detail{States: []transfer.PartState{transfer.PartFailed}}},
			[]transfer.PartState{transfer.PartFailed},
		},
		"from the journal": {
			detailFrame{upload: transfer.Upload{Plan: transfer.Plan{Parts: 2, PartSize: 1}}, parts: []transfer.Part{{Number: 2}}},
			[]transfer.PartState{transfer.PartWaiting, transfer.PartDone},
		},
		"done": {
			detailFrame{upload: transfer.Upload{Phase: transfer.PhaseDone, Plan: transfer.Plan{Parts: 2, PartSize: 1}}},
			[]transfer.PartState{transfer.PartDone, transfer.PartDone},
		},
		"skipped": {
			detailFrame{upload: transfer.Upload{Phase: transfer.PhaseDone, Plan: transfer.Plan{Parts: 2, PartSize: 1}, Receipt: transfer.Receipt{Outcome: transfer.OutcomeLeftOut}}},
			[]transfer.PartState{transfer.PartWaiting, transfer.PartWaiting},
		},
		"a part number that cannot be": {
			detailFrame{upload: transfer.Upload{Plan: transfer.Plan{Parts: 1, PartSize: 1}}, parts: []transfer.Part{{Number: 2}, {Number: 0}}},
			[]transfer.PartState{transfer.PartWaiting},
		},
		"one request": {
			detailFrame{live: &transfer.Live{InFlight: 1}, status: transfer.StatusUploading},
			[]transfer.PartState{transfer.PartSending},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := statesOf(&tt.f)
			if len(got) != len(tt.want) {
				t.Fatalf("%v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestDetailsFollowTheSelection(t *testing.T) {
	h := withRows(t, transfer.StatusUploading, transfer.StatusPaused)
	d := h.u.main.details
	h.u.main.list.Select(2)
	h.until("the details are shown", func() bool { return d.id == 2 && d.tabs.Visible() })
	h.engine.mu.Lock()
	watched := h.engine.watch
	h.engine.mu.Unlock()
	if watched != 2 {
		t.Errorf("the engine watches %d", watched)
	}
	h.u.main.list.Select()
	h.until("nothing is shown", func() bool { return d.id == 0 && !d.tabs.Visible() })
}

func TestLogIsNewestFirst(t *testing.T) {
	l := &detailFrame{upload: transfer.Upload{Created: time.Unix(0, 0)}, events: []transfer.Event{
		{Time: time.Unix(1, 0), Kind: transfer.EventInitiated},
		{Time: time.Unix(2, 0), Kind: transfer.EventCompleted, Text: "fine", RequestID: "R9"},
	}}
	h := newHarness(t)
	view := h.u.main.details.log
	view.show(l)
	if len(view.lines) != 3 || !strings.Contains(view.lines[0], "fine") || !strings.Contains(view.lines[0], "R9") ||
		!strings.HasSuffix(view.lines[2], "Added") {
		t.Errorf("%q", view.lines)
	}
}

func TestOverviewSaysWhatAPauseCost(t *testing.T) {
	u := transfer.Upload{Phase: transfer.PhaseUploading}
	events := []transfer.Event{
		{Kind: transfer.EventResumed, Text: transfer.Carried{Kept: 1 << 20, Send: 2 << 20}.String()},
		{Kind: transfer.EventPausing, Text: transfer.GivenUp(3 << 20).String()},
		{Kind: transfer.EventRetried, Text: "other"},
	}
	f := &detailFrame{upload: u, events: events}
	want := fact{"Paused", "3 MiB were in flight, and may have to be sent again"}
	if facts := factsOf(f, nil); !slices.Contains(facts, want) {
		t.Errorf("it lists %q, not %q", facts, want)
	}
	f.events = events[:1]
	want = fact{"Resumed", "1 MiB kept, 0 B proved by reading, 2 MiB to send"}
	if facts := factsOf(f, nil); !slices.Contains(facts, want) {
		t.Errorf("it lists %q, not %q", facts, want)
	}
	f.upload.Phase = transfer.PhaseDone
	if facts := factsOf(f, nil); slices.Contains(facts, want) {
		t.Error("a finished upload still tells of its pauses")
	}
}

// Every column lies within the table, however narrow the window is.
func TestPartColumnsFit(t *testing.T) {
	for _, width := range []float32{560, 600, wideParts - 1, wideParts, 1400} {
		for _, server := range []bool{false, true} {
			w, gap := widthsOf(width, server)
			sum, last := gap, colETag
			for _, c := range w {
				if c > 0 {
					sum += c + gap
				}
			}
			if server {
				last = colServer
			}
			if sum > width || w[last] < 80 {
				t.Errorf("%v wide, with OSS %v: %v take %v", width, server, w, sum)
			}
		}
	}
}
