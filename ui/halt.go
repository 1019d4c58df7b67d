package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/text"
)

// haltBanner says, as long as it is so, that all uploads wait since Partway cannot write to
// its own disk.
type haltBanner struct {
	content *fyne.Container
	words   *widget.Label
	changed func()
}

func newHaltBanner(changed func()) *haltBanner {
	b := &haltBanner{words: wrapped(""), changed: changed}
	b.words.Importance = widget.DangerImportance
	icon := widget.NewIcon(theme.NewErrorThemedResource(theme.WarningIcon()))
	b.content = container.NewStack(tinted(), container.NewBorder(nil, nil, container.NewCenter(icon), nil, b.words))
	b.content.Hide()
	return b
}

// show shows the banner, or takes it away.
func (b *haltBanner) show(s *transfer.Snapshot) {
	words := haltText(s)
	if words == b.words.Text {
		return
	}
	b.words.SetText(words)
	if words == "" {
		b.content.Hide()
	} else {
		b.content.Show()
	}
	b.changed()
	b.changed() // once more: only now do the words know their width, and so their height
}

// newIconed puts an icon before words that break their lines.
func newIconed(icon fyne.Resource, words *widget.Label) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon)), nil, words)
}

// haltText says why all waits and what to do, "" if all is well.
func haltText(s *transfer.Snapshot) string {
	if s.Halted == nil {
		return ""
	}
	sentence, hint := text.Problem(s.Halted)
	words := text.Sentences(sentence, hint)
	if s.Unsaved > 0 {
		words += " " + text.T("What you chose meanwhile is in force, but is saved only then.")
	}
	return words
}
