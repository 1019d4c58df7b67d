package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// CrashReport says what a start after a crash found.
func CrashReport(k transfer.Progress) Notice {
	return Notice{
		words: func() string { return crashWords(k) },
		next: func(u *UI, _ func()) fyne.CanvasObject {
			return newButton(u.main, text.T("Details"), theme.InfoIcon(), func() { u.openCrashReport(k) })
		},
	}
}

func crashWords(k transfer.Progress) string {
	words := []string{text.T("Partway did not end in order last time.")}
	if k.Uploads > 0 {
		words = append(words, text.N("1 upload was recovered.", "{{.Count}} uploads were recovered.", k.Uploads))
	}
	if k.Parts > 0 {
		words = append(words, text.N("1 part was kept: {{.Size}} are not sent again.",
			"{{.Count}} parts were kept: {{.Size}} are not sent again.", k.Parts, text.Args{"Size": format.Bytes(k.Bytes)}))
	}
	if k.NeedYou > 0 {
		words = append(words, text.N("1 upload needs you.", "{{.Count}} uploads need you.", k.NeedYou))
	}
	return text.Sentences(words...)
}

// mostReported bounds the uploads that the report lists by name.
const mostReported = 100

// openCrashReport lists what was recovered, and what was found on OSS since.
func (u *UI) openCrashReport(k transfer.Progress) {
	if u.topModal() != nil {
		return
	}
	load(u, u.ctx, func(ctx context.Context) ([]transfer.Row, error) {
		ids, err := u.c.Journal.List(ctx, transfer.Filter{Group: transfer.GroupUploading}, transfer.Sort{By: transfer.SortSize, Descending: true})
		if err != nil {
			return nil, err
		}
		return u.c.Journal.Rows(ctx, ids[:min(mostReported, len(ids))])
	}, func(rows []transfer.Row, err error) {
		if err != nil {
			u.showError(text.T("The list could not be read."), err)
			return
		}
		if u.topModal() == nil {
			u.showCrashReport(k, rows)
		}
	})
}

func (u *UI) showCrashReport(k transfer.Progress, rows []transfer.Row) {
	m := u.newModal(text.T("What was recovered"), 620)
	box := container.NewVBox(wrapped(crashWords(k)))
	snap := u.c.Engine.Snapshot()
	if snap.Found > 0 {
		box.Add(wrapped(text.N("1 more part was found on OSS, compared with its file, and kept: {{.Size}}.",
			"{{.Count}} more parts were found on OSS, compared with their files, and kept: {{.Size}}.",
			snap.Found, text.Args{"Size": format.Bytes(snap.FoundBytes)})))
	}
	if len(rows) > 0 {
		box.Add(widget.NewSeparator())
	}
	list := container.New(layout.NewFormLayout())
	for i := range rows {
		r := &rows[i]
		name := widget.NewLabel(format.Name(r.Name))
		name.Truncation = fyne.TextTruncateEllipsis
		list.Add(widget.NewLabelWithStyle(text.T("{{.Done}} of {{.Total}}",
			text.Args{"Done": format.Bytes(r.BytesDone), "Total": format.Bytes(r.Size)}), fyne.TextAlignTrailing, fyne.TextStyle{}))
		list.Add(name)
	}
	box.Add(list)
	m.setContent(box, nil, newButton(m, text.T("Close"), nil, m.close))
	m.show(nil)
}
