package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/text"
)

// resumePolicies are the choices of what unfinished uploads do, in the order of their list.
var resumePolicies = []ResumePolicy{ResumeAlways, ResumeAsk, ResumeNever}

const (
	maxSlots     = 64
	defaultSlots = 8
)

// transferPage is how files are sent.
type transferPage struct {
	slots    *entry
	partSize *entry
	md5      *tick
	ignore   *entry
	resume   *choice
}

func newTransferPage(d *settingsDialog, c choices) *transferPage {
	p := &transferPage{}
	p.slots = newEntry(d, strconv.Itoa(defaultSlots))
	p.partSize = newEntry(d, text.T("Automatic"))
	p.md5 = newTick(d, text.T("Compare each part's MD5 too, beside its CRC64"), nil)
	p.ignore = newEntry(d, text.T("Names in folders, as .DS_Store, *.tmp, cache/"))
	p.ignore.SetText(ignoreText(c.engine))
	p.resume = newChoice(d, []string{
		text.T("Go on at the next start"), text.T("Ask at the next start"), text.T("Stay paused at the next start"),
	}, nil)
	if c.engine.Slots > 0 {
		p.slots.SetText(strconv.Itoa(c.engine.Slots))
	}
	if c.engine.PartSize > 0 {
		p.partSize.SetText(amount(c.engine.PartSize))
	}
	p.md5.SetChecked(!c.engine.SkipMD5)
	p.resume.SetSelectedIndex(index(resumePolicies, c.resume))
	return p
}

func (p *transferPage) title() string         { return text.T("Transfer") }
func (p *transferPage) first() fyne.Focusable { return p.slots }

func (p *transferPage) content() fyne.CanvasObject {
	return page(formOf(
		row(text.T("Requests at once"), ofWidth(p.slots, amountWidth, text.T("1 to 64"))),
		row(text.T("Part size"), ofWidth(p.partSize, amountWidth, text.T("100K to 5G; for uploads not yet begun"))),
		row("", p.md5),
		row(text.T("Leave out of folders"), p.ignore),
		row(text.T("Unfinished uploads"), p.resume)))
}

func (p *transferPage) take(c *choices) error {
	c.engine.SkipMD5 = !p.md5.Checked
	c.resume = resumePolicies[max(0, p.resume.SelectedIndex())]
	c.engine.Slots = 0
	if typed := strings.TrimSpace(p.slots.Text); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > maxSlots {
			return errors.New(text.Key("Requests at once: a number from 1 to 64."))
		}
		c.engine.Slots = n
	}
	size, err := parseAmount(p.partSize.Text)
	if err != nil || size != 0 && (size < transfer.MinPartSize || size > transfer.MaxPartSize) {
		return errors.New(text.Key("Part size: from 100K to 5G, or nothing to have it chosen."))
	}
	c.engine.PartSize = size
	patterns, err := transfer.ParseIgnore(p.ignore.Text)
	if err != nil {
		return errors.New(text.Key("Leave out of folders: a pattern has a [ without ], or a ! at its beginning."))
	}
	c.engine.Ignore = nil
	if !slices.Equal(patterns, transfer.DefaultIgnore()) {
		c.engine.Ignore = patterns
	}
	return nil
}
