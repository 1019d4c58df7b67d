package ui

import (
	"errors"

	"fyne.io/fyne/v2"

	"partway/ui/text"
)

// speedPage is how fast files may be sent.
type speedPage struct {
	limit *entry
}

func newSpeedPage(d *settingsDialog, c choices) *speedPage {
	p := &speedPage{limit: newEntry(d, text.T("No limit"))}
	if c.engine.BytesPerSecond > 0 {
		p.limit.SetText(amount(c.engine.BytesPerSecond))
	}
	return p
}

func (p *speedPage) title() string         { return text.T("Speed") }
func (p *speedPage) first() fyne.Focusable { return p.limit }

func (p *speedPage) content() fyne.CanvasObject {
	return page(formOf(
		row(text.T("Speed limit"), ofWidth(p.limit, amountWidth, text.T("per second, as 500K or 2M")))))
}

func (p *speedPage) take(c *choices) (err error) {
	if c.engine.BytesPerSecond, err = parseAmount(p.limit.Text); err != nil {
		return errors.New(text.Key("Speed limit: a number with K, M or G, or nothing for no limit."))
	}
	return nil
}
