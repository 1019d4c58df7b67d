package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/text"
)

// nextSteps offers, as buttons, what a person can do next about an upload: what brings it
// on, if something holds it up, or what is of use once it is over. An upload that moves
// has none: what stops it is on the toolbar.
func (u *UI) nextSteps(owner keyed, f *detailFrame) *fyne.Container {
	up := &f.upload
	these := transfer.These(up.ID)
	buttons := container.NewHBox()
	add := func(label string, icon fyne.Resource, do func()) {
		buttons.Add(newButton(owner, label, icon, do))
	}
	start := func() { u.resume(these) }
	switch f.status {
	case transfer.StatusPaused:
		add(text.T("Start"), theme.MediaPlayIcon(), start)
	case transfer.StatusRetrying, transfer.StatusStalled, transfer.StatusNoNetwork:
		add(text.T("Try now"), theme.MediaReplayIcon(), start)
	case transfer.StatusNeedsCredentials:
		if a, known := u.account(up.To.Account); known && a.Kind == transfer.AccountKeys {
			add(text.T("Enter credentials…"), theme.AccountIcon(), func() { u.enterCredentials(a.ID) })
		}
		add(text.T("Try again"), theme.MediaReplayIcon(), start)
	case transfer.StatusFailed:
		add(text.T("Try again"), theme.MediaReplayIcon(), start)
	case transfer.StatusFileMissing:
		add(text.T("Look again"), theme.MediaReplayIcon(), start)
	case transfer.StatusCompleted:
		add(text.T("Copy oss:// URI"), theme.ContentCopyIcon(), func() { u.app.Clipboard().SetContent(ossURI(up.To)) })
		add(text.T("Show in folder"), theme.FolderOpenIcon(), func() { u.showInFolder([]string{up.Path}) })
	case transfer.StatusAborted:
		add(text.T("Upload again"), theme.MediaReplayIcon(), func() { u.uploadAgain([]transfer.ID{up.ID}) })
	default:
	}
	allowed := transfer.Allows(f.status)
	if allowed.NewVersion {
		add(text.T("Upload the new version"), nil, func() { u.newVersion(these) })
	}
	if allowed.Skip {
		add(text.Resolution(transfer.ResolveSkip), nil, func() { u.skip(these) })
	}
	return buttons
}

// enterCredentials opens the dialog of an account.
func (u *UI) enterCredentials(id transfer.AccountID) {
	if a, known := u.account(id); known && u.topModal() == nil {
		u.editAccount(a, nil)
	}
}

// uploadAgain adds the files of finished rows once more.
func (u *UI) uploadAgain(ids []transfer.ID) {
	u.act(func(ctx context.Context) error { return u.c.Engine.UploadAgain(ctx, ids) }, func(err error) {
		if err != nil {
			u.showError(text.T("The files could not be added again."), err)
		}
		u.pump.poke()
	})
}
