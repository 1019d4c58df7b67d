package ui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// contextMenu offers what the selected rows allow.
func (v *mainView) contextMenu(at fyne.Position) {
	selected := v.list.Selected()
	if len(selected) == 0 || v.u.topModal() != nil {
		return
	}
	// What the rows allow is known a moment after they were selected: a right click
	// selects and asks at once.
	u := v.u
	load(u, u.ctx, func(ctx context.Context) ([]transfer.Row, error) {
		return u.c.Journal.Rows(ctx, selected[:min(judged, len(selected))])
	}, func(rows []transfer.Row, err error) {
		if err != nil || len(rows) == 0 || u.topModal() != nil {
			return
		}
		allowed, _ := judge(rows, len(selected), v.snap)
		menu := fyne.NewMenu("", v.menuItems(selected, rows, allowed)...)
		widget.ShowPopUpMenuAtPosition(menu, u.win.Canvas(), at)
	})
}

// menuItems are the context menu's commands on the selected rows.
func (v *mainView) menuItems(selected []transfer.ID, rows []transfer.Row, allowed transfer.Allowed) []*fyne.MenuItem {
	u, these := v.u, transfer.These(selected...)
	items := []*fyne.MenuItem{
		menuItem(text.T("Start"), allowed.Start, func() { u.resume(these) }),
		menuItem(text.T("Pause"), allowed.Pause, func() { u.hold(these) }),
		menuItem(text.T("Abort…"), allowed.Abort, func() { u.confirmLoss(these, len(selected), u.askAbort) }),
		menuItem(text.T("Remove…"), allowed.Remove, u.removeSelected),
	}
	if allowed.Resolve {
		items = append(items, fyne.NewMenuItemSeparator())
		for _, r := range resolutions {
			items = append(items, menuItem(text.Resolution(r), true, func() {
				u.resolve(these, r)
				if r == transfer.ResolveSkip && allowed.Skip {
					u.skip(these)
				}
			}))
		}
		batch := conflictsOf(rows[0].Batch)
		all := fyne.NewMenuItem(text.T("For all conflicts of this batch"), nil)
		all.ChildMenu = fyne.NewMenu("")
		for _, r := range resolutions {
			all.ChildMenu.Items = append(all.ChildMenu.Items, menuItem(text.Resolution(r), true, func() { u.resolve(batch, r) }))
		}
		items = append(items, all)
	}
	if allowed.NewVersion {
		items = append(items, menuItem(text.T("Upload the new version"), true, func() { u.newVersion(these) }))
	}
	if allowed.Skip && !allowed.Resolve {
		items = append(items, menuItem(text.Resolution(transfer.ResolveSkip), true, func() { u.skip(these) }))
	}
	return append(items,
		fyne.NewMenuItemSeparator(),
		menuItem(text.T("Show in folder"), true, func() { u.showInFolder(rows) }),
		menuItem(text.T("Copy oss:// URI"), true, func() { u.app.Clipboard().SetContent(uris(rows)) }),
		menuItem(text.T("Upload again"), allowed.Again, u.uploadSelectedAgain))
}

func menuItem(label string, on bool, do func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, do)
	item.Disabled = !on
	return item
}

// uris lists the objects' URIs, one a line.
func uris(rows []transfer.Row) string {
	lines := make([]string, 0, len(rows))
	for i := range rows {
		lines = append(lines, ossURI(rows[i].To))
	}
	return strings.Join(lines, "\n")
}

// showInFolder opens the file manager on the first row's file, with those of the other
// rows that lie in the same folder: each folder would be a window.
func (u *UI) showInFolder(rows []transfer.Row) {
	folder := filepath.Dir(rows[0].Path)
	paths := make([]string, 0, len(rows))
	for i := range rows {
		if filepath.Dir(rows[i].Path) == folder {
			paths = append(paths, rows[i].Path)
		}
	}
	u.act(func(ctx context.Context) error {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return &transfer.Error{Kind: transfer.KindSource, Op: "Show", Path: folder, Code: transfer.CodeFileMissing, Err: err}
		}
		return showFiles(ctx, paths)
	}, func(err error) {
		if err != nil {
			u.showError(text.T("The folder could not be opened."), err)
		}
	})
}
