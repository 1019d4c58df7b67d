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

// Tally counts what paths hold.
type Tally struct {
	Files   int
	Folders int // empty ones: OSS has no folders
	Bytes   int64
	Skipped int // what cannot be sent: devices, links in folders, names that are no keys
	// First is the key of the first file that can be sent, without a prefix.
	First string
}

// Measure counts the files and bytes below paths, telling progress now and then. Keys that
// are too long only with the prefix they get are counted as files.
func Measure(ctx context.Context, paths []string, progress func(Tally)) (Tally, error) {
	var t Tally
	last := time.Now()
	err := walk(ctx, paths, func(f found) error {
		t.count(f)
		if now := time.Now(); now.Sub(last) > 200*time.Millisecond {
			last = now
			progress(t)
		}
		return nil
	})
	return t, err
}

func (t *Tally) count(f found) {
	if f.empty {
		t.Folders++
		return
	}
	u := Upload{To: Target{Key: keyFor("", f.name)}}
	if sendable(&u, f) != nil {
		t.Skipped++
		return
	}
	if t.Files == 0 {
		t.First = u.To.Key
	}
	t.Files++
	t.Bytes += f.id.Size
}

// found is one thing a walk came upon: a file to send, or what cannot be sent and why.
type found struct {
	path  string
	name  string // path inside the batch, with "/"
	id    Identity
	empty bool // an empty folder
	err   error
}

// walk visits everything below the roots, the files of a folder before those of folders in it. A root
// named "a" yields names that begin with "a". It ends early when visit fails.
func walk(ctx context.Context, roots []string, visit func(found) error) error {
	for _, root := range roots {
		root = filepath.Clean(root)
		info, err := os.Stat(root) // a link picked by hand is followed
		name := filepath.Base(root)
		switch {
		case err != nil:
			err = visit(found{path: root, name: name, err: sourceError(root, err)})
		case info.IsDir():
			err = walkFolder(ctx, root, name, visit)
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
func walkFolder(ctx context.Context, path, name string, visit func(found) error) error {
	inside, err := walkFiles(ctx, path, name, visit)
	if err != nil {
		return err
	}
	for _, folder := range inside {
		if err := walkFolder(ctx, filepath.Join(path, folder), name+"/"+folder, visit); err != nil {
			return err
		}
	}
	return nil
}

// walkFiles visits what is no folder, reading names in chunks, and returns the folders.
func walkFiles(ctx context.Context, path, name string, visit func(found) error) (folders []string, err error) {
	folder, err := openFolder(ctx, path, name)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, visit(found{path: path, name: name, err: sourceError(path, err)})
	}
	defer folder.Close() //nolint:errcheck // it was only read
	empty := true
	for {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		entries, err := folder.ReadDir(readDirChunk)
		for _, e := range entries {
			empty = false
			if e.IsDir() {
				folders = append(folders, e.Name())
			} else if err := visitEntry(e, filepath.Join(path, e.Name()), name+"/"+e.Name(), visit); err != nil {
				return nil, err
			}
		}
		switch {
		case errors.Is(err, io.EOF) && empty:
			return nil, visit(found{path: path, name: name, empty: true})
		case errors.Is(err, io.EOF):
			return folders, nil
		case err != nil:
			return folders, visit(found{path: path, name: name, err: sourceError(path, err)})
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

func visitEntry(e fs.DirEntry, path, name string, visit func(found) error) error {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted while the folder was read: it is in no state to be lost
	}
	if err != nil {
		return visit(found{path: path, name: name, err: sourceError(path, err)})
	}
	return visit(foundFile(path, name, info))
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
	files int
	bytes int64
}

// scan gives every file of a batch its row, and then notes that it did. Scanning again
// changes nothing: rows that are there stay.
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
	err := walk(ctx, b.Roots, func(f found) error {
		u := planned(b, f, now())
		p.files++
		p.bytes += u.File.Size
		if chunk = append(chunk, u); len(chunk) < scanChunk {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return j.ScanDone(ctx, b.ID)
}
