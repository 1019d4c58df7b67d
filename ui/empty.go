package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"partway/ui/look"
	"partway/ui/text"
)

// emptyState is what the window shows while there is nothing in the list.
type emptyState struct {
	u       *UI
	content fyne.CanvasObject
	words   *widget.Label
	first   *fyne.Container // without an account
	adding  *fyne.Container // with one
}

func newEmptyState(u *UI) *emptyState {
	e := &emptyState{u: u}
	picture := canvas.NewImageFromResource(look.IconDrop())
	picture.FillMode = canvas.ImageFillContain
	picture.SetMinSize(fyne.NewSquareSize(64))

	title := widget.NewLabelWithStyle(text.T("Drop files here"), fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	e.words = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})

	account := widget.NewButtonWithIcon(text.T("Add account…"), look.IconAccount(), func() { u.addAccount(nil) })
	account.Importance = widget.HighImportance
	try := widget.NewButtonWithIcon(text.T("Try it on this computer"), look.IconTry(), u.openTrial)
	e.first = container.NewHBox(layout.NewSpacer(), account, try, layout.NewSpacer())
	files := widget.NewButtonWithIcon(text.T("Add files…"), look.IconAddFiles(), u.addFiles)
	files.Importance = widget.HighImportance
	folder := widget.NewButtonWithIcon(text.T("Add folder…"), look.IconAddFolder(), u.addFolder)
	e.adding = container.NewHBox(layout.NewSpacer(), files, folder, layout.NewSpacer())

	hint := widget.NewLabelWithStyle(
		text.T("Thousands of files at once? Drop the folder they are in, or copy them and paste here with Ctrl+V: the desktop loses drops of very many files without a word."),
		fyne.TextAlignCenter, fyne.TextStyle{})
	hint.Wrapping = fyne.TextWrapWord
	hint.SizeName = theme.SizeNameCaptionText
	narrow := container.New(fixedWidth(460), hint)

	e.content = container.NewCenter(container.NewVBox(
		container.NewCenter(picture), title, e.words, e.first, e.adding, narrow))
	e.setAccounts(0)
	return e
}

// setAccounts says what the next step is: an account, or files.
func (e *emptyState) setAccounts(n int) {
	if n == 0 {
		e.words.SetText(text.T("They are uploaded to Alibaba Cloud OSS. Add your account, or try Partway without one."))
		e.first.Show()
		e.adding.Hide()
		return
	}
	e.words.SetText(text.T("Drop files and folders anywhere in this window to upload them."))
	e.first.Hide()
	e.adding.Show()
}

// fixedWidth gives what wraps its text a width to wrap at.
type fixedWidth float32

// MinSize is called by Fyne.
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	o := objects[0]
	o.Resize(fyne.NewSize(float32(w), o.Size().Height))
	return fyne.NewSize(float32(w), o.MinSize().Height)
}

// Layout is called by Fyne.
func (w fixedWidth) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	objects[0].Move(fyne.NewPos((s.Width-float32(w))/2, 0))
	objects[0].Resize(fyne.NewSize(float32(w), s.Height))
}
