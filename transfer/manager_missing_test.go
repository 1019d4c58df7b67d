//go:build unix

package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestLookAt looks for files that are back, as they come out of the journal.
func TestLookAt(t *testing.T) {
	root := tree(t, map[string]int{"a/1": 1, "a/3": 1, "b/": 0, "c/file": 1})
	at := func(name string) string { return filepath.Join(root, name) }
	must(t, os.Symlink("nowhere", at("picked")))
	must(t, os.Symlink("a/1", at("picked too")))
	var files []MissingFile
	for i, name := range []string{"a/1", "a/2", "a/3", "b", "c/file", "gone/1", "gone/deep/2", "picked", "picked too"} {
		f := MissingFile{ID: ID(i + 1), Path: at(name), Name: "x/" + name}
		if filepath.Dir(name) == "." {
			f.Name = name
		}
		files = append(files, f)
	}
	l := lookAt(files)
	if !slices.Equal(l.back, []ID{1, 3, 5, 9}) || !l.missing || l.next != "" {
		t.Errorf("got %+v", l)
	}
	if len(l.folders) != 1 || l.folders[0].Path != at("b") {
		t.Errorf("folders %+v", l.folders)
	}
}

// TestLookAtALostDriveOnce goes on behind everything that was on it.
func TestLookAtALostDriveOnce(t *testing.T) {
	root := tree(t, map[string]int{"a/1": 1, "gone-": 1, "gone0": 1})
	var all []MissingFile
	add := func(name string) {
		all = append(all, MissingFile{ID: ID(len(all) + 1), Path: filepath.Join(root, name), Name: "x/" + name})
	}
	add("a/1")
	add("gone-")
	for n := range 10 * missingPage {
		add(fmt.Sprintf("gone/deep/%06d", n))
	}
	add("gone0")
	var back []ID
	from, looks := "", 0
	for {
		var page []MissingFile
		for _, f := range all {
			if f.Path >= from && len(page) < missingPage {
				page = append(page, f)
			}
		}
		l := lookAt(page)
		back = append(back, l.back...)
		looks++
		if from = l.next; from == "" {
			break
		}
	}
	if want := []ID{1, 2, ID(len(all))}; !slices.Equal(back, want) || looks > 2 {
		t.Errorf("%v are back after %d looks, want %v", back, looks, want)
	}
}
