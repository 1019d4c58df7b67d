//go:build linux

package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Tree is a set of generated files: SHA-256 in hex by path below Root, with "/".
type Tree struct {
	Root string
	Sums map[string]string
}

// NewTree begins a set of files below root.
func NewTree(root string) *Tree { return &Tree{Root: root, Sums: map[string]string{}} }

// Path is where a file of the tree lies.
func (t *Tree) Path(name string) string { return filepath.Join(t.Root, filepath.FromSlash(name)) }

// Write generates a file of size bytes that do not repeat: the same for each name and
// size.
func (t *Tree) Write(name string, size int64) error {
	path := t.Path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	h := sha256.New()
	src := rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%s %d", name, size)))
	_, err = io.CopyN(io.MultiWriter(f, h), src, size)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	t.Sums[name] = hex.EncodeToString(h.Sum(nil))
	return err
}

// Age sets the files' times back: a file that was just written to is waited for.
func (t *Tree) Age() error {
	return filepath.WalkDir(t.Root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		old := info.ModTime().AddDate(0, 0, -1)
		return os.Chtimes(path, old, old)
	})
}

// Verify compares every object of the server with the files: exactly those keys, with
// exactly those bytes. keys maps a file's name to its key.
func (t *Tree) Verify(s *Server, key func(name string) string) error {
	objects, err := s.Objects(Bucket)
	if err != nil {
		return err
	}
	if len(objects) != len(t.Sums) {
		keys := make([]string, len(objects))
		for i, o := range objects {
			keys[i] = o.Key
		}
		return fmt.Errorf("%d objects are stored, not %d: %q", len(objects), len(t.Sums), keys)
	}
	for name, want := range t.Sums {
		got, err := s.SHA256(key(name))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("object %q has SHA-256 %s, its file %s", key(name), got, want)
		}
	}
	return nil
}
