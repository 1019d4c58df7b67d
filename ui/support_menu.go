package ui

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"partway/transfer"
	"partway/ui/support"
	"partway/ui/text"
)

// logShare is how much of the log goes with support information.
const logShare = 256 << 10

// copySupport puts what helps to find out what went wrong on the clipboard.
func (u *UI) copySupport() {
	load(u, u.ctx, u.supportFacts(), func(f *support.Facts, err error) {
		if err != nil {
			u.showError(text.T("The support information could not be put together."), err)
			return
		}
		u.app.Clipboard().SetContent(f.Text())
		u.notices.add(Notice{words: func() string {
			return text.T("The support information is on the clipboard. It holds file names and bucket names, but no secrets.")
		}})
	})
}

// saveSupport writes the same into the data folder, and shows the file there.
func (u *UI) saveSupport() {
	facts := u.supportFacts()
	load(u, u.ctx, func(ctx context.Context) (string, error) {
		f, err := facts(ctx)
		if err != nil {
			return "", err
		}
		return saveZip(f)
	}, func(path string, err error) {
		if err != nil {
			u.showError(text.T("The support information could not be saved."), err)
			return
		}
		u.notices.add(Notice{words: func() string {
			return text.T("The support information was saved as {{.Path}}. It holds file names and bucket names, but no secrets.", text.Args{"Path": path})
		}})
		u.act(func(ctx context.Context) error { return showFiles(ctx, []string{path}) }, func(err error) {
			if err != nil {
				u.log.Info("folder not opened", "err", err) // the notice says where the file is
			}
		})
	})
}

// saveZip writes facts as a zip into the data folder.
func saveZip(f *support.Facts) (string, error) {
	var packed bytes.Buffer
	if err := f.Zip(&packed); err != nil {
		return "", err
	}
	path := filepath.Join(f.DataDir, "partway-support-"+f.Now.Format("20060102-150405")+".zip")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		return "", &transfer.Error{Kind: transfer.KindStorage, Op: "Save", Path: path, Err: err}
	}
	return path, nil
}

// supportFacts returns what reads all that is told, off Fyne's goroutine.
func (u *UI) supportFacts() func(ctx context.Context) (*support.Facts, error) {
	id := u.main.details.id
	var states []transfer.PartState
	if f := u.main.details.frame; f != nil {
		states = f.states
	}
	return func(ctx context.Context) (*support.Facts, error) {
		f := &support.Facts{
			Version: u.c.Version, Now: time.Now(), DataDir: u.c.DataDir, Snapshot: u.c.Engine.Snapshot(), States: states,
		}
		var err error
		if f.Counts, err = u.c.Journal.Counts(ctx); err != nil {
			return nil, err
		}
		if f.Accounts, err = u.c.Journal.Accounts(ctx); err != nil {
			return nil, err
		}
		if f.Settings, err = u.c.Journal.Setting(ctx, SettingEngine); err != nil {
			return nil, err
		}
		if id != 0 {
			if err := u.uploadFacts(ctx, id, f); err != nil {
				return nil, err
			}
		}
		if u.c.LogTail != nil {
			if f.Log, err = u.c.LogTail(logShare); err != nil {
				f.Log = fmt.Appendf(nil, "the log could not be read: %v", err)
			}
		}
		return f, nil
	}
}

func (u *UI) uploadFacts(ctx context.Context, id transfer.ID, f *support.Facts) error {
	uploads, err := u.c.Journal.Uploads(ctx, []transfer.ID{id})
	if err != nil {
		return err
	}
	if len(uploads) > 0 {
		f.Upload = &uploads[0]
	}
	f.Events, err = u.c.Journal.Events(ctx, id)
	return err
}
