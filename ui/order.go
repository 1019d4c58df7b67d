package ui

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"partway/transfer"
)

// orderPause is how long rows sorted by what changes all the time stay where they are.
const orderPause = 2 * time.Second

// order is the list's order where the journal does not know all of it: by speed or time
// left, the uploads that have one come first, and the rest follow in the queue's order.
type order struct {
	listed listing       // as the journal has it
	active []transfer.ID // of these, those that come first
	after  time.Time     // they are not moved before
	behind bool          // they may have to be moved
}

// listing is what the journal lists: the files beside each other, or folders among them.
type listing struct {
	top    []transfer.ID
	inside map[transfer.FolderID][]transfer.ID // of the folders that are open; nil: there are no folders
}

// rows puts what is inside the open folders behind them. It is never nil.
func (l listing) rows(arrange func([]transfer.ID) []transfer.ID) []transfer.ID {
	top := arrange(l.top)
	if len(l.inside) == 0 && top != nil {
		return top
	}
	rows := make([]transfer.ID, 0, len(top))
	for _, id := range top {
		rows = append(rows, id)
		if files := l.inside[id.Folder()]; len(files) > 0 {
			rows = append(rows, arrange(files)...)
		}
	}
	return rows
}

// take takes over another list, and returns it in order. It is never nil.
func (o *order) take(listed listing, s transfer.Sort, live map[transfer.ID]transfer.Live, now time.Time) []transfer.ID {
	*o = order{listed: listed}
	if !s.By.Live() {
		return listed.rows(func(ids []transfer.ID) []transfer.ID { return ids })
	}
	o.active, o.after = activeBy(s, live), now.Add(orderPause)
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

// merged moves what is active to the front: of the list, and inside each folder.
func (o *order) merged() []transfer.ID { return o.listed.rows(o.activeFirst) }

func (o *order) activeFirst(listed []transfer.ID) []transfer.ID {
	first := make(map[transfer.ID]bool, len(o.active))
	for _, id := range o.active {
		first[id] = false
	}
	rest := make([]transfer.ID, 0, len(listed))
	for _, id := range listed {
		if _, active := first[id]; active {
			first[id] = true // it is shown
		} else {
			rest = append(rest, id)
		}
	}
	ids := make([]transfer.ID, 0, len(listed))
	for _, id := range o.active {
		if first[id] {
			ids = append(ids, id)
		}
	}
	return append(ids, rest...)
}

// activeBy lists the uploads that have what is sorted by, and their folders, in order. A
// folder has the speed of all its uploads, and as much time left as the longest of them.
func activeBy(s transfer.Sort, live map[transfer.ID]transfer.Live) []transfer.ID {
	values := map[transfer.ID]float64{}
	for id, l := range live {
		value, folder := l.Speed, l.Folder.Entry()
		if s.By == transfer.SortLeft {
			value = float64(l.Left)
		}
		if l.Status != transfer.StatusUploading || value <= 0 {
			continue
		}
		values[id] = value
		switch {
		case folder == 0:
		case s.By == transfer.SortLeft:
			values[folder] = max(values[folder], value)
		default:
			values[folder] += value
		}
	}
	ids := slices.Collect(maps.Keys(values))
	slices.SortFunc(ids, func(a, b transfer.ID) int {
		by := cmp.Compare(values[a], values[b])
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
