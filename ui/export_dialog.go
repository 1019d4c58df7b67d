package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/history"
	"partway/ui/text"
)

// exportDialog asks what is written into a file, and where.
type exportDialog struct {
	*modal
	what    *choice
	format  *choice
	folder  *entry
	message *widget.Label
	save    *button
	sources []exportSource
}

// exportSource hands what is to be written to each.
type exportSource func(ctx context.Context, each func(*transfer.Record) error) error

// openExport opens the dialog.
func (u *UI) openExport() {
	d := &exportDialog{modal: u.newModal(text.T("Export history"), 560)}
	labels := []string{text.T("What the list shows now"), text.T("All that is in the list"), text.T("All that was ever finished, also what was removed from the list")}
	filter, selected := u.pump.filter(), u.selection()
	of := func(s transfer.Selection) exportSource {
		return func(ctx context.Context, each func(*transfer.Record) error) error {
			return u.c.Journal.History(ctx, s, each)
		}
	}
	d.sources = []exportSource{of(transfer.Selection{Filter: filter}), of(transfer.Everything()), u.c.Journal.Receipts}
	if n := len(u.main.list.Selected()); n > 0 {
		labels = append([]string{text.N("The selected row", "The {{.Count}} selected rows", n)}, labels...)
		d.sources = append([]exportSource{of(selected)}, d.sources...)
	}
	d.what = newChoice(d, labels, nil)
	d.what.SetSelectedIndex(0)
	d.format = newChoice(d, []string{text.T("CSV, for spreadsheets"), "JSON"}, nil)
	d.format.SetSelectedIndex(0)
	d.folder = newEntry(d, "")
	if home, err := os.UserHomeDir(); err == nil {
		d.folder.SetText(home)
	}
	browse := newButton(d, text.T("Browse…"), nil, d.browse)
	d.message = faultLabel()
	d.save = newButton(d, text.T("Export"), nil, d.export)
	d.setContent(container.NewVBox(formOf(
		row(text.T("Uploads"), d.what),
		row(text.T("Format"), d.format),
		row(text.T("Folder"), container.NewBorder(nil, nil, nil, browse, d.folder))), d.message), nil,
		newButton(d, text.T("Cancel"), nil, d.close), d.save)
	d.show(d.what)
}

// browse asks for the folder by the desktop's dialog.
func (d *exportDialog) browse() {
	u := d.u
	if u.choosing {
		return
	}
	u.choosing = true
	load(u, u.ctx, func(ctx context.Context) (string, error) {
		return u.picker.Folder(ctx, text.T("Choose a folder to write to"))
	}, func(folder string, err error) {
		u.choosing = false
		if err == nil && folder != "" {
			d.folder.SetText(folder)
		}
	})
}

func (d *exportDialog) export() {
	folder := strings.TrimSpace(d.folder.Text)
	if !filepath.IsAbs(folder) {
		say(d.message, text.T("The folder is needed with its whole path."))
		d.fit()
		return
	}
	u, source := d.u, d.sources[max(0, d.what.SelectedIndex())]
	format := history.Formats[max(0, d.format.SelectedIndex())]
	d.save.Disable()
	load(u, u.ctx, func(ctx context.Context) (exported, error) {
		return exportTo(ctx, folder, format, source)
	}, func(e exported, err error) {
		enable(d.save, true)
		if err != nil {
			u.log.Warn("history not exported", "err", err)
			sentence, hint := text.Problem(transfer.AsError(err))
			say(d.message, text.Sentences(text.T("The file could not be written."), sentence, hint))
			d.fit()
			return
		}
		d.close()
		u.notices.add(Notice{words: func() string {
			return text.N("1 upload was written to {{.Path}}.", "{{.Count}} uploads were written to {{.Path}}.", e.count, text.Args{"Path": e.path})
		}})
	})
}

// exported is a file that was written.
type exported struct {
	path  string
	count int
}

// exportTo writes a new file into a folder; one that is not whole is not left there.
func exportTo(ctx context.Context, folder string, f history.Format, source exportSource) (e exported, err error) {
	e.path = filepath.Join(folder, "partway-"+time.Now().Format("20060102-150405")+"."+string(f))
	fail := func(err error) error {
		return &transfer.Error{Kind: transfer.KindStorage, Op: "Export", Path: e.path, Err: err}
	}
	file, err := os.OpenFile(e.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return e, fail(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(e.path))
		}
	}()
	w, err := history.New(file, f)
	if err == nil {
		err = source(ctx, w.Add)
	}
	if err == nil {
		err = w.Close()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return e, fail(err)
	}
	e.count = w.Count()
	return e, nil
}
