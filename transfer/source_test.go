//go:build unix

package transfer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// old is when the files of these tests were last written to.
var old = time.Date(2024, 5, 6, 7, 8, 9, 123_456_789, time.UTC)

// writeOld writes a file and puts its time back, so that any write after it shows.
func writeOld(t *testing.T, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
	must(t, os.Chtimes(path, old, old))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantSource fails the test unless err is of the file at path, with this code.
func wantSource(t *testing.T, err error, path, code string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindSource || e.Code != code || e.Path != path || e.Err == nil {
		t.Errorf("got %#v, want %s of %s", err, code, path)
	}
}

func TestIdentityCompare(t *testing.T) {
	was := Identity{Size: 5, ModTime: old, Device: 1, Inode: 2, Change: old.Add(time.Second)}
	for _, c := range []struct {
		name   string
		change func(*Identity)
		want   difference
	}{
		{"same", func(*Identity) {}, sameFile},
		{"same times in another zone", func(i *Identity) { i.ModTime = old.In(time.FixedZone("CST", 8*3600)) }, sameFile},
		{"size", func(i *Identity) { i.Size++ }, changedFile},
		{"mtime by a nanosecond", func(i *Identity) { i.ModTime = i.ModTime.Add(1) }, changedFile},
		{"mtime put back", func(i *Identity) { i.ModTime = i.ModTime.Add(-time.Hour) }, changedFile},
		{"device", func(i *Identity) { i.Device++ }, suspectFile},
		{"inode", func(i *Identity) { i.Inode++ }, suspectFile},
		{"ctime", func(i *Identity) { i.Change = i.Change.Add(1) }, suspectFile},
		{"size and inode", func(i *Identity) { i.Size, i.Inode = 6, 3 }, changedFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := was
			c.change(&now)
			if got := was.compare(now); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// TestOpenSource opens everything a path can be. A pipe without a writer would block an
// open for ever: the test binary's own time limit shows that.
func TestOpenSource(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	writeOld(t, at("file"), []byte("hello"))
	must(t, os.Mkdir(at("folder"), 0o700))
	must(t, syscall.Mkfifo(at("pipe"), 0o600))
	must(t, os.Symlink("file", at("link")))
	must(t, os.Symlink("pipe", at("link to pipe")))
	must(t, os.Symlink("nowhere", at("dangling")))
	must(t, os.Symlink("loop", at("loop")))
	const fine = ""
	for _, c := range []struct {
		path          string
		inside, given string // codes when links are not followed, and when they are
	}{
		{at("file"), fine, fine},
		{at("link"), CodeLink, fine},
		{at("dangling"), CodeLink, CodeFileMissing},
		{at("loop"), CodeLink, CodeFileUnreadable},
		{at("link to pipe"), CodeLink, CodeNotRegular},
		{at("pipe"), CodeNotRegular, CodeNotRegular},
		{at("folder"), CodeFolder, CodeFolder},
		{os.DevNull, CodeNotRegular, CodeNotRegular},
		{at("missing"), CodeFileMissing, CodeFileMissing},
		{at("file/below"), CodeFileMissing, CodeFileMissing},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			for links, code := range map[bool]string{false: c.inside, true: c.given} {
				f, id, err := openSource(c.path, links)
				if code != fine {
					wantSource(t, err, c.path, code)
					continue
				}
				must(t, err)
				if id.Size != 5 || !id.ModTime.Equal(old) {
					t.Errorf("identity %+v", id)
				}
				must(t, f.Close())
			}
		})
	}
}

// TestVerifySource does to a file, while it is open, what happens to files.
func TestVerifySource(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 1000)
	otherLater := func(t *testing.T, path string) {
		t.Helper()
		must(t, os.WriteFile(path, data, 0o600))
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, path string)
		code string // "" when the file is still the same
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"read", func(t *testing.T, path string) { t.Helper(); _, err := os.ReadFile(path); must(t, err) }, ""},
		{"truncate", func(t *testing.T, path string) { t.Helper(); must(t, os.Truncate(path, 10)) }, CodeFileShrank},
		{"grow", func(t *testing.T, path string) { t.Helper(); must(t, os.Truncate(path, 2000)) }, CodeFileGrew},
		{"rewrite in the same size", otherLater, CodeFileChanged},
		{"rename another over it", func(t *testing.T, path string) {
			t.Helper()
			otherLater(t, path+".new")
			must(t, os.Rename(path+".new", path))
		}, CodeFileReplaced},
		{"rename one of the same size and time over it", func(t *testing.T, path string) {
			t.Helper()
			writeOld(t, path+".new", bytes.Repeat([]byte("y"), 1000))
			must(t, os.Rename(path+".new", path))
		}, CodeFileSuspect},
		{"rewrite, and put the time back", func(t *testing.T, path string) {
			t.Helper()
			writeOld(t, path, bytes.Repeat([]byte("y"), 1000))
		}, CodeFileSuspect},
		{"delete", func(t *testing.T, path string) { t.Helper(); must(t, os.Remove(path)) }, CodeFileMissing},
		{"rename away", func(t *testing.T, path string) { t.Helper(); must(t, os.Rename(path, path+".old")) }, CodeFileMissing},
		{"a pipe in its place", func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(path))
			must(t, syscall.Mkfifo(path, 0o600))
		}, CodeFileReplaced},
		{"a link to it in its place", func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Rename(path, path+".old"))
			must(t, os.Symlink(path+".old", path))
		}, CodeFileReplaced},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			writeOld(t, path, data)
			f, id, err := openSource(path, false)
			must(t, err)
			t.Cleanup(func() { must(t, f.Close()) })
			tickCtime(t, path, id)
			c.do(t, path)
			if err := verifySource(f, path, false, id); c.code != "" {
				wantSource(t, err, path, c.code)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// tickCtime waits until the file system's clock has moved past the file's ctime: that clock
// moves in steps of some milliseconds, and a change within the same step does not show.
func tickCtime(t *testing.T, path string, id Identity) {
	t.Helper()
	probe := path + ".clock"
	for deadline := time.Now().Add(5 * time.Second); ; {
		must(t, os.WriteFile(probe, nil, 0o600))
		must(t, os.Chmod(probe, 0o600))
		info, err := os.Stat(probe)
		must(t, err)
		if identify(info).Change.After(id.Change) || id.Change.IsZero() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the file system's clock stands still")
		}
	}
	must(t, os.Remove(probe))
}

// TestChmodIsSuspect: a file whose rights, name or links changed is not taken for changed,
// nor for the same.
func TestChmodIsSuspect(t *testing.T) {
	for name, do := range map[string]func(t *testing.T, path string){
		"chmod":       func(t *testing.T, path string) { t.Helper(); must(t, os.Chmod(path, 0o400)) },
		"a hard link": func(t *testing.T, path string) { t.Helper(); must(t, os.Link(path, path+".hard")) },
		"renamed and back": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Rename(path, path+".away"))
			must(t, os.Rename(path+".away", path))
		},
		"a copy in its place": func(t *testing.T, path string) {
			t.Helper()
			writeOld(t, path+".copy", []byte("hello"))
			must(t, os.Rename(path+".copy", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			writeOld(t, path, []byte("hello"))
			info, err := os.Stat(path)
			must(t, err)
			was := identify(info)
			if was.Change.IsZero() {
				t.Skip("this system tells size and time only")
			}
			tickCtime(t, path, was)
			do(t, path)
			info, err = os.Stat(path)
			must(t, err)
			if got := was.compare(identify(info)); got != suspectFile {
				t.Errorf("got %d, want suspect: %+v became %+v", got, was, identify(info))
			}
		})
	}
}

// TestB8GivenLinksAreFollowed: what a link picked by hand points to is compared.
func TestB8GivenLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	link, first, second := filepath.Join(dir, "link"), filepath.Join(dir, "1"), filepath.Join(dir, "2")
	writeOld(t, first, []byte("first"))
	writeOld(t, second, []byte("other"))
	must(t, os.Symlink(first, link))
	f, id, err := openSource(link, true)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	if err := verifySource(f, link, true, id); err != nil {
		t.Error(err)
	}
	must(t, os.Remove(link))
	must(t, os.Symlink(second, link))
	wantSource(t, verifySource(f, link, true, id), link, CodeFileSuspect)
}

// TestVerifySourceLooksAtTheOpenFile: another file was open while the right one was put back
// under the name.
func TestVerifySourceLooksAtTheOpenFile(t *testing.T) {
	dir := t.TempDir()
	right, other := filepath.Join(dir, "right"), filepath.Join(dir, "other")
	writeOld(t, right, []byte("right"))
	writeOld(t, other, []byte("other, and longer"))
	info, err := os.Stat(right)
	must(t, err)
	f, _, err := openSource(other, false)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	wantSource(t, verifySource(f, right, false, identify(info)), right, CodeFileReplaced)
}

func TestSection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	data := bytesOf(1, 1000)
	writeOld(t, path, data)
	f, _, err := openSource(path, true)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	for _, c := range []struct{ offset, length int64 }{{0, 1000}, {0, 0}, {100, 300}, {999, 1}, {1000, 0}} {
		got, err := io.ReadAll(newSection(f, path, c.offset, c.length))
		if err != nil || !bytes.Equal(got, data[c.offset:c.offset+c.length]) {
			t.Errorf("%d at %d: %d bytes, %v", c.length, c.offset, len(got), err)
		}
	}
	for _, c := range []struct{ offset, length int64 }{{0, 1001}, {900, 200}, {1000, 1}, {2000, 5}} {
		_, err := io.ReadAll(newSection(f, path, c.offset, c.length))
		wantSource(t, err, path, CodeFileShrank)
	}
}

// TestSectionOfATruncatedFile cuts the file between two reads of a part.
func TestSectionOfATruncatedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	data := bytesOf(2, 1000)
	writeOld(t, path, data)
	f, _, err := openSource(path, true)
	must(t, err)
	s := newSection(f, path, 100, 800)
	head := make([]byte, 300)
	_, err = io.ReadFull(s, head)
	must(t, err)
	must(t, os.Truncate(path, 450))
	rest, err := io.ReadAll(s)
	wantSource(t, err, path, CodeFileShrank)
	if len(rest) != 50 || !bytes.Equal(append(head, rest...), data[100:450]) {
		t.Errorf("%d bytes behind the first 300, want the 50 that are left", len(rest))
	}
	must(t, f.Close())
	_, err = s.Read(head)
	wantSource(t, err, path, CodeFileUnreadable)
}

func TestSourceError(t *testing.T) {
	marked := changedError("/a", CodeFileChanged, "why")
	if got := sourceError("/b", marked); !errors.Is(got, marked) {
		t.Errorf("an error was marked twice: %v", got)
	}
	for code, err := range map[string]error{
		CodeFileMissing:    &os.PathError{Op: "open", Path: "/a", Err: syscall.ENOENT},
		CodeFileUnreadable: &os.PathError{Op: "read", Path: "/a", Err: syscall.EIO},
	} {
		got := sourceError("/a", err)
		wantSource(t, got, "/a", code)
		if !errors.Is(got, err) {
			t.Errorf("the cause of %v is lost", got)
		}
	}
	wantSource(t, sourceError("/a", syscall.ENOTDIR), "/a", CodeFileMissing)
}

// brokenDisk fails as a disk does.
type brokenDisk struct{}

func (brokenDisk) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 {
		return 0, &os.PathError{Op: "read", Path: "/a", Err: syscall.EIO}
	}
	return len(p), nil
}

// TestB9DiskThatFails: an error of the disk is one of this file, and fails it.
func TestB9DiskThatFails(t *testing.T) {
	n, err := io.Copy(io.Discard, newSection(brokenDisk{}, "/a", 0, MiB))
	wantSource(t, err, "/a", CodeFileUnreadable)
	if n == 0 || waitFor(AsError(err)) != WaitFailed {
		t.Errorf("after %d bytes it waits for %q", n, waitFor(AsError(err)))
	}
}

// TestB9WhatIsMissingOrLacking sorts the system's refusals by what mends them.
func TestB9WhatIsMissingOrLacking(t *testing.T) {
	here := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct {
		path string
		err  error
		kind Kind
		code string
	}{
		{here, syscall.ENOENT, KindSource, CodeFileMissing},
		{here, syscall.ENOTDIR, KindSource, CodeFileMissing},
		{here + "/above/file", syscall.ENOENT, KindSource, CodeFolderMissing},
		{here, syscall.ENODEV, KindSource, CodeFolderMissing},
		{here, syscall.ESTALE, KindSource, CodeFolderMissing},
		{here, syscall.ENOTCONN, KindSource, CodeFolderMissing},
		{here, syscall.EACCES, KindSource, CodeFileUnreadable},
		{here, syscall.EIO, KindSource, CodeFileUnreadable},
		{here, syscall.EMFILE, KindStorage, CodeTooManyFiles},
		{here, syscall.ENFILE, KindStorage, CodeTooManyFiles},
	} {
		e := AsError(sourceError(c.path, &os.PathError{Op: "open", Path: c.path, Err: c.err}))
		if e.Kind != c.kind || e.Code != c.code || !errors.Is(e, c.err) {
			t.Errorf("%v of %s: %s %s, want %s %s", c.err, c.path, e.Kind, e.Code, c.kind, c.code)
		}
	}
}

// TestB5Settling: a file that was written to less than two seconds ago is waited for, and
// one that is dated in the future is not.
func TestB5Settling(t *testing.T) {
	for age, want := range map[time.Duration]time.Duration{
		0: 2 * time.Second, 1500 * time.Millisecond: 500 * time.Millisecond, 2*time.Second - 1: 1,
		2 * time.Second: 0, time.Hour: 0, -1: 0, -time.Hour: 0,
	} {
		if got := settling(Identity{ModTime: old.Add(-age)}, old); got != want {
			t.Errorf("%v old: waits %v, want %v", age, got, want)
		}
	}
}
