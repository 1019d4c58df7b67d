package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// tabStack is the pages of a dialog, of which one is shown, and the tabs that turn them.
type tabStack struct {
	owner  keyed
	canvas fyne.Canvas
	bar    *fyne.Container
	tabs   []*button
	stack  *fyne.Container
	chosen int
}

func newTabStack(owner keyed, canvas fyne.Canvas) *tabStack {
	return &tabStack{owner: owner, canvas: canvas, bar: container.NewHBox(), stack: container.New(samePlace{})}
}

// addPage adds a page behind the others.
func (s *tabStack) addPage(title string, content fyne.CanvasObject) {
	page := len(s.tabs)
	tab := newButton(s.owner, title, nil, func() { s.choose(page) })
	s.tabs = append(s.tabs, tab)
	s.bar.Add(tab)
	s.stack.Add(content)
}

// layout puts the tabs above the pages.
func (s *tabStack) layout() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.bar, widget.NewSeparator(), s.stack}
}

// turnTo shows a page.
func (s *tabStack) turnTo(page int) {
	s.chosen = page
	for i, tab := range s.tabs {
		tab.Importance = widget.LowImportance
		s.stack.Objects[i].Hide()
		if i == page {
			tab.Importance = widget.HighImportance
			s.stack.Objects[i].Show()
		}
		tab.Refresh()
	}
	s.stack.Refresh()
}

// choose shows the page of a tab, and leaves the keyboard on the tab.
func (s *tabStack) choose(page int) {
	s.turnTo(page)
	s.canvas.Focus(s.tabs[page])
}

// turnKey turns the pages with Left and Right while the keyboard is on a tab. It tells whether
// it did.
func (s *tabStack) turnKey(k *fyne.KeyEvent) bool {
	step := map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[k.Name]
	if tab, ok := s.canvas.Focused().(*button); step == 0 || !ok || tab != s.tabs[s.chosen] {
		return false
	}
	s.choose((s.chosen + step + len(s.tabs)) % len(s.tabs))
	return true
}
