package picker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"
)

// Fyne's desktop driver has a goroutine from the moment it is linked.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreCurrent()) }

// fake is a picker that answers what it is told to.
type fake struct {
	paths []string
	err   error
	asked int
}

func (f *fake) Files(context.Context, string) ([]string, error) { f.asked++; return f.paths, f.err }

func (f *fake) Folder(context.Context, string) (string, error) {
	f.asked++
	return strings.Join(f.paths, ""), f.err
}

func TestChain(t *testing.T) {
	broken := errors.New("broken")
	tests := map[string]struct {
		pickers []*fake
		want    []string
		asked   []int
		err     error
	}{
		"the first":         {[]*fake{{paths: []string{"/a"}}, {}}, []string{"/a"}, []int{1, 0}, nil},
		"cancelled":         {[]*fake{{}, {paths: []string{"/b"}}}, nil, []int{1, 0}, nil},
		"unavailable":       {[]*fake{{err: ErrUnavailable}, {paths: []string{"/b"}}}, []string{"/b"}, []int{1, 1}, nil},
		"a broken one":      {[]*fake{{err: broken}, {paths: []string{"/b"}}}, []string{"/b"}, []int{1, 1}, nil},
		"none works":        {[]*fake{{err: ErrUnavailable}, {err: broken}}, nil, []int{1, 1}, broken},
		"nothing to ask by": {nil, nil, nil, ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := Chain{Log: slog.New(slog.DiscardHandler)}
			for _, p := range tt.pickers {
				c.Pickers = append(c.Pickers, p)
			}
			got, err := c.Files(t.Context(), "Files")
			if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
				t.Errorf("%q, %v", got, err)
			}
			for i, p := range tt.pickers {
				if p.asked != tt.asked[i] {
					t.Errorf("picker %d was asked %d times", i, p.asked)
				}
			}
		})
	}
}

// loop stands for Fyne's goroutine, which is the test's.
type loop struct {
	mu    sync.Mutex
	queue []func() // guarded by mu
	more  chan struct{}
}

func newLoop() *loop { return &loop{more: make(chan struct{}, 1)} }

func (l *loop) do(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
}

func (l *loop) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		l.mu.Lock()
		queued := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, f := range queued {
			f()
		}
		if holds() {
			return
		}
		if len(queued) > 0 {
			continue
		}
		select {
		case <-l.more:
		case <-deadline:
			t.Fatalf("it did not happen: %s", what)
		}
	}
}

// asking is a question of the own picker, with the folder it shows.
type asking struct {
	*loop
	t      *testing.T
	b      *browser
	dir    string
	answer chan []string
	cancel context.CancelFunc
}

func ask(t *testing.T, folders bool) *asking {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"b.txt", "a.txt", ".hidden", "照片.jpg"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := &asking{loop: newLoop(), t: t, dir: dir, answer: make(chan []string, 1)}
	o := &Own{App: test.NewTempApp(t), Do: a.do, last: dir, made: func(b *browser) { a.b = b }, Texts: Texts{
		Open: "Open", Cancel: "Cancel",
		Chosen:     func(n int) string { return fmt.Sprintf("%d chosen", n) },
		Unreadable: func(f string) string { return "cannot read " + f },
	}}
	ctx, cancel := context.WithCancel(t.Context())
	a.cancel = cancel
	done := make(chan struct{})
	go func() {
		defer close(done)
		paths, _ := o.ask(ctx, "Which?", folders)
		a.answer <- paths
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	a.until(t, "the folder is shown", func() bool { return a.b != nil && a.b.folder == dir })
	return a
}

func (a *asking) names() []string {
	var names []string
	for _, e := range a.b.entries {
		names = append(names, e.name)
	}
	return names
}

// answered waits for the answer.
func (a *asking) answered() (paths []string) {
	a.t.Helper()
	a.until(a.t, "the answer", func() bool {
		select {
		case paths = <-a.answer:
			a.do(func() {}) // wakes nobody, and does no harm
			return true
		case <-time.After(time.Millisecond):
			a.do(func() {})
			return false
		}
	})
	return paths
}

func TestOwnPicksSeveralFiles(t *testing.T) {
	a := ask(t, false)
	if got := a.names(); !slices.Equal(got, []string{"sub", "a.txt", "b.txt", "照片.jpg"}) {
		t.Fatalf("it lists %q", got)
	}
	if title := a.b.win.Title(); title != "Which?" {
		t.Errorf("the window is called %q", title)
	}
	if !a.b.open.Disabled() {
		t.Error("nothing is chosen, and Open is enabled")
	}
	a.b.list.Select(1)
	a.b.list.Select(3)
	a.b.list.Select(2)
	a.b.list.Select(2) // and off again
	test.Tap(a.b.open)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/a.txt", a.dir + "/照片.jpg"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnGoesIntoFoldersAndKeepsTheChoice(t *testing.T) {
	a := ask(t, false)
	a.b.list.Select(1)
	a.b.list.Select(0)
	a.until(t, "the folder below", func() bool { return a.b.folder == a.dir+"/sub" })
	if a.b.note.Text != "1 chosen" {
		t.Errorf("it says %q", a.b.note.Text)
	}
	test.Tap(a.b.open)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/a.txt"}) {
		t.Errorf("chose %q", got)
	}
}

// press types keys where the focus is.
func (a *asking) press(keys ...fyne.KeyName) {
	a.t.Helper()
	for _, k := range keys {
		a.b.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func TestOwnIsWorkedByKeyboard(t *testing.T) {
	a := ask(t, false)
	a.press(fyne.KeyReturn)
	a.until(t, "the folder below", func() bool { return a.b.folder == a.dir+"/sub" })
	a.press(fyne.KeyBackspace)
	a.until(t, "the folder above", func() bool { return a.b.folder == a.dir })
	a.press(fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeySpace, fyne.KeySpace, fyne.KeyDown, fyne.KeySpace, fyne.KeyReturn)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/a.txt", a.dir + "/照片.jpg"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnPicksAFolderByKeyboard(t *testing.T) {
	a := ask(t, true)
	a.press(fyne.KeyDown, fyne.KeySpace, fyne.KeyUp, fyne.KeySpace, fyne.KeyReturn) // a file is not to be chosen
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/sub"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnPicksTheFolderItShows(t *testing.T) {
	a := ask(t, true)
	a.b.typed("sub")
	a.until(t, "the folder below", func() bool { return a.b.folder == a.dir+"/sub" })
	test.Tap(a.b.open)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/sub"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnPicksATickedFolder(t *testing.T) {
	a := ask(t, true)
	a.b.list.Select(1) // a file: not to be chosen
	a.b.tick(a.b.entries[0], true)
	test.Tap(a.b.open)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/sub"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnTakesATypedFile(t *testing.T) {
	a := ask(t, false)
	a.b.typed(a.dir + "/.hidden")
	test.Tap(a.b.open)
	if got := a.answered(); !slices.Equal(got, []string{a.dir + "/.hidden"}) {
		t.Errorf("chose %q", got)
	}
}

func TestOwnShowsHiddenFiles(t *testing.T) {
	a := ask(t, false)
	a.b.hidden.SetChecked(true)
	if !slices.Contains(a.names(), ".hidden") {
		t.Errorf("it lists %q", a.names())
	}
}

func TestOwnSaysWhatCannotBeRead(t *testing.T) {
	a := ask(t, false)
	a.b.typed("/no/such/folder")
	a.until(t, "it is said", func() bool { return strings.Contains(a.b.note.Text, "/no/such/folder") })
	if a.b.folder != a.dir {
		t.Errorf("it shows %q", a.b.folder)
	}
}

func TestOwnIsCancelled(t *testing.T) {
	for name, cancel := range map[string]func(a *asking){
		"by Escape": func(a *asking) { a.press(fyne.KeyEscape) },
		"by Escape in a box": func(a *asking) {
			newTick(a.b.key).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		},
		"by quitting":    func(a *asking) { a.cancel() },
		"twice, by keys": func(a *asking) { a.b.answer(nil); a.b.answer(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			a := ask(t, false)
			cancel(a)
			if got := a.answered(); got != nil {
				t.Errorf("chose %q", got)
			}
		})
	}
}
