package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// tree makes files of as many bytes as given; a name that ends in "/" is a folder.
func tree(t *testing.T, names map[string]int) string {
	t.Helper()
	root := t.TempDir()
	for name, size := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(path, 0o700))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, make([]byte, size), 0o600))
	}
	return root
}

func walkAll(ctx context.Context, roots []string, visit func(found) error) error {
	return walker{visit: visit}.walk(ctx, roots)
}

// walked lists what a walk finds: name and size, or name and reason, sorted.
func walked(t *testing.T, roots ...string) []string {
	t.Helper()
	var lines []string
	err := walkAll(t.Context(), roots, func(f found) error {
		line := fmt.Sprintf("%s %d", f.name, f.id.Size)
		switch {
		case f.err != nil:
			line = f.name + " " + AsError(f.err).Code
		case f.empty:
			line = f.name + " empty"
		}
		if !filepath.IsAbs(f.path) || f.err == nil && !f.empty && f.id.ModTime.IsZero() {
			t.Errorf("%+v", f)
		}
		lines = append(lines, line)
		return nil
	})
	must(t, err)
	slices.Sort(lines)
	return lines
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWalk(t *testing.T) {
	root := tree(t, map[string]int{
		"a/1": 1, "a/照片 & 100%?.jpg": 3, "a/b/c/d/deep": 0, "a/b/2": 2, "a/empty/": 0, "a/b/none/none/": 0, "single": 7,
		"other/a/1": 11,
	})
	a := filepath.Join(root, "a")
	inA := []string{"a/1 1", "a/照片 & 100%?.jpg 3", "a/b/c/d/deep 0", "a/b/2 2", "a/empty empty", "a/b/none/none empty"}
	t.Run("a folder keeps its name", func(t *testing.T) { wantLines(t, walked(t, a), inA...) })
	t.Run("a final slash changes nothing", func(t *testing.T) { wantLines(t, walked(t, a+"/"), inA...) })
	t.Run("a file", func(t *testing.T) { wantLines(t, walked(t, filepath.Join(root, "single")), "single 7") })
	t.Run("an empty folder", func(t *testing.T) {
		wantLines(t, walked(t, filepath.Join(root, "a", "empty")), "empty empty")
	})
	t.Run("roots of one name", func(t *testing.T) {
		wantLines(t, walked(t, a, filepath.Join(root, "other", "a")), append([]string{"a/1 11"}, inA...)...)
	})
	t.Run("a missing root is told, the next one visited", func(t *testing.T) {
		wantLines(t, walked(t, filepath.Join(root, "nowhere"), filepath.Join(root, "single")), "nowhere FileMissing", "single 7")
	})
}

// TestWalkCleansRoots: one place has one path, however it was typed.
func TestWalkCleansRoots(t *testing.T) {
	root := tree(t, map[string]int{"empty/": 0, "f": 1})
	for typed, want := range map[string]string{
		root + "/empty/": "empty", root + "//empty": "empty", root + "/empty/../empty": "empty", root + "/f/": "f",
	} {
		err := walkAll(t.Context(), []string{typed}, func(f found) error {
			if f.path != filepath.Join(root, want) || f.name != want || f.err != nil {
				t.Errorf("%s: found %+v", typed, f)
			}
			return nil
		})
		must(t, err)
	}
}

func TestWalkVisitsRootsInOrder(t *testing.T) {
	root := tree(t, map[string]int{"z/1": 1, "m": 1, "a/1": 1})
	var names []string
	err := walkAll(t.Context(), []string{filepath.Join(root, "z"), filepath.Join(root, "m"), filepath.Join(root, "a")}, func(f found) error {
		names = append(names, f.name)
		return nil
	})
	if want := []string{"z/1", "m", "a/1"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("visited %q, %v; want %q", names, err, want)
	}
}

// TestB8WalkTellsWhatItSkips: what is no regular file is named with its reason, and nothing
// of it is opened.
func TestB8WalkTellsWhatItSkips(t *testing.T) {
	root := tree(t, map[string]int{"a/file": 1, "outside/secret": 5})
	a := filepath.Join(root, "a")
	must(t, os.Symlink("../outside", filepath.Join(a, "to folder")))
	must(t, os.Symlink("file", filepath.Join(a, "to file")))
	must(t, os.Symlink("nowhere", filepath.Join(a, "dangling")))
	must(t, os.Symlink("..", filepath.Join(a, "round")))
	must(t, os.Symlink("/", filepath.Join(a, "root")))
	must(t, syscall.Mkfifo(filepath.Join(a, "pipe"), 0o600))
	wantLines(t, walked(t, a), "a/file 1", "a/to folder Link", "a/to file Link", "a/dangling Link", "a/round Link", "a/root Link", "a/pipe NotRegular")
	wantLines(t, walked(t, filepath.Join(a, "pipe"), os.DevNull), "pipe NotRegular", "null NotRegular")
	t.Run("links picked by hand are followed", func(t *testing.T) {
		wantLines(t, walked(t, filepath.Join(a, "to folder"), filepath.Join(a, "to file")), "to folder/secret 5", "to file 1")
		wantLines(t, walked(t, filepath.Join(a, "dangling")), "dangling FileMissing")
	})
}

// TestB8FolderSwappedForALink puts a link in a folder's place after it was listed: nothing
// behind it is found.
func TestB8FolderSwappedForALink(t *testing.T) {
	root := tree(t, map[string]int{"a/1": 1, "a/b/2": 2, "outside/secret": 5})
	a := filepath.Join(root, "a")
	var lines []string
	must(t, walkAll(t.Context(), []string{a}, func(f found) error {
		if f.name == "a/1" { // files come first: b is listed, and not open yet
			must(t, os.RemoveAll(filepath.Join(a, "b")))
			must(t, os.Symlink("../outside", filepath.Join(a, "b")))
		}
		lines = append(lines, f.name)
		if f.name == "a/b" {
			wantSource(t, f.err, f.path, CodeFileUnreadable)
		}
		return nil
	}))
	wantLines(t, lines, "a/1", "a/b")
}

func TestWalkDeepAndWide(t *testing.T) {
	deep := strings.Repeat("d/", 200) + "file"
	names := map[string]int{deep: 4}
	for n := range 2*readDirChunk + 1 {
		names[fmt.Sprintf("wide/%04d", n)] = 0
	}
	root := tree(t, names)
	wantLines(t, walked(t, filepath.Join(root, "d")), deep+" 4")
	if got := walked(t, filepath.Join(root, "wide")); len(got) != 2*readDirChunk+1 || len(slices.Compact(got)) != 2*readDirChunk+1 {
		t.Errorf("%d names of %d", len(got), 2*readDirChunk+1)
	}
}

func TestWalkEndsEarly(t *testing.T) {
	root := tree(t, map[string]int{"a/1": 0, "a/b/2": 0, "a/c/3": 0})
	stop := errors.New("enough")
	visits := 0
	err := walkAll(t.Context(), []string{root, root}, func(found) error {
		visits++
		return stop
	})
	if !errors.Is(err, stop) || visits != 1 {
		t.Errorf("%v after %d visits", err, visits)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	visits = 0
	err = walkAll(ctx, []string{filepath.Join(root, "a", "b"), filepath.Join(root, "a", "c")}, func(found) error {
		visits++
		cancel(stop)
		return nil
	})
	if !errors.Is(err, stop) || visits != 1 {
		t.Errorf("%v after %d visits, and a cancel at the first", err, visits)
	}
}

func TestMeasure(t *testing.T) {
	root := tree(t, map[string]int{"a/1": 100, "a/b/2": 50, "a/empty/": 0, "zero": 0})
	must(t, os.Symlink("1", filepath.Join(root, "a", "link")))
	must(t, os.WriteFile(filepath.Join(root, "a", "0\n"), []byte("no key"), 0o600))
	got, err := Measure(t.Context(), Measuring{Paths: []string{filepath.Join(root, "a"), filepath.Join(root, "zero"), filepath.Join(root, "missing")}}, func(Tally) {})
	if got.Files != 3 || got.Bytes != 150 || got.Skipped != 3 || got.Folders != 1 || got.Sample[0] != (Sampled{"a/1", 100}) || got.Requests != 3 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Measure(ctx, Measuring{Paths: []string{root}}, func(Tally) {}); !errors.Is(err, context.Canceled) || got.Files != 0 {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
}
