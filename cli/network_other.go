//go:build !linux

package cli

// NetworkFolder tells whether a folder is on another computer, as far as the system tells.
func NetworkFolder(string) bool { return false }
