package ui

import (
	"strings"
	"testing"

	"partway/transfer"
)

// TestTimeLeftIsOfWhatGoesOn has 1 MiB ahead at 1 MiB/s, and 1 GiB that waits for a person.
func TestTimeLeftIsOfWhatGoesOn(t *testing.T) {
	s := newStatusBar(newHarness(t).u)
	s.setCounts(&transfer.Counts{
		Groups: map[transfer.Group]int{transfer.GroupAll: 2},
		Total:  1<<30 + 2<<20, Ahead: 2 << 20,
	})
	snap := &transfer.Snapshot{Speed: 1 << 20, Pace: 1 << 20, Sending: 1 << 20, Slots: 8, InFlight: 1}
	if s.show(snap, nil); !strings.HasSuffix(s.totals.Text, "1 s left") {
		t.Errorf("it says %q", s.totals.Text)
	}
	snap.InFlight = 0
	snap.Live = map[transfer.ID]transfer.Live{1: {Status: transfer.StatusUploading}}
	if s.show(snap, nil); !strings.HasPrefix(s.line.Text, "1.0 MiB/s") || !strings.HasSuffix(s.totals.Text, "1 s left") {
		t.Errorf("between two small files it says %q, %q", s.totals.Text, s.line.Text)
	}
	snap.Live = map[transfer.ID]transfer.Live{1: {Status: transfer.StatusNoNetwork}}
	if s.show(snap, nil); strings.Contains(s.line.Text, "MiB/s") || strings.Contains(s.totals.Text, "left") {
		t.Errorf("without a network it says %q, %q", s.totals.Text, s.line.Text)
	}
}

func TestStatusBarSaysWhyNothingMoves(t *testing.T) {
	snap := &transfer.Snapshot{Stalled: []string{"https://oss.example.com"}}
	if got := noteText(snap, nil); !strings.Contains(got, "https://oss.example.com answers with errors") {
		t.Errorf("stalled: %q", got)
	}
	snap.Offline = []string{"https://away.example.com"}
	if got := noteText(snap, nil); !strings.Contains(got, "https://away.example.com cannot be reached") {
		t.Errorf("offline: %q", got)
	}
}

func TestTheStatusBarSaysHowManyAreLeft(t *testing.T) {
	s := newStatusBar(newHarness(t).u)
	for want, groups := range map[string]map[transfer.Group]int{
		"5 uploads":             {transfer.GroupAll: 5, transfer.GroupWaiting: 5},
		"3 of 5 uploads left":   {transfer.GroupAll: 5, transfer.GroupPaused: 1, transfer.GroupAttention: 1, transfer.GroupUploading: 1, transfer.GroupCompleted: 1},
		"1 of 100 uploads left": {transfer.GroupAll: 100, transfer.GroupWaiting: 1, transfer.GroupCompleted: 99},
		"1 upload":              {transfer.GroupAll: 1, transfer.GroupCompleted: 1},
	} {
		s.setCounts(&transfer.Counts{Groups: groups})
		if s.show(&transfer.Snapshot{}, nil); s.totals.Text != want {
			t.Errorf("it says %q, want %q", s.totals.Text, want)
		}
	}
}
