package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/text"
)

// Notice is something to say above the list until it is dismissed. Its words are made
// when it is shown, and again when the window's language changes.
type Notice struct {
	words   func() string
	warning bool
	// next makes the button for what to do; nil for none. done takes the notice away.
	next func(u *UI, done func()) fyne.CanvasObject
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
		return text.Sentences(words,
			text.T("Unfinished uploads are paused. When they are started, nothing that has arrived is sent again. Files added after the backup have to be added again."))
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

func warned(words func() string) Notice { return Notice{warning: true, words: words} }

// noticeBar holds the notices above the list. It outlives the content around it when that
// is made anew in another language.
type noticeBar struct {
	u     *UI
	box   *fyne.Container
	shown []*strip // in the order of box
}

// strip is a notice that is shown.
type strip struct {
	notice  Notice
	words   string
	content fyne.CanvasObject
}

func newNoticeBar(u *UI) *noticeBar { return &noticeBar{u: u, box: container.NewVBox()} }

// maxNotices bounds the room that notices take from the list; the oldest go first.
const maxNotices = 3

// add shows a notice, and returns what takes it away.
func (b *noticeBar) add(n Notice) (dismiss func()) {
	s := &strip{notice: n, words: n.words()}
	b.draw(s)
	same := func(old *strip) bool { return old.words == s.words } // nothing is said twice
	b.shown = append(slices.DeleteFunc(b.shown, same), s)
	b.shown = b.shown[max(0, len(b.shown)-maxNotices):]
	b.changed()
	return func() { b.drop(s) }
}

// draw makes a strip's content in the window's language.
func (b *noticeBar) draw(s *strip) {
	icon, importance := theme.InfoIcon(), widget.MediumImportance
	if s.notice.warning {
		icon, importance = theme.NewWarningThemedResource(theme.WarningIcon()), widget.WarningImportance
	}
	label := wrapped(s.words)
	label.Importance = importance
	drop := func() { b.drop(s) }
	right := container.NewHBox()
	if s.notice.next != nil {
		right.Add(s.notice.next(b.u, drop))
	}
	closing := newButton(b.u.main, "", theme.CancelIcon(), drop)
	closing.Importance = widget.LowImportance
	right.Add(closing)
	s.content = container.NewStack(tinted(),
		container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon(icon)), container.NewCenter(right), label))
}

// drop takes a strip away; one that is away already may be dropped again.
func (b *noticeBar) drop(s *strip) {
	b.shown = slices.DeleteFunc(b.shown, func(old *strip) bool { return old == s })
	b.changed()
}

// retell says those notices anew whose words have changed with time.
func (b *noticeBar) retell() {
	changed := false
	for _, s := range b.shown {
		if words := s.notice.words(); words != s.words {
			s.words, changed = words, true
			b.draw(s)
		}
	}
	if changed {
		b.changed()
	}
}

// renew says all notices in the window's language.
func (b *noticeBar) renew() {
	for _, s := range b.shown {
		s.words = s.notice.words()
		b.draw(s)
	}
	b.changed()
}

func (b *noticeBar) changed() {
	b.box.RemoveAll()
	for _, s := range b.shown {
		b.box.Add(s.content)
	}
	b.u.main.relayout()
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
