package uploadlist

import "partway/transfer"

// selection knows the order of the rows and which of them are selected. It remembers
// rows by ID, so that it survives another order; the places are kept beside the IDs and
// found anew when the order changes.
type selection struct {
	ids      []transfer.ID
	selected map[transfer.ID]struct{}
	current  place // where the keyboard is
	anchor   place // where a range begins
}

// place is a row by ID and index. The index is -1 when there is no row.
type place struct {
	id transfer.ID
	at int
}

var nowhere = place{at: -1}

func newSelection() selection {
	return selection{selected: map[transfer.ID]struct{}{}, current: nowhere, anchor: nowhere}
}

// setIDs takes over another order, and tells whether the selected set or the current row
// changed by it. When the current row is gone, the keyboard goes to the row now in its
// place.
func (s *selection) setIDs(ids []transfer.ID) (changed bool) {
	before := s.current
	count := len(s.selected)
	s.ids = ids
	current, anchor := -1, -1
	kept := 0
	for i, id := range ids {
		if id == s.current.id {
			current = i
		}
		if id == s.anchor.id {
			anchor = i
		}
		if count > 0 && s.has(id) {
			kept++
		}
	}
	if kept < count {
		s.forget()
	}
	if current < 0 && before.at >= 0 {
		current = min(before.at, len(ids)-1)
	}
	s.current = s.place(current)
	if anchor < 0 {
		anchor = current
	}
	s.anchor = s.place(anchor)
	return kept != count || s.current.id != before.id
}

// forget takes out of the selection what is not among the rows.
func (s *selection) forget() {
	kept := make(map[transfer.ID]struct{})
	for _, id := range s.ids {
		if s.has(id) {
			kept[id] = struct{}{}
		}
	}
	s.selected = kept
}

func (s *selection) place(i int) place {
	if i < 0 || i >= len(s.ids) {
		return nowhere
	}
	return place{id: s.ids[i], at: i}
}

func (s *selection) has(id transfer.ID) bool {
	_, ok := s.selected[id]
	return ok
}

// only selects row i and nothing else.
func (s *selection) only(i int) {
	clear(s.selected)
	s.selected[s.ids[i]] = struct{}{}
	s.current = s.place(i)
	s.anchor = s.current
}

// toggle selects row i, or takes it out, and leaves the others.
func (s *selection) toggle(i int) {
	id := s.ids[i]
	if s.has(id) {
		delete(s.selected, id)
	} else {
		s.selected[id] = struct{}{}
	}
	s.current = s.place(i)
	s.anchor = s.current
}

// extend selects the rows from the anchor to row i, in place of all others or, with add,
// beside them. The anchor stays.
func (s *selection) extend(i int, add bool) {
	if !add {
		clear(s.selected)
	}
	if s.anchor.at < 0 {
		s.anchor = s.place(i)
	}
	for k := min(s.anchor.at, i); k <= max(s.anchor.at, i); k++ {
		s.selected[s.ids[k]] = struct{}{}
	}
	s.current = s.place(i)
}

// visit moves the keyboard to row i and selects nothing.
func (s *selection) visit(i int) { s.current = s.place(i) }

func (s *selection) all() {
	for _, id := range s.ids {
		s.selected[id] = struct{}{}
	}
	if s.current.at < 0 {
		s.current = s.place(0)
		s.anchor = s.current
	}
}

func (s *selection) none() { clear(s.selected) }

// set selects exactly the rows of these IDs, and returns the index of the first, or -1.
func (s *selection) set(ids []transfer.ID) int {
	wanted := make(map[transfer.ID]struct{}, len(ids))
	for _, id := range ids {
		wanted[id] = struct{}{}
	}
	clear(s.selected)
	first := -1
	for i, id := range s.ids {
		if _, ok := wanted[id]; !ok {
			continue
		}
		s.selected[id] = struct{}{}
		if first < 0 {
			first = i
		}
	}
	if first >= 0 {
		s.current = s.place(first)
		s.anchor = s.current
	}
	return first
}

// list returns the selected IDs in the rows' order.
func (s *selection) list() []transfer.ID {
	ids := make([]transfer.ID, 0, len(s.selected))
	if len(s.selected) == 0 {
		return ids
	}
	for _, id := range s.ids {
		if s.has(id) {
			ids = append(ids, id)
		}
	}
	return ids
}
