package uploadlist

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"

	"partway/transfer"
)

// isOpen tells whether row i is a folder whose files are shown.
func (l *List) isOpen(id transfer.ID) bool { return l.open[id.Folder()] }

// toggle opens or closes the folder of row i. The keyboard stays on it.
func (l *List) toggle(i int) {
	folder := l.sel.ids[i].Folder()
	if folder == 0 {
		return
	}
	if l.open[folder] {
		delete(l.open, folder)
	} else {
		l.open[folder] = true
	}
	l.draw()
	if l.cb.OnFold != nil {
		l.cb.OnFold(slices.Sorted(maps.Keys(l.open)))
	}
}

// foldAt tells whether a press at x on row i falls on a folder's triangle.
func (l *List) foldAt(i int, x float32) bool {
	name := &l.columns[atName]
	return l.sel.ids[i].Folder() != 0 && x >= name.x && x < name.x+pad+foldSize
}

// fold opens, closes and leaves folders by Right and Left, as trees do elsewhere. It tells
// whether the key was one of them.
func (l *List) fold(key fyne.KeyName) bool {
	at := l.sel.current.at
	if key != fyne.KeyLeft && key != fyne.KeyRight || at < 0 {
		return false
	}
	folder, open := l.sel.ids[at].Folder() != 0, l.isOpen(l.sel.ids[at])
	to := -1
	switch {
	case folder && open == (key == fyne.KeyLeft):
		l.toggle(at)
	case folder && key == fyne.KeyRight:
		to = min(at+1, len(l.sel.ids)-1) // the first file inside
	case key == fyne.KeyLeft && l.rows[l.sel.ids[at]].Inside:
		to = l.folderAbove(at)
	}
	if to >= 0 {
		l.goTo(to, func() { l.sel.only(to) })
	}
	return true
}

// folderAbove returns the index of the folder that row i lies in.
func (l *List) folderAbove(i int) int {
	for ; i >= 0; i-- {
		if l.sel.ids[i].Folder() != 0 {
			return i
		}
	}
	return -1
}
