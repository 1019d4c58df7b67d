package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/desktop"
	"partway/ui/text"
)

// afterwards is what is done when nothing is left to upload.
type afterwards string

// The choices of what is done afterwards, in the order of the menu.
const (
	afterNothing  afterwards = ""
	afterQuit     afterwards = "quit"
	afterSleep    afterwards = "sleep"
	afterShutDown afterwards = "shut down"
)

// countdownFrom is how many seconds a person has to prevent it.
const countdownFrom = 60

// whenDone does once what was chosen, when all uploads are at their end. It belongs to
// Fyne's goroutine.
type whenDone struct {
	u      *UI
	chosen afterwards
	armed  bool // there was something to upload since it was chosen
	dialog *modal
	left   int // seconds
	words  *widget.Label
	stop   func() // ends the counting
}

// choices lists what this system can do.
func (w *whenDone) choices() []afterwards {
	if !desktop.Offers {
		return []afterwards{afterNothing, afterQuit}
	}
	return []afterwards{afterNothing, afterQuit, afterSleep, afterShutDown}
}

// label is how a choice reads in the menu.
func (a afterwards) label() string {
	switch a {
	case afterQuit:
		return text.T("Quit Partway")
	case afterSleep:
		return text.T("Put the computer to sleep")
	case afterShutDown:
		return text.T("Shut the computer down")
	default:
		return text.T("Do nothing")
	}
}

// choose sets what is done, once.
func (w *whenDone) choose(a afterwards) {
	w.chosen, w.armed = a, false
	w.cancel()
	w.u.main.menu.showWhenDone(a)
	w.u.main.status.showWhenDone(a)
	w.u.forgetBatches.Store(true) // what is open counts from now on
}

// open is told how many batches are not at their end, and how many just ended.
func (w *whenDone) open(batches, ended int) {
	switch {
	case batches > 0:
		w.armed = w.chosen != afterNothing
		w.cancel() // there is something to upload again
	case w.chosen != afterNothing && (w.armed || ended > 0) && w.dialog == nil:
		w.begin()
	}
}

// begin counts down, unless a person prevents it.
func (w *whenDone) begin() {
	w.left = countdownFrom
	d := w.u.newModal(text.T("All uploads have ended"), 460)
	w.dialog = d
	w.words = wrapped(w.warning())
	now := newButton(d, text.T("Now"), nil, w.act)
	cancel := newButton(d, text.T("Cancel"), nil, func() { w.choose(afterNothing) })
	d.onClose = func() { w.choose(afterNothing) } // Escape, too
	d.setContent(newIconed(theme.WarningIcon(), w.words), nil, now, cancel)
	w.u.raise()
	d.show(cancel)
	ctx, stop := context.WithCancel(w.u.ctx)
	w.stop = stop
	w.u.background(func(context.Context) { w.count(ctx) })
	words := w.warning()
	w.u.beside(func(s surroundings) {
		s.Notify(desktop.Notification{Title: text.T("All uploads have ended"), Body: words, Open: text.T("Show"), Key: noticeKey})
	})
}

// count counts the seconds.
func (w *whenDone) count(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.u.do(func() {
				if ctx.Err() == nil {
					w.second()
				}
			})
		}
	}
}

// second is told that one more passed.
func (w *whenDone) second() {
	if w.left--; w.left <= 0 {
		w.act()
		return
	}
	w.words.SetText(w.warning())
}

func (w *whenDone) warning() string {
	switch w.chosen {
	case afterSleep:
		return text.N("The computer goes to sleep in 1 second.", "The computer goes to sleep in {{.Count}} seconds.", w.left)
	case afterShutDown:
		return text.N("The computer shuts down in 1 second. Save what is open in other programs.",
			"The computer shuts down in {{.Count}} seconds. Save what is open in other programs.", w.left)
	default:
		return text.N("Partway quits in 1 second.", "Partway quits in {{.Count}} seconds.", w.left)
	}
}

// cancel takes the countdown away.
func (w *whenDone) cancel() {
	d := w.dialog
	if d == nil {
		return
	}
	w.dialog = nil
	w.stop()
	d.onClose = nil
	d.close()
}

// act does what was chosen.
func (w *whenDone) act() {
	chosen := w.chosen
	w.choose(afterNothing)
	if chosen == afterQuit {
		w.u.Quit()
		return
	}
	action := desktop.Sleep
	if chosen == afterShutDown {
		action = desktop.ShutDown
	}
	w.u.act(func(ctx context.Context) error { return w.u.power(ctx, action) }, func(err error) {
		if err != nil {
			w.u.showError(refusalOf(action, err), err)
		}
	})
}

// refusalOf says that the computer did not do it.
func refusalOf(a desktop.Action, err error) string {
	refused := errors.Is(err, desktop.ErrRefused)
	switch {
	case a == desktop.Sleep && refused:
		return text.T("The system does not let Partway put the computer to sleep.")
	case a == desktop.Sleep:
		return text.T("The computer could not be put to sleep.")
	case refused:
		return text.T("The system does not let Partway shut the computer down.")
	default:
		return text.T("The computer could not be shut down.")
	}
}

// newWhenDoneMenu makes the menu's item with a line for each choice.
func newWhenDoneMenu(u *UI) *fyne.MenuItem {
	item := fyne.NewMenuItem(text.T("When all uploads have ended"), nil)
	item.ChildMenu = fyne.NewMenu("", whenDoneItems(u)...)
	return item
}

func whenDoneItems(u *UI) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, a := range u.done.choices() {
		line := u.item(a.label(), func() { u.done.choose(a) }, "", 0)
		line.Checked = a == u.done.chosen
		items = append(items, line)
	}
	return items
}

// showWhenDone ticks what was chosen.
func (m *mainMenu) showWhenDone(a afterwards) {
	for _, line := range m.whenDone.ChildMenu.Items {
		line.Checked = line.Label == a.label()
	}
	m.menu.Refresh()
}

// showWhenDone says what will be done, if anything.
func (s *statusBar) showWhenDone(a afterwards) {
	if a == afterNothing {
		s.done.Hide()
	} else {
		s.done.set(theme.HistoryIcon(), whenDoneWords(a), text.T("What is done when all uploads have ended. Click to change it"))
		s.done.Show()
	}
	s.right.Refresh()
	s.content.Refresh()
}

func whenDoneWords(a afterwards) string {
	switch a {
	case afterSleep:
		return text.T("Then sleep")
	case afterShutDown:
		return text.T("Then shut down")
	default:
		return text.T("Then quit")
	}
}
