package ui

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// quitWithin is how long quitting may take: then the process ends, whatever hangs. What
// matters is in the journal already.
const quitWithin = 3 * time.Second

// Quit ends the program: it asks nothing, and what was running goes on at the next start.
// It returns at once and may be called from any goroutine.
func (u *UI) Quit() {
	go u.shutdown(true)
}

// takeSignals has SIGINT, SIGTERM and SIGHUP (the terminal or the session ended) kept for
// watchSignals, and from Fyne's own handler: that would end its loop without our having
// stopped what uses it.
func (u *UI) takeSignals() {
	signal.Reset(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Notify(u.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}

// watchSignals makes these signals quit, also one that came while the program started.
func (u *UI) watchSignals() {
	u.background(func(ctx context.Context) {
		defer signal.Stop(u.signals)
		select {
		case <-u.signals:
			u.Quit()
		case <-ctx.Done():
		}
	})
}

// shutdown stops all that uses the window, saves, and only then lets Fyne end: funcs that
// are still queued when its loop ends would be dropped, or run on other goroutines. It
// returns when that is done, whoever began it. looping tells that Fyne's loop still runs.
func (u *UI) shutdown(looping bool) {
	u.quitOnce.Do(func() {
		u.watchdog = time.AfterFunc(quitWithin, func() { u.exit(0) })
		var last *preferences
		if looping {
			last = u.lastPreferences()
		}
		u.workMu.Lock()
		u.quitting.Store(true)
		u.workMu.Unlock()
		u.cancel()
		u.work.Wait()
		if last != nil {
			u.savePreferences(*last)
		}
		if u.c.OnQuit != nil {
			u.c.OnQuit()
		}
		close(u.ended)
		if looping && !u.stopped.Load() {
			u.dispatch(u.app.Quit)
		}
	})
	<-u.ended
}

// lastPreferences asks Fyne's goroutine for what is to be saved, and hides the window:
// nobody should look at one that is ending. It returns nil if Fyne does not answer: a
// window's size is not worth a wait.
func (u *UI) lastPreferences() *preferences {
	answer := make(chan preferences, 1)
	u.do(func() {
		u.prefs.noteSize(u.win.Canvas().Size())
		u.prefs.Split = u.main.split.Offset
		answer <- u.prefs
		u.win.Hide()
	})
	select {
	case p := <-answer:
		return &p
	case <-time.After(500 * time.Millisecond):
		return nil
	}
}
