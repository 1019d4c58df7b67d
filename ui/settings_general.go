package ui

import (
	"fyne.io/fyne/v2"

	"partway/desktop"
	"partway/ui/look"
	"partway/ui/text"
)

// modes are the choices of the appearance, in the order of their list.
var modes = []look.Mode{look.ModeSystem, look.ModeLight, look.ModeDark}

// generalPage is what the window looks like, and how the program begins and ends.
type generalPage struct {
	language *choice
	mode     *choice
	begins   *tick
	hides    *tick
	tells    *tick
	awake    *tick
}

func newGeneralPage(d *settingsDialog, c choices) *generalPage {
	p := &generalPage{}
	p.language = newChoice(d, []string{text.T("As the system"), "English", "简体中文"}, nil)
	p.mode = newChoice(d, []string{text.T("As the system"), text.T("Light"), text.T("Dark")}, nil)
	p.language.SetSelectedIndex(index(text.Languages, c.prefs.Language))
	p.mode.SetSelectedIndex(index(modes, c.prefs.Mode))
	p.begins = newTick(d, text.T("Start with the session, in the tray"), nil)
	p.hides = newTick(d, text.T("Closing the window hides it in the tray"), nil)
	p.tells = newTick(d, text.T("Notify when uploads have ended"), nil)
	p.awake = newTick(d, text.T("Keep the computer awake while uploading"), nil)
	p.begins.SetChecked(c.begins)
	p.hides.SetChecked(!c.prefs.CloseQuits)
	p.tells.SetChecked(!c.prefs.Quiet)
	p.awake.SetChecked(!c.prefs.LetSleep)
	return p
}

func (p *generalPage) title() string         { return text.T("General") }
func (p *generalPage) first() fyne.Focusable { return p.language }

func (p *generalPage) content() fyne.CanvasObject {
	rows := [][]fyne.CanvasObject{
		row(text.T("Language"), p.language),
		row(text.T("Appearance"), p.mode),
	}
	if desktop.Offers {
		rows = append(rows, row("", p.begins), row("", p.hides), row("", p.tells), row("", p.awake))
	}
	return page(formOf(rows...))
}

func (p *generalPage) take(c *choices) error {
	c.prefs.Language = text.Languages[max(0, p.language.SelectedIndex())]
	c.begins = p.begins.Checked
	c.prefs.CloseQuits, c.prefs.Quiet, c.prefs.LetSleep = !p.hides.Checked, !p.tells.Checked, !p.awake.Checked
	c.prefs.Mode = modes[max(0, p.mode.SelectedIndex())]
	return nil
}
