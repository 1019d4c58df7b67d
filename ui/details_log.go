package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// logView lists what happened to an upload, the newest first.
type logView struct {
	u       *UI
	content fyne.CanvasObject
	list    *widget.List
	lines   []string
}

func newLogView(u *UI) *logView {
	l := &logView{u: u}
	l.list = widget.NewList(
		func() int { return len(l.lines) },
		func() fyne.CanvasObject {
			line := widget.NewLabel("")
			line.SizeName = theme.SizeNameCaptionText
			line.Truncation = fyne.TextTruncateEllipsis
			return line
		},
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if i < len(l.lines) {
				setText(o.(*widget.Label), l.lines[i])
			}
		})
	l.list.HideSeparators = true
	copying := newButton(keyless{}, text.T("Copy"), theme.ContentCopyIcon(), func() {
		u.app.Clipboard().SetContent(strings.Join(l.lines, "\n"))
	})
	copying.Importance = widget.LowImportance
	l.content = container.NewBorder(nil, container.NewHBox(copying), nil, nil, l.list)
	return l
}

func (l *logView) show(f *detailFrame) {
	lines := make([]string, 0, len(f.events))
	for _, e := range slices.Backward(f.events) {
		lines = append(lines, eventLine(e))
	}
	lines = append(lines, when(f.upload.Created)+"   "+text.T("Added"))
	if slices.Equal(lines, l.lines) {
		return
	}
	l.lines = lines
	l.list.Refresh()
}

func eventLine(e transfer.Event) string {
	line := when(e.Time) + "   " + text.Event(e.Kind)
	if detail := text.EventDetail(e); detail != "" {
		line += ": " + detail
	}
	if e.RequestID != "" {
		line += "   " + text.T("request {{.ID}}", text.Args{"ID": e.RequestID})
	}
	return line
}
