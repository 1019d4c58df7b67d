package ui

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"partway/transfer"
	"partway/ui/text"
)

// One click in the status bar puts the alternative limit into force, the next the other, and
// what is saved is what was chosen last.
func TestSwitchLimit(t *testing.T) {
	h := newReady(t)
	chip := h.u.main.status.limit
	for i, alternative := range []bool{true, false, true, false, true} {
		test.Tap(chip)
		h.engine.mu.Lock()
		got := h.engine.set.UsesAlternative(time.Now())
		h.engine.mu.Unlock()
		if got != alternative {
			t.Fatalf("after %d clicks the alternative limit is in force: %v", i+1, got)
		}
	}
	h.until("the last choice is saved", func() bool {
		var s transfer.Settings
		err := json.Unmarshal([]byte(h.journal.saved()[SettingEngine]), &s)
		return err == nil && s.Switched && !h.u.saving
	})
	h.engine.change(func(s *transfer.Snapshot) { s.Limit, s.Alternative = transfer.MiB, true })
	h.until("it is shown", func() bool { return chip.label.Text == "1 MiB/s" && h.u.main.menu.turtle.Checked })
	h.engine.change(func(s *transfer.Snapshot) { s.Limit, s.Alternative = 0, false })
	h.until("that there is none is shown", func() bool { return chip.label.Text == "No limit" && !h.u.main.menu.turtle.Checked })
}

func TestLimitOfSelectedUploads(t *testing.T) {
	h := newReady(t)
	uploads := []transfer.Upload{{ID: 1, Limit: 2048}, {ID: 2, Limit: 2048}, {ID: 3, Phase: transfer.PhaseDone}}
	s := transfer.These(1, 2, 3)
	d := h.u.askLimit(s, uploads)
	if d.limit.Text != "2K" {
		t.Errorf("it begins with %q", d.limit.Text)
	}
	d.limit.SetText("slow")
	if d.set(s); !d.open() || d.message.Text == "" {
		t.Error("no number is taken for a limit")
	}
	d.limit.SetText("500K")
	d.set(s)
	if got := h.engine.commands(); len(got) != 1 || got[0] != "limit to 500K" || len(h.engine.last.IDs) != 3 {
		t.Errorf("the engine was told %v, %v", got, h.engine.last)
	}
	uploads[1].Limit = 1
	if d = h.u.askLimit(s, uploads); d.limit.Text != "" {
		t.Errorf("of two limits it begins with %q", d.limit.Text)
	}
	d.close()
}

func TestSpeedPage(t *testing.T) {
	h := newReady(t)
	d := h.u.showSettings(ResumeAlways)
	p := d.speed
	p.limit.SetText("5M")
	p.alternative.SetText("")
	p.scheduled.SetChecked(true)
	if p.from.Text != "09:00" || !p.days[4].Checked || p.days[5].Checked {
		t.Errorf("it proposes %q, %v", p.from.Text, p.days)
	}
	p.from.SetText("22：30")
	p.to.SetText("6:05")
	p.days[5].SetChecked(true)
	d.save()
	want := transfer.Limits{BytesPerSecond: 5 * transfer.MiB, Alternative: -1, Schedule: transfer.Schedule{
		On: true, From: 22*60 + 30, To: 6*60 + 5, Days: transfer.Everyday &^ transfer.DaysOf(time.Sunday),
	}}
	if d.open() || h.u.c.Settings.Limits != want {
		t.Fatalf("set %+v, %q", h.u.c.Settings.Limits, d.message.Text)
	}
	for name, breaks := range map[string]func(p *speedPage){
		"no hour":        func(p *speedPage) { p.from.SetText("25:00") },
		"no days":        func(p *speedPage) { check(p.days, false) },
		"no alternative": func(p *speedPage) { p.alternative.SetText("x") },
	} {
		d = h.u.showSettings(ResumeAlways)
		breaks(d.speed)
		if d.save(); !d.open() || !d.stack.Objects[d.chosen].Visible() || d.chosen != 2 {
			t.Errorf("%s is taken", name)
		}
		d.close()
	}
	d = h.u.showSettings(ResumeAlways)
	d.speed.scheduled.SetChecked(false)
	d.save()
	if s := h.u.c.Settings.Schedule; s.On || s.From != want.Schedule.From || s.Days != want.Schedule.Days {
		t.Errorf("switched off, it forgot its hours: %+v", s)
	}
}

func check(boxes []*tick, on bool) {
	for _, b := range boxes {
		b.SetChecked(on)
	}
}

// An upload's own limit is in its overview, and the lower of the limits is the graph's line.
func TestTheOverviewTellsTheUploadsLimit(t *testing.T) {
	for _, l := range []struct{ a, b, want int64 }{{0, 0, 0}, {0, 5, 5}, {7, 0, 7}, {7, 5, 5}, {5, 7, 5}} {
		if got := lower(l.a, l.b); got != l.want {
			t.Errorf("of %d and %d %d binds", l.a, l.b, got)
		}
	}
	says := func(u transfer.Upload) bool {
		return slices.Contains(factsOf(&detailFrame{upload: u}, nil), fact{text.T("Speed limit"), "500 KiB/s"})
	}
	if !says(transfer.Upload{Limit: 500 * transfer.KiB}) || says(transfer.Upload{}) ||
		says(transfer.Upload{Limit: 500 * transfer.KiB, Phase: transfer.PhaseDone}) {
		t.Error("the limit is not told, or of no use")
	}
}
