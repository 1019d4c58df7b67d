package ui

import (
	fynetooltip "github.com/dweymouth/fyne-tooltip"

	"partway/ui/text"
)

// speak changes the window's language at once. What was searched for and selected is
// forgotten, as all that shows it is made anew.
func (u *UI) speak(l text.Language) {
	if err := text.Setup(l); err != nil {
		u.log.Error("the language is not changed", "err", err)
		return
	}
	u.prefs.Split = u.main.split.Offset
	fynetooltip.DestroyWindowToolTipLayer(u.win.Canvas())
	u.pump.renew()
	u.main = newMainView(u)
	u.main.accountsChanged()
	u.notices.renew()
}
