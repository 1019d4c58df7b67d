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
		work:   &transfer.Detail{Sent: map[int]int64{2: 50}, Tries: map[int]int{2: 2}},
	}
	line := func(n int) [partColumns]string { return factsOfPart(f, &comparison{}, n).cells }
	if got := line(1); got[colNumber] != "1" || got[colRange] != "0 – 99" || got[colETag] != "A" || got[colServer] != "" || got[colFile] != "" {
		t.Errorf("part 1: %q", got)
	}
	if got := line(2); !strings.HasSuffix(got[colState], "50 %") || got[colTries] != "3" {
		t.Errorf("part 2: %q", got)
	}
	if got := line(3); got[colRange] != "200 – 249" || got[colSize] != "50 B" {
		t.Errorf("part 3: %q", got)
	}
}

func TestPartsAreComparedThreeWays(t *testing.T) {
	f := &detailFrame{
		upload: transfer.Upload{File: transfer.Identity{Size: 700}, Plan: transfer.Plan{PartSize: 100, Parts: 7}},
		states: make([]transfer.PartState, 7),
		parts: []transfer.Part{
			{Number: 1, Size: 100, ETag: "A", CRC64: 1},
			{Number: 2, Size: 100, ETag: "B", CRC64: 2},
			{Number: 3, Size: 100, ETag: "C", CRC64: 3},
			{Number: 6, Size: 100, ETag: "F", CRC64: 6}, // acknowledged after OSS was asked
		},
	}
	c := &comparison{
		server: map[int]transfer.StoredPart{
			1: {Number: 1, Size: 100, ETag: "a", CRC64: 1, HasCRC: true}, // the same, in other letters
			2: {Number: 2, Size: 100, ETag: "B", CRC64: 9, HasCRC: true}, // another checksum
			4: {Number: 4, Size: 100, ETag: "D", CRC64: 4, HasCRC: true}, // not known here
		},
		listed: f.parts[:3],
		file:   map[int]uint64{1: 1, 2: 2, 3: 8, 4: 4},
		read:   map[int]bool{1: true, 2: true, 3: true, 4: true, 6: true},
	}
	type both struct{ server, file accord }
	want := map[int]both{
		1: {accordSame, accordSame}, 2: {accordOther, accordSame}, 3: {accordMissing, accordOther},
		4: {accordOnly, accordSame}, 5: {accordUnasked, accordUnasked}, 6: {accordUnasked, accordMissing}, 7: {},
	}
	for n, w := range want {
		if got := (both{c.onServer(f.parts, n), c.inFile(f.parts, n)}); got != w {
			t.Errorf("part %d: %v, want %v", n, got, w)
		}
	}
	if got := c.differing(f); !slices.Equal(got, []int{2, 3, 4, 6}) {
		t.Errorf("%v differ", got)
	}
	if got := c.wanted(f.parts); !slices.Equal(got, []int{1, 2, 3, 4, 6}) {
		t.Errorf("%v are looked for in the file", got)
	}
	l := factsOfPart(f, c, 3)
	if l.cells[colServer] != "≠ not on OSS" || l.cells[colFile] != "≠ other bytes" || !l.differ[colServer] || !l.differ[colFile] {
		t.Errorf("it says %q", l.cells)
	}
	if words := wholePart(f, c, 2); !strings.Contains(words, "ETag B, CRC64 2") || !strings.Contains(words, "CRC64 9") {
		t.Errorf("all of part 2: %q", words)
	}
}

// shownParts is a window with the parts of one upload, of which the journal has the first.
func shownParts(t *testing.T) (*harness, *partsView) {
	t.Helper()
	h := withRows(t, transfer.StatusUploading)
	h.journal.parts[1] = []transfer.Part{{Number: 1, Size: 50, ETag: "J", CRC64: 7}}
	h.u.main.list.Select(1)
	h.u.main.details.tabs.SelectIndex(int(tabParts))
	parts := h.u.main.details.parts
	h.until("the parts are shown", func() bool { return parts.count() == 2 && !parts.refresh.Disabled() })
	return h, parts
}

func TestRefreshFromOSS(t *testing.T) {
	h, parts := shownParts(t)
	h.engine.parts = []transfer.StoredPart{{Number: 1, Size: 50, ETag: "X"}}
	parts.refresh.press()
	h.until("OSS has answered", func() bool { return parts.compare.server != nil })
	if parts.note.Text != "OSS lists 1 part · 1 part differs" {
		t.Errorf("it says %q", parts.note.Text)
	}
	if parts.heads.facts.cells[colServer] == "" {
		t.Error("the column has no head")
	}
	parts.only.SetChecked(true)
	if parts.count() != 1 || parts.numberAt(0) != 1 {
		t.Errorf("of differences it lists %v", parts.shown)
	}
	begunAnew := *parts.frame
	begunAnew.upload.UploadID = "another"
	parts.show(&begunAnew)
	if parts.compare.server != nil || parts.note.Text != "" || parts.heads.facts.cells[colServer] != "" {
		t.Error("what OSS listed is shown beside another upload ID's parts")
	}
}

func TestTheFileIsChecked(t *testing.T) {
	h, parts := shownParts(t)
	h.engine.sums = map[int]uint64{1: 8}
	parts.check.press()
	h.until("the file is read", func() bool { return parts.compare.file != nil })
	if parts.note.Text != "1 part of the file was read · 1 part differs" || parts.check.Text != "Check the file" {
		t.Errorf("it says %q, and offers %q", parts.note.Text, parts.check.Text)
	}
}

func TestRepairIsAskedFor(t *testing.T) {
	h, parts := shownParts(t)
	parts.repair.press()
	m := h.u.topModal()
	if m == nil {
		t.Fatal("it is not asked for")
	}
	m.enter.press()
	h.until("the engine is told", func() bool { return slices.Contains(h.engine.commands(), "repair") })
	if h.engine.last.IDs[0] != 1 {
		t.Errorf("it repairs %v", h.engine.last.IDs)
	}
}

func TestAClickOnTheMapShowsThePart(t *testing.T) {
	h, parts := shownParts(t)
	d := h.u.main.details
	d.tabs.SelectIndex(int(tabOverview))
	d.overview.strip.OnSelect(2)
	if d.tabs.SelectedIndex() != int(tabParts) || parts.chosen != 2 || !strings.HasPrefix(parts.note.Text, "Part 2, bytes 50") {
		t.Errorf("tab %d, part %d, %q", d.tabs.SelectedIndex(), parts.chosen, parts.note.Text)
	}
}

func TestRefreshThatFailsIsSaid(t *testing.T) {
	h, parts := shownParts(t)
	h.engine.err = &transfer.Error{Kind: transfer.KindOffline, Op: "ListParts"}
	parts.ask()
	h.until("it is said", func() bool { return parts.asking == 0 && parts.note.Text != "" })
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

// Every column lies within the table, however narrow the window is, and none is cut to
// where it tells nothing.
func TestPartColumnsFit(t *testing.T) {
	for _, width := range []float32{560, 600, 860, 1100, 1400} {
		for i := range 4 {
			server, file := i&1 > 0, i&2 > 0
			w := widthsOf(width, server, file)
			sum := float32(2 * partGap)
			for i, c := range w {
				if c > 0 {
					sum += c + partGap
				}
				if c > 0 && c < partWidths[i] && i != colETag {
					t.Errorf("%v wide: column %d is cut to %v", width, i, c)
				}
			}
			if sum > width || w[colETag] != 0 && w[colETag] < etagLeast || server && w[colServer] == 0 || file && w[colFile] == 0 {
				t.Errorf("%v wide, with OSS %v and the file %v: %v take %v", width, server, file, w, sum)
			}
			if !server && !file && w[colETag] < partWidths[colETag] {
				t.Errorf("%v wide: the ETag is cut to %v", width, w[colETag])
			}
		}
	}
}

// A table of 10,000 parts takes no longer than one of ten: only lines in sight are made.
func BenchmarkPartsTick10000(b *testing.B) {
	f := &detailFrame{
		upload: transfer.Upload{ID: 1, File: transfer.Identity{Size: 10_000 << 20}, Plan: transfer.Plan{PartSize: 1 << 20, Parts: 10_000}},
		states: make([]transfer.PartState, 10_000), work: &transfer.Detail{Sent: map[int]int64{}},
	}
	c := &comparison{server: map[int]transfer.StoredPart{}, listed: f.parts}
	for b.Loop() {
		c.differing(f)
		for n := range 20 {
			factsOfPart(f, c, 5000+n)
		}
	}
}
