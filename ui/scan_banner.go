package ui

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// scanPatience is how long a scan goes on before it is shown: most are over by then.
const scanPatience = 600 * time.Millisecond

// scanBanner tells, below the list, how many files were found so far in the folders that are
// being looked through, and stops that.
type scanBanner struct {
	u       *UI
	content *fyne.Container
	words   *widget.Label
	stop    *button
	scan    transfer.Scan // the one shown, or to be shown
	since   time.Time
	stopped bool // a person stopped it
}

func newScanBanner(u *UI) *scanBanner {
	b := &scanBanner{u: u, words: widget.NewLabel("")}
	b.words.Truncation = fyne.TextTruncateEllipsis
	b.stop = newButton(mainKeys{u}, text.T("Stop scanning"), theme.CancelIcon(), b.tapped)
	b.stop.Importance = widget.LowImportance
	b.content = container.NewStack(tinted(), container.NewBorder(nil, nil,
		container.NewCenter(widget.NewIcon(theme.FolderOpenIcon())), container.NewCenter(b.stop), b.words))
	b.content.Hide()
	return b
}

// mainKeys hands the keys of a button outside of dialogs to the window.
type mainKeys struct{ u *UI }

func (m mainKeys) key(k *fyne.KeyEvent) bool { return m.u.main.key(k) }

// show follows a snapshot.
func (b *scanBanner) show(s *transfer.Snapshot) {
	if len(s.Scans) == 0 || s.Scans[0].Batch != b.scan.Batch {
		b.ended()
		if len(s.Scans) > 0 {
			b.since = s.Time
		}
	}
	if len(s.Scans) == 0 {
		if b.content.Visible() {
			b.content.Hide()
			b.u.main.relayout()
		}
		return
	}
	b.scan = s.Scans[0]
	if !b.stopped {
		setText(b.words, b.scanText(len(s.Scans)-1))
	}
	if !b.content.Visible() && s.Time.Sub(b.since) >= scanPatience {
		b.content.Show()
		b.u.main.relayout()
	}
}

func (b *scanBanner) scanText(more int) string {
	args := text.Args{"Folder": format.Name(filepath.Base(b.scan.Root)), "Size": format.Bytes(b.scan.Bytes)}
	words := text.N("Looking through {{.Folder}}: 1 file, {{.Size}}",
		"Looking through {{.Folder}}: {{.Count}} files, {{.Size}}", b.scan.Files, args)
	if more > 0 {
		words += " · " + text.N("1 more to look through", "{{.Count}} more to look through", more)
	}
	return words
}

// ended forgets the scan that was shown. Of one that was stopped it says what remains.
func (b *scanBanner) ended() {
	if b.stopped {
		// Some may have been found after the number that was shown last.
		args := text.Args{"Folder": format.Name(filepath.Base(b.scan.Root))}
		b.u.notices.add(Notice{words: func() string {
			return text.T("Partway no longer looks through {{.Folder}}. The files found by then stay in the list and are uploaded; the others are not.", args)
		}})
	}
	b.scan, b.stopped = transfer.Scan{}, false
	b.stop.Enable()
}

func (b *scanBanner) tapped() {
	if b.scan.Batch == 0 || b.stopped {
		return
	}
	b.stopped = true
	b.stop.Disable()
	batch := b.scan.Batch
	b.u.run(text.T("Partway could not stop looking through the folder."), func() error { return b.u.c.Engine.StopScan(batch) })
}
