// Package picker asks the person for files and folders, several at once: by the
// desktop's own dialog where there is one, and by a small window of its own where
// there is none.
package picker

import (
	"context"
	"errors"
	"log/slog"
)

// Picker asks for files or for a folder, under a title that says what for. Its calls block until the person has chosen,
// so they never run on the window's goroutine. A cancelled choice is no error: it yields
// nothing.
type Picker interface {
	// Files asks for one or more files and returns their absolute paths.
	Files(ctx context.Context, title string) ([]string, error)
	// Folder asks for one folder and returns its absolute path, or "".
	Folder(ctx context.Context, title string) (string, error)
}

// ErrUnavailable is returned by a picker that cannot work on this desktop.
var ErrUnavailable = errors.New("no such file dialog here")

// Texts are the words that the dialogs show, already translated.
type Texts struct {
	Open       string
	Cancel     string
	Up         string // to the enclosing folder
	Hidden     string // show hidden files
	PathHint   string // what may be typed
	Chosen     func(n int) string
	Unreadable func(folder string) string
}

// Chain asks the first picker that is available.
type Chain struct {
	Pickers []Picker
	Log     *slog.Logger
}

// Files asks for files.
func (c Chain) Files(ctx context.Context, title string) ([]string, error) {
	return first(ctx, c, title, Picker.Files)
}

// Folder asks for a folder.
func (c Chain) Folder(ctx context.Context, title string) (string, error) {
	return first(ctx, c, title, Picker.Folder)
}

// first calls ask on each picker in turn. A picker that fails is passed over like one
// that is unavailable: a dialog of the desktop that does not open must not keep anyone
// from adding files.
func first[T any](ctx context.Context, c Chain, title string, ask func(Picker, context.Context, string) (T, error)) (T, error) {
	var none T
	last := ErrUnavailable
	for _, p := range c.Pickers {
		got, err := ask(p, ctx, title)
		if err == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			return none, ctx.Err()
		}
		if !errors.Is(err, ErrUnavailable) {
			c.Log.Warn("file dialog failed", "err", err)
		}
		last = err
	}
	return none, last
}
