package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// dial opens a bucket with an account's kept credentials. It may wait for the keyring.
func (u *UI) dial(ctx context.Context, a transfer.Account, bucket string) (transfer.Store, error) {
	credentials, err := u.c.Secrets.Credentials(ctx, a)
	if err != nil {
		return nil, err
	}
	return u.c.Dial(a, credentials, bucket)
}

// browser lets one choose from what OSS lists: a bucket, or a prefix by walking down.
type browser struct {
	*modal
	u       *UI
	where   *widget.Label
	list    *browseList
	note    *fyne.Container
	names   []string
	ctx     context.Context //nolint:containedctx // ends with the dialog, which is what it stands for
	end     context.CancelFunc
	picked  func(name string)
	up      func() // nil: there is nothing above
	loading int    // counts readings, so that a late answer is told from the last
}

// newBrowser makes a browser that gives the keyboard back to a field when it closes.
func (u *UI) newBrowser(title string, back fyne.Focusable) *browser {
	b := &browser{modal: u.newModal(title, 480), u: u, where: widget.NewLabel(""), note: container.NewVBox()}
	b.ctx, b.end = context.WithCancel(u.ctx)
	b.onClose = func() {
		b.end()
		u.win.Canvas().Focus(back)
	}
	b.where.Truncation = fyne.TextTruncateEllipsis
	b.list = newBrowseList(b)
	b.list.OnSelected = func(i widget.ListItemID) {
		name := b.names[i]
		b.list.UnselectAll()
		b.picked(name)
	}
	return b
}

func (b *browser) content() fyne.CanvasObject {
	tall := container.NewGridWrap(fyne.NewSize(440, 240), b.list)
	return container.NewVBox(b.where, tall, b.note)
}

// read shows what f lists; an error is said below, and typing still works.
func (b *browser) read(f func(ctx context.Context) ([]string, error)) {
	b.loading++
	mine := b.loading
	b.names = nil
	b.list.Refresh()
	b.say(widget.NewLabel(text.T("Asking OSS…")))
	load(b.u, b.ctx, f, func(names []string, err error) {
		if mine != b.loading || !b.open() {
			return
		}
		b.names = names
		b.list.Highlight(0)
		b.list.Refresh()
		b.list.ScrollToTop()
		switch {
		case err != nil:
			// The usual hints are for uploads, which Partway tries again by itself.
			e := transfer.AsError(err)
			sentence, _ := text.Problem(e)
			b.say(b.u.explained(b, sentence, text.T("You can still type the name."), e))
		case len(names) == 0:
			b.say(wrapped(text.T("There is nothing to choose from here.")))
		default:
			b.say()
		}
	})
}

func (b *browser) say(lines ...fyne.CanvasObject) {
	b.note.Objects = lines
	b.note.Refresh()
	if b.open() {
		b.fit()
	}
}

// browseList is the list of a browser. Space chooses what it is at, as a click does, and
// so does Enter unless the dialog has a button for it; Backspace goes up.
type browseList struct {
	widget.List
	b  *browser
	at int
}

func newBrowseList(b *browser) *browseList {
	l := &browseList{b: b}
	l.Length = func() int { return len(b.names) }
	l.CreateItem = func() fyne.CanvasObject {
		name := widget.NewLabel("")
		name.Truncation = fyne.TextTruncateEllipsis
		return container.NewBorder(nil, nil, widget.NewIcon(theme.FolderIcon()), nil, name)
	}
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		o.(*fyne.Container).Objects[0].(*widget.Label).SetText(format.Name(b.names[i]))
	}
	l.OnHighlighted = func(i widget.ListItemID) { l.at = i }
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey is called by Fyne.
func (l *browseList) TypedKey(k *fyne.KeyEvent) {
	enter := k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter
	switch {
	case k.Name == fyne.KeySpace, enter && l.b.enter == nil:
		if l.at < len(l.b.names) {
			l.Select(l.at)
		}
	case k.Name == fyne.KeyBackspace && l.b.up != nil:
		l.b.up()
	case !l.b.key(k):
		l.List.TypedKey(k)
	}
}

// browseBuckets lists the account's buckets. It returns nil without an account.
func (d *destination) browseBuckets() *browser {
	a := d.chosen()
	if a.ID == 0 {
		return nil
	}
	b := d.u.newBrowser(text.T("Choose a bucket"), d.bucket)
	b.where.SetText(text.Account(a))
	b.picked = func(name string) {
		d.bucket.SetText(name)
		b.close()
	}
	cancel := newButton(b, text.T("Cancel"), nil, b.close)
	b.setContent(b.content(), nil, cancel)
	b.enter, cancel.Importance = nil, widget.MediumImportance // Enter chooses from the list
	b.show(b.list)
	bucket := strings.TrimSpace(d.bucket.Text)
	b.read(func(ctx context.Context) ([]string, error) {
		store, err := d.u.dial(ctx, a, bucket)
		if err != nil {
			return nil, err
		}
		defer store.Close()
		return store.ListBuckets(ctx)
	})
	return b
}

// maxPrefixes bounds what is listed of one folder.
const maxPrefixes = 5_000

// browsePrefixes walks the bucket's folders. It returns nil without account and bucket.
func (d *destination) browsePrefixes() *browser {
	a, bucket := d.chosen(), strings.TrimSpace(d.bucket.Text)
	if a.ID == 0 || checkBucket(bucket) != "" {
		d.changed()
		return nil
	}
	b := d.u.newBrowser(text.T("Choose a prefix"), d.prefix)
	here := ""
	var enter func(prefix string)
	b.up = func() { enter(parent(here)) }
	up := newButton(b, text.T("Up"), theme.MoveUpIcon(), b.up)
	enter = func(prefix string) {
		here = prefix
		b.where.SetText(ossURI(transfer.Target{Bucket: bucket, Key: format.Name(prefix)}))
		enable(up, prefix != "")
		b.read(func(ctx context.Context) ([]string, error) { return d.u.prefixes(ctx, a, bucket, prefix) })
	}
	b.picked = func(name string) { enter(here + name) }
	use := newButton(b, text.T("Use this"), nil, func() {
		d.prefix.SetText(here)
		b.close()
	})
	b.setContent(b.content(), []*button{up}, newButton(b, text.T("Cancel"), nil, b.close), use)
	b.show(b.list)
	enter(folderOf(d.prefix.Text))
	return b
}

// prefixes lists the folders right below a prefix, by their own names.
func (u *UI) prefixes(ctx context.Context, a transfer.Account, bucket, prefix string) ([]string, error) {
	store, err := u.dial(ctx, a, bucket)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var names []string
	for token := ""; len(names) < maxPrefixes; {
		page, err := store.ListPrefixes(ctx, prefix, token)
		if err != nil {
			return names, err
		}
		for _, p := range page.Prefixes {
			names = append(names, strings.TrimPrefix(p, prefix))
		}
		if page.Next == "" {
			break
		}
		token = page.Next
	}
	return names, nil
}

// parent goes one folder up: "a/b/" becomes "a/", and "a/" becomes "".
func parent(prefix string) string {
	return folderOf(strings.TrimSuffix(prefix, "/"))
}

// folderOf cuts what comes after the last "/".
func folderOf(prefix string) string { return prefix[:strings.LastIndex(prefix, "/")+1] }
