package ui

import (
	"fyne.io/fyne/v2"

	"partway/ui/look"
	"partway/ui/text"
)

// modes are the choices of the appearance, in the order of their list.
var modes = []look.Mode{look.ModeSystem, look.ModeLight, look.ModeDark}

// generalPage is what the window looks like, and how the program begins and ends.
type generalPage struct {
	language *choice
	mode     *choice
}

func newGeneralPage(d *settingsDialog, c choices) *generalPage {
	p := &generalPage{}
	p.language = newChoice(d, []string{text.T("As the system"), "English", "简体中文"}, nil)
	p.mode = newChoice(d, []string{text.T("As the system"), text.T("Light"), text.T("Dark")}, nil)
	p.language.SetSelectedIndex(index(text.Languages, c.prefs.Language))
	p.mode.SetSelectedIndex(index(modes, c.prefs.Mode))
	return p
}

func (p *generalPage) title() string         { return text.T("General") }
func (p *generalPage) first() fyne.Focusable { return p.language }

func (p *generalPage) content() fyne.CanvasObject {
	return page(formOf(
		row(text.T("Language"), p.language),
		row(text.T("Appearance"), p.mode)))
}

func (p *generalPage) take(c *choices) error {
	c.prefs.Language = text.Languages[max(0, p.language.SelectedIndex())]
	c.prefs.Mode = modes[max(0, p.mode.SelectedIndex())]
	return nil
}
