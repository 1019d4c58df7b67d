package transfer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// fewFiles are looked up by one HEAD each; more, by listing.
	fewFiles = 12
	// mostHeads bounds the HEADs where listing is refused.
	mostHeads = 100
	// mostPages bounds the pages that are listed: each has 1,000 objects.
	mostPages = 50
	// mostExisting bounds the objects that Existing.First holds.
	mostExisting = 1_000
)

// Existing tells which of some files have an object under their key already.
type Existing struct {
	Looked int // files that were looked for
	Same   int // objects of the same size
	Differ int // objects of another size
	First  []ExistingObject
}

// ExistingObject is an object in a file's place.
type ExistingObject struct {
	Key    string
	Size   int64 // of the file
	Object int64 // size of the object
}

func (e *Existing) add(key string, size, object int64) {
	if size == object {
		e.Same++
	} else {
		e.Differ++
	}
	if len(e.First) < mostExisting {
		e.First = append(e.First, ExistingObject{key, size, object})
	}
}

// LookUp asks what is there already of files that may be sent below a prefix, telling progress
// now and then. It compares sizes only. What it returns beside an error was found before.
func LookUp(ctx context.Context, store Store, prefix string, files []Sampled, progress func(Existing)) (Existing, error) {
	wanted := make([]Sampled, 0, len(files))
	for _, f := range files {
		wanted = append(wanted, Sampled{prefix + f.Key, f.Size})
	}
	slices.SortFunc(wanted, func(a, b Sampled) int { return cmp.Compare(a.Key, b.Key) })
	l := lookingUp{store: store, wanted: wanted, progress: progress}
	if len(wanted) <= fewFiles {
		return l.byHead(ctx)
	}
	e, err := l.byListing(ctx)
	if isDenied(err) && e.Looked == 0 {
		l.wanted = wanted[:min(len(wanted), mostHeads)]
		return l.byHead(ctx)
	}
	return e, err
}

// lookingUp is one LookUp.
type lookingUp struct {
	store    Store
	wanted   []Sampled // by their whole key, sorted
	progress func(Existing)
}

func (l lookingUp) byHead(ctx context.Context) (e Existing, err error) {
	for _, w := range l.wanted {
		state, err := l.store.Head(ctx, w.Key)
		if err != nil {
			return e, err
		}
		e.Looked++
		if state.Exists {
			e.add(w.Key, w.Size, state.Size)
		}
		l.progress(e)
	}
	return e, nil
}

// byListing walks the listing and the wanted keys side by side, and leaps over what is listed
// between two of them.
func (l lookingUp) byListing(ctx context.Context) (e Existing, err error) {
	common := commonPrefix(l.wanted[0].Key, l.wanted[len(l.wanted)-1].Key)
	after := ""
	for range mostPages {
		if e.Looked == len(l.wanted) {
			break
		}
		page, err := l.store.ListObjects(ctx, common, max(after, justBefore(l.wanted[e.Looked].Key)))
		if err != nil {
			return e, err
		}
		for _, o := range page.Objects {
			l.passTo(o, &e)
		}
		if !page.More {
			e.Looked = len(l.wanted)
		} else if n := len(page.Objects); n > 0 {
			after = page.Objects[n-1].Key
		}
		l.progress(e)
	}
	return e, nil
}

// passTo takes note of an object, and with it of the wanted keys up to its own.
func (l lookingUp) passTo(o ListedObject, e *Existing) {
	for ; e.Looked < len(l.wanted) && l.wanted[e.Looked].Key <= o.Key; e.Looked++ {
		if w := l.wanted[e.Looked]; w.Key == o.Key {
			e.add(w.Key, w.Size, o.Size)
		}
	}
}

// justBefore returns a key that sorts before another, with little between the two: of names
// that begin alike and are numbered, nothing.
func justBefore(key string) string {
	last, size := utf8.DecodeLastRuneInString(key)
	cut := key[:len(key)-size]
	if before := last - 1; unicode.IsPrint(before) && before != utf8.RuneError {
		return cut + string(before) + "~~~"
	}
	return cut
}

// commonPrefix returns what both keys begin with, in whole characters.
func commonPrefix(a, b string) string {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			return a[:i]
		}
	}
	return a
}
