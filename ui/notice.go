package ui

import (
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

// JournalSetAside says that the journal was damaged and now lies at path.
func JournalSetAside(path string) Notice {
	return Notice{warning: true, words: func() string {
		return text.T("The list of uploads was damaged and could not be read. It was kept as {{.Path}}, and Partway began a new one.",
			text.Args{"Path": path})
	}}
}

// JournalRestored says that the journal was damaged and a backup took its place.
func JournalRestored(path string) Notice {
	return Notice{warning: true, words: func() string {
		return text.T("The list of uploads was damaged, and a backup took its place. All unfinished uploads are paused. The damaged file was kept as {{.Path}}.",
			text.Args{"Path": path})
	}}
}

// NoKeyring says that secrets cannot be kept.
func NoKeyring() Notice {
	return Notice{warning: true, words: func() string {
		return text.T("This computer has no keyring that Partway can use. Secrets are kept until you quit, and asked for at the next start.")
	}}
}

// Said is a notice of words that are translated already.
func Said(words string) Notice { return Notice{words: func() string { return words }} }

func warned(words string) Notice {
	return Notice{warning: true, words: func() string { return words }}
}

// noticeBar holds the notices above the list.
type noticeBar struct {
	box     *fyne.Container
	changed func()
}

func newNoticeBar(changed func()) *noticeBar {
	return &noticeBar{box: container.NewVBox(), changed: changed}
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
		b.box.Remove(strip)
		b.changed()
	}
	closing := widget.NewButtonWithIcon("", theme.CancelIcon(), dismiss)
	closing.Importance = widget.LowImportance
	right := container.NewHBox(append(actions, closing)...)
	strip = container.NewStack(tinted(),
		container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon)), container.NewCenter(right), label))
	for len(b.box.Objects) >= maxNotices {
		b.box.Remove(b.box.Objects[0])
	}
	b.box.Add(strip)
	b.changed()
	return dismiss
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
