package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// logView lists what happened to an upload, the newest first. The line that is selected is
// shown whole below.
type logView struct {
	u       *UI
	content *fyne.Container
	list    *widget.List
	whole   *widget.Label
	copyOne *button
	lines   []string
	chosen  string // the selected line, "" for none
	of      transfer.ID
}

func newLogView(u *UI) *logView {
	l := &logView{u: u, whole: wrapped("")}
	l.list = widget.NewList(
		func() int { return len(l.lines) },
		func() fyne.CanvasObject {
			line := small()
			line.Truncation = fyne.TextTruncateEllipsis
			return line
		},
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if i < len(l.lines) {
				setText(o.(*widget.Label), l.lines[i])
			}
		})
	l.list.HideSeparators = true
	l.list.OnSelected = func(i widget.ListItemID) {
		if i < len(l.lines) {
			l.choose(l.lines[i])
		}
	}
	l.whole.SizeName, l.whole.Selectable = theme.SizeNameCaptionText, true
	l.whole.Hide()
	copying := func(label string, what func() string) *button {
		return quiet(newButton(keyless{}, label, theme.ContentCopyIcon(), func() { u.app.Clipboard().SetContent(what()) }))
	}
	l.copyOne = copying(text.T("Copy line"), func() string { return l.chosen })
	l.copyOne.Disable()
	all := copying(text.T("Copy all"), func() string { return strings.Join(l.lines, "\n") })
	support := quiet(newButton(keyless{}, text.T("Copy support information"), theme.HelpIcon(), u.copySupport))
	foot := container.New(layout.NewCustomPaddedVBoxLayout(0), l.whole, container.NewHBox(l.copyOne, all, support))
	l.content = container.NewBorder(nil, foot, nil, nil, l.list)
	return l
}

// choose shows a line whole; "" is none.
func (l *logView) choose(line string) {
	l.chosen = line
	setText(l.whole, line)
	enable(l.copyOne, line != "")
	if line == "" {
		l.whole.Hide()
		l.list.UnselectAll()
	} else {
		l.whole.Show()
	}
	l.content.Refresh()
}

func (l *logView) show(f *detailFrame) {
	if l.of != f.upload.ID {
		l.of = f.upload.ID
		l.choose("")
	}
	lines := make([]string, 0, len(f.events)+1)
	for _, e := range slices.Backward(f.events) {
		lines = append(lines, eventLine(e))
	}
	lines = append(lines, when(f.upload.Created)+"   "+text.T("Added"))
	if slices.Equal(lines, l.lines) {
		return
	}
	l.lines = lines
	if i := slices.Index(lines, l.chosen); i >= 0 {
		l.list.Select(i) // it moved down
	}
	l.list.Refresh()
}

func eventLine(e transfer.Event) string {
	line := when(e.Time) + "   " + text.Event(e.Kind)
	if detail := text.EventDetail(e); detail != "" {
		line += ": " + detail
	}
	if e.RequestID != "" && !strings.Contains(line, e.RequestID) {
		line += "   " + text.T("request {{.ID}}", text.Args{"ID": e.RequestID})
	}
	return line
}
