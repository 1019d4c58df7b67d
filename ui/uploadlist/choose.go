package uploadlist

import (
	"slices"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

// Column is what a person made of a column, to be remembered.
type Column struct {
	ID     string  `json:"id"`
	Width  float32 `json:"width,omitempty"`
	Hidden bool    `json:"hidden,omitempty"`
}

// Columns returns the columns as they are now, from the left.
func (l *List) Columns() []Column {
	told := make([]Column, 0, columnCount)
	for _, i := range l.columns.order() {
		c := &l.columns[i]
		told = append(told, Column{ID: c.id, Width: c.wanted, Hidden: c.off})
	}
	return told
}

// SetColumns restores what [Callbacks.OnColumns] told. What makes no sense is left, and
// columns that are not named stay as they are by default, at the end.
func (l *List) SetColumns(told []Column) {
	l.columns = newColumns()
	l.columns.restore(told)
	l.relayout()
}

func (c *columns) restore(told []Column) {
	const most = 2_000 // what a damaged setting might hold above this is not obeyed
	order := []int{atIcon}
	for _, t := range told {
		i := slices.IndexFunc(c[:], func(c column) bool { return c.id == t.ID })
		if i < 0 || slices.Contains(order, i) {
			continue
		}
		order = append(order, i)
		if t.Width >= c[i].least && t.Width <= most {
			c[i].wanted = t.Width
		}
		c[i].off = t.Hidden && i != atName
	}
	for i := range c {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	c.rank(order)
}

// ResetColumns makes the columns what they are for who never changed them.
func (l *List) ResetColumns() {
	l.columns = newColumns()
	l.columnsChanged()
}

// columnsChanged shows what a person did to the columns, and tells of it.
func (l *List) columnsChanged() {
	l.relayout()
	if l.cb.OnColumns != nil {
		l.cb.OnColumns(l.Columns())
	}
}

// Shows tells whether a column is to be shown; there may be no room for it.
func (l *List) Shows(id string) bool {
	return slices.ContainsFunc(l.columns[:], func(c column) bool { return c.id == id && !c.off })
}

// ColumnItems are a menu's items that show and hide columns.
func (l *List) ColumnItems() []*fyne.MenuItem {
	items := make([]*fyne.MenuItem, 0, columnCount+1)
	for _, i := range l.columns.order() {
		c := &l.columns[i]
		if i == atIcon || i == atName {
			continue
		}
		label := c.inMenu()
		if !c.off && c.width == 0 && l.view != nil {
			label = text.T("{{.Column}} (no room)", text.Args{"Column": label})
		}
		item := l.switchItem(label, i)
		item.Checked = !c.off
		items = append(items, item)
	}
	return append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(text.T("Reset columns"), l.ResetColumns))
}

// switchItem is a menu's item that shows or hides a column.
func (l *List) switchItem(label string, i int) *fyne.MenuItem {
	return fyne.NewMenuItem(label, func() {
		l.columns[i].off = !l.columns[i].off
		l.columnsChanged()
	})
}

// MoveItems are a menu's items that ask which column moves by one place: to the left, -1, or to
// the right, 1.
func (l *List) MoveItems(by int) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, i := range l.columns.order() {
		if i != atIcon && !l.columns[i].off {
			items = append(items, l.moveItem(l.columns[i].inMenu(), i, by))
		}
	}
	return items
}

// moveItem is a menu's item that moves a column by one place.
func (l *List) moveItem(label string, i, by int) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, func() {
		if at, ok := l.columns.beside(i, by); ok {
			l.columns.put(i, at)
			l.columnsChanged()
		}
	})
	_, ok := l.columns.beside(i, by)
	item.Disabled = !ok
	return item
}

// HeaderItems are the items of the menu that was asked for by [Callbacks.OnColumnMenu]: what can
// be done with the column there, and [List.ColumnItems].
func (l *List) HeaderItems() []*fyne.MenuItem {
	i := l.asked
	if i <= atIcon {
		return l.ColumnItems()
	}
	hide := l.switchItem(text.T("Hide this column"), i)
	hide.Disabled = i == atName
	all := fyne.NewMenuItem(text.T("Columns"), nil)
	all.ChildMenu = fyne.NewMenu("", l.ColumnItems()...)
	return []*fyne.MenuItem{
		l.moveItem(text.T("Move left"), i, -1), l.moveItem(text.T("Move right"), i, 1), hide,
		fyne.NewMenuItemSeparator(), all,
	}
}

// SortItems are a menu's items that choose the order, also by columns that are not shown.
func (l *List) SortItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, i := range l.columns.order() {
		c := &l.columns[i]
		if c.sort == "" {
			continue
		}
		by := c.sort
		item := fyne.NewMenuItem(c.inMenu(), func() { l.orderBy(transfer.Sort{By: by, Descending: l.sort.Descending}) })
		item.Checked = l.sort.By == by
		items = append(items, item)
	}
	down := fyne.NewMenuItem(text.T("Descending"), func() {
		l.orderBy(transfer.Sort{By: l.sort.By, Descending: !l.sort.Descending})
	})
	down.Checked = l.sort.Descending
	return append(items, fyne.NewMenuItemSeparator(), down)
}
