package ui

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"partway/transfer"
	"partway/ui/clipboard"
	"partway/ui/text"
)

// pasteKey is Ctrl+V. The menu is asked for it before the focused widget, so a text field
// is handed what is its own.
func (u *UI) pasteKey() {
	type field interface {
		fyne.Shortcutable
		SelectedText() string
	}
	if f, ok := u.win.Canvas().Focused().(field); ok {
		f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: u.app.Clipboard()})
		return
	}
	u.paste()
}

// paste takes files from the clipboard.
func (u *UI) paste() {
	if u.topModal() != nil && u.sheet == nil {
		return
	}
	paths, odd := clipboard.Paths(u.app.Clipboard().Content())
	if len(paths) == 0 {
		u.notices.add(Notice{words: func() string {
			return text.T("There are no files on the clipboard. Copy files or folders in a file manager first, or their paths, one a line.")
		}})
		return
	}
	u.propose(proposal{paths: paths, missing: odd})
}

// dropped takes what was dropped on the window. A file dropped on an unfinished upload is to
// finish it.
func (u *UI) dropped(at fyne.Position, uris []fyne.URI) {
	if u.fragments != nil && u.fragments.dropped(at, uris) {
		return
	}
	p := proposal{}
	for _, uri := range uris {
		if uri.Scheme() == "file" && filepath.IsAbs(uri.Path()) {
			p.paths = append(p.paths, filepath.Clean(uri.Path()))
		} else {
			p.missing++
		}
	}
	u.propose(p)
}

// proposal is what may become a batch, once the sheet is confirmed.
type proposal struct {
	paths   []string
	missing int // things that cannot be found on this computer
	to      transfer.Destination
	policy  transfer.Policy
}

// join adds what another proposal holds; a later destination or policy wins.
func (p *proposal) join(o proposal) {
	known := make(map[string]bool, len(p.paths))
	for _, path := range p.paths {
		known[path] = true
	}
	for _, path := range o.paths {
		if !known[path] {
			known[path] = true
			p.paths = append(p.paths, path)
		}
	}
	p.missing += o.missing
	if o.to.Bucket != "" {
		p.to = o.to
	}
	if o.policy != "" {
		p.policy = o.policy
	}
}

// found splits off the paths that do not exist.
func found(ctx context.Context, paths []string) (there []string, missing int) {
	there = make([]string, 0, len(paths))
	for _, path := range paths {
		if ctx.Err() != nil {
			return there, missing
		}
		if _, err := os.Lstat(path); err != nil {
			missing++
			continue
		}
		there = append(there, path)
	}
	return there, missing
}

// propose looks which of the paths exist, and opens the drop sheet, or adds to it.
func (u *UI) propose(p proposal) {
	load(u, u.ctx, func(ctx context.Context) (proposal, error) {
		there, missing := found(ctx, p.paths)
		p.paths, p.missing = there, p.missing+missing
		return p, nil
	}, func(p proposal, _ error) { u.place(p) })
}

// place opens the sheet, or keeps the proposal until one can open.
func (u *UI) place(p proposal) {
	switch {
	case len(p.paths) == 0 && p.missing > 0:
		u.notices.add(warned(func() string {
			return text.N("1 thing could not be added: it is not on this computer.",
				"{{.Count}} things could not be added: they are not on this computer.", p.missing)
		}))
	case len(p.paths) == 0:
	case u.sheet != nil && !u.sheet.adding:
		u.sheet.join(p)
	case u.topModal() != nil || !u.accountsRead:
		u.keep(p)
	case len(u.accounts) == 0:
		u.keep(p)
		u.askForAccount()
	default:
		u.openSheet(p)
	}
}

func (u *UI) keep(p proposal) {
	if u.held == nil {
		u.held = &proposal{}
	}
	u.held.join(p)
}

// resumeProposal goes on with what was dropped before it could be placed.
func (u *UI) resumeProposal() {
	if p := u.held; p != nil && u.topModal() == nil {
		u.held = nil
		u.place(*p)
	}
}

// askForAccount says that files need somewhere to go. To cancel drops them; closing the
// question must not ask it again.
func (u *UI) askForAccount() {
	m := u.newModal(text.T("Where should the files go?"), 480)
	m.onClose = func() { u.held = nil }
	then := func(next func()) func() {
		return func() {
			kept := u.held
			m.close()
			u.held = kept
			next()
		}
	}
	cancel := newButton(m, text.T("Cancel"), nil, m.close)
	try := newButton(m, text.T("Try it on this computer"), nil, then(u.openTrial))
	add := newButton(m, text.T("Add account…"), nil, then(func() { u.addAccount(nil) }))
	m.setContent(wrapped(text.T("Add the account they belong to, or try Partway with a store on this computer first. What you dropped is kept for the next step.")),
		nil, cancel, try, add)
	m.show(nil)
}
