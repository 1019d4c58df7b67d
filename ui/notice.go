package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/text"
)

// Notice is something to say above the list until it is dismissed. Its words are made
// when it is shown, in the window's language.
type Notice struct {
	words   func() string
	warning bool
	// next makes the button for what to do; nil for none. done takes the notice away.
	next func(u *UI, done func()) fyne.CanvasObject
}

// Recovered says that n uploads that were under way at the last end go on.
func Recovered(n int) Notice {
	return Notice{words: func() string {
		return text.N("1 unfinished upload was recovered. What had arrived is not sent again.",
			"{{.Count}} unfinished uploads were recovered. What had arrived is not sent again.", n)
	}}
}

// RecoveredPaused says that n uploads were recovered and wait to be started.
func RecoveredPaused(n int) Notice {
	return Notice{words: func() string {
		return text.N("1 unfinished upload was recovered. It is paused: start it to go on.",
			"{{.Count}} unfinished uploads were recovered. They are paused: start them to go on.", n)
	}}
}

// JournalSetAside says that the journal was damaged, lies at path now, and that a new one was
// begun.
func JournalSetAside(path string) Notice {
	return Notice{warning: true, words: func() string {
		return text.T("The list of uploads was damaged, and there was no backup of it. It was kept as {{.Path}}. This is a new list: enter your accounts and add the files again. What is on OSS stays there.",
			text.Args{"Path": path})
	}}
}

// JournalGone says that the journal is gone, and that a new one was begun.
func JournalGone() Notice {
	return Notice{warning: true, words: func() string {
		return text.T("The list of uploads is gone, and there was no backup of it. This is a new list: enter your accounts and add the files again. What is on OSS stays there.")
	}}
}

// JournalRestored says that a backup took the place of a journal that was damaged, and lies
// at path now, or is gone. It offers to go on.
func JournalRestored(path string, made time.Time) Notice {
	return Notice{warning: true, next: startAll, words: func() string {
		args := text.Args{"Path": path, "Time": when(made)}
		words := text.T("The list of uploads is gone; its backup of {{.Time}} took its place.", args)
		if path != "" {
			words = text.T("The list of uploads was damaged; its backup of {{.Time}} took its place. The damaged one was kept as {{.Path}}.", args)
		}
		return words + " " + text.T("Unfinished uploads are paused. When they are started, nothing that has arrived is sent again. Files added after the backup have to be added again.")
	}}
}

// NetworkFolder says that the data folder is on another computer.
func NetworkFolder(dir string) Notice {
	return Notice{warning: true, words: func() string {
		return text.T("Partway's data folder is on a network drive ({{.Path}}), where its list may be damaged and two Partways may work on it at once. Start Partway with -data and a folder on this computer.",
			text.Args{"Path": dir})
	}}
}

// startAll is the next step of a notice: a button that starts all uploads.
func startAll(u *UI, done func()) fyne.CanvasObject {
	return newButton(u.main, text.T("Start all"), theme.MediaPlayIcon(), func() {
		done()
		u.startAll()
	})
}

// Said is a notice of words that are translated already.
func Said(words string) Notice { return Notice{words: func() string { return words }} }

func warned(words string) Notice {
	return Notice{warning: true, words: func() string { return words }}
}

// notify shows a notice with the button for what to do next, if it has one.
func (u *UI) notify(n Notice) {
	if n.next == nil {
		u.main.notices.add(n)
		return
	}
	var dismiss func()
	dismiss = u.main.notices.add(n, n.next(u, func() { dismiss() }))
}

// noticeBar holds the notices above the list.
type noticeBar struct {
	box     *fyne.Container
	words   map[fyne.CanvasObject]string // of the strips in box
	changed func()
}

func newNoticeBar(changed func()) *noticeBar {
	return &noticeBar{box: container.NewVBox(), words: map[fyne.CanvasObject]string{}, changed: changed}
}

// maxNotices bounds the room that notices take from the list; the oldest go first.
const maxNotices = 3

func (b *noticeBar) add(n Notice, actions ...fyne.CanvasObject) func() {
	icon, importance := theme.InfoIcon(), widget.MediumImportance
	if n.warning {
		icon, importance = theme.WarningIcon(), widget.WarningImportance
	}
	return b.show(icon, importance, n.words(), actions...)
}

// show adds a strip and returns what takes it away.
func (b *noticeBar) show(icon fyne.Resource, i widget.Importance, words string, actions ...fyne.CanvasObject) func() {
	label := widget.NewLabel(words)
	label.Wrapping = fyne.TextWrapWord
	label.Importance = i
	var strip *fyne.Container
	dismiss := func() {
		b.drop(strip)
		b.changed()
	}
	closing := widget.NewButtonWithIcon("", theme.CancelIcon(), dismiss)
	closing.Importance = widget.LowImportance
	right := container.NewHBox(append(actions, closing)...)
	strip = container.NewStack(tinted(),
		container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon)), container.NewCenter(right), label))
	for old, said := range b.words {
		if said == words {
			b.drop(old) // nothing is said twice
		}
	}
	for len(b.box.Objects) >= maxNotices {
		b.drop(b.box.Objects[0])
	}
	b.box.Add(strip)
	b.words[strip] = words
	b.changed()
	return dismiss
}

func (b *noticeBar) drop(strip fyne.CanvasObject) {
	b.box.Remove(strip)
	delete(b.words, strip)
}

// tinted is the ground of notices and banners, in the theme's colour for headers.
func tinted() fyne.CanvasObject { return newGround(theme.ColorNameHeaderBackground) }

// ground is a rectangle in a colour of the theme, also after the theme changed.
type ground struct {
	widget.BaseWidget
	name fyne.ThemeColorName
}

func newGround(name fyne.ThemeColorName) *ground {
	g := &ground{name: name}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer is called by Fyne.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRectangle(theme.Color(g.name))
	return &groundRenderer{g: g, rect: r}
}

type groundRenderer struct {
	g    *ground
	rect *canvas.Rectangle
}

func (r *groundRenderer) Layout(s fyne.Size)           { r.rect.Resize(s) }
func (r *groundRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *groundRenderer) Destroy()                     {}

func (r *groundRenderer) Refresh() {
	r.rect.FillColor = theme.Color(r.g.name)
	r.rect.Refresh()
}
