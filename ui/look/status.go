package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"partway/assets"
	"partway/transfer"
)

type appearance struct {
	icon  fyne.Resource // a picture in one colour
	color fyne.ThemeColorName
}

// statuses is the one map from a status to how it looks. No two icons are alike, so that
// no state is told by its colour alone.
var statuses = map[transfer.Status]appearance{
	transfer.StatusUploading:        {assets.Glyph("uploading"), theme.ColorNamePrimary},
	transfer.StatusCompleting:       {assets.Glyph("completing"), theme.ColorNamePrimary},
	transfer.StatusChecking:         {assets.Glyph("checking"), theme.ColorNamePrimary},
	transfer.StatusWaiting:          {assets.Glyph("waiting"), theme.ColorNamePlaceHolder},
	transfer.StatusPaused:           {assets.Glyph("paused"), theme.ColorNamePlaceHolder},
	transfer.StatusRetrying:         {assets.Glyph("retrying"), theme.ColorNameWarning},
	transfer.StatusStalled:          {assets.Glyph("stalled"), theme.ColorNameWarning},
	transfer.StatusNoNetwork:        {assets.Glyph("no-network"), theme.ColorNameWarning},
	transfer.StatusNeedsCredentials: {assets.Glyph("needs-credentials"), theme.ColorNameError},
	transfer.StatusFileMissing:      {assets.Glyph("file-missing"), theme.ColorNameError},
	transfer.StatusFileChanged:      {assets.Glyph("file-changed"), theme.ColorNameError},
	transfer.StatusConflict:         {assets.Glyph("conflict"), theme.ColorNameError},
	transfer.StatusFailed:           {assets.Glyph("failed"), theme.ColorNameError},
	transfer.StatusAborting:         {assets.Glyph("aborting"), theme.ColorNamePlaceHolder},
	transfer.StatusAborted:          {assets.Glyph("aborted"), theme.ColorNamePlaceHolder},
	transfer.StatusCompleted:        {assets.Glyph("completed"), theme.ColorNameSuccess},
}

// flawed is how what is completed looks where something else went wrong: its callback.
var (
	flawed     = appearance{assets.Glyph("completed"), theme.ColorNameWarning}
	flawedIcon = theme.NewColoredResource(flawed.icon, flawed.color)
)

var statusIcons = func() map[transfer.Status]fyne.Resource {
	icons := make(map[transfer.Status]fyne.Resource, len(statuses))
	for s, a := range statuses {
		icons[s] = theme.NewColoredResource(a.icon, a.color)
	}
	return icons
}()

// StatusIcon returns the icon of a status, in its colour, or of one that is completed with
// a warning. An unknown status has a question mark.
func StatusIcon(s transfer.Status, warned bool) fyne.Resource {
	if warned {
		return flawedIcon
	}
	if icon, ok := statusIcons[s]; ok {
		return icon
	}
	return theme.QuestionIcon()
}

// StatusColor returns the colour name of a status, for its icon, word and progress bar.
func StatusColor(s transfer.Status, warned bool) fyne.ThemeColorName {
	if warned {
		return flawed.color
	}
	if a, ok := statuses[s]; ok {
		return a.color
	}
	return theme.ColorNamePlaceHolder
}

// PartColor returns the colour name of a part's state.
func PartColor(s transfer.PartState) fyne.ThemeColorName {
	switch s {
	case transfer.PartSending:
		return ColorPartSending
	case transfer.PartDone:
		return ColorPartDone
	case transfer.PartFailed:
		return ColorPartFailed
	case transfer.PartWaiting:
		return ColorPartWaiting
	default:
		return ColorPartWaiting
	}
}

// GroupIcon returns the icon of a status filter.
func GroupIcon(g transfer.Group) fyne.Resource {
	switch g {
	case transfer.GroupUploading:
		return StatusIcon(transfer.StatusUploading, false)
	case transfer.GroupWaiting:
		return StatusIcon(transfer.StatusWaiting, false)
	case transfer.GroupPaused:
		return StatusIcon(transfer.StatusPaused, false)
	case transfer.GroupAttention:
		return iconAttention
	case transfer.GroupCompleted:
		return StatusIcon(transfer.StatusCompleted, false)
	case transfer.GroupAll:
		return theme.ListIcon()
	default:
		return theme.ListIcon()
	}
}
