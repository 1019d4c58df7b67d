package transfer

import (
	"errors"
	"hash/maphash"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// ErrKeyTwice is the cause of a conflict between two files of one batch: their names are the
// same, or become so in the form of Unicode that keys have.
var ErrKeyTwice = errors.New("another file of the same batch has this key")

// twice finds files of a batch whose key another file of it has. It holds in memory only
// what can be one of two: what lies below roots of the same name, and names that are not in
// the form of keys.
type twice struct {
	roots map[string]string // each root's path by its key, or "" where several have it
	seed  maphash.Seed
	seen  map[uint64]uint64 // hashes of keys, and of the paths they were found at
}

func newTwice(roots []string) *twice {
	t := &twice{roots: make(map[string]string, len(roots)), seed: maphash.MakeSeed(), seen: map[uint64]uint64{}}
	for _, root := range roots {
		root = filepath.Clean(root)
		key := keyFor("", filepath.Base(root))
		if other, known := t.roots[key]; known && other != root {
			root = ""
		}
		t.roots[key] = root
	}
	return t
}

// has tells whether another file of the batch has the file's key. Of two it is always the
// same one that is told of, whichever is found first, where names alone decide that.
func (t *twice) has(f found) bool {
	rootName, inside, _ := strings.Cut(f.name, "/")
	root := t.roots[keyFor("", rootName)]
	normal := norm.NFC.IsNormalString(inside)
	if root != "" && normal {
		return false
	}
	if !normal && besideNormal(f, inside) {
		return true
	}
	key, path := maphash.String(t.seed, keyFor("", f.name)), maphash.String(t.seed, f.path)
	first, known := t.seen[key]
	if !known {
		t.seen[key] = path
	}
	return known && first != path
}

// besideNormal tells whether there is another file whose name is the form that the key has.
func besideNormal(f found, inside string) bool {
	root, ok := strings.CutSuffix(f.path, filepath.FromSlash(inside))
	if !ok {
		return false
	}
	other, err := os.Lstat(filepath.Join(root, filepath.FromSlash(norm.NFC.String(inside))))
	if err != nil || !other.Mode().IsRegular() {
		return false
	}
	own, err := os.Lstat(f.path)
	return err == nil && !os.SameFile(own, other) // macOS finds a file by either form
}
