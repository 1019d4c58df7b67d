package ui

import (
	"image/color"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// filtersWidth is how wide the filters are.
const filtersWidth = 186

// filterPane holds the filters by status, account and bucket, with how many uploads each
// shows. They act together.
type filterPane struct {
	u        *UI
	content  fyne.CanvasObject
	lines    map[transfer.Group]*filterLine
	chosen   transfer.Group
	accounts *filterSection
	buckets  *filterSection
}

func newFilterPane(u *UI) *filterPane {
	p := &filterPane{u: u, lines: map[transfer.Group]*filterLine{}, chosen: transfer.GroupAll}
	box := container.New(layout.NewCustomPaddedVBoxLayout(0))
	for _, g := range transfer.Groups {
		line := newFilterLine(look.GroupIcon(g), text.Group(g), func() { p.choose(g) })
		p.lines[g] = line
		box.Add(line)
	}
	p.lines[p.chosen].setChosen(true)
	p.accounts = newFilterSection(text.T("Accounts"), look.IconAccount(), func(key string) {
		id, _ := strconv.ParseInt(key, 10, 64) // "" is 0: all
		p.filter(func(f *transfer.Filter) { f.Account = transfer.AccountID(id) })
	})
	p.buckets = newFilterSection(text.T("Buckets"), theme.StorageIcon(), func(key string) {
		p.filter(func(f *transfer.Filter) { f.Bucket = key })
	})
	box.Add(p.accounts.content)
	box.Add(p.buckets.content)
	room := canvas.NewRectangle(color.Transparent)
	room.SetMinSize(fyne.NewSize(filtersWidth, 0))
	p.content = container.NewStack(room, container.NewVScroll(container.NewPadded(box)))
	return p
}

// filter changes what the list shows.
func (p *filterPane) filter(change func(f *transfer.Filter)) {
	p.u.pump.set(func(v *view) { change(&v.filter) })
	p.u.main.focusList()
}

func (p *filterPane) choose(g transfer.Group) {
	if g == p.chosen {
		return
	}
	p.lines[p.chosen].setChosen(false)
	p.lines[g].setChosen(true)
	p.chosen = g
	p.filter(func(f *transfer.Filter) { f.Group = g })
}

func (p *filterPane) setCounts(c *transfer.Counts) {
	for g, line := range p.lines {
		line.setCount(c.Groups[g])
	}
	accounts, buckets := map[transfer.AccountID]int{}, map[string]int{}
	for _, place := range c.Places {
		accounts[place.Account] += place.Rows
		buckets[place.Bucket] += place.Rows
	}
	var byAccount, byBucket []filterChoice
	for id, rows := range accounts {
		byAccount = append(byAccount, filterChoice{strconv.FormatInt(int64(id), 10), p.accountName(id), rows})
	}
	for name, rows := range buckets {
		byBucket = append(byBucket, filterChoice{name, format.Name(name), rows})
	}
	p.accounts.show(byAccount)
	p.buckets.show(byBucket)
}

func (p *filterPane) accountName(id transfer.AccountID) string {
	at := slices.IndexFunc(p.u.accounts, func(a transfer.Account) bool { return a.ID == id })
	if at < 0 {
		return text.T("Removed account")
	}
	return text.Account(p.u.accounts[at])
}

// setEmpty goes back to all uploads once there are none.
func (p *filterPane) setEmpty(empty bool) {
	if empty {
		p.choose(transfer.GroupAll)
		p.accounts.choose("")
		p.buckets.choose("")
	}
}
