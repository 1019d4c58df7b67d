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

// md5Modes are the choices of whether the MD5 is compared, in the order of their list.
var md5Modes = []transfer.MD5Mode{transfer.MD5Auto, transfer.MD5On, transfer.MD5Off}

const (
	maxSlots   = 64
	maxUploads = 500
)

// transferPage is how files are sent.
type transferPage struct {
	uploads  *entry
	slots    *entry
	partSize *entry
	md5      *choice
	ignore   *entry
	resume   *choice
	added    *choice
}

func newTransferPage(d *settingsDialog, c choices) *transferPage {
	p := &transferPage{}
	p.uploads = newEntry(d, text.T("Automatic"))
	p.slots = newEntry(d, text.T("Automatic"))
	p.partSize = newEntry(d, text.T("Automatic"))
	p.md5 = newChoice(d, []string{
		text.T("Compared too, unless it would slow the upload down"), text.T("Always compared too"), text.T("Not compared"),
	}, nil)
	p.ignore = newEntry(d, text.T("Names in folders, as .DS_Store, *.tmp, cache/"))
	p.ignore.SetText(ignoreText(c.engine))
	p.resume = newChoice(d, []string{
		text.T("Go on at the next start"), text.T("Ask at the next start"), text.T("Stay paused at the next start"),
	}, nil)
	p.added = newChoice(d, []string{text.T("Start at once"), text.T("Are added paused")}, nil)
	p.added.SetSelectedIndex(index([]bool{false, true}, c.prefs.AddPaused))
	if c.engine.Uploads > 0 {
		p.uploads.SetText(strconv.Itoa(c.engine.Uploads))
	}
	if c.engine.Slots > 0 {
		p.slots.SetText(strconv.Itoa(c.engine.Slots))
	}
	if c.engine.PartSize > 0 {
		p.partSize.SetText(amount(c.engine.PartSize))
	}
	p.md5.SetSelectedIndex(index(md5Modes, c.engine.MD5))
	p.resume.SetSelectedIndex(index(resumePolicies, c.resume))
	return p
}

func (p *transferPage) title() string         { return text.T("Transfer") }
func (p *transferPage) first() fyne.Focusable { return p.uploads }

func (p *transferPage) content() fyne.CanvasObject {
	return page(formOf(
		row(text.T("Uploads at once"), ofWidth(p.uploads, amountWidth, text.T("files; empty: as many as help"))),
		row(text.T("Requests at once"), ofWidth(p.slots, amountWidth, text.T("1 to 64; empty: as many as the line rewards"))),
		row(text.T("Part size"), ofWidth(p.partSize, amountWidth, text.T("100K to 5G; for uploads not yet begun"))),
		row(text.T("MD5, beside CRC64"), p.md5),
		row(text.T("Leave out of folders"), p.ignore),
		row(text.T("New uploads"), p.added),
		row(text.T("Unfinished uploads"), p.resume)))
}

func (p *transferPage) take(c *choices) error {
	c.prefs.AddPaused = p.added.SelectedIndex() == 1
	c.engine.MD5 = md5Modes[max(0, p.md5.SelectedIndex())]
	c.resume = resumePolicies[max(0, p.resume.SelectedIndex())]
	var ok bool
	if c.engine.Uploads, ok = number(p.uploads, maxUploads); !ok {
		return errors.New(text.Key("Uploads at once: a number from 1 to 500, or nothing for as many as help."))
	}
	if c.engine.Slots, ok = number(p.slots, maxSlots); !ok {
		return errors.New(text.Key("Requests at once: a number from 1 to 64."))
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

// number reads a field for a number from 1 to most; nothing is 0.
func number(field *entry, most int) (n int, ok bool) {
	typed := strings.TrimSpace(field.Text)
	if typed == "" {
		return 0, true
	}
	n, err := strconv.Atoi(typed)
	return n, err == nil && n >= 1 && n <= most
}
