package fragment

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Candidate is a file that an upload may be of.
type Candidate struct {
	Path   string // absolute
	Size   int64
	common int // how many names at the end of path and key are the same
}

// mostCandidates bounds what a search finds.
const mostCandidates = 200

// Find looks below a folder for files with the name that ends the upload's key, and at least
// as large as what OSS holds of it. Those whose folders are named like the key's come first.
// What cannot be read is passed over.
func Find(ctx context.Context, folder string, f Fragment) ([]Candidate, error) {
	name := path.Base(f.Key)
	var found []Candidate
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && p == folder:
			return err
		case err != nil || !d.Type().IsRegular() || d.Name() != name:
			return nil //nolint:nilerr // passed over
		case len(found) == mostCandidates:
			return fs.SkipAll
		}
		info, err := d.Info()
		if err != nil || info.Size() < f.Size.Bytes {
			return nil //nolint:nilerr // it went away, or is too small
		}
		found = append(found, Candidate{Path: p, Size: info.Size(), common: commonEnd(filepath.ToSlash(p), f.Key)})
		return nil
	})
	slices.SortStableFunc(found, func(a, b Candidate) int { return cmp.Compare(b.common, a.common) })
	return found, err
}

// commonEnd counts the names that two paths end with alike.
func commonEnd(a, b string) (n int) {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}
