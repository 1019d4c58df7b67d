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
	filter := u.pump.filter()
	load(u, u.ctx, func(ctx context.Context) (c chosenRows, err error) {
		err = c.read(ctx, u.c.Journal, selected[:min(judged, len(selected))], filter)
		if err == nil && len(c.rows)+len(c.folders) > 0 {
			c.ignored, err = u.c.Journal.Ignored(ctx, c.batch())
		}
		return c, err
	}, func(c chosenRows, err error) {
		if err != nil || len(c.rows)+len(c.folders) == 0 || u.topModal() != nil {
			return
		}
		allowed, unsettled := judge(c.rows, len(selected), v.snap)
		allowed, c.unsettled = judgeFolders(c.folders, allowed, unsettled)
		items := append(v.menuItems(selected, c, allowed),
			menuItem(text.T("What was left out…"), c.ignored.Count > 0, func() { u.showIgnored(c.batch()) }))
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), u.win.Canvas(), at)
	})
}

// chosenRows are what is selected, or the first of it.
type chosenRows struct {
	rows    []transfer.Row
	folders []transfer.FolderRow
	ignored transfer.Names // what was left out of the first one's batch

	unsettled bool // some are not finished
}

// read asks the journal for entries of the list.
func (c *chosenRows) read(ctx context.Context, j Journal, entries []transfer.ID, f transfer.Filter) (err error) {
	ids, folders := entriesOf(entries)
	if c.rows, err = j.Rows(ctx, ids); err != nil {
		return err
	}
	c.folders, err = j.Folders(ctx, folders, f)
	return err
}

// batch is the first one's.
func (c *chosenRows) batch() transfer.BatchID {
	if len(c.rows) > 0 {
		return c.rows[0].Batch
	}
	return c.folders[0].Batch
}

// paths are where they are on this computer, as far as that is known.
func (c *chosenRows) paths() (paths []string) {
	for i := range c.folders {
		if c.folders[i].Path != "" {
			paths = append(paths, c.folders[i].Path)
		}
	}
	for i := range c.rows {
		paths = append(paths, c.rows[i].Path)
	}
	return paths
}

// menuItems are the context menu's commands on the selected rows.
func (v *mainView) menuItems(selected []transfer.ID, c chosenRows, allowed transfer.Allowed) []*fyne.MenuItem {
	u, these := v.u, v.u.chosen(selected)
	items := []*fyne.MenuItem{
		menuItem(text.T("Start"), allowed.Start, func() { u.resume(these) }),
		menuItem(text.T("Pause"), allowed.Pause, func() { u.hold(these) }),
		menuItem(text.T("Abort…"), allowed.Abort, func() { u.confirmLoss(these, u.askAbort) }),
		menuItem(text.T("Remove…"), allowed.Remove, u.removeSelected),
		menuItem(text.T("Limit speed…"), c.unsettled, u.limitSelected),
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
		batch := conflictsOf(c.batch())
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
	items = append(items, fyne.NewMenuItemSeparator())
	items = append(items, u.queueItems(these, c, allowed.Move)...)
	return append(items,
		fyne.NewMenuItemSeparator(),
		menuItem(text.T("Show in folder"), len(c.paths()) > 0, func() { u.showInFolder(c.paths()) }),
		menuItem(text.T("Copy oss:// URI"), true, func() { u.copyURIs(selected) }),
		u.objectMenu(allowed.Again),
		menuItem(text.T("Upload again"), allowed.Again, u.uploadSelectedAgain))
}

func menuItem(label string, on bool, do func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, do)
	item.Disabled = !on
	return item
}

// uris lists the objects' URIs, one a line.
func uris(c chosenRows) string {
	var lines []string
	for i := range c.folders {
		f := &c.folders[i]
		lines = append(lines, ossURI(transfer.Target{Bucket: f.To.Bucket, Key: f.To.Prefix + f.Name + "/"}))
	}
	for i := range c.rows {
		lines = append(lines, ossURI(c.rows[i].To))
	}
	return strings.Join(lines, "\n")
}

// showInFolder opens the file manager on the first of these files, with those of the others
// that lie in the same folder: each folder would be a window.
func (u *UI) showInFolder(chosen []string) {
	folder := filepath.Dir(chosen[0])
	paths := make([]string, 0, len(chosen))
	for _, path := range chosen {
		if filepath.Dir(path) == folder {
			paths = append(paths, path)
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
