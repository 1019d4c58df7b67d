package desktop

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// autostartFile is where the session looks for an entry.
func autostartFile(id string) (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // the XDG base directory specification ignores others
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "autostart", id+".desktop"), nil
}

// BeginsWithSession tells whether the program is set to begin with the session.
func BeginsWithSession(id string) (bool, error) {
	path, err := autostartFile(id)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// BeginWithSession sets whether a command begins with the session.
func BeginWithSession(e Entry, on bool) error {
	path, err := autostartFile(e.ID)
	if err != nil {
		return err
	}
	if !on {
		if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	whole := path + ".new" // the session must not read half of it
	if err := os.WriteFile(whole, []byte(e.text()), 0o600); err != nil {
		return err
	}
	return os.Rename(whole, path)
}
