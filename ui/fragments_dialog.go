package ui

import (
	"context"
	"image/color"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// settingPrices is the key of the prices in the journal: a [fragment.Prices].
const settingPrices = "prices"

// fragmentsView shows what is unfinished in a bucket, whichever program began it: what it
// holds and costs, and what can be done with it. It fills the window.
type fragmentsView struct {
	*modal
	*destination
	u   *UI
	ctx context.Context //nolint:containedctx // ends with the view, which is what it stands for
	end context.CancelFunc

	of     transfer.Target // the bucket that was listed, and its account
	inv    *fragment.Inventory
	prices fragment.Prices
	totals fragment.Totals
	query  fragmentQuery

	table  *fragmentTable
	words  *widget.Label // what it comes to, or what is under way
	note   *fyne.Container
	lister *button // lists, or stops what is under way
	gauge  *button // measures all
	fini   *button
	abor   *button
	rules  *button
	ages   *choice
	origin *choice
	order  *choice
	text   *entry

	stop     context.CancelFunc // ends what is under way; nil when nothing is
	doing    func() string      // says how far that is
	partial  bool               // the list is not complete
	below    string             // only what lies in this folder was listed; "": all
	listed   bool
	room     *canvas.Rectangle
	fitted   fyne.Size
	wanted   []string // upload IDs in sight that are not measured, the last first
	sighting bool     // these are being measured
	blind    bool     // OSS refuses to list parts: nothing is measured unasked

	finishing *adoptDialog // the last one that was opened

	poke  chan struct{} // has the rows read again
	dirty atomic.Bool   // the inventory changed
	mu    sync.Mutex
	asked fragmentQuery // guarded by mu: what is shown, as the loop reads it
}

// fragmentQuery is which rows are shown, and in which order.
type fragmentQuery struct {
	inv    *fragment.Inventory
	filter fragment.Filter
	order  fragment.Order
	prices fragment.Prices
}

// openFragments opens the view on the bucket that was used last.
func (u *UI) openFragments() {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, func(ctx context.Context) (string, error) { return u.c.Journal.Setting(ctx, settingPrices) },
		func(prices string, err error) {
			if err != nil {
				u.log.Warn("prices not read", "err", err)
			}
			if u.topModal() == nil {
				u.showFragments(fragment.ParsePrices(prices))
			}
		})
}

func (u *UI) showFragments(prices fragment.Prices) {
	v := &fragmentsView{
		modal: u.newModal(text.T("Unfinished uploads on OSS"), 4000), u: u, prices: prices,
		inv: fragment.NewInventory(nil), poke: make(chan struct{}, 1), finishing: &adoptDialog{},
	}
	v.ctx, v.end = context.WithCancel(u.ctx)
	v.destination = u.newDestination(v, u.fragmentsOf, func() {})
	v.table = newFragmentTable(v)
	v.makeFields()
	v.onClose = func() {
		v.end()
		u.fragments = nil
	}
	closing := newButton(v, text.T("Close"), nil, v.close)
	v.setContent(v.layout(), []*button{v.rules, v.newPricesButton(), v.abor, v.fini}, closing)
	v.enter, closing.Importance = v.lister, widget.MediumImportance // in the table, Enter is its own
	v.setAccounts(u.accounts)
	v.prefix.SetText("") // where the last drop went says little of what is unfinished
	u.fragments = v
	v.sort()
	v.enable()
	v.fill()
	v.show(v.bucket)
	u.background(func(context.Context) { v.loop() })
	if v.place().Bucket != "" {
		v.read()
		u.win.Canvas().Focus(v.table)
	}
}

func (v *fragmentsView) now() time.Time { return time.Now() }

func (v *fragmentsView) makeFields() {
	v.words = widget.NewLabel("")
	v.words.Truncation = fyne.TextTruncateEllipsis
	v.note = container.NewVBox()
	v.lister = newButton(v, text.T("List"), theme.ViewRefreshIcon(), v.readOrStop)
	v.gauge = newButton(v, text.T("Measure all"), nil, v.measureAll)
	v.fini = newButton(v, text.T("Finish with a file…"), nil, v.finish)
	v.abor = newButton(v, text.T("Abort…"), nil, v.abort)
	v.rules = newButton(v, text.T("Lifecycle rule…"), nil, v.askRule)
	v.ages = newChoice(v, ageWords(), func(int) { v.ask() })
	v.ages.SetSelectedIndex(0)
	v.origin = newChoice(v, originFilters(), func(int) { v.ask() })
	v.origin.SetSelectedIndex(0)
	v.order = newChoice(v, orderWords(), func(i int) { v.setOrder(fragment.By(i/2), i%2 == 1) })
	v.text = newEntry(v, text.T("Part of the key, or folder/"))
	v.text.OnChanged = func(string) { v.ask() }
}

func (v *fragmentsView) layout() fyne.CanvasObject {
	buckets := newButton(v, text.T("Browse…"), nil, func() { v.browseBuckets() })
	where := container.New(layout.NewGridLayout(2), v.account, container.NewBorder(nil, nil, nil, buckets, v.bucket))
	from := container.NewBorder(nil, nil, nil, container.NewHBox(v.lister, v.gauge), where)
	filters := container.New(layout.NewGridLayout(4), v.ages, v.origin, v.order, v.text)
	v.room = canvas.NewRectangle(color.Transparent)
	top := container.NewVBox(from, filters, v.note, v.table.head)
	return container.NewBorder(top, v.words, nil, nil, container.NewStack(v.room, v.table))
}

// fill gives the table the height that the window has left.
func (v *fragmentsView) fill() {
	room := v.u.win.Canvas().Size().SubtractWidthHeight(2*margin, 2*margin)
	v.fitted = v.u.win.Canvas().Size()
	v.room.SetMinSize(fyne.NewSize(0, 0))
	v.body.SetMinSize(fyne.NewSize(0, 0))
	around := v.pop.MinSize().Height - v.body.MinSize().Height
	rest := room.Height - around - v.body.Content.MinSize().Height + v.table.MinSize().Height
	v.room.SetMinSize(fyne.NewSize(0, max(3*fragLineHeight, rest)))
	v.fit()
	v.body.Refresh() // a dialog of the same size lays its content out by this only
}

// say shows what there is to explain above the table; nothing takes no room.
func (v *fragmentsView) say(lines ...fyne.CanvasObject) {
	v.note.Objects = lines
	v.note.Refresh()
	v.fill()
}

// place is the bucket that is chosen.
func (v *fragmentsView) place() transfer.Target {
	a := v.chosen()
	return transfer.Target{Account: a.ID, Endpoint: a.Endpoint, Region: a.Region, Bucket: strings.TrimSpace(v.bucket.Text)}
}

// enable offers what can be done now.
func (v *fragmentsView) enable() {
	chosen := v.table.chosen()
	idle := v.stop == nil
	enable(v.fini, idle && v.mayFinish(chosen))
	enable(v.abor, idle && len(v.table.rows) > 0)
	enable(v.gauge, idle && v.totals.Measured < v.totals.Count)
	enable(v.rules, idle && v.listed)
	if idle {
		v.lister.SetText(text.T("List"))
		v.lister.SetIcon(theme.ViewRefreshIcon())
	} else {
		v.lister.SetText(text.T("Stop"))
		v.lister.SetIcon(theme.MediaStopIcon())
	}
	v.tell()
}

// chose is told that other rows are selected.
func (v *fragmentsView) chose() { v.enable() }

// tell says what is under way, or what it comes to.
func (v *fragmentsView) tell() {
	words := ""
	switch {
	case v.doing != nil:
		words = v.doing()
	case v.listed || v.totals.Count > 0:
		words = totalWords(v.totals, v.query.filter, v.partial)
		if v.below != "" {
			words = text.Sentences(words, text.T("Only what lies below {{.Folder}} was listed.", text.Args{"Folder": format.Name(v.below)}))
		}
	}
	if chosen := v.table.chosen(); len(chosen) > 0 && v.doing == nil {
		words = text.Sentences(chosenWords(fragment.TotalsOf(chosen, v.prices)), words)
	}
	setText(v.words, words)
}

// loop reads the rows that are shown whenever they may be others, a few times a second.
func (v *fragmentsView) loop() {
	const pause = 250 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-v.ctx.Done():
			return
		case <-v.poke:
		case <-tick.C:
			if !v.dirty.Load() {
				v.u.do(v.follow)
				continue
			}
		}
		v.dirty.Store(false)
		v.mu.Lock()
		q := v.asked
		v.mu.Unlock()
		rows := q.inv.View(q.filter, q.order, q.prices)
		totals := fragment.TotalsOf(rows, q.prices)
		v.u.do(func() { v.apply(q, rows, totals) })
	}
}

// follow keeps up with the window's size.
func (v *fragmentsView) follow() {
	if v.open() && v.fitted != v.u.win.Canvas().Size() {
		v.fill()
	}
}

func (v *fragmentsView) apply(q fragmentQuery, rows []fragment.Fragment, totals fragment.Totals) {
	if !v.open() || q.inv != v.inv {
		return
	}
	v.totals = totals
	v.table.setRows(rows)
	v.enable()
}

// ask has the rows read that the fields now ask for.
func (v *fragmentsView) ask() {
	if v.text == nil || v.table == nil {
		return // the fields are being made
	}
	v.query.inv, v.query.prices = v.inv, v.prices
	v.query.filter = fragment.Filter{Any: v.origin.SelectedIndex() <= 0, Text: v.text.Text}
	if i := v.origin.SelectedIndex(); i > 0 {
		v.query.filter.Origin = fragment.Origin(i - 1)
	}
	if i := v.ages.SelectedIndex(); i > 0 {
		v.query.filter.Before = v.now().AddDate(0, 0, -ages[i-1])
	}
	v.mu.Lock()
	v.asked = v.query
	v.mu.Unlock()
	select {
	case v.poke <- struct{}{}:
	default:
	}
}

// sortBy orders by a column; once more turns the order round.
func (v *fragmentsView) sortBy(by fragment.By) {
	down := v.query.order.By != by && (by == fragment.ByBytes || by == fragment.ByCost || by == fragment.ByParts) ||
		v.query.order.By == by && !v.query.order.Descending
	v.setOrder(by, down)
}

func (v *fragmentsView) setOrder(by fragment.By, down bool) {
	if v.query.order == (fragment.Order{By: by, Descending: down}) {
		return
	}
	v.query.order = fragment.Order{By: by, Descending: down}
	v.sort()
}

// sort shows the order, and asks for it.
func (v *fragmentsView) sort() {
	o := v.query.order
	i := 2 * int(o.By)
	if o.Descending {
		i++
	}
	if v.order.SelectedIndex() != i {
		v.order.SetSelectedIndex(i)
	}
	v.table.head.set(0, fragFacts{cells: fragHeads(o)})
	v.ask()
}
