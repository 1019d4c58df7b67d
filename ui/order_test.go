package ui

import (
	"slices"
	"testing"
	"time"

	"partway/transfer"
)

func uploading(speed float64, left time.Duration) transfer.Live {
	return transfer.Live{Status: transfer.StatusUploading, Speed: speed, Left: left}
}

// TestLiveOrder sorts by what only the engine knows: active uploads first, the rest in the
// queue's order, and rows that move no more often than a person can follow.
func TestLiveOrder(t *testing.T) {
	listed := []transfer.ID{1, 2, 3, 4, 5, 6}
	live := map[transfer.ID]transfer.Live{
		2: uploading(50, 9*time.Second),
		4: uploading(90, time.Hour),
		5: uploading(0, 0),
		6: {Status: transfer.StatusPaused, Speed: 999},
		7: uploading(10, time.Second), // not in this list
	}
	for _, tt := range []struct {
		sort transfer.Sort
		want []transfer.ID
	}{
		{transfer.Sort{By: transfer.SortSpeed}, []transfer.ID{2, 4, 1, 3, 5, 6}},
		{transfer.Sort{By: transfer.SortSpeed, Descending: true}, []transfer.ID{4, 2, 1, 3, 5, 6}},
		{transfer.Sort{By: transfer.SortLeft}, []transfer.ID{2, 4, 1, 3, 5, 6}},
		{transfer.Sort{By: transfer.SortLeft, Descending: true}, []transfer.ID{4, 2, 1, 3, 5, 6}},
		{transfer.Sort{By: transfer.SortName}, listed},
	} {
		var o order
		if got := o.take(listing{top: listed}, tt.sort, live, time.Time{}); !slices.Equal(got, tt.want) {
			t.Errorf("by %v: %v, want %v", tt.sort, got, tt.want)
		}
	}
}

func TestLiveOrderFollowsSlowly(t *testing.T) {
	fastest := transfer.Sort{By: transfer.SortSpeed, Descending: true}
	live := map[transfer.ID]transfer.Live{1: uploading(10, 0), 2: uploading(20, 0)}
	var o order
	now := time.Unix(1000, 0)
	o.take(listing{top: []transfer.ID{1, 2, 3}}, fastest, live, now)
	if got := o.follow(fastest, live, now.Add(time.Minute)); got != nil {
		t.Errorf("nothing changed, and the order is %v", got)
	}
	live[1] = uploading(30, 0)
	if got := o.follow(fastest, live, now.Add(orderPause-1)); got != nil || !o.behind {
		t.Errorf("too soon: %v, behind %v", got, o.behind)
	}
	if got := o.follow(fastest, live, now.Add(orderPause)); !slices.Equal(got, []transfer.ID{1, 2, 3}) || o.behind {
		t.Errorf("the order is %v, behind %v", got, o.behind)
	}
	if got := o.follow(transfer.Sort{By: transfer.SortName}, nil, now.Add(time.Hour)); got != nil {
		t.Errorf("the journal's order became %v", got)
	}
}

// TestPlacesInTheQueue are read only while they are shown.
func TestPlacesInTheQueue(t *testing.T) {
	p, journal, _, _ := newStillPump(t)
	for id, s := range []transfer.Status{transfer.StatusCompleted, transfer.StatusPaused, transfer.StatusWaiting} {
		journal.add(transfer.ID(id+1), s)
	}
	places := func() (shown []int) {
		for _, r := range p.look(t.Context()).rows {
			shown = append(shown, r.Place)
		}
		return shown
	}
	p.set(func(v *view) { v.visible = []transfer.ID{1, 2, 3} })
	if got := places(); !slices.Equal(got, []int{0, 0, 0}) {
		t.Errorf("not shown, the places are %v", got)
	}
	p.set(func(v *view) { v.places = true })
	if got := places(); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("the places are %v", got)
	}
	p.set(func(v *view) { v.visible = []transfer.ID{3} })
	if got := places(); !slices.Equal(got, []int{2}) {
		t.Errorf("after scrolling, the places are %v", got)
	}
}

// TestColumnsAreRemembered changes them in one life of the window and finds them in the next.
func TestColumnsAreRemembered(t *testing.T) {
	h := newReady(t)
	for _, item := range h.u.main.menu.columns.ChildMenu.Items {
		if item.Label == "Account" || item.Label == "Size" {
			item.Action()
		}
	}
	for _, item := range h.u.main.menu.columns.ChildMenu.Items {
		if want := item.Label == "Account" || item.Label == "Progress"; want != item.Checked && (want || item.Label == "Size") {
			t.Errorf("%q is checked: %v", item.Label, item.Checked)
		}
	}
	h.u.savePreferences(h.u.prefs)
	saved := h.journal.saved()[settingWindow]
	again := newReady(t, func(h *harness, _ *Config) { h.journal.settings[settingWindow] = saved })
	list := again.u.main.list
	if !list.Shows("account") || list.Shows("size") || !list.Shows("progress") {
		t.Errorf("the columns are %v", list.Columns())
	}
}
