package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// openAbout tells the version, and where things are kept.
func (u *UI) openAbout() {
	m := u.newModal(text.T("About Partway"), 520)
	words := wrapped(text.T("Partway {{.Version}} uploads files to Alibaba Cloud OSS, and goes on where it was stopped.",
		text.Args{"Version": u.c.Version}))
	origin := newFactList()
	origin.show(u.origin())
	where := wrapped(text.T("The list of uploads, the settings and the log are in {{.Folder}}. Secrets are in this computer's keyring.",
		text.Args{"Folder": u.c.DataDir}))
	where.Selectable = true
	m.setContent(container.NewVBox(words, origin.content, where), nil, newButton(m, text.T("Close"), nil, m.close))
	m.show(nil)
}

// origin tells what the program was built from, as far as it knows.
func (u *UI) origin() []fact {
	facts := []fact{{text.T("Version"), u.c.Version}}
	if u.c.Commit != "" {
		facts = append(facts, fact{text.T("Commit"), u.c.Commit}, fact{text.T("Built"), u.c.Built.UTC().Format(time.DateOnly)})
	}
	return append(facts, fact{text.T("Licence"), "Apache-2.0"})
}

// openPerhaps lists the upload IDs that OSS may hold for us without our knowing.
func (u *UI) openPerhaps() {
	load(u, u.ctx, u.c.Journal.PerhapsOurs, func(doubts []transfer.PerhapsOurs, err error) {
		if err != nil {
			u.showError(text.T("The list could not be read."), err)
			return
		}
		if u.topModal() == nil {
			u.showPerhaps(doubts)
		}
	})
}

func (u *UI) showPerhaps(doubts []transfer.PerhapsOurs) {
	m := u.newModal(text.T("Uploads in doubt"), 620)
	box := container.NewVBox(wrapped(text.T("When the answer to the beginning of an upload is lost, OSS may hold an upload ID that Partway never learnt for sure. These may be ours. Partway does not touch them by itself: File, Unfinished uploads on OSS, finishes or aborts them.")))
	if len(doubts) == 0 {
		box.Add(wrapped(text.T("There are none.")))
	}
	var all strings.Builder
	for _, d := range doubts {
		line := ossURI(d.To) + "   " + d.UploadID + "   " + when(d.Noted)
		all.WriteString(line + "\n")
		label := wrapped(format.Name(line))
		label.TextStyle = fyne.TextStyle{Monospace: true}
		label.SizeName = theme.SizeNameCaptionText
		box.Add(label)
	}
	var left []*button
	if len(doubts) > 0 {
		left = append(left, newButton(m, text.T("Copy"), theme.ContentCopyIcon(), func() { u.app.Clipboard().SetContent(all.String()) }))
	}
	m.setContent(box, left, newButton(m, text.T("Close"), nil, m.close))
	m.show(nil)
}
