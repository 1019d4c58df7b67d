package ui

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"partway/assets"
	"partway/desktop"
	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

const (
	presenceTick = time.Second
	// batchesPause bounds how often the journal is asked which batches ended.
	batchesPause = 2 * time.Second
	// awakePause is how long nothing may be sent before the computer may sleep: between two
	// tries of a part it may not.
	awakePause = 15 * time.Second
	// trayWithin is how long a program that begins hidden waits for a tray.
	trayWithin = 10 * time.Second
)

// Keys of the lines of the tray's menu.
const (
	trayShow   = "show"
	trayPause  = "pause"
	trayStart  = "start"
	trayLimit  = "limit"
	trayQuit   = "quit"
	noticeKey  = "window"
	trayStatus = 0 // the place of the line that says what is going on
)

// surroundings is what presence needs of [desktop.Session].
type surroundings interface {
	SetTray(t desktop.Tray)
	Notify(n desktop.Notification)
	KeepAwake(why string)
	Wait()
}

// presence is how the program shows itself beside its window, also while that is hidden: the
// tray, notifications, the computer kept awake, and what is done when all is done.
type presence struct {
	u    *UI
	open func(ctx context.Context, c desktop.Config) surroundings
	now  func() time.Time

	opened chan struct{} // closed once around is there

	// What follows belongs to run.
	around   surroundings
	tray     desktop.Tray
	sent     time.Time // when something was last being sent
	version  uint64    // the journal's, of the last look at the batches
	looked   time.Time
	batches  map[transfer.BatchID]bool // not at their end
	begun    time.Time
	trayless bool // the wait for a tray is over
}

func openDesktop(ctx context.Context, c desktop.Config) surroundings { return desktop.Open(ctx, c) }

// run shows what goes on, until ctx ends.
func (p *presence) run(ctx context.Context) {
	p.around = p.open(ctx, desktop.Config{
		ID: AppID, Name: "Partway", Icon: assets.TrayIcon, Log: p.u.log,
		OnTray:   func(there bool) { p.u.do(func() { p.u.setTray(there) }) },
		OnClick:  func(key string) { p.u.do(func() { p.u.trayClicked(key) }) },
		OnNotice: func(string) { p.u.Raise() },
	})
	close(p.opened)
	defer p.around.Wait()
	p.begun = p.now()
	tick := time.NewTicker(presenceTick)
	defer tick.Stop()
	for {
		p.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look brings all up to date.
func (p *presence) look(ctx context.Context) {
	snap, now := p.u.c.Engine.Snapshot(), p.now()
	if t := trayOf(snap); t.Tip != p.tray.Tip || !slices.Equal(t.Items, p.tray.Items) {
		p.tray = t
		p.around.SetTray(t)
	}
	p.keepAwake(snap, now)
	if !p.trayless && now.Sub(p.begun) > trayWithin {
		p.trayless = true
		p.u.do(p.u.showUnlessTray)
	}
	version := p.u.c.Journal.Version()
	if p.u.forgetBatches.Swap(false) {
		p.version = 0
	}
	if p.batches != nil && (version == p.version || now.Sub(p.looked) < batchesPause) {
		return
	}
	p.looked = now
	if err := p.lookAtBatches(ctx); err != nil {
		p.u.log.Debug("batches not read", "err", err)
		return
	}
	p.version = version
}

// keepAwake keeps the computer awake while something is being sent.
func (p *presence) keepAwake(snap *transfer.Snapshot, now time.Time) {
	if sending(snap) {
		p.sent = now
	}
	why := ""
	if !p.u.letSleep.Load() && !p.sent.IsZero() && now.Sub(p.sent) < awakePause {
		why = text.T("Files are being uploaded.")
	}
	p.around.KeepAwake(why)
}

// lookAtBatches finds out which batches ended since the last look.
func (p *presence) lookAtBatches(ctx context.Context) error {
	open, err := p.u.c.Journal.OpenBatches(ctx)
	if err != nil {
		return err
	}
	now := make(map[transfer.BatchID]bool, len(open))
	for _, id := range open {
		now[id] = true
	}
	var ended []transfer.BatchID
	for id := range p.batches {
		if !now[id] {
			ended = append(ended, id)
		}
	}
	slices.Sort(ended)
	if len(ended) > 0 && !p.u.quiet.Load() {
		if n, ok := p.endOf(ctx, ended); ok {
			p.around.Notify(n)
		}
	}
	p.batches = now
	p.u.do(func() { p.u.done.open(len(now), len(ended)) })
	return nil
}

// endOf says how batches ended, in one notification.
func (p *presence) endOf(ctx context.Context, ended []transfer.BatchID) (n desktop.Notification, ok bool) {
	uploaded, need := 0, 0
	for _, id := range ended {
		counts, _, err := p.u.c.Journal.BatchCounts(ctx, id)
		if err != nil {
			p.u.log.Debug("batch not read", "err", err)
			return n, false
		}
		for status, rows := range counts {
			switch status.Group() {
			case transfer.GroupCompleted:
				uploaded += rows
			case transfer.GroupAttention:
				need += rows
			default:
			}
		}
	}
	if uploaded+need == 0 {
		return n, false // aborted, or removed: whoever did that knows
	}
	n = desktop.Notification{Title: "Partway", Open: text.T("Show"), Key: noticeKey}
	if b, err := p.u.c.Journal.Batch(ctx, ended[0]); err == nil && len(ended) == 1 {
		n.Title = batchName(b)
	}
	n.Body = endWords(len(ended), uploaded, need)
	return n, true
}

// endWords says what became of so many batches.
func endWords(batches, uploaded, need int) string {
	var words []string
	if batches > 1 {
		words = append(words, text.N("1 batch has ended.", "{{.Count}} batches have ended.", batches))
	}
	if uploaded > 0 {
		words = append(words, text.N("1 file uploaded.", "{{.Count}} files uploaded.", uploaded))
	}
	if need > 0 {
		words = append(words, text.N("1 file needs you.", "{{.Count}} files need you.", need))
	}
	return text.Sentences(words...)
}

// batchName is what a batch is called: as what was dropped.
func batchName(b transfer.Batch) string {
	if len(b.Roots) == 0 {
		return "Partway"
	}
	name := format.Name(filepath.Base(b.Roots[0]))
	if more := len(b.Roots) - 1; more > 0 {
		return text.N("{{.Name}} and 1 more", "{{.Name}} and {{.Count}} more", more, text.Args{"Name": name})
	}
	return name
}

// trayOf is what the tray shows of a snapshot.
func trayOf(snap *transfer.Snapshot) desktop.Tray {
	status := trayWords(snap)
	limit := text.T("Use the alternative speed limit")
	if snap.Alternative {
		limit = text.T("Use the usual speed limit")
	}
	return desktop.Tray{Tip: status, Items: []desktop.Item{
		trayStatus: {Label: status},
		1:          {},
		2:          {Key: trayShow, Label: text.T("Show Partway")},
		3:          {Key: trayStart, Label: text.T("Start all")},
		4:          {Key: trayPause, Label: text.T("Pause all")},
		5:          {Key: trayLimit, Label: limit},
		6:          {},
		7:          {Key: trayQuit, Label: text.T("Quit")},
	}}
}

func trayWords(snap *transfer.Snapshot) string {
	switch {
	case snap.Halted != nil:
		return text.T("All uploads wait: Partway cannot save its list.")
	case len(snap.Offline) > 0:
		return text.T("No network. Uploads go on by themselves when it is back.")
	case !sending(snap):
		return text.T("Nothing is being uploaded.")
	default:
		return text.T("Uploading at {{.Speed}}", text.Args{"Speed": format.Speed(snap.Speed)})
	}
}

// trayClicked does what a line of the tray's menu says.
func (u *UI) trayClicked(key string) {
	switch key {
	case trayShow:
		u.raise()
	case desktop.ClickedIcon:
		if u.hidden {
			u.raise()
		} else {
			u.hide()
		}
	case trayStart:
		u.startAll()
	case trayPause:
		u.pauseAll()
	case trayLimit:
		u.switchLimit()
	case trayQuit:
		u.Quit()
	}
}

// setTray notes whether there is a tray. A window must not be hidden where nothing brings it
// back.
func (u *UI) setTray(there bool) {
	gone := u.tray && !there
	u.tray = there
	u.log.Info("looked for a tray", "there", there)
	if gone && u.hidden {
		u.raise()
	}
}

// showUnlessTray shows a window that begins hidden and waited for a tray in vain.
func (u *UI) showUnlessTray() {
	if u.hidden && !u.tray {
		u.raise()
	}
}

// closed is the window's close button: the window goes to the tray, or the program ends.
func (u *UI) closed() {
	if !u.tray || u.prefs.CloseQuits {
		u.Quit()
		return
	}
	u.hide()
	if u.prefs.TrayTold {
		return
	}
	u.prefs.TrayTold = true
	u.beside(func(s surroundings) {
		s.Notify(desktop.Notification{
			Title: text.T("Partway goes on in the tray"),
			Body:  text.T("Its icon there brings the window back. The settings say whether closing the window ends Partway."),
			Open:  text.T("Show"), Key: noticeKey,
		})
	})
	prefs := u.prefs
	u.background(func(context.Context) { u.savePreferences(prefs) })
}

// beside has f done with what is around the window, once that is there.
func (u *UI) beside(f func(surroundings)) {
	u.background(func(ctx context.Context) {
		select {
		case <-u.presence.opened:
			f(u.presence.around)
		case <-ctx.Done():
		}
	})
}

// hide takes the window away. Nothing is pushed to it until it is back.
func (u *UI) hide() {
	if u.hidden {
		return
	}
	u.hidden = true
	u.pump.setHidden(true)
	u.win.Hide()
}

// raise brings the window forward.
func (u *UI) raise() {
	u.hidden = false
	u.pump.setHidden(false)
	u.win.Show()
	u.win.RequestFocus()
}
