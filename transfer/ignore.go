package transfer

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// mostNames bounds the names that a Names holds.
const mostNames = 10_000

// Names counts things in folders and names the first 10,000 of them.
type Names struct {
	Count int      `json:"count"`
	First []string `json:"first"` // paths inside the batch; a folder's ends in "/", and stands for all in it
}

func (n *Names) add(name string) {
	n.Count++
	if len(n.First) < mostNames {
		n.First = append(n.First, shownName(name))
	}
}

// DefaultIgnore returns the patterns that apply until others are set: what file managers
// and version control leave in folders for themselves.
func DefaultIgnore() []string { return []string{".DS_Store", "Thumbs.db", "desktop.ini", ".git"} }

// PatternError is an ignore pattern that cannot be used.
type PatternError string

// Error says which, and why.
func (e PatternError) Error() string {
	return fmt.Sprintf("the ignore pattern %q cannot be used: [ has no ], or it begins with !", string(e))
}

// ParseIgnore splits patterns that were typed, with commas or line breaks between them.
func ParseIgnore(typed string) ([]string, error) {
	patterns := []string{}
	for _, p := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == '，' || r == '\n' || r == '\r' }) {
		if p = strings.TrimSpace(p); p != "" {
			patterns = append(patterns, p)
		}
	}
	_, err := newIgnore(patterns)
	return patterns, err
}

// ignore tells what of the folders of a batch is left out. Patterns are as in .gitignore,
// without its negation and its "**":
//
//   - *, ? and [a-z] are as in [path.Match], and do not match "/";
//   - a pattern without "/" matches the name of anything in the folders;
//   - one with "/", at its beginning or between names, matches the path from the folder
//     that was added;
//   - a "/" at its end makes it match folders only.
//
// Case does not matter, nor does the Unicode form. What was dropped by itself is always sent.
type ignore []ignorePattern

type ignorePattern struct {
	glob    string
	whole   bool // matches the path, not the name
	folders bool // matches folders only
}

func newIgnore(patterns []string) (ignore, error) {
	ig := make(ignore, 0, len(patterns))
	for _, typed := range patterns {
		p := ignorePattern{glob: foldName(typed)}
		p.glob, p.folders = strings.CutSuffix(p.glob, "/")
		p.whole = strings.Contains(p.glob, "/")
		p.glob = strings.TrimPrefix(p.glob, "/")
		_, err := path.Match(p.glob, "")
		if err != nil || p.glob == "" || p.glob[0] == '!' {
			return nil, PatternError(typed)
		}
		ig = append(ig, p)
	}
	return ig, nil
}

// foldName makes names comparable that differ in case or Unicode form only.
func foldName(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// matches tells whether something is left out, by its path inside the batch.
func (ig ignore) matches(name string, folder bool) bool {
	_, inside, ok := strings.Cut(name, "/")
	if !ok || len(ig) == 0 {
		return false
	}
	inside = foldName(inside)
	last := path.Base(inside)
	for _, p := range ig {
		against := last
		if p.whole {
			against = inside
		}
		if p.folders && !folder {
			continue
		}
		if hit, err := path.Match(p.glob, against); hit && err == nil {
			return true
		}
	}
	return false
}
