//go:build !linux

package picker

// System returns the desktop's own dialogs, the best first. parent is not used here.
func System(_ Texts, _ func() string) []Picker { return []Picker{&native{}} }
