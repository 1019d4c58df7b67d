package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/text"
)

// statusBar is the line at the bottom: totals on the left, the line's use on the right.
type statusBar struct {
	content fyne.CanvasObject
	totals  *widget.Label
	note    *widget.Label
	line    *widget.Label
	limit   *chip
	done    *chip // hidden while nothing is to be done
	right   *fyne.Container
	counts  transfer.Counts
}

func newStatusBar(u *UI) *statusBar {
	s := &statusBar{totals: small(), note: small(), line: small()}
	s.limit = newChip(look.IconSpeed(), u.switchLimit)
	s.done = newChip(theme.HistoryIcon(), func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.done)
		menu := widget.NewPopUpMenu(fyne.NewMenu("", whenDoneItems(u)...), u.win.Canvas())
		menu.ShowAtPosition(at.SubtractXY(0, menu.MinSize().Height))
	})
	s.right = container.NewHBox(s.done, s.limit, s.line)
	s.note.Importance = widget.WarningImportance
	s.note.Truncation = fyne.TextTruncateEllipsis
	s.content = container.New(layout.NewCustomPaddedLayout(-theme.Padding(), -theme.Padding(), 0, 0),
		container.NewBorder(nil, nil, s.totals, s.right, s.note))
	s.showWhenDone(u.done.chosen)
	return s
}

func small() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName = theme.SizeNameCaptionText
	return l
}

func setText(l *widget.Label, words string) {
	if l.Text != words {
		l.SetText(words)
	}
}

func (s *statusBar) setCounts(c *transfer.Counts) { s.counts = *c }

// show tells what a frame says of the whole.
func (s *statusBar) show(snap *transfer.Snapshot, err error) {
	setText(s.totals, s.totalsText(snap))
	setText(s.note, noteText(snap, err))
	s.limit.set(limitIcon(snap), limitWords(snap.Limit), limitTip(snap))
	if snap.Slots == 0 {
		setText(s.line, "")
		return
	}
	speed := format.Speed(snap.Speed)
	if !sending(snap) {
		speed = format.None // the mean of the last seconds fades out
	}
	// While fewer slots are used than before, more requests are still under way.
	setText(s.line, text.T("{{.Speed}} · {{.Busy}} of {{.Slots}} slots",
		text.Args{"Speed": speed, "Busy": snap.InFlight, "Slots": max(snap.Slots, snap.InFlight)}))
}

func (s *statusBar) totalsText(snap *transfer.Snapshot) string {
	parts := []string{s.uploadsText()}
	if s.counts.Total > 0 {
		done := min(s.counts.Done+snap.Sending, s.counts.Total) // as the rows count
		words := text.T("{{.Done}} of {{.Total}}", text.Args{"Done": format.Bytes(done), "Total": format.Bytes(s.counts.Total)})
		parts = append(parts, words)
		if ahead := s.counts.Ahead - snap.Sending; ahead > 0 && snap.Pace > 0 && sending(snap) {
			left := time.Duration(float64(ahead) / snap.Pace * float64(time.Second))
			parts = append(parts, text.T("{{.Time}} left", text.Args{"Time": text.Left(left)}))
		}
	}
	return strings.Join(parts, " · ")
}

// uploadsText says how many uploads there are, and how many of them are not done.
func (s *statusBar) uploadsText() string {
	all, ahead := s.counts.Groups[transfer.GroupAll], 0
	for _, g := range []transfer.Group{transfer.GroupUploading, transfer.GroupWaiting, transfer.GroupPaused, transfer.GroupAttention} {
		ahead += s.counts.Groups[g]
	}
	if ahead == 0 || ahead == all {
		return text.N("1 upload", "{{.Count}} uploads", all)
	}
	return text.N("1 of {{.All}} uploads left", "{{.Count}} of {{.All}} uploads left", ahead, text.Args{"All": format.Count(int64(all))})
}

// sending tells whether the speed is that of now. Between small files nothing may be in
// flight at the moment of a snapshot.
func sending(snap *transfer.Snapshot) bool {
	if snap.InFlight > 0 {
		return true
	}
	for id := range snap.Live {
		if snap.Live[id].Status == transfer.StatusUploading {
			return true
		}
	}
	return false
}

// noteText is the one thing most worth saying.
func noteText(snap *transfer.Snapshot, err error) string {
	switch {
	case err != nil:
		sentence, _ := text.Problem(transfer.AsError(err))
		return text.T("The list could not be read: {{.Problem}}", text.Args{"Problem": sentence})
	case snap.Halted != nil:
		return text.T("All uploads wait: Partway cannot save its list.")
	case len(snap.Offline) > 0:
		return text.T("{{.Endpoint}} cannot be reached. Uploads go on by themselves when it can.",
			text.Args{"Endpoint": snap.Offline[0]})
	case len(snap.Stalled) > 0:
		return text.T("{{.Endpoint}} answers with errors only. Uploads go on by themselves when it is well again.",
			text.Args{"Endpoint": snap.Stalled[0]})
	default:
		return ""
	}
}
