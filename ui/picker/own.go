package picker

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/format"
)

// Own is the last resort: a window of Partway's own that lists a folder with boxes to
// tick, and takes a typed path.
type Own struct {
	App   fyne.App
	Do    func(func()) // runs a func on Fyne's goroutine
	Texts Texts

	// last is the folder of the last choice. It belongs to whoever asks; questions
	// follow one another.
	last string
	made func(*browser) // for tests: told the window's innards
}

// Files asks for files; folders may be ticked as well.
func (o *Own) Files(ctx context.Context, title string) ([]string, error) {
	return o.ask(ctx, title, false)
}

// Folder asks for a folder: the one that is shown, or the one that is ticked.
func (o *Own) Folder(ctx context.Context, title string) (string, error) {
	paths, err := o.ask(ctx, title, true)
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return paths[0], nil
}

// ask shows the window, and reads folders for it until the person has chosen.
func (o *Own) ask(ctx context.Context, title string, folders bool) ([]string, error) {
	if o.last == "" {
		o.last, _ = os.UserHomeDir() // without a home, the root is shown
	}
	b := &browser{
		t: o.Texts, folders: folders,
		read:   make(chan string, 1),
		chosen: make(chan []string, 1),
		ticked: map[string]bool{},
	}
	o.Do(func() {
		b.build(o.App, title)
		b.win.Show()
		if o.made != nil {
			o.made(b)
		}
	})
	defer o.Do(func() { b.win.Close() })
	b.request(o.last)
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case folder := <-b.read:
			entries, err := list(folder)
			if err == nil {
				o.last = folder
			}
			o.Do(func() { b.show(folder, entries, err) })
		case paths := <-b.chosen:
			return paths, nil
		}
	}
}

// entry is a line of a folder.
type entry struct {
	name   string
	folder bool
	size   int64
}

// list reads a folder: folders first, then by name.
func list(folder string) ([]entry, error) {
	found, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(found))
	for _, f := range found {
		info, err := os.Stat(filepath.Join(folder, f.Name())) // follows links, as people expect
		if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
			continue
		}
		entries = append(entries, entry{name: f.Name(), folder: info.IsDir(), size: info.Size()})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return entries, nil
}

// browser is the window. All but its channels belongs to Fyne's goroutine.
type browser struct {
	t       Texts
	folders bool

	read   chan string   // folders to be read; the newest wins
	chosen chan []string // the answer: nil for none

	win     fyne.Window
	path    *widget.Entry
	hidden  *widget.Check
	list    *keyList
	note    *widget.Label
	open    *widget.Button
	folder  string
	all     []entry
	entries []entry         // those shown
	ticked  map[string]bool // full paths
}

func (b *browser) build(a fyne.App, title string) {
	b.win = a.NewWindow(title)
	b.path = widget.NewEntry()
	b.path.SetPlaceHolder(b.t.PathHint)
	b.path.OnSubmitted = b.typed
	up := widget.NewButtonWithIcon(b.t.Up, theme.MoveUpIcon(), func() { b.request(filepath.Dir(b.folder)) })
	b.hidden = widget.NewCheck(b.t.Hidden, func(bool) { b.filter() })
	b.list = newKeyList(b)
	b.list.OnSelected = func(i widget.ListItemID) {
		b.list.UnselectAll()
		b.tapped(b.entries[i])
	}
	b.note = widget.NewLabel("")
	b.note.Truncation = fyne.TextTruncateEllipsis
	b.open = widget.NewButton(b.t.Open, b.confirm)
	b.open.Importance = widget.HighImportance
	cancel := widget.NewButton(b.t.Cancel, func() { b.answer(nil) })

	top := container.NewBorder(nil, nil, up, b.hidden, b.path)
	bottom := container.NewBorder(nil, nil, nil, container.NewHBox(cancel, b.open), b.note)
	b.win.SetContent(container.NewPadded(container.NewBorder(top, bottom, nil, nil, b.list)))
	b.win.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { b.key(k) })
	b.win.SetCloseIntercept(func() { b.answer(nil) })
	b.win.Resize(fyne.NewSize(720, 480))
	b.win.Canvas().Focus(b.list)
	b.count()
}

// request has a folder read. It never waits: a request that was not taken is replaced.
func (b *browser) request(folder string) {
	select {
	case <-b.read:
	default:
	}
	b.read <- folder
}

func (b *browser) answer(paths []string) {
	select {
	case b.chosen <- paths:
	default: // an answer was given already
	}
}

// show shows a folder that was read.
func (b *browser) show(folder string, entries []entry, err error) {
	if err != nil {
		b.note.SetText(b.t.Unreadable(format.Name(folder)))
		return
	}
	b.folder, b.all = folder, entries
	b.path.SetText(folder)
	b.filter()
	b.list.Highlight(0)
	b.list.ScrollToTop()
	b.count()
}

func (b *browser) filter() {
	b.entries = b.entries[:0:0]
	for _, e := range b.all {
		if b.hidden.Checked || !strings.HasPrefix(e.name, ".") {
			b.entries = append(b.entries, e)
		}
	}
	b.list.Refresh()
}

// typed goes to a typed folder, or ticks a typed file.
func (b *browser) typed(path string) {
	if path == "~" || strings.HasPrefix(path, "~/") {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, path[1:])
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(b.folder, path)
	}
	path = filepath.Clean(path)
	if folder, name := filepath.Split(path); filepath.Clean(folder) == b.folder {
		for _, e := range b.all {
			if e.name == name && !e.folder && !b.folders {
				b.tick(e, true)
				return
			}
		}
	}
	b.request(path)
}

// tapped goes into a folder, and ticks a file or not.
func (b *browser) tapped(e entry) {
	if e.folder {
		b.request(filepath.Join(b.folder, e.name))
		return
	}
	if !b.folders {
		b.tick(e, !b.ticked[filepath.Join(b.folder, e.name)])
	}
}

func (b *browser) tick(e entry, on bool) {
	path := filepath.Join(b.folder, e.name)
	if b.folders && on {
		clear(b.ticked) // one folder is asked for
	}
	if on {
		b.ticked[path] = true
	} else {
		delete(b.ticked, path)
	}
	b.list.Refresh()
	b.count()
}

func (b *browser) count() {
	b.note.SetText(b.t.Chosen(len(b.ticked)))
	if len(b.ticked) > 0 || b.folders {
		b.open.Enable()
	} else {
		b.open.Disable()
	}
}

func (b *browser) confirm() {
	paths := make([]string, 0, len(b.ticked))
	for path := range b.ticked {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	if b.folders && len(paths) == 0 {
		paths = []string{b.folder}
	}
	if len(paths) > 0 {
		b.answer(paths)
	}
}

// line is how an entry is shown: box, icon, name, size.
type line struct {
	box  *tick
	icon *widget.Icon
	name *widget.Label
	size *widget.Label
}

// newLine makes an empty line; its parts are found again by their place.
func newLine(key func(*fyne.KeyEvent) bool) fyne.CanvasObject {
	name := widget.NewLabel("")
	name.Truncation = fyne.TextTruncateEllipsis
	left := container.NewHBox(newTick(key), widget.NewIcon(nil))
	right := container.NewHBox(widget.NewLabel(""))
	return container.New(layout.NewBorderLayout(nil, nil, left, right), name, left, right)
}

func partsOf(o fyne.CanvasObject) line {
	c := o.(*fyne.Container)
	left, right := c.Objects[1].(*fyne.Container), c.Objects[2].(*fyne.Container)
	return line{
		box: left.Objects[0].(*tick), icon: left.Objects[1].(*widget.Icon),
		name: c.Objects[0].(*widget.Label), size: right.Objects[0].(*widget.Label),
	}
}

func (b *browser) fill(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(b.entries) {
		return
	}
	e, l := b.entries[i], partsOf(o)
	l.name.SetText(format.Name(e.name))
	l.icon.SetResource(theme.FileIcon())
	l.size.SetText(format.Bytes(e.size))
	if e.folder {
		l.icon.SetResource(theme.FolderIcon())
		l.size.SetText("")
	}
	l.box.OnChanged = nil
	l.box.SetChecked(b.ticked[filepath.Join(b.folder, e.name)])
	l.box.OnChanged = func(on bool) { b.tick(e, on) }
	if b.folders && !e.folder {
		l.box.Disable()
	} else {
		l.box.Enable()
	}
}
