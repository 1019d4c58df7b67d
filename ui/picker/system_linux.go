package picker

// System returns the desktop's own dialogs, the best first. parent tells the X window
// that a dialog belongs to, as "x11:1a2b", or "".
func System(t Texts, parent func() string) []Picker {
	return []Picker{&portal{texts: t, parent: parent}, &native{}}
}
