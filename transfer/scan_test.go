//go:build unix

package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// scanJournal is the part of a journal that a scan uses: unique by batch and path.
type scanJournal struct {
	Journal // what a scan never calls
	rows    []Upload
	commits []int
	done    []BatchID
	ignored Names
	before  func(us []Upload) error // may refuse a commit
}

func (j *scanJournal) AddUploads(ctx context.Context, us []Upload) ([]Added, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if j.before != nil {
		if err := j.before(us); err != nil {
			return nil, err
		}
	}
	j.commits = append(j.commits, len(us))
	added := make([]Added, len(us))
	for i := range us {
		there := slices.IndexFunc(j.rows, func(u Upload) bool { return u.Batch == us[i].Batch && u.Path == us[i].Path })
		if there >= 0 {
			added[i] = Added{ID: j.rows[there].ID, Existing: true}
			continue
		}
		u := us[i]
		u.ID = ID(len(j.rows) + 1)
		j.rows = append(j.rows, u)
		added[i] = Added{ID: u.ID}
	}
	return added, nil
}

func (j *scanJournal) ScanDone(_ context.Context, id BatchID) error {
	j.done = append(j.done, id)
	return nil
}

func (j *scanJournal) NoteIgnored(_ context.Context, _ BatchID, ignored Names) error {
	j.ignored = ignored
	return nil
}

var scanTime = time.Unix(1_700_000_000, 0)

func scanNow() time.Time { return scanTime }

func batchOf(roots ...string) Batch {
	return Batch{
		ID: 3, Roots: roots, Policy: PolicySkip, Options: Options{ContentType: "text/plain"},
		To: Destination{Account: 2, Endpoint: "https://e", Region: "r", Bucket: "bucket", Prefix: "p/"},
	}
}

func jobOf(b Batch, progress func(scanProgress)) scanJob {
	return scanJob{batch: b, now: scanNow, stop: &atomic.Bool{}, progress: progress}
}

// TestScanCommitsInChunks: every file gets its row, 500 a commit, and again nothing new.
func TestScanCommitsInChunks(t *testing.T) {
	names := map[string]int{}
	for n := range 2*scanChunk + 7 {
		names[fmt.Sprintf("a/%02d/%04d", n%5, n)] = 2
	}
	root := filepath.Join(tree(t, names), "a")
	j := &scanJournal{}
	var told []scanProgress
	tell := func(p scanProgress) { told = append(told, p) }
	must(t, scan(t.Context(), j, jobOf(batchOf(root), tell)))
	if want := []int{scanChunk, scanChunk, 7}; !slices.Equal(j.commits, want) {
		t.Errorf("commits of %v, want %v", j.commits, want)
	}
	want := []scanProgress{{files: 500, bytes: 1000, folder: "a"}, {files: 1000, bytes: 2000, folder: "a"}, {files: 1007, bytes: 2014, folder: "a"}}
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if len(j.rows) != 1007 || !slices.Equal(j.done, []BatchID{3}) {
		t.Errorf("%d rows, done %v", len(j.rows), j.done)
	}
	must(t, scan(t.Context(), j, jobOf(batchOf(root), tell)))
	if len(j.rows) != 1007 || len(j.done) != 2 {
		t.Errorf("the second scan made it %d rows, done %v", len(j.rows), j.done)
	}
}

func TestScanOfFullChunksMakesNoEmptyCommit(t *testing.T) {
	names := map[string]int{}
	for n := range scanChunk {
		names[fmt.Sprintf("a/%04d", n)] = 0
	}
	j := &scanJournal{}
	must(t, scan(t.Context(), j, jobOf(batchOf(filepath.Join(tree(t, names), "a")), func(scanProgress) {})))
	if !slices.Equal(j.commits, []int{scanChunk}) {
		t.Errorf("commits of %v", j.commits)
	}
}

// TestScanThatFailsIsNotDone: only a scan to the end is noted as such, and the next one
// finds the rest.
func TestScanThatFailsIsNotDone(t *testing.T) {
	names := map[string]int{}
	for n := range 3 * scanChunk {
		names[fmt.Sprintf("a/%04d", n)] = 0
	}
	root := filepath.Join(tree(t, names), "a")
	full := errors.New("disk full")
	stop := errors.New("closing")
	ctx, cancel := context.WithCancelCause(t.Context())
	for _, c := range []struct {
		name   string
		want   error
		before func(j *scanJournal) func([]Upload) error
	}{
		{"the journal refuses", full, func(j *scanJournal) func([]Upload) error {
			return func([]Upload) error {
				if len(j.rows) > 0 {
					return full
				}
				return nil
			}
		}},
		{"cancelled", stop, func(j *scanJournal) func([]Upload) error {
			return func([]Upload) error {
				cancel(stop)
				return nil
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := &scanJournal{}
			j.before = c.before(j)
			err := scan(ctx, j, jobOf(batchOf(root), func(scanProgress) {}))
			if !errors.Is(err, c.want) || len(j.rows) != scanChunk || len(j.done) != 0 {
				t.Fatalf("%v, %d rows, done %v; want one chunk, and not done", err, len(j.rows), j.done)
			}
			j.before = nil
			must(t, scan(t.Context(), j, jobOf(batchOf(root), func(scanProgress) {})))
			if len(j.rows) != 3*scanChunk || len(j.done) != 1 {
				t.Errorf("after the next scan %d rows, done %v", len(j.rows), j.done)
			}
		})
	}
}

// alike tells whether two uploads say the same.
func alike(a, b Upload) bool { return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) }

func TestPlannedRow(t *testing.T) {
	info, err := os.Stat(filepath.Join(tree(t, map[string]int{"f": 9}), "f"))
	must(t, err)
	id := identify(info)
	b := batchOf("/r/a")
	u := planned(b, found{path: "/r/a/cafe\u0301", name: "a/cafe\u0301", id: id}, scanTime)
	want := Upload{
		Batch: 3, Path: "/r/a/cafe\u0301", Name: "a/cafe\u0301", File: id,
		To:     Target{Account: 2, Endpoint: "https://e", Region: "r", Bucket: "bucket", Key: "p/a/caf\u00e9"},
		Policy: PolicySkip, Options: b.Options, Intent: IntentRun, Phase: PhasePlanned, Claims: true, Created: scanTime,
	}
	if !alike(u, want) {
		t.Errorf("got  %+v\nwant %+v", u, want)
	}
	b.Paused, want.Intent = true, IntentPause
	if u := planned(b, found{path: want.Path, name: want.Name, id: id}, scanTime); !alike(u, want) {
		t.Errorf("paused: got %+v", u)
	}
}

// TestPlannedRowsThatAreNotSent: what cannot be sent is a row with its reason, in text
// that a journal can hold, and claims no key.
func TestPlannedRowsThatAreNotSent(t *testing.T) {
	small := Identity{Size: 1}
	for _, c := range []struct {
		name string
		f    found
		want Wait
		kind Kind
		code string
		why  error
		show string
	}{
		{"unreadable", found{name: "a/x", err: sourceError("/a/x", fs.ErrPermission)}, WaitFailed, KindSource, CodeFileUnreadable, fs.ErrPermission, "a/x"},
		{"missing", found{name: "a/x", err: sourceError("/a/x", fs.ErrNotExist)}, WaitMissing, KindSource, CodeFolderMissing, fs.ErrNotExist, "a/x"},
		{"invalid UTF-8", found{name: "a/\xff照", id: small}, WaitFailed, KindPermanent, CodeBadName, KeyNotUTF8, `a/\xff照`},
		{"a control character", found{name: "a/\n", id: small}, WaitFailed, KindPermanent, CodeBadName, KeyControlChar, "a/\n"},
		{"too long", found{name: strings.Repeat("k", 1022), id: small}, WaitFailed, KindPermanent, CodeBadName, KeyTooLong, strings.Repeat("k", 1022)},
		{"too large", found{name: "a/x", id: Identity{Size: MaxObjectSize + 1}}, WaitFailed, KindPermanent, CodeTooLarge, nil, "a/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.path = "/" + c.f.name
			u := planned(batchOf("/a"), c.f, scanTime)
			if u.Wait != c.want || u.Claims || u.Phase != PhasePlanned || u.Path != c.f.path || u.Name != c.show || u.To.Key != "p/"+c.show {
				t.Errorf("got %+v", u)
			}
			if u.Error == nil || u.Error.Kind != c.kind || u.Error.Code != c.code || c.why != nil && !errors.Is(u.Error, c.why) {
				t.Errorf("got the error %#v", u.Error)
			}
		})
	}
	t.Run("the largest is sent", func(t *testing.T) {
		if u := planned(batchOf("/a"), found{name: "a", id: Identity{Size: MaxObjectSize}}, scanTime); u.Error != nil || !u.Claims {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("an empty folder", func(t *testing.T) {
		u := planned(batchOf("/a"), found{path: "/a/\xff", name: "a/\xff", empty: true}, scanTime)
		if u.Phase != PhaseDone || u.Claims || u.Error != nil || u.Receipt != (Receipt{Outcome: OutcomeEmptyFolder, Finished: scanTime}) || u.Name != `a/\xff` || u.To.Key != `p/a/\xff` {
			t.Errorf("got %+v", u)
		}
	})
}

// TestScanOfStrangeNames scans names as file systems hold them.
func TestScanOfStrangeNames(t *testing.T) {
	root := tree(t, map[string]int{"a/ok": 1})
	if err := os.WriteFile(filepath.Join(root, "a", "bad\xff"), []byte("x"), 0o600); err != nil {
		t.Skip("this file system takes UTF-8 only")
	}
	must(t, os.WriteFile(filepath.Join(root, "a", `bad\xff`), []byte("y"), 0o600))
	j := &scanJournal{}
	must(t, scan(t.Context(), j, jobOf(batchOf(filepath.Join(root, "a")), func(scanProgress) {})))
	var sent, told int
	for _, u := range j.rows {
		if u.Error == nil && u.Claims {
			sent++
		} else if u.Error != nil && u.Name == `a/bad\xff` && strings.HasSuffix(u.Path, "bad\xff") {
			told++
		}
	}
	if len(j.rows) != 3 || sent != 2 || told != 1 {
		t.Errorf("%d rows, %d to send, %d told: %+v", len(j.rows), sent, told, j.rows)
	}
}

// countingJournal is the part of a journal that a scan uses, and remembers nothing.
type countingJournal struct {
	Journal
	rows, most int
	heap       uint64 // the most that was in use, after a collection
}

func (j *countingJournal) AddUploads(_ context.Context, us []Upload) ([]Added, error) {
	j.most = max(j.most, len(us))
	if j.rows%(50*scanChunk) == 0 {
		j.heap = max(j.heap, heapInUse())
	}
	j.rows += len(us)
	return make([]Added, len(us)), nil
}

func (j *countingJournal) ScanDone(context.Context, BatchID) error { return nil }

func heapInUse() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// inMemory returns a folder of a file system in memory, where there is one: so many files
// take too long on a disk.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "partway") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// TestB11FolderOf100000Files scans half of them in one folder, and half in many, and holds
// no more of them in memory than a commit has.
func TestB11FolderOf100000Files(t *testing.T) {
	const files, wide = 100_000, 50_000
	root := filepath.Join(inMemory(t), "a")
	must(t, os.Mkdir(root, 0o700))
	for n := range files {
		folder := root
		if n >= wide {
			folder = filepath.Join(root, strings.Repeat("deep/", n%10), fmt.Sprint(n%500))
		}
		path := filepath.Join(folder, fmt.Sprintf("%06d", n))
		err := os.WriteFile(path, nil, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			must(t, os.MkdirAll(folder, 0o700))
			err = os.WriteFile(path, nil, 0o600)
		}
		must(t, err)
	}
	j := &countingJournal{}
	before := heapInUse()
	must(t, scan(t.Context(), j, jobOf(batchOf(root), func(scanProgress) {})))
	if j.rows != files || j.most > scanChunk {
		t.Errorf("%d rows in commits of up to %d, want %d of up to %d", j.rows, j.most, files, scanChunk)
	}
	if grown := int64(j.heap) - int64(before); grown > 4*MiB {
		t.Errorf("the scan held %d bytes", grown)
	}
}
