package uploadlist

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Focusable         = (*List)(nil)
	_ fyne.Shortcutable      = (*List)(nil)
	_ fyne.Scrollable        = (*List)(nil)
	_ fyne.SecondaryTappable = (*List)(nil)
	_ fyne.DoubleTappable    = (*List)(nil)
	_ fyne.Accessible        = (*List)(nil)
	_ desktop.Mouseable      = (*List)(nil)
	_ desktop.Hoverable      = (*List)(nil)
)

// MouseDown selects. It acts on the press: a tap would be told only after the time that a
// double click may take.
func (l *List) MouseDown(e *desktop.MouseEvent) {
	l.takeFocus()
	i := l.rowAt(e.Position.Y)
	l.notePress(i)
	l.press(-1, e.Position, false)
	if i < 0 {
		l.sel.none()
		l.selected()
		return
	}
	control := e.Modifier&fyne.KeyModifierShortcutDefault != 0
	shift := e.Modifier&fyne.KeyModifierShift != 0
	switch {
	case e.Button == desktop.MouseButtonSecondary && l.sel.has(l.sel.ids[i]):
		l.sel.visit(i)
	case e.Button == desktop.MouseButtonSecondary:
		l.sel.only(i)
	case shift:
		l.sel.extend(i, control)
	case control:
		l.sel.toggle(i)
	case l.sel.has(l.sel.ids[i]):
		l.sel.visit(i)
		l.press(i, e.Position, true)
	default:
		l.sel.only(i)
		l.press(i, e.Position, false)
	}
	l.reveal(i)
	l.selected()
	if e.Button == desktop.MouseButtonPrimary && l.foldAt(i, e.Position.X) {
		l.notePress(-1) // two quick clicks on the triangle are two
		l.toggle(i)
	}
}

func (l *List) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
}

func (l *List) notePress(i int) {
	l.pressed[0] = l.pressed[1]
	l.pressed[1] = l.sel.place(i).id
}

// MouseUp implements desktop.Mouseable.
func (l *List) MouseUp(*desktop.MouseEvent) { l.release() }

// TappedSecondary asks for the context menu of what MouseDown has selected.
func (l *List) TappedSecondary(e *fyne.PointEvent) {
	if l.cb.OnMenu != nil && len(l.sel.selected) > 0 {
		l.cb.OnMenu(e.AbsolutePosition)
	}
}

// DoubleTapped activates a row that both clicks fell on.
func (l *List) DoubleTapped(e *fyne.PointEvent) {
	i := l.rowAt(e.Position.Y)
	if i < 0 || l.pressed[0] != l.pressed[1] || l.pressed[1] != l.sel.ids[i] {
		return
	}
	l.activate(i)
}

// activate opens or closes a folder, and hands on an upload.
func (l *List) activate(i int) {
	switch {
	case l.sel.ids[i].Folder() != 0:
		l.toggle(i)
	case l.cb.OnActivate != nil:
		l.cb.OnActivate(l.sel.ids[i])
	}
}

// MouseIn implements desktop.Hoverable.
func (l *List) MouseIn(e *desktop.MouseEvent) { l.hoverAt(l.rowAt(e.Position.Y)) }

// MouseMoved implements desktop.Hoverable.
func (l *List) MouseMoved(e *desktop.MouseEvent) { l.hoverAt(l.rowAt(e.Position.Y)) }

// MouseOut implements desktop.Hoverable.
func (l *List) MouseOut() { l.hoverAt(-1) }

func (l *List) hoverAt(i int) {
	if i != l.hover {
		l.hover = i
		l.draw()
	}
}

// Scrolled implements fyne.Scrollable.
func (l *List) Scrolled(e *fyne.ScrollEvent) {
	// One notch of a wheel is 10 to 25 pixels in Fyne, less than a row.
	const rate = 3
	l.scrollTo(l.offset - rate*float64(e.Scrolled.DY))
	l.hoverAt(l.rowAt(e.Position.Y))
}

// FocusGained implements fyne.Focusable.
func (l *List) FocusGained() {
	l.focused = true
	if l.sel.current.at < 0 && len(l.sel.ids) > 0 {
		first, _ := l.span()
		l.sel.visit(first)
	}
	l.draw()
}

// FocusLost implements fyne.Focusable.
func (l *List) FocusLost() {
	l.focused = false
	l.draw()
}

// TypedRune implements fyne.Focusable.
func (l *List) TypedRune(rune) {}

// TypedKey moves, selects, and asks for what a key stands for.
func (l *List) TypedKey(e *fyne.KeyEvent) {
	shift := l.modifiers()&fyne.KeyModifierShift != 0
	if to, ok := l.goal(e.Name); ok {
		l.goTo(to, func() {
			if shift {
				l.sel.extend(to, false)
			} else {
				l.sel.only(to)
			}
		})
		return
	}
	if l.fold(e.Name) {
		return
	}
	switch e.Name {
	case fyne.KeySpace:
		if at := l.sel.current.at; at >= 0 {
			l.goTo(at, func() { l.sel.only(at) })
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if at := l.sel.current.at; at >= 0 {
			l.activate(at)
		}
	case fyne.KeyDelete:
		if l.cb.OnDelete != nil && len(l.sel.selected) > 0 {
			l.cb.OnDelete()
		}
	case fyne.KeyEscape:
		l.drag = drag{} // what is dragged stays where it is
		l.draw()
	case desktop.KeyMenu:
		l.menuAtCurrent()
	case fyne.KeyF10:
		if shift {
			l.menuAtCurrent()
		}
	default:
	}
}

// TypedShortcut handles Ctrl+A, and Ctrl with the keys that move: those move the
// keyboard's row without selecting, and Ctrl+Space selects it or takes it out.
func (l *List) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		l.SelectAll()
		return
	case *desktop.CustomShortcut:
		if l.control(s) {
			return
		}
	}
	if l.cb.OnShortcut != nil {
		l.cb.OnShortcut(s)
	}
}

// control handles a key with Ctrl, perhaps with Shift, and tells whether it did.
func (l *List) control(s *desktop.CustomShortcut) bool {
	const withShift = fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift
	if s.Modifier != fyne.KeyModifierShortcutDefault && s.Modifier != withShift {
		return false
	}
	if s.KeyName == fyne.KeySpace {
		if at := l.sel.current.at; at >= 0 {
			l.goTo(at, func() { l.sel.toggle(at) })
		}
		return true
	}
	to, ok := l.goal(s.KeyName)
	if !ok {
		return false
	}
	l.goTo(to, func() {
		if s.Modifier == withShift {
			l.sel.extend(to, true)
		} else {
			l.sel.visit(to)
		}
	})
	return true
}

// goal returns the row that a key moves to. It is not ok when the key does not move, or
// there is no row.
func (l *List) goal(key fyne.KeyName) (to int, ok bool) {
	at, last := l.sel.current.at, len(l.sel.ids)-1
	page := max(1, int(l.bodyHeight()/rowHeight)-1)
	switch key {
	case fyne.KeyUp:
		to = at - 1
	case fyne.KeyDown:
		to = at + 1
	case fyne.KeyPageUp:
		to = at - page
	case fyne.KeyPageDown:
		to = max(at, 0) + page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return 0, false
	}
	return max(0, min(to, last)), last >= 0
}

// goTo changes the selection, scrolls to row i, and tells of it.
func (l *List) goTo(i int, change func()) {
	change()
	l.reveal(i)
	l.selected()
}

func (l *List) menuAtCurrent() {
	at := l.sel.current.at
	if at < 0 || l.cb.OnMenu == nil {
		return
	}
	l.reveal(at)
	if len(l.sel.selected) == 0 {
		l.sel.only(at)
		l.selected()
	}
	corner := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	below := float32(headerHeight + float64(at+1)*rowHeight - l.offset)
	l.cb.OnMenu(corner.AddXY(l.columns[atName].x, below))
}
