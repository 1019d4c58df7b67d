// Package ui is Partway's window: one file a screen or dialog.
//
// Everything in it belongs to Fyne's goroutine, but for what is said to run elsewhere.
// Nothing there waits: reading the journal, asking the keyring, and every request go
// through [UI.load] or the pump, which run on goroutines that the UI owns, and hand
// their results back through [UI.do].
package ui
