package ui

import (
	"context"
	"encoding/json"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
	"partway/ui/uploadlist"
)

// Keys of the settings in the journal.
const (
	SettingEngine  = "engine" // transfer.Settings, as JSON
	SettingResume  = "resume" // a [ResumePolicy]
	settingWindow  = "window" // a preferences, as JSON
	settingReading = 2 * time.Second
)

// ResumePolicy says whether uploads that were running go on at the next start.
type ResumePolicy string

// The resume policies.
const (
	ResumeAlways ResumePolicy = "" // the default
	ResumeAsk    ResumePolicy = "ask"
	ResumeNever  ResumePolicy = "never"
)

// The window's size, in Fyne's units.
const (
	defaultWidth, defaultHeight = 1100, 700
	leastWidth, leastHeight     = 800, 500
)

// preferences is what the window remembers of itself.
type preferences struct {
	Width    float32             `json:"width,omitempty"`
	Height   float32             `json:"height,omitempty"`
	Columns  []uploadlist.Column `json:"list,omitempty"`
	Sort     transfer.Sort       `json:"sort"`
	Split    float64             `json:"split,omitempty"`
	Flat     bool                `json:"flat,omitempty"` // folders are no rows of their own
	Language text.Language       `json:"language,omitempty"`
	Mode     look.Mode           `json:"mode,omitempty"`
	Account  transfer.AccountID  `json:"account,omitempty"` // of the last drop
	Rate     float64             `json:"rate,omitempty"`    // bytes per second, as last measured of all uploads

	CloseQuits bool `json:"closeQuits,omitempty"` // closing the window ends the program, also where there is a tray
	TrayTold   bool `json:"trayTold,omitempty"`   // that closing hides the window was said
	Quiet      bool `json:"quiet,omitempty"`      // no notifications
	LetSleep   bool `json:"letSleep,omitempty"`   // the computer may sleep while files are sent
	AddPaused  bool `json:"addPaused,omitempty"`  // the drop sheet proposes to add paused
}

// readPreferences reads what was saved; what cannot be read is as if never saved.
func (u *UI) readPreferences() preferences {
	ctx, cancel := context.WithTimeout(u.ctx, settingReading)
	defer cancel()
	var p preferences
	saved, err := u.c.Journal.Setting(ctx, settingWindow)
	if err == nil && saved != "" {
		err = json.Unmarshal([]byte(saved), &p)
	}
	if err != nil {
		u.log.Warn("window settings not read", "err", err)
		return preferences{}
	}
	return p
}

// savePreferences saves. It waits for the journal, so it never runs on Fyne's goroutine.
func (u *UI) savePreferences(p preferences) {
	saved, err := json.Marshal(p)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), settingReading)
		defer cancel()
		err = u.c.Journal.SetSetting(ctx, settingWindow, string(saved))
	}
	if err != nil {
		u.log.Warn("window settings not saved", "err", err)
	}
}

// sharePrefs copies what presence goes by.
func (u *UI) sharePrefs() {
	u.quiet.Store(u.prefs.Quiet)
	u.letSleep.Store(u.prefs.LetSleep)
}

// apply chooses language and theme. It runs before the first window is made.
func (p *preferences) apply(a fyne.App) {
	if err := text.Setup(p.Language); err != nil {
		fyne.LogError("set up the language", err)
	}
	a.Settings().SetTheme(look.New(p.Mode))
}

func (p *preferences) size() fyne.Size {
	if p.Width < leastWidth || p.Height < leastHeight {
		return fyne.NewSize(defaultWidth, defaultHeight)
	}
	return fyne.NewSize(p.Width, p.Height)
}

func (p *preferences) noteSize(s fyne.Size) { p.Width, p.Height = s.Width, s.Height }
