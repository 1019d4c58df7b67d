package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

// moves are the ways through the queue, with the key that goes them together with Alt.
var moves = []struct {
	to    transfer.MoveTo
	label string
	key   fyne.KeyName
}{
	{transfer.MoveTop, text.Key("Move to the top"), fyne.KeyHome},
	{transfer.MoveUp, text.Key("Move up"), fyne.KeyUp},
	{transfer.MoveDown, text.Key("Move down"), fyne.KeyDown},
	{transfer.MoveBottom, text.Key("Move to the bottom"), fyne.KeyEnd},
}

var priorities = []struct {
	priority transfer.Priority
	label    string
}{
	{transfer.PriorityHigh, text.Key("High priority")},
	{transfer.PriorityNormal, text.Key("Normal priority")},
	{transfer.PriorityLow, text.Key("Low priority")},
}

// move moves uploads in the queue, or gives them another priority. Where a folder is one row,
// what moves by one goes past all of it.
func (u *UI) move(s transfer.Selection, to transfer.Move) {
	to.Entries = !u.prefs.Flat
	u.run(text.T("The uploads could not be moved."), func() error { return u.c.Engine.Move(s, to) })
}

// queueMenu is the main menu's part on the order of uploads.
func (m *mainMenu) queueMenu(u *UI) *fyne.Menu {
	menu := fyne.NewMenu(text.T("Queue"))
	for _, move := range moves {
		item := u.item(text.T(move.label), func() { u.move(u.selection(), transfer.Move{To: move.to}) }, move.key, fyne.KeyModifierAlt)
		m.queue = append(m.queue, item)
	}
	menu.Items = append(menu.Items, m.queue...)
	menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
	for _, p := range priorities {
		to := transfer.Move{To: transfer.MovePriority, Priority: p.priority}
		item := u.item(text.T(p.label), func() { u.move(u.selection(), to) }, "", 0)
		m.queue = append(m.queue, item)
		menu.Items = append(menu.Items, item)
	}
	elsewhere := u.item(text.T("Change destination…"), u.redirectSelected, "", 0)
	m.queue = append(m.queue, elsewhere)
	menu.Items = append(menu.Items, fyne.NewMenuItemSeparator(), elsewhere)
	return menu
}

// queueItems are the same commands in the context menu. The priority is marked that all of
// the rows have.
func (u *UI) queueItems(these transfer.Selection, c chosenRows, allowed bool) []*fyne.MenuItem {
	place := menuItem(text.T("Place in the queue"), allowed, nil)
	place.ChildMenu = fyne.NewMenu("")
	for _, move := range moves {
		item := menuItem(text.T(move.label), allowed, func() { u.move(these, transfer.Move{To: move.to}) })
		place.ChildMenu.Items = append(place.ChildMenu.Items, item)
	}
	priority := menuItem(text.T("Priority"), allowed, nil)
	priority.ChildMenu = fyne.NewMenu("")
	for _, p := range priorities {
		to := transfer.Move{To: transfer.MovePriority, Priority: p.priority}
		item := menuItem(text.Priority(p.priority), allowed, func() { u.move(these, to) })
		item.Checked = c.haveAll(p.priority)
		priority.ChildMenu.Items = append(priority.ChildMenu.Items, item)
	}
	return []*fyne.MenuItem{place, priority, menuItem(text.T("Change destination…"), allowed, u.redirectSelected)}
}

// haveAll tells whether all rows, and all in the folders, have a priority.
func (c *chosenRows) haveAll(p transfer.Priority) bool {
	for i := range c.rows {
		if c.rows[i].Priority != p {
			return false
		}
	}
	return !slices.ContainsFunc(c.folders, func(f transfer.FolderRow) bool { return f.Mixed || f.Priority != p })
}
