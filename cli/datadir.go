package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"partway/transfer"
)

// DefaultDataDir is the platform's folder for an application's data, or "" when it
// cannot be told.
func DefaultDataDir(getenv func(string) string) string {
	switch runtime.GOOS {
	case "windows":
		if dir := getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "Partway")
		}
		return ""
	case "darwin":
		return below(getenv("HOME"), "Library", "Application Support", "Partway")
	default:
		// The XDG base directory specification ignores relative paths.
		if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
			return filepath.Join(dir, "partway")
		}
		return below(getenv("HOME"), ".local", "share", "partway")
	}
}

func below(home string, elem ...string) string {
	if home == "" {
		return ""
	}
	return filepath.Join(append([]string{home}, elem...)...)
}

// MakeDataDir makes the data folder for its owner only, and sees that it may be written to.
func MakeDataDir(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = tryToWrite(dir)
	}
	if err == nil {
		return nil
	}
	return &transfer.Error{Kind: transfer.KindStorage, Op: "use the data folder", Path: dir, Code: transfer.DiskCode(err), Err: err}
}

func tryToWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
