package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"partway/assets"
)

var (
	iconAddFiles  = theme.NewThemedResource(assets.Glyph("add-files"))
	iconAddFolder = theme.NewThemedResource(assets.Glyph("add-folder"))
	iconSpeed     = theme.NewThemedResource(assets.Glyph("speed"))
	iconTurtle    = theme.NewColoredResource(assets.Glyph("turtle"), theme.ColorNamePrimary)
	iconDrop      = theme.NewColoredResource(assets.Glyph("drop"), theme.ColorNamePrimary)
	iconAttention = theme.NewColoredResource(assets.Glyph("stalled"), theme.ColorNameError)
)

// IconAddFiles is the icon of the command Add files.
func IconAddFiles() fyne.Resource { return iconAddFiles }

// IconAddFolder is the icon of the command Add folder.
func IconAddFolder() fyne.Resource { return iconAddFolder }

// IconStart is the icon of the command Start.
func IconStart() fyne.Resource { return theme.MediaPlayIcon() }

// IconPause is the icon of the command Pause.
func IconPause() fyne.Resource { return theme.MediaPauseIcon() }

// IconAbort is the icon of the command Abort.
func IconAbort() fyne.Resource { return theme.MediaStopIcon() }

// IconRemove is the icon of the command Remove.
func IconRemove() fyne.Resource { return theme.DeleteIcon() }

// IconSettings is the icon of the command Settings.
func IconSettings() fyne.Resource { return theme.SettingsIcon() }

// IconAccount is the icon of accounts.
func IconAccount() fyne.Resource { return theme.AccountIcon() }

// IconSpeed is the icon of the speed limit.
func IconSpeed() fyne.Resource { return iconSpeed }

// IconTurtle is the icon of the alternative speed limit.
func IconTurtle() fyne.Resource { return iconTurtle }

// IconTry is the icon of the command Try it on this computer.
func IconTry() fyne.Resource { return theme.ComputerIcon() }

// IconDrop is the picture of the empty window.
func IconDrop() fyne.Resource { return iconDrop }
