package picker

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// key does what a key asks for wherever the focus is: Enter goes into the line's folder or
// takes what is ticked, Backspace goes up, Escape cancels. It reports whether it did.
func (b *browser) key(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyEscape:
		b.answer(nil)
	case fyne.KeyReturn, fyne.KeyEnter:
		if e, ok := b.at(b.list.line); ok && e.folder && len(b.ticked) == 0 {
			b.request(filepath.Join(b.folder, e.name))
		} else {
			b.confirm()
		}
	case fyne.KeyBackspace:
		b.request(filepath.Dir(b.folder))
	default:
		return false
	}
	return true
}

// at returns the entry of a line.
func (b *browser) at(line int) (entry, bool) {
	if line < 0 || line >= len(b.entries) {
		return entry{}, false
	}
	return b.entries[line], true
}

// keyList is a list whose Space ticks a line, where a tap goes into its folder.
type keyList struct {
	widget.List
	b    *browser
	line int // the one the keys are at
}

func newKeyList(b *browser) *keyList {
	l := &keyList{b: b}
	l.Length = func() int { return len(b.entries) }
	l.CreateItem = func() fyne.CanvasObject { return newLine(b.key) }
	l.UpdateItem = b.fill
	l.OnHighlighted = func(i widget.ListItemID) { l.line = i }
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey is called by Fyne.
func (l *keyList) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeySpace {
		if e, ok := l.b.at(l.line); ok && (e.folder || !l.b.folders) {
			l.b.tick(e, !l.b.ticked[filepath.Join(l.b.folder, e.name)])
		}
		return
	}
	if !l.b.key(k) {
		l.List.TypedKey(k)
	}
}

// tick is a line's box.
type tick struct {
	widget.Check
	key func(*fyne.KeyEvent) bool
}

func newTick(key func(*fyne.KeyEvent) bool) *tick {
	t := &tick{key: key}
	t.ExtendBaseWidget(t)
	return t
}

// TypedKey is called by Fyne.
func (t *tick) TypedKey(k *fyne.KeyEvent) {
	if !t.key(k) {
		t.Check.TypedKey(k)
	}
}
