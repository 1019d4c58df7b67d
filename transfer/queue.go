package transfer

import (
	"cmp"
	"maps"
	"slices"
)

// MoveTo is where in the queue uploads are moved. The queue has the unfinished uploads, by
// priority and then by place; uploads that move keep their order among themselves.
type MoveTo string

// Where to move. Top, Up, Down and Bottom are among the uploads of the same priority.
const (
	MoveTop    MoveTo = "top"
	MoveUp     MoveTo = "up"   // each block of selected uploads by one
	MoveDown   MoveTo = "down" // the same
	MoveBottom MoveTo = "bottom"
	// MoveBefore and MoveAfter move right beside another upload, whose priority they take
	// over.
	MoveBefore MoveTo = "before"
	MoveAfter  MoveTo = "after"
	// MovePriority gives them another priority, and leaves their places.
	MovePriority MoveTo = "priority"
)

// Move is a change of the queue's order.
type Move struct {
	To       MoveTo
	Beside   ID       // of MoveBefore and MoveAfter; a folder's entry stands for its files
	Priority Priority // of MovePriority
	Entries  bool     // of MoveUp and MoveDown: past a folder as a whole, as a list of folders shows it
}

// QueuePlace is where in the queue an upload is.
type QueuePlace struct {
	ID       ID
	Priority Priority
	Position int64
}

// Move changes the order in which the selected uploads get slots, of those that are not
// finished. Those in work stay in work, but yield the next free slot to who is before them.
func (m *Manager) Move(s Selection, to Move) error {
	return m.do(func() { m.move(s, to) })
}

// move has the journal, which owns the queue's order, change it. The engine follows when it is
// told the places of what is in work, one change after the other.
func (m *Manager) move(s Selection, to Move) {
	m.commands++
	m.save("move uploads in the queue", func(done func(error)) {
		m.journal.Move(s, to, slices.Collect(maps.Keys(m.tasks)), func(places []QueuePlace, err error) {
			m.mail.put(func() { m.handleMoved(places) })
			done(err)
		})
	})
}

func (m *Manager) handleMoved(places []QueuePlace) {
	for _, p := range places {
		if t := m.tasks[p.ID]; t != nil {
			t.u.Priority, t.u.Position = p.Priority, p.Position
		}
	}
	m.sortTasks()
}

// sortTasks brings the uploads in work into the queue's order.
func (m *Manager) sortTasks() {
	slices.SortStableFunc(m.order, func(a, b *task) int {
		return cmp.Or(cmp.Compare(b.u.Priority, a.u.Priority), cmp.Compare(a.u.Position, b.u.Position))
	})
}
