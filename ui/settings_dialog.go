package ui

import (
	"context"
	"encoding/json"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"partway/desktop"
	"partway/transfer"
	"partway/ui/look"
	"partway/ui/text"
)

// choices are all that the settings dialog changes. Its pages are filled from one, and
// write what was typed into another.
type choices struct {
	engine transfer.Settings
	resume ResumePolicy
	prefs  preferences
	begins bool // the program begins with the session
	vault  vaultState

	network       transfer.Network
	proxyPassword transfer.Secret // a new one; empty: the one that is kept stays
}

// settingsPage is one page of the settings: a group of what belongs together, in a file of
// its own. To add one, list it in newPages.
type settingsPage interface {
	title() string
	content() fyne.CanvasObject
	// first is the field that the keyboard begins in.
	first() fyne.Focusable
	// take writes the fields into c. An error is the key of a sentence.
	take(c *choices) error
}

// newPages makes the pages, in the order of their tabs.
func (d *settingsDialog) newPages(c choices) []settingsPage {
	d.general, d.transfer, d.speed = newGeneralPage(d, c), newTransferPage(d, c), newSpeedPage(d, c)
	pages := []settingsPage{d.general, d.transfer, d.speed}
	if d.u.c.Network != nil {
		d.network = newNetworkPage(d, c)
		pages = append(pages, d.network)
	}
	if d.u.c.Vault != nil {
		pages = append(pages, newSecretsPage(d))
	}
	return pages
}

// settingsDialog changes what applies to all uploads, and to the window.
type settingsDialog struct {
	*modal
	*tabStack
	u        *UI
	pages    []settingsPage
	message  *widget.Label
	general  *generalPage
	transfer *transferPage
	speed    *speedPage
	network  *networkPage // nil where the network cannot be set
	saving   *button
}

// openSettings reads what the journal holds, then opens the dialog.
func (u *UI) openSettings() {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, u.readChoices, func(c choices, err error) {
		if err != nil {
			u.showError(text.T("The settings could not be read."), err)
			return
		}
		u.begins = c.begins
		u.vault, u.network = c.vault, c.network
		if u.topModal() == nil {
			u.showSettings(c.resume)
		}
	})
}

// readChoices reads what the window does not hold.
func (u *UI) readChoices(ctx context.Context) (c choices, err error) {
	resume, err := u.c.Journal.Setting(ctx, SettingResume)
	if err != nil {
		return c, err
	}
	c.resume = ResumePolicy(resume)
	if c.vault, err = u.readVault(ctx); err != nil {
		return c, err
	}
	if u.c.Network != nil {
		if c.network, err = u.c.Network.Network(ctx); err != nil {
			return c, err
		}
	}
	c.begins, err = desktop.BeginsWithSession(AppID)
	return c, err
}

func (u *UI) showSettings(resume ResumePolicy) *settingsDialog {
	d := &settingsDialog{modal: u.newModal(text.T("Settings"), 640), u: u}
	d.message = wrapped("")
	d.message.Importance = widget.DangerImportance
	d.message.Hide()
	d.pages = d.newPages(choices{engine: u.c.Settings, resume: resume, prefs: u.prefs, begins: u.begins, network: u.network})
	d.tabStack = newTabStack(d, u.win.Canvas())
	for _, p := range d.pages {
		d.addPage(p.title(), p.content())
	}
	cancel := newButton(d, text.T("Cancel"), nil, d.close)
	d.saving = newButton(d, text.T("Save"), nil, d.save)
	d.setContent(container.NewVBox(append(d.layout(), d.message)...), nil, cancel, d.saving)
	d.turnTo(0)
	d.show(d.pages[0].first())
	return d
}

// key turns the pages, beside what every dialog does.
func (d *settingsDialog) key(k *fyne.KeyEvent) bool { return d.turnKey(k) || d.modal.key(k) }

// refuse says what is wrong on a page, and shows it.
func (d *settingsDialog) refuse(page int, sentence string) {
	d.message.SetText(text.T(sentence))
	d.message.Show()
	d.turnTo(page)
	d.u.win.Canvas().Focus(d.pages[page].first())
	d.fit()
}

// save applies the settings at once, and has them remembered.
func (d *settingsDialog) save() {
	u := d.u
	c := choices{engine: u.c.Settings, prefs: u.prefs, begins: u.begins}
	for i, p := range d.pages {
		if err := p.take(&c); err != nil {
			d.refuse(i, err.Error())
			return
		}
	}
	d.saveNetwork(c, func() {
		d.close()
		u.setChoices(c)
	})
}

// setChoices applies choices at once, and has them remembered.
func (u *UI) setChoices(c choices) {
	if c.prefs.Mode != u.prefs.Mode {
		u.app.Settings().SetTheme(look.New(c.prefs.Mode))
	}
	language := u.prefs.Language
	u.prefs = c.prefs
	u.sharePrefs()
	u.setEngine(c.engine)
	if language != u.prefs.Language {
		u.speak(u.prefs.Language)
	}
	changed := c.begins != u.begins
	u.begins = c.begins
	u.act(func(ctx context.Context) error {
		u.savePreferences(c.prefs)
		if changed {
			if err := desktop.BeginWithSession(u.sessionEntry(), c.begins); err != nil {
				return err
			}
		}
		return u.c.Journal.SetSetting(ctx, SettingResume, string(c.resume))
	}, u.settingsSaved)
}

// sessionEntry is how the program begins with the session: in the tray, where there is one.
func (u *UI) sessionEntry() desktop.Entry {
	program, err := os.Executable()
	if err != nil {
		program = "partway"
	}
	return desktop.Entry{ID: AppID, Name: "Partway", Command: []string{program, "-background", "-data", u.c.DataDir}}
}

// setEngine has the engine take settings at once, and has them remembered.
func (u *UI) setEngine(s transfer.Settings) {
	u.c.Settings = s
	u.run(text.T("The settings could not be changed."), func() error { return u.c.Engine.SetSettings(s) })
	u.saveEngine()
}

// saveEngine saves the engine's settings: one write at a time, lest an older one be the last.
func (u *UI) saveEngine() {
	if u.saving {
		u.unsaved = true
		return
	}
	u.saving, u.unsaved = true, false
	s := u.c.Settings
	u.act(func(ctx context.Context) error {
		saved, err := json.Marshal(s)
		if err != nil {
			return err
		}
		return u.c.Journal.SetSetting(ctx, SettingEngine, string(saved))
	}, func(err error) {
		u.saving = false
		u.settingsSaved(err)
		if u.unsaved {
			u.saveEngine()
		}
	})
}

func (u *UI) settingsSaved(err error) {
	if err != nil {
		u.showError(text.T("The settings could not be saved."), err)
	}
}

// samePlace lays pages over each other, and has the room of the largest also for one that is
// shown alone: turning them moves nothing.
type samePlace struct{}

func (samePlace) MinSize(pages []fyne.CanvasObject) (s fyne.Size) {
	for _, p := range pages {
		s = s.Max(p.MinSize())
	}
	return s
}

func (samePlace) Layout(pages []fyne.CanvasObject, s fyne.Size) {
	for _, p := range pages {
		p.Resize(s)
		p.Move(fyne.NewPos(0, 0))
	}
}

// ofWidth is a field that is narrower than its column, with a hint beside it.
func ofWidth(field fyne.CanvasObject, width float32, hint string) fyne.CanvasObject {
	narrow := container.NewGridWrap(fyne.NewSize(width, field.MinSize().Height), field)
	return container.NewBorder(nil, nil, narrow, nil, hintLabel(hint))
}

// amountWidth is that of fields for numbers.
const amountWidth = 130

// page puts what belongs on a page at its top.
func page(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(append(rows, layout.NewSpacer())...)
}

func hintLabel(words string) *widget.Label {
	l := widget.NewLabel(words)
	l.Importance = widget.LowImportance
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}
