package instance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// maxSocketPath is the most that every system takes: 104 bytes with the final zero on
// macOS, 108 on Linux (unix(7)).
const maxSocketPath = 103

// socketPath tells where the process at work on dir listens: in dir, or, where that path
// is too long for a socket, in a folder of this user's under a name made from it.
func socketPath(dir string) (string, error) {
	path := filepath.Join(dir, "partway.sock")
	if len(path) <= maxSocketPath {
		return path, nil
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(dir))
	name := "partway-" + hex.EncodeToString(sum[:8]) + ".sock"
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) && len(run)+1+len(name) <= maxSocketPath {
		if info, err := os.Stat(run); err == nil && info.IsDir() {
			return filepath.Join(run, name), nil
		}
	}
	return temporary(name)
}

// temporary places the socket in a folder of the temporary one that is this user's alone:
// anyone may have made a folder of that name.
func temporary(name string) (string, error) {
	dir := filepath.Join(os.TempDir(), "partway-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make folder for socket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("look at folder for socket: %w", err)
	}
	if !private(info) {
		return "", fmt.Errorf("folder %q is open to others: Partway will not listen there", dir)
	}
	return filepath.Join(dir, name), nil
}
