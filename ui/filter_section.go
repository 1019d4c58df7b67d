package ui

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// filterChoice is one line of a section.
type filterChoice struct {
	key   string
	title string
	rows  int
}

// filterSection holds the filters by one property, below a title that hides and shows them.
// With fewer than two choices there is nothing to choose, and no section.
type filterSection struct {
	content *fyne.Container
	icon    fyne.Resource
	title   *filterLine
	box     *fyne.Container
	lines   map[string]*filterLine // by key; "" is all
	keys    []filterChoice         // as shown, but for the rows
	chosen  string
	closed  bool
	pick    func(key string)
}

func newFilterSection(title string, icon fyne.Resource, pick func(key string)) *filterSection {
	s := &filterSection{icon: icon, pick: pick, box: container.New(layout.NewCustomPaddedVBoxLayout(0))}
	s.title = newFilterLine(theme.MenuDropDownIcon(), title, s.fold)
	s.title.count.Hide()
	s.content = container.New(layout.NewCustomPaddedVBoxLayout(0), s.title, s.box)
	s.content.Hide()
	return s
}

func (s *filterSection) fold() {
	s.closed = !s.closed
	if s.closed {
		s.title.icon.SetResource(theme.MenuExpandIcon())
		s.box.Hide()
	} else {
		s.title.icon.SetResource(theme.MenuDropDownIcon())
		s.box.Show()
	}
	s.content.Refresh()
}

// show shows the choices with their counts.
func (s *filterSection) show(choices []filterChoice) {
	if len(choices) < 2 {
		s.content.Hide()
		s.choose("")
		return
	}
	slices.SortFunc(choices, func(a, b filterChoice) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.title), strings.ToLower(b.title)), strings.Compare(a.key, b.key))
	})
	same := slices.EqualFunc(choices, s.keys, func(a, b filterChoice) bool { return a.key == b.key && a.title == b.title })
	if !same {
		s.fill(choices)
	}
	total := 0
	for _, c := range choices {
		s.lines[c.key].setCount(c.rows)
		total += c.rows
	}
	s.lines[""].setCount(total)
	if !s.content.Visible() {
		s.content.Show()
	}
}

func (s *filterSection) fill(choices []filterChoice) {
	s.keys = choices
	s.lines = map[string]*filterLine{}
	s.box.RemoveAll()
	all := filterChoice{title: text.Group(transfer.GroupAll)}
	for i, c := range append([]filterChoice{all}, choices...) {
		icon := s.icon
		if i == 0 {
			icon = look.GroupIcon(transfer.GroupAll)
		}
		line := newFilterLine(icon, c.title, func() { s.choose(c.key) })
		s.lines[c.key] = line
		s.box.Add(line)
	}
	if s.lines[s.chosen] == nil {
		s.choose("")
	}
	s.lines[s.chosen].setChosen(true)
}

// choose filters by a key, "" for all.
func (s *filterSection) choose(key string) {
	if key == s.chosen {
		return
	}
	if line := s.lines[s.chosen]; line != nil {
		line.setChosen(false)
	}
	s.chosen = key
	if line := s.lines[key]; line != nil {
		line.setChosen(true)
	}
	s.pick(key)
}
