package db

// flushFolder does nothing: Windows writes names with their files.
func flushFolder(string) error { return nil }
