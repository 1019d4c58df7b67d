// Package desktop is what the window uses of the desktop around it: an icon in the tray,
// notifications, that the computer stays awake, is sent to sleep or shut down, and that the
// program begins with the session.
//
// On Linux all of it goes over D-Bus, on goroutines of this package: what the window calls
// returns at once, whatever the bus does, and without a bus nothing happens. On other
// systems nothing of it is offered yet; see [Offers].
package desktop

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// ErrRefused is the cause of an error when the desktop does not let programs do it.
var ErrRefused = errors.New("the desktop refuses it to programs")

// Action is what may be done with the computer.
type Action string

// The actions.
const (
	Sleep    Action = "sleep"
	ShutDown Action = "shut down"
)

// Item is a line of the tray's menu. One without a key does nothing when it is clicked, and
// one without a label is a line between others.
type Item struct {
	Key   string
	Label string
	Off   bool // greyed out
}

// Tray is what the tray shows.
type Tray struct {
	Tip   string
	Items []Item
}

// Notification is a message beside the window.
type Notification struct {
	Title, Body string
	Open        string // what a click on it does, in words
	Key         string // names it to Config.OnNotification
}

// ClickedIcon is the key of a click on the tray's icon itself.
const ClickedIcon = "icon"

// Config is what a Session needs. Its funcs are called on a goroutine of the session, and
// must not block.
type Config struct {
	ID, Name string
	Icon     []byte // PNG
	Log      *slog.Logger
	OnTray   func(there bool)
	OnClick  func(key string) // an Item's, or ClickedIcon
	OnNotice func(key string) // a Notification was clicked
}

// Session is the tie to the desktop. Its methods may be called from any goroutine and
// return at once, but for Wait.
type Session struct {
	c       Config
	changed chan struct{}
	woken   chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex
	tray  Tray           // guarded by mu
	notes []Notification // guarded by mu
	why   string         // guarded by mu; why the computer is to stay awake
}

// mostNotes bounds what waits for a desktop that does not take notifications.
const mostNotes = 8

// Open ties to the desktop until ctx ends.
func Open(ctx context.Context, c Config) *Session {
	s := &Session{c: c, changed: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	s.start(ctx)
	return s
}

// Wait returns once all goroutines ended, after the context.
func (s *Session) Wait() { s.running.Wait() }

// SetTray changes what the tray shows.
func (s *Session) SetTray(t Tray) {
	s.mu.Lock()
	s.tray = t
	s.mu.Unlock()
	signal(s.changed)
}

// Notify shows a message.
func (s *Session) Notify(n Notification) {
	s.mu.Lock()
	s.notes = append(s.notes, n)
	s.notes = s.notes[max(0, len(s.notes)-mostNotes):]
	s.mu.Unlock()
	signal(s.changed)
}

// KeepAwake keeps the computer from going to sleep, and says why; "" no longer does.
func (s *Session) KeepAwake(why string) {
	s.mu.Lock()
	changed := s.why != why
	s.why = why
	s.mu.Unlock()
	if changed {
		signal(s.woken)
	}
}

// shown returns what the tray shows.
func (s *Session) shown() Tray {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tray
}

func (s *Session) current() (Tray, []Notification) {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes := s.notes
	s.notes = nil
	return s.tray, notes
}

func (s *Session) reason() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
