package transfer_test

import (
	"hash/crc64"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// content is what an object may hold.
type content struct {
	size int64
	crc  uint64
}

var crcECMA = crc64.MakeTable(crc64.ECMA)

func contentOf(data []byte) content {
	return content{size: int64(len(data)), crc: crc64.Checksum(data, crcECMA)}
}

// modelFile is a file with all that it ever was.
type modelFile struct {
	path      string
	keys      []string // in its folder, and by itself
	versions  []content
	edited    bool // since it was made
	missing   bool
	vanished  bool // it was missing at some time
	rewritten bool // in place: a Put under way may have read two versions
}

// modelEdits are what people and programs do to files.
var modelEdits = []string{"rewrite", "rewrite", "hidden", "truncate", "replace", "delete", "chmod", "touch"}

func (m *model) writeVersion(f *modelFile, size int64) []byte {
	m.t.Helper()
	data := randomBytes(size)
	f.versions = append(f.versions, contentOf(data))
	check(m.t, os.MkdirAll(filepath.Dir(f.path), 0o700))
	check(m.t, os.WriteFile(f.path, data, 0o600))
	m.age(f.path)
	return data
}

func randomBytes(size int64) []byte {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.IntN(256))
	}
	data := make([]byte, size)
	rand.NewChaCha8(seed).Read(data) //nolint:errcheck // never fails
	return data
}

// edit changes a file. A missing one comes back, whatever was to be done to it.
func (m *model) edit(f *modelFile, how string, size int64) {
	m.t.Helper()
	if f.missing {
		how = "rewrite"
	}
	f.edited = true
	switch how {
	case "rewrite":
		f.missing, f.rewritten = false, true
		m.writeVersion(f, size)
	case "hidden": // other bytes, of the same size and date
		info, err := os.Stat(f.path)
		check(m.t, err)
		f.rewritten = true
		data := randomBytes(info.Size())
		f.versions = append(f.versions, contentOf(data))
		check(m.t, os.WriteFile(f.path, data, 0o600))
		check(m.t, os.Chtimes(f.path, info.ModTime(), info.ModTime()))
	case "truncate":
		data, err := os.ReadFile(f.path)
		check(m.t, err)
		data = data[:len(data)/2]
		f.rewritten = true
		f.versions = append(f.versions, contentOf(data))
		check(m.t, os.Truncate(f.path, int64(len(data))))
		m.age(f.path)
	case "replace":
		data := randomBytes(size)
		f.versions = append(f.versions, contentOf(data))
		other := filepath.Join(m.data, "other")
		check(m.t, os.WriteFile(other, data, 0o600))
		m.age(other)
		check(m.t, os.Rename(other, f.path))
	case "delete":
		f.missing, f.vanished = true, true
		check(m.t, os.Remove(f.path))
	case "chmod":
		check(m.t, os.Chmod(f.path, 0o600^0o040))
	case "touch":
		m.age(f.path)
	}
}

// home returns the file that goes to a key, and the key without the number that a copy has:
// "p/x (2)" is one of "p/x".
func (m *model) home(key string) (*modelFile, string) {
	m.t.Helper()
	for _, f := range m.files {
		for _, own := range f.keys {
			dot := strings.LastIndexByte(own, '.')
			if dot <= strings.LastIndexByte(own, '/')+1 {
				dot = len(own)
			}
			if key == own || strings.HasPrefix(key, own[:dot]+" (") && strings.HasSuffix(key, ")"+own[dot:]) {
				return f, own
			}
		}
	}
	m.t.Fatalf("key %q is nobody's", key)
	return nil, ""
}

func (f *modelFile) was(c content) bool { return slices.Contains(f.versions, c) }
