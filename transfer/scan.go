package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// scanChunk is how many rows one commit of a scan holds.
	scanChunk = 500
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
	ignored int // told once all are known
}

// scan gives every file of a batch its row, and then notes that it did, and what it left out.
// Scanning again changes nothing: rows that are there stay.
func scan(ctx context.Context, j Journal, b Batch, now func() time.Time, progress func(scanProgress)) error {
	var chunk []Upload
	var p scanProgress
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		if _, err := j.AddUploads(ctx, chunk); err != nil {
			return err
		}
		chunk = chunk[:0]
		progress(p)
		return nil
	}
	patterns, err := newIgnore(b.Ignore)
	if err != nil {
		return err
	}
	var ignored Names
	keys := newTwice(b.Roots)
	visit := func(f found) error {
		if f.ignored {
			ignored.add(f.name)
			return nil
		}
		f.twice = f.err == nil && !f.empty && keys.has(f)
		u := planned(b, f, now())
		p.files++
		p.bytes += u.File.Size
		if chunk = append(chunk, u); len(chunk) < scanChunk {
			return nil
		}
		return flush()
	}
	err = walker{patterns, visit}.walk(ctx, b.Roots)
	if err == nil {
		err = flush()
	}
	if err == nil && ignored.Count > 0 {
		p.ignored = ignored.Count
		if err = j.NoteIgnored(ctx, b.ID, ignored); err == nil {
			progress(p)
		}
	}
	if err != nil {
		return err
	}
	return j.ScanDone(ctx, b.ID)
}
