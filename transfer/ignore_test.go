package transfer

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestIgnorePatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		folder, want  bool
	}{
		{".DS_Store", "a/.DS_Store", false, true},
		{".DS_Store", "a/b/.ds_store", false, true},
		{"Thumbs.db", "a/THUMBS.DB", false, true},
		{".DS_Store", ".DS_Store", false, false}, // dropped by itself
		{".DS_Store", "a/x.DS_Store", false, false},
		{"*.tmp", "a/b/c.tmp", false, true},
		{"*.tmp", "a/c.tmp.txt", false, false},
		{"?.log", "a/1.log", false, true},
		{"[0-9].log", "a/x.log", false, false},
		{"照片?", "a/照片1", false, true},
		{"caf\u00e9", "a/cafe\u0301", false, true},
		{"cafe\u0301", "a/caf\u00e9", true, true},
		{"cache/", "a/cache", true, true},
		{"cache/", "a/cache", false, false},
		{".git", "a/b/.git", true, true},
		{".git", "a/.git", false, true}, // as in the working trees of submodules
		{"/build", "a/build", true, true},
		{"/build", "a/b/build", true, false},
		{"b/out", "a/b/out", false, true},
		{"b/out", "a/c/b/out", false, false},
		{"b/*", "a/b/c/d", false, false},
	} {
		ig, err := newIgnore([]string{"nothing", c.pattern})
		if got := ig.matches(c.name, c.folder); got != c.want || err != nil {
			t.Errorf("%q matches %q (a folder: %v): %v, %v", c.pattern, c.name, c.folder, got, err)
		}
	}
}

func TestParseIgnore(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"":                          {},
		" , ,":                      {},
		".DS_Store, *.tmp,My Notes": {".DS_Store", "*.tmp", "My Notes"},
		"a\r\nb/":                   {"a", "b/"},
		"甲，乙":                       {"甲", "乙"},
	} {
		if got, err := ParseIgnore(typed); !slices.Equal(got, want) || got == nil || err != nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"a[", "!keep", "/", `a\`} {
		var bad PatternError
		if _, err := ParseIgnore("x," + typed); !errors.As(err, &bad) || string(bad) != typed {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := ParseIgnore(strings.Join(DefaultIgnore(), ", ")); err != nil {
		t.Error(err)
	}
}

// TestScanLeavesOutWhatIsIgnored: what a pattern matches has no row, is not walked, and is
// noted; a folder of nothing else is an empty one.
func TestScanLeavesOutWhatIsIgnored(t *testing.T) {
	t.Parallel()
	root := tree(t, map[string]int{
		"a/1": 1, "a/.DS_Store": 1, "a/.git/config": 1, "a/.git/deep/x": 1, "a/b/thumbs.db": 1, "a/b/2": 1, "a/only/Desktop.ini": 1,
	})
	b := batchOf(filepath.Join(root, "a"))
	b.Ignore = DefaultIgnore()
	j := &scanJournal{}
	var last scanProgress
	must(t, scan(t.Context(), j, jobOf(b, func(p scanProgress) { last = p })))
	var rows []string
	for _, u := range j.rows {
		rows = append(rows, u.Name+" "+string(u.Receipt.Outcome))
	}
	slices.Sort(rows)
	if want := []string{"a/1 ", "a/b/2 ", "a/only empty-folder"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	slices.Sort(j.ignored.First)
	want := []string{"a/.DS_Store", "a/.git/", "a/b/thumbs.db", "a/only/Desktop.ini"}
	if !slices.Equal(j.ignored.First, want) || j.ignored.Count != 4 || last.ignored != 4 {
		t.Errorf("ignored %+v, told %+v, want %q", j.ignored, last, want)
	}
	got, err := Measure(t.Context(), Measuring{Paths: b.Roots, Ignore: b.Ignore}, func(Tally) {})
	if err != nil || got.Files != 2 || got.Folders != 1 || got.Ignored.Count != 4 {
		t.Errorf("measured %+v, %v", got, err)
	}
}

func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	var n Names
	for i := range mostNames + 5 {
		n.add(fmt.Sprintf("a/\xff%d", i))
	}
	if n.Count != mostNames+5 || len(n.First) != mostNames || n.First[0] != `a/\xff0` {
		t.Errorf("%d counted, %d kept, the first %q", n.Count, len(n.First), n.First[0])
	}
}

// TestE5TwoFilesOfABatchWithOneKey: of two files whose names are one in the form of keys, or
// that lie in roots of one name, one is sent, and the other is a conflict.
func TestE5TwoFilesOfABatchWithOneKey(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "caf\u00e9", "cafe\u0301"
	root := tree(t, map[string]int{
		"1/a/" + nfc: 1, "1/a/" + nfd: 2, "1/a/plain": 1, "1/a/d" + nfc + "/x": 1, "1/a/d" + nfd + "/x": 2, "1/a/d" + nfd + "/y": 2,
		"2/a/plain": 3, "2/a/more": 1, "2/f": 1, "3/f": 2, "3/a/" + nfd: 3,
	})
	at := func(name string) string { return filepath.Join(root, name) }
	for _, c := range []struct {
		name  string
		roots []string
		want  []string // paths of conflicts
	}{
		{"one folder", []string{"1/a"}, []string{"1/a/" + nfd, "1/a/d" + nfd + "/x"}},
		{"folders of one name", []string{"1/a", "2/a"}, []string{"1/a/" + nfd, "1/a/d" + nfd + "/x", "2/a/plain"}},
		{"files of one name", []string{"2/f", "3/f"}, []string{"3/f"}},
		{"another form in another root", []string{"3/a", "1/a"}, []string{"1/a/" + nfc, "1/a/" + nfd, "1/a/d" + nfd + "/x"}},
		{"one path twice", []string{"2/f", "2/f", "2/a"}, nil},
		{"no two", []string{"2/a", "3/f"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var roots []string
			for _, r := range c.roots {
				roots = append(roots, at(r))
			}
			j := &scanJournal{}
			must(t, scan(t.Context(), j, jobOf(batchOf(roots...), func(scanProgress) {})))
			var got []string
			for _, u := range j.rows {
				switch {
				case u.Error != nil && errors.Is(u.Error, ErrKeyTwice) && u.Wait == WaitConflict && !u.Claims:
					got = append(got, strings.TrimPrefix(u.Path, root+"/"))
				case u.Error != nil || !u.Claims:
					t.Errorf("%q: %v", u.Path, u.Error)
				}
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("conflicts %q, want %q", got, c.want)
			}
			if m, err := Measure(t.Context(), Measuring{Paths: roots}, func(Tally) {}); err != nil || m.Twice.Count != len(c.want) {
				t.Errorf("measured %+v, %v", m, err)
			}
		})
	}
}
