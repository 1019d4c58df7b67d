package ui

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/speedgraph"
	"partway/ui/uploadlist"
)

// How often the window looks at the engine.
const (
	tickFocused = 300 * time.Millisecond
	tickModal   = 500 * time.Millisecond // a dialog over the window makes painting dear
	tickAway    = time.Second            // another program has the focus
	// listShare bounds the time spent on listing: after a listing that took d, the next
	// waits listShare times d, so that a list of 100,000 rows costs no more than one of 100.
	listShare = 8
	// listHaste is for how long after a command a listing waits no longer than it took: the
	// person looks for what became of all those rows.
	listHaste = 10 * time.Second
	// restAfter is how long nothing changed until memory that is not used goes back to the
	// system: what starting took, half of it fonts that are read, or uploading.
	restAfter = 4 * time.Second
	// sleepGap is by how much the clock on the wall is ahead of the last look after the computer
	// slept, or the program was stopped.
	sleepGap = 30 * time.Second
	// firstRows are fetched before the list has said what is in sight.
	firstRows = 60
	// judged is how many selected rows are asked for what they allow.
	judged = 500
)

// view is what the window shows, and so what the pump fetches.
type view struct {
	filter   transfer.Filter
	sort     transfer.Sort
	places   bool // the rows' places in the queue are shown
	grouped  bool // a dropped folder is one row
	open     []transfer.FolderID
	visible  []transfer.ID
	selected []transfer.ID
	detail   transfer.ID // 0: none
	tab      detailTab
	content  int           // counts how often the window's content was made anew
	span     time.Duration // of the speed graph; 0: its first
}

// frame is all that one look yields. It is handed to Fyne's goroutine as a whole.
type frame struct {
	snap      *transfer.Snapshot
	ids       []transfer.ID // nil: as before
	counts    *transfer.Counts
	rows      []uploadlist.Row
	allowed   transfer.Allowed
	unsettled bool // a selected row is not finished
	detail    *detailFrame
	chosen    folderFrame
	err       error // why the journal could not be read
}

// pump brings what the engine and the journal know to the window: one look, one frame,
// one func on Fyne's goroutine, and the next look only when that has run.
type pump struct {
	u     *UI
	poked chan struct{}

	mu      sync.Mutex
	view    view      // guarded by mu
	away    bool      // guarded by mu
	modal   bool      // guarded by mu
	hidden  bool      // guarded by mu
	ordered time.Time // the last command; guarded by mu
	pending atomic.Bool

	// What follows belongs to run.
	now       func() time.Time
	release   func() // gives memory back to the system
	listed    uint64 // the journal's version of the last listing
	listedFor view
	listEnded time.Time
	listTook  time.Duration
	fetched   uint64
	drawn     uint64 // the snapshot's version of the last frame
	drawnView view
	rows      []transfer.Row
	picked    []transfer.Row
	folders   picks
	counts    transfer.Counts
	order     order
	queue     []transfer.ID       // while its places are shown
	places    map[transfer.ID]int // those of rows
	detail    detailReader
	started   bool
	speeds    speedgraph.History
	active    time.Time // the last look that yielded something
	rested    bool      // since then, memory went back to the system
	seen      time.Time // the last look, by the clock on the wall
}

func newPump(u *UI) *pump {
	return &pump{u: u, poked: make(chan struct{}, 1), now: time.Now, release: look.Release, detail: detailReader{u: u}}
}

// set changes what is shown, and looks at once. It may be called from any goroutine.
func (p *pump) set(change func(v *view)) {
	p.mu.Lock()
	change(&p.view)
	p.mu.Unlock()
	p.poke()
}

// renew has all fetched and shown again, for content that was made anew.
func (p *pump) renew() {
	p.set(func(v *view) { *v = view{content: v.content + 1} })
}

// filter is what the list shows.
func (p *pump) filter() transfer.Filter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.view.filter
}

// poke asks for a look now.
func (p *pump) poke() {
	select {
	case p.poked <- struct{}{}:
	default:
	}
}

// hurry has what becomes of a command shown soon. It is carried out later, at a moment that
// nobody tells.
func (p *pump) hurry() {
	p.mu.Lock()
	p.ordered = p.now()
	p.mu.Unlock()
	p.poke()
}

func (p *pump) setFocused(focused bool) {
	p.mu.Lock()
	p.away = !focused
	p.mu.Unlock()
	p.poke()
}

func (p *pump) setModal(open bool) {
	p.mu.Lock()
	p.modal = open
	p.mu.Unlock()
}

// setHidden tells whether the window is hidden: then nothing is looked at for it.
func (p *pump) setHidden(hidden bool) {
	p.mu.Lock()
	p.hidden = hidden
	p.mu.Unlock()
	p.poke()
}

func (p *pump) isHidden() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hidden
}

// interval is how long to wait until the next look.
func (p *pump) interval() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.away:
		return tickAway
	case p.modal:
		return tickModal
	default:
		return tickFocused
	}
}

// run looks until ctx ends.
func (p *pump) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-p.poked:
		}
		timer.Reset(p.interval())
		if p.slept() {
			p.u.do(p.u.repaint)
		}
		if p.isHidden() {
			continue
		}
		if p.pending.Load() {
			continue // the last frame is not shown yet: the window has enough to do
		}
		f := p.look(ctx)
		p.rest(f != nil)
		if f != nil && ctx.Err() == nil {
			p.pending.Store(true)
			p.u.do(func() {
				p.pending.Store(false)
				p.u.main.apply(f)
			})
		}
	}
}

// slept tells whether the computer slept since it was last asked. Time as the runtime measures
// it stands still then, the clock on the wall does not.
func (p *pump) slept() bool {
	now := p.now().Round(0) // by the clock on the wall
	gap := now.Sub(p.seen)
	first := p.seen.IsZero()
	p.seen = now
	return !first && gap > sleepGap
}

// rest gives memory back once nothing has changed for a while, as the runtime keeps for later
// what it once needed.
func (p *pump) rest(active bool) {
	switch now := p.now(); {
	case active:
		p.active, p.rested = now, false
	case !p.rested && now.Sub(p.active) >= restAfter:
		p.rested = true
		p.u.background(func(context.Context) { p.release() })
	}
}

// look reads what changed. It returns nil if nothing to be shown did.
func (p *pump) look(ctx context.Context) *frame {
	p.mu.Lock()
	v := p.view
	p.mu.Unlock()
	f := &frame{snap: p.u.c.Engine.Snapshot()}
	p.speeds.Note(p.now(), f.snap)
	version := p.u.c.Journal.Version()
	idle := p.started && sameView(v, p.drawnView) && version == p.fetched && version == p.listed &&
		f.snap.Version == p.drawn && !counting(f.snap) && !p.order.behind
	if idle {
		return nil
	}
	f.err = p.read(ctx, v, version, f)
	now := p.now()
	f.rows = rowsOf(p.rows, f.snap, p.places, now)
	if v.grouped {
		insideFolders(f.rows, p.rows)
		f.rows = append(f.rows, folderRowsOf(p.folders.visible, f.snap)...)
	}
	f.allowed, f.unsettled = judge(p.picked, len(v.selected), f.snap)
	f.chosen = folderFrame{selected: len(v.selected), folders: p.folders.picked}
	f.allowed, f.unsettled = judgeFolders(p.folders.picked, f.allowed, f.unsettled)
	if f.err == nil {
		p.started, p.drawn, p.drawnView = true, f.snap.Version, v
	}
	return f
}

// read brings the journal's side up to date.
func (p *pump) read(ctx context.Context, v view, version uint64, f *frame) error {
	if err := p.list(ctx, v, version, f); err != nil {
		return err
	}
	if len(v.visible) == 0 {
		v.visible = f.ids[:min(firstRows, len(f.ids))]
	}
	visible, folders := entriesOf(v.visible)
	if version != p.fetched || !slices.Equal(v.visible, p.drawnView.visible) {
		rows, err := p.u.c.Journal.Rows(ctx, visible)
		if err != nil {
			return err
		}
		p.rows, p.places = rows, placesOf(p.queue, visible)
	}
	selected, chosen := entriesOf(v.selected[:min(judged, len(v.selected))])
	if version != p.fetched || !slices.Equal(v.selected, p.drawnView.selected) {
		picked, err := p.u.c.Journal.Rows(ctx, selected)
		if err != nil {
			return err
		}
		p.picked = picked
	}
	// The sums of folders cost as much as listing their rows, and are read no more often.
	if err := p.folders.read(ctx, p.u.c.Journal, picks{filter: v.filter, inSight: folders, chosen: chosen}, f.counts != nil); err != nil {
		return err
	}
	p.fetched = version
	detail, err := p.detail.read(ctx, v, version, f.snap)
	f.detail = detail
	return err
}

// list reads the order of the rows anew, if it may have changed and enough time passed.
func (p *pump) list(ctx context.Context, v view, version uint64, f *frame) error {
	asked := p.started && sameList(v, p.listedFor)
	if asked && (version == p.listed || p.now().Before(p.listAfter())) {
		f.ids = p.order.follow(v.sort, f.snap.Live, p.now())
		return nil
	}
	began := p.now()
	ids, err := p.entries(ctx, v)
	if err != nil {
		return err
	}
	counts, err := p.u.c.Journal.Counts(ctx)
	if err != nil {
		return err
	}
	p.queue = nil
	if v.places {
		if p.queue, err = p.u.c.Journal.Queue(ctx); err != nil {
			return err
		}
		p.places = placesOf(p.queue, v.visible)
	}
	f.ids, f.counts = p.order.take(ids, v.sort, f.snap.Live, began), &counts
	p.counts = counts
	p.listed, p.listedFor = version, v
	p.listEnded = p.now()
	p.listTook = p.listEnded.Sub(began)
	return nil
}

// listAfter is when the rows' order may be read again.
func (p *pump) listAfter() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now().Sub(p.ordered) < listHaste {
		return p.listEnded.Add(p.listTook)
	}
	return p.listEnded.Add(listShare * p.listTook)
}

// entries lists what the view shows.
func (p *pump) entries(ctx context.Context, v view) (l listing, err error) {
	if !v.grouped {
		l.top, err = p.u.c.Journal.List(ctx, v.filter, v.sort)
		return l, err
	}
	l.inside = make(map[transfer.FolderID][]transfer.ID, len(v.open))
	if l.top, err = p.u.c.Journal.Entries(ctx, v.filter, v.sort); err != nil {
		return l, err
	}
	for _, folder := range v.open {
		f := v.filter
		f.Folder = folder
		if l.inside[folder], err = p.u.c.Journal.List(ctx, f, v.sort); err != nil {
			return l, err
		}
	}
	return l, nil
}

// picks are folders whose sums are known.
type picks struct {
	filter          transfer.Filter
	inSight, chosen []transfer.FolderID
	visible, picked []transfer.FolderRow
}

// read brings the sums up to date: again, or where other folders are asked for.
func (k *picks) read(ctx context.Context, j Journal, next picks, again bool) (err error) {
	if !again && next.filter == k.filter && slices.Equal(next.inSight, k.inSight) && slices.Equal(next.chosen, k.chosen) {
		return nil
	}
	if next.visible, err = j.Folders(ctx, next.inSight, next.filter); err != nil {
		return err
	}
	if next.picked, err = j.Folders(ctx, next.chosen, next.filter); err != nil {
		return err
	}
	*k = next
	return nil
}

// sameList tells whether two views list the same.
func sameList(a, b view) bool {
	return a.content == b.content && a.filter == b.filter && a.sort == b.sort && a.places == b.places &&
		a.grouped == b.grouped && slices.Equal(a.open, b.open)
}

func sameView(a, b view) bool {
	return sameList(a, b) && a.detail == b.detail && a.tab == b.tab && a.span == b.span &&
		slices.Equal(a.visible, b.visible) && slices.Equal(a.selected, b.selected)
}

// counting tells whether a row counts the seconds to its next try.
func counting(s *transfer.Snapshot) bool {
	for _, live := range s.Live {
		if !live.NextTry.IsZero() {
			return true
		}
	}
	return false
}
