package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer/fragment"
	"partway/ui/format"
	"partway/ui/text"
)

// findIn looks in a folder for files that the upload may be of, by name and size.
func (d *adoptDialog) findIn() {
	type search struct {
		folder string
		found  []fragment.Candidate
	}
	load(d.u, d.ctx, func(ctx context.Context) (s search, err error) {
		if s.folder, err = d.u.picker.Folder(ctx, text.T("Choose a folder to look in")); err != nil || s.folder == "" {
			return s, err
		}
		d.u.do(func() {
			setText(d.said, text.T("Looking for the file in {{.Folder}}…", text.Args{"Folder": format.Name(s.folder)}))
		})
		s.found, err = fragment.Find(ctx, s.folder, d.f)
		return s, err
	}, func(s search, err error) {
		switch {
		case errors.Is(err, context.Canceled) || !d.open() || s.folder == "" && err == nil:
		case err != nil:
			d.u.showError(text.T("The folder could not be searched."), err)
		case len(s.found) == 0:
			setText(d.said, text.T("There is no file of this name and large enough in {{.Folder}}.", text.Args{"Folder": format.Name(s.folder)}))
			d.fitHeight()
		case len(s.found) == 1:
			d.take(s.found[0].Path)
		default:
			d.chooseFrom(s.found)
		}
	})
}

// chooseFrom lets one choose from several files of the name.
func (d *adoptDialog) chooseFrom(found []fragment.Candidate) {
	b := d.u.newBrowser(text.T("Which file is it?"), d.path)
	b.where.SetText(format.Name(d.f.Key))
	b.names = make([]string, 0, len(found))
	for _, c := range found {
		b.names = append(b.names, c.Path)
	}
	b.picked = func(path string) {
		b.close()
		d.take(path)
	}
	cancel := newButton(b, text.T("Cancel"), nil, b.close)
	b.setContent(container.NewVBox(b.where, container.NewGridWrap(fyne.NewSize(440, 240), b.list)), nil, cancel)
	b.enter, cancel.Importance = nil, widget.MediumImportance // Enter chooses from the list
	b.show(b.list)
	b.list.Highlight(0)
}
