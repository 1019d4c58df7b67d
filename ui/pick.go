package ui

import (
	"context"
	"errors"
	"strconv"

	"fyne.io/fyne/v2/driver"

	"partway/ui/picker"
	"partway/ui/text"
)

// newPicker asks by the desktop's dialogs, and by our own where there are none.
func (u *UI) newPicker() picker.Picker {
	t := picker.Texts{
		Open:     text.T("Open"),
		Cancel:   text.T("Cancel"),
		Up:       text.T("Up"),
		Hidden:   text.T("Show hidden files"),
		PathHint: text.T("Type a path"),
		Chosen:   func(n int) string { return text.N("1 chosen", "{{.Count}} chosen", n) },
		Unreadable: func(folder string) string {
			return text.T("{{.Folder}} cannot be read.", text.Args{"Folder": folder})
		},
	}
	own := &picker.Own{App: u.app, Do: u.do, Texts: t}
	return picker.Chain{Pickers: append(picker.System(t, u.windowHandle), own), Log: u.log}
}

// windowHandle names the window to the desktop's dialogs, so that they stay in front of
// it. It is called from other goroutines than Fyne's; "" means that there is none.
func (u *UI) windowHandle() string {
	handle := make(chan string, 1)
	u.do(func() {
		native, ok := u.win.(driver.NativeWindow)
		if !ok {
			handle <- ""
			return
		}
		native.RunNative(func(context any) {
			x, isX11 := context.(driver.X11WindowContext)
			if !isX11 {
				handle <- ""
				return
			}
			handle <- "x11:" + strconv.FormatUint(uint64(x.WindowHandle), 16)
		})
	})
	select {
	case h := <-handle:
		return h
	case <-u.ctx.Done():
		return ""
	}
}

func (u *UI) addFiles() {
	if u.topModal() != nil {
		return
	}
	u.choose(func(ctx context.Context) ([]string, error) {
		return u.picker.Files(ctx, text.T("Choose files to upload"))
	})
}

func (u *UI) addFolder() {
	if u.topModal() != nil {
		return
	}
	u.choose(func(ctx context.Context) ([]string, error) {
		folder, err := u.picker.Folder(ctx, text.T("Choose a folder to upload"))
		if folder == "" {
			return nil, err
		}
		return []string{folder}, err
	})
}

// choose asks for paths, once at a time, and proposes them.
func (u *UI) choose(ask func(ctx context.Context) ([]string, error)) {
	if u.choosing {
		return
	}
	u.choosing = true
	load(u, u.ctx, ask, func(paths []string, err error) {
		u.choosing = false
		if err != nil && !errors.Is(err, context.Canceled) {
			u.showError(text.T("Files could not be chosen."), err)
			return
		}
		u.propose(proposal{paths: paths})
	})
}
