package ui

import (
	"cmp"
	"slices"
	"time"

	"partway/transfer"
)

// orderPause is how long rows sorted by what changes all the time stay where they are.
const orderPause = 2 * time.Second

// order is the list's order where the journal does not know all of it: by speed or time
// left, the uploads that have one come first, and the rest follow in the queue's order.
type order struct {
	listed []transfer.ID // as the journal has it
	active []transfer.ID // of these, those that come first
	after  time.Time     // they are not moved before
	behind bool          // they may have to be moved
}

// take takes over another list, and returns it in order. It is never nil.
func (o *order) take(listed []transfer.ID, s transfer.Sort, live map[transfer.ID]transfer.Live, now time.Time) []transfer.ID {
	*o = order{}
	if listed == nil {
		listed = []transfer.ID{}
	}
	if !s.By.Live() {
		return listed
	}
	o.listed, o.active, o.after = listed, activeBy(s, live), now.Add(orderPause)
	return o.merged()
}

// follow returns the list in order if that is another now, or else nil.
func (o *order) follow(s transfer.Sort, live map[transfer.ID]transfer.Live, now time.Time) []transfer.ID {
	if !s.By.Live() {
		return nil
	}
	active := activeBy(s, live)
	o.behind = !slices.Equal(active, o.active)
	if !o.behind || now.Before(o.after) {
		return nil
	}
	o.active, o.after, o.behind = active, now.Add(orderPause), false
	return o.merged()
}

// merged moves the active uploads to the front of those listed.
func (o *order) merged() []transfer.ID {
	first := make(map[transfer.ID]bool, len(o.active))
	for _, id := range o.active {
		first[id] = false
	}
	rest := make([]transfer.ID, 0, len(o.listed))
	for _, id := range o.listed {
		if _, active := first[id]; active {
			first[id] = true // it is shown
		} else {
			rest = append(rest, id)
		}
	}
	ids := make([]transfer.ID, 0, len(o.listed))
	for _, id := range o.active {
		if first[id] {
			ids = append(ids, id)
		}
	}
	return append(ids, rest...)
}

// activeBy lists the uploads that have what is sorted by, in order.
func activeBy(s transfer.Sort, live map[transfer.ID]transfer.Live) []transfer.ID {
	value := func(id transfer.ID) float64 {
		if s.By == transfer.SortLeft {
			return float64(live[id].Left)
		}
		return live[id].Speed
	}
	var ids []transfer.ID
	for id, l := range live {
		if l.Status == transfer.StatusUploading && value(id) > 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b transfer.ID) int {
		by := cmp.Compare(value(a), value(b))
		if s.Descending {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(a, b))
	})
	return ids
}

// placesOf finds the places that some uploads have in the queue, from 1.
func placesOf(queue, of []transfer.ID) map[transfer.ID]int {
	if len(queue) == 0 {
		return nil
	}
	wanted := make(map[transfer.ID]bool, len(of))
	for _, id := range of {
		wanted[id] = true
	}
	places := make(map[transfer.ID]int, len(of))
	for i, id := range queue {
		if wanted[id] {
			places[id] = i + 1
		}
	}
	return places
}
