package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// scanChunk is how many rows one commit of a scan holds.
	scanChunk = 500
	// scanPause is how long rows that were found wait for more to be written with them: from a
	// slow drive, 500 files may take a while.
	scanPause = 200 * time.Millisecond
	// readDirChunk is how many names of a folder are read at once: folders of 100,000
	// files begin to upload before they are read to the end.
	readDirChunk = 1000
	// filesPause is how long a scan waits before it tries again to open a folder, while the
	// system lets it open nothing more.
	filesPause = 500 * time.Millisecond
)

// found is one thing a walk came upon: a file to send, or what cannot be sent and why.
type found struct {
	path    string
	name    string // path inside the batch, with "/"
	id      Identity
	empty   bool // a folder with nothing in it that is not ignored
	ignored bool // a pattern matches it
	twice   bool // another file of the batch has its key
	err     error
}

// walker visits what is below some roots.
type walker struct {
	ignore ignore
	visit  func(found) error
}

// walk visits everything below the roots, the files of a folder before those of folders in it. A root
// named "a" yields names that begin with "a". Folders that are ignored are visited as such, and
// what is in them is not. It ends early when visit fails.
func (w walker) walk(ctx context.Context, roots []string) error {
	visit := w.visit
	for _, root := range roots {
		root = filepath.Clean(root)
		info, err := os.Stat(root) // a link picked by hand is followed
		name := filepath.Base(root)
		switch {
		case err != nil:
			err = visit(found{path: root, name: name, err: sourceError(root, err)})
		case info.IsDir():
			err = w.walkFolder(ctx, root, name)
		default:
			err = visit(foundFile(root, name, info))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// NameInFolder returns a row's name below its folder, the whole name if it lies in none.
func NameInFolder(name string) string {
	if _, rest, inside := strings.Cut(name, "/"); inside {
		return rest
	}
	return name
}

// HoldsFolder tells whether a batch's rows below a root have names that begin with this one.
func HoldsFolder(root, name string) bool {
	return shownName(filepath.Base(filepath.Clean(root))) == name
}

func foundFile(path, name string, info fs.FileInfo) found {
	return found{path: path, name: name, id: identify(info), err: regular(path, info)}
}

// walkFolder visits the content of one folder, its files first. No more than one folder is
// open at a time, however deep they lie.
func (w walker) walkFolder(ctx context.Context, path, name string) error {
	inside, err := w.walkFiles(ctx, path, name)
	if err != nil {
		return err
	}
	for _, folder := range inside {
		if err := w.walkFolder(ctx, filepath.Join(path, folder), name+"/"+folder); err != nil {
			return err
		}
	}
	return nil
}

// walkFiles visits what is no folder, reading names in chunks, and returns the folders.
func (w walker) walkFiles(ctx context.Context, path, name string) (folders []string, err error) {
	folder, err := openFolder(ctx, path, name)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, w.visit(found{path: path, name: name, err: sourceError(path, err)})
	}
	defer folder.Close() //nolint:errcheck // it was only read
	empty := true
	for {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		entries, err := folder.ReadDir(readDirChunk)
		for _, e := range entries {
			ignored, err := w.visitEntry(e, filepath.Join(path, e.Name()), name+"/"+e.Name())
			switch {
			case err != nil:
				return nil, err
			case ignored:
			case e.IsDir():
				folders = append(folders, e.Name())
			}
			empty = empty && ignored
		}
		switch {
		case errors.Is(err, io.EOF) && empty:
			return nil, w.visit(found{path: path, name: name, empty: true})
		case errors.Is(err, io.EOF):
			return folders, nil
		case err != nil:
			return folders, w.visit(found{path: path, name: name, err: sourceError(path, err)})
		}
	}
}

// openFolder opens a folder to read its names, and not what a link in its place points to,
// but for a folder picked by hand. While Partway may open no more files, it waits: what
// could not be listed would be lost.
func openFolder(ctx context.Context, path, name string) (*os.File, error) {
	flags := openFlags
	if strings.Contains(name, "/") {
		flags |= noFollow
	}
	for {
		folder, err := os.OpenFile(path, flags, 0)
		if err == nil || !isOne(err, syscall.EMFILE, syscall.ENFILE) {
			return folder, err
		}
		select {
		case <-time.After(filesPause):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// visitEntry visits what a folder holds, but for folders in it that are not ignored.
func (w walker) visitEntry(e fs.DirEntry, path, name string) (ignored bool, _ error) {
	if w.ignore.matches(name, e.IsDir()) {
		if e.IsDir() {
			name += "/"
		}
		return true, w.visit(found{path: path, name: name, ignored: true})
	}
	if e.IsDir() {
		return false, nil
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // deleted while the folder was read: it is in no state to be lost
	}
	if err != nil {
		return false, w.visit(found{path: path, name: name, err: sourceError(path, err)})
	}
	return false, w.visit(foundFile(path, name, info))
}

// planned makes the row of one thing found: T1, or a row that says why it is not sent.
func planned(b Batch, f found, now time.Time) Upload {
	u := Upload{
		Batch: b.ID, Path: f.path, Name: shownName(f.name), File: f.id,
		To: Target{
			Account: b.To.Account, Endpoint: b.To.Endpoint, Region: b.To.Region,
			Bucket: b.To.Bucket, Key: keyFor(b.To.Prefix, f.name),
		},
		Policy: b.Policy, Options: b.Options,
		Intent: IntentRun, Phase: PhasePlanned, Claims: true, Created: now,
	}
	if b.Paused {
		u.Intent = IntentPause
	}
	if f.empty {
		u.Phase, u.Claims = PhaseDone, false
		u.To.Key = shownName(u.To.Key)
		u.Receipt = Receipt{Outcome: OutcomeEmptyFolder, Finished: now}
		return u
	}
	if err := sendable(&u, f); err != nil {
		u.Wait, u.Error, u.Claims = waitFor(err), err, false
		u.To.Key = shownName(u.To.Key)
	} else if f.twice {
		u.Wait, u.Claims = WaitConflict, false
		u.Error = &Error{Kind: KindExists, Op: "add", Bucket: u.To.Bucket, Key: u.To.Key, Path: u.Path, Err: ErrKeyTwice}
	}
	return u
}

// sendable returns why a file cannot be sent at all, nil if it can.
func sendable(u *Upload, f found) *Error {
	if f.err != nil {
		return AsError(f.err)
	}
	bad := &Error{Op: "add", Bucket: u.To.Bucket, Path: f.path}
	if err := CheckKey(u.To.Key); err != nil {
		bad.Kind, bad.Code, bad.Err = KindPermanent, CodeBadName, err
		return bad
	}
	if f.id.Size > MaxObjectSize {
		bad.Kind, bad.Code, bad.Err = KindPermanent, CodeTooLarge, errors.New("the file is larger than 48.8 TB, the most that OSS takes")
		return bad
	}
	return nil
}

// scanProgress is posted after each commit of a scan.
type scanProgress struct {
	files   int
	bytes   int64
	folder  string // where the last file was found: the beginning of its name
	ignored int    // told once all are known
}

// errScanStopped is what a scan ends with that a person stopped.
var errScanStopped = errors.New("the scan was stopped")

// scanJob is a scan to be made.
type scanJob struct {
	batch    Batch
	now      func() time.Time
	stop     *atomic.Bool // set to end it early, with errScanStopped
	progress func(scanProgress)
}

// scanRows are the rows of a scan on their way into the journal.
type scanRows struct {
	scanJob
	journal Journal
	chunk   []Upload
	told    scanProgress
}

// add has a row written, with others.
func (r *scanRows) add(ctx context.Context, u *Upload) error {
	r.told.files++
	r.told.bytes += u.File.Size
	r.told.folder, _, _ = strings.Cut(u.Name, "/")
	r.chunk = append(r.chunk, *u)
	if len(r.chunk) < scanChunk && u.Created.Sub(r.chunk[0].Created) < scanPause {
		return nil
	}
	return r.flush(ctx)
}

func (r *scanRows) flush(ctx context.Context) error {
	if len(r.chunk) == 0 {
		return nil
	}
	if _, err := r.journal.AddUploads(ctx, r.chunk); err != nil {
		return err
	}
	r.chunk = r.chunk[:0]
	r.progress(r.told)
	return nil
}

// scan gives every file of a batch its row, and then notes that it did, and what it left out.
// Scanning again changes nothing: rows that are there stay.
func scan(ctx context.Context, j Journal, job scanJob) error {
	rows := scanRows{scanJob: job, journal: j}
	patterns, err := newIgnore(job.batch.Ignore)
	if err != nil {
		return err
	}
	var ignored Names
	keys := newTwice(job.batch.Roots)
	visit := func(f found) error {
		if job.stop.Load() {
			return errScanStopped
		}
		if f.ignored {
			ignored.add(f.name)
			return nil
		}
		f.twice = f.err == nil && !f.empty && keys.has(f)
		u := planned(job.batch, f, job.now())
		return rows.add(ctx, &u)
	}
	err = walker{patterns, visit}.walk(ctx, job.batch.Roots)
	stopped := errors.Is(err, errScanStopped)
	if stopped || err == nil {
		err = rows.flush(ctx)
	}
	if err == nil && ignored.Count > 0 {
		rows.told.ignored = ignored.Count
		if err = j.NoteIgnored(ctx, job.batch.ID, ignored); err == nil {
			job.progress(rows.told)
		}
	}
	switch {
	case err != nil:
		return err
	case stopped:
		return errScanStopped
	default:
		return j.ScanDone(ctx, job.batch.ID)
	}
}
