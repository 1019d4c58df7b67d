package db

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The files in the data folder. Beside the journal there is a marker, by which a journal
// that vanished is told from one that never was.
const (
	journalName = "partway.db"
	markerName  = "partway.db.begun"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// dsn names a database file for the driver. Every character may stand in a path.
func dsn(path string, parameters url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/...
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: parameters.Encode()}).String()
}

// busyTimeout is how long to wait for another program that has locked the file, in ms.
const busyTimeout = "5000"

func writerDSN(path string) string {
	return dsn(path, url.Values{
		"mode":             {"rw"},
		"_journal_mode":    {"WAL"},
		"_synchronous":     {"FULL"},
		"_txlock":          {"immediate"},
		"_foreign_keys":    {"on"},
		"_busy_timeout":    {busyTimeout},
		"_stmt_cache_size": {"100"},
	})
}

// copierDSN is for copying a database: SQLite takes VACUUM INTO for a change unless only
// the file is closed to them.
func copierDSN(path string) string {
	return dsn(path, url.Values{"mode": {"ro"}, "_busy_timeout": {busyTimeout}})
}

// readerDSN is for connections that read. Each keeps few pages: the system has them anyway.
func readerDSN(path string) string {
	return dsn(path, url.Values{
		"mode":             {"ro"},
		"_query_only":      {"on"},
		"_cache_size":      {"-256"},
		"_busy_timeout":    {busyTimeout},
		"_stmt_cache_size": {"50"},
	})
}

// makeFolder makes the data folder for this user alone. One that is there keeps its mode:
// it may be someone's choice, and the files in it are private by their own.
func makeFolder(dir string) error {
	_, err := os.Stat(dir)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	return os.Chmod(dir, folderMode) // whatever the umask is
}

// makeFile makes an empty file for this user alone, before SQLite would make it for all.
// SQLite gives the -wal and -shm files beside it the same mode.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(fileMode), f.Close())
}

// stampForm is how times are written in the names of files that are kept.
const stampForm = "20060102-150405.000"

// stamp is the present time in such a name.
func stamp() string { return time.Now().UTC().Format(stampForm) }

// setAside renames a journal and what belongs to it, and returns its new name. Nothing is
// deleted.
func setAside(path string) (string, error) {
	aside := path + ".corrupt-" + stamp()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Rename(path+suffix, aside+suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set damaged journal aside: %w", err)
		}
	}
	return aside, nil
}

// sizeOf is a file's size, 0 if there is none.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
