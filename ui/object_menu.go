package ui

import (
	"context"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// linksAtOnce is how many addresses are copied at most.
const linksAtOnce = 100

// browsing is how long the link is valid that a browser is opened with.
const browsing = 10 * time.Minute

// objectItems are the commands on the objects of the selected uploads.
func (u *UI) objectItems() []*fyne.MenuItem {
	return []*fyne.MenuItem{
		u.item(text.T("Copy URL"), func() { u.copyLinks(u.selectedUploads(), 0) }, "", 0),
		u.item(text.T("Copy link that expires…"), u.askLink, "", 0),
		u.item(text.T("Open in browser"), u.openObject, "", 0),
		u.item(text.T("Compare with OSS again"), func() { u.verify(u.selectedUploads()) }, "", 0),
	}
}

// objectMenu is the same in the context menu.
func (u *UI) objectMenu(on bool) *fyne.MenuItem {
	item := menuItem(text.T("Object"), on, nil)
	item.ChildMenu = fyne.NewMenu("", u.objectItems()...)
	return item
}

// uriItem copies where the selected rows go, which is known before they are there.
func (u *UI) uriItem() *fyne.MenuItem {
	return u.item(text.T("Copy oss:// URI"), func() { u.copyURIs(u.main.list.Selected()) }, "", 0)
}

// urisAtOnce is how many URIs are copied at most: some desktops take no clipboard of any size.
const urisAtOnce = 10_000

// copyURIs puts the objects' URIs on the clipboard, one a line.
func (u *UI) copyURIs(selected []transfer.ID) {
	filter := u.pump.filter()
	load(u, u.ctx, func(ctx context.Context) (c chosenRows, err error) {
		return c, c.read(ctx, u.c.Journal, selected[:min(urisAtOnce, len(selected))], filter)
	}, func(c chosenRows, err error) {
		if err != nil {
			u.showError(text.T("The list could not be read."), err)
			return
		}
		u.app.Clipboard().SetContent(uris(c))
		u.sayCopied(len(c.rows)+len(c.folders), len(selected))
	})
}

// sayCopied says that not all is on the clipboard that was selected.
func (u *UI) sayCopied(copied, all int) {
	if copied < all {
		u.notices.add(Notice{words: func() string {
			return text.T("{{.Copied}} of {{.All}} addresses are on the clipboard: no more are copied at once.",
				text.Args{"Copied": format.Count(int64(copied)), "All": format.Count(int64(all))})
		}})
	}
}

// selectedUploads are the selected rows that are no folders.
func (u *UI) selectedUploads() []transfer.ID {
	ids, _ := entriesOf(u.main.list.Selected())
	return ids
}

// links asks for the addresses of objects, signed for a while or not.
func (u *UI) links(ids []transfer.ID, valid time.Duration, apply func([]transfer.Link)) {
	if len(ids) == 0 {
		return
	}
	load(u, u.ctx, func(ctx context.Context) ([]transfer.Link, error) {
		var links []transfer.Link
		for _, id := range ids[:min(len(ids), linksAtOnce)] {
			l, err := u.c.Engine.Link(ctx, id, valid)
			if err != nil {
				return nil, err
			}
			links = append(links, l)
		}
		return links, nil
	}, func(links []transfer.Link, err error) {
		if err != nil {
			u.showError(text.T("The address could not be made."), err)
			return
		}
		apply(links)
	})
}

// copyLinks puts the addresses of objects on the clipboard, one a line. A signed one goes
// nowhere else.
func (u *UI) copyLinks(ids []transfer.ID, valid time.Duration) {
	u.links(ids, valid, func(links []transfer.Link) {
		lines := make([]string, len(links))
		for i, l := range links {
			lines[i] = l.URL.Reveal()
		}
		u.app.Clipboard().SetContent(strings.Join(lines, "\n"))
		if until := links[0].Until; !until.IsZero() {
			u.notices.add(Notice{words: func() string {
				return text.N("The link is on the clipboard. Whoever has it can read the object until {{.Until}}.",
					"{{.Count}} links are on the clipboard. Whoever has them can read the objects until {{.Until}}.",
					len(links), text.Args{"Until": when(until)})
			}})
		}
		u.sayCopied(len(links), len(ids))
	})
}

// openObject shows an object in the browser, by a link that soon expires: most buckets are
// private.
func (u *UI) openObject() {
	ids := u.selectedUploads()
	u.links(ids[:min(1, len(ids))], browsing, func(links []transfer.Link) {
		address, err := url.Parse(links[0].URL.Reveal())
		if err == nil {
			err = u.app.OpenURL(address)
		}
		if err != nil { // its text may repeat the address
			u.showError(text.T("The browser could not be opened."), &transfer.Error{Kind: transfer.KindPermanent, Op: "Open"})
		}
	})
}

// linkTimes are how long a link can be valid, in the order of the list.
var linkTimes = []time.Duration{
	15 * time.Minute, time.Hour, 12 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, transfer.MaxLink,
}

// askLink asks how long links are to be valid, and copies them.
func (u *UI) askLink() {
	ids := u.selectedUploads()
	if len(ids) == 0 {
		return
	}
	m := u.newModal(text.T("Copy link that expires"), 460)
	times := newChoice(m, wordsOf(linkTimes, text.Left), nil)
	times.SetSelectedIndex(1)
	cancel := newButton(m, text.T("Cancel"), nil, m.close)
	ok := newButton(m, text.T("Copy link"), nil, func() {
		valid := linkTimes[max(0, times.SelectedIndex())]
		m.close()
		u.copyLinks(ids, valid)
	})
	m.setContent(noteOn(formOf(row(text.T("Valid for"), times)),
		text.T("Whoever has the link can read the object, without an account, until it expires. It cannot be called back, and ends sooner if the account's credentials do. Partway keeps it nowhere.")), nil, cancel, ok)
	m.show(times)
}
