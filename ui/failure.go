package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/assets"
	"partway/ui/text"
)

// ShowFailure says in a window of its own why Partway cannot start, for those who see no
// standard error, and returns when it is closed. The settings, which hold the language,
// cannot be read: the system's is used. No window of [New] may have been made.
func ShowFailure(version string, err error) error {
	if err := text.Setup(text.System); err != nil {
		return err
	}
	setMetadata(version)
	a := app.NewWithID(AppID)
	a.SetIcon(assets.Icon)
	w := a.NewWindow(text.T("Partway cannot start"))
	w.SetContent(failure(a, err))
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape || k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
			a.Quit()
		}
	})
	w.SetMaster()
	w.Resize(fyne.NewSize(560, 260))
	w.CenterOnScreen()
	w.ShowAndRun()
	return nil
}

// failure is the content of that window.
func failure(a fyne.App, err error) fyne.CanvasObject {
	sentence, hint := text.StartProblem(err)
	head := wrapped(sentence)
	head.TextStyle.Bold = true
	raw := wrapped(err.Error())
	raw.TextStyle.Monospace = true
	raw.SizeName = theme.SizeNameCaptionText
	raw.Selectable = true
	copying := widget.NewButtonWithIcon(text.T("Copy"), theme.ContentCopyIcon(), func() { a.Clipboard().SetContent(err.Error()) })
	quit := widget.NewButton(text.T("Quit"), a.Quit)
	quit.Importance = widget.HighImportance
	icon := widget.NewIcon(theme.NewErrorThemedResource(theme.ErrorIcon()))
	words := container.NewVBox(
		container.NewBorder(nil, nil, container.NewCenter(icon), nil, head), wrapped(hint), widget.NewSeparator(), raw)
	buttons := container.NewHBox(copying, layout.NewSpacer(), quit)
	return container.NewPadded(container.NewBorder(nil, container.NewPadded(buttons), nil, nil, container.NewVScroll(words)))
}
