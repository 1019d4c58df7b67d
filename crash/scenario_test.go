//go:build unix

package crash

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"partway/transfer"
)

const kib = transfer.KiB

// scenario is a job to be killed in.
type scenario struct {
	name    string
	plays   []script // the first is killed in; those after it finish the job
	policy  transfer.Policy
	options transfer.Options
	files   map[string]int64 // names and sizes; a name that ends in "/" is an empty folder
	folder  bool             // the files are dropped as one folder
	rules   []string         // faults during the first play
	old     []byte           // what is under the first file's key already; nil: nothing
	oldSame bool             // that are the bytes of the file
	stopped bool             // its scan is stopped: files that were not found by then have no row
	damaged int              // a part that another program replaces
	below   string           // where below its prefix the files go in the end
	adding  bool             // it is killed a second time while files are added, too
	first   point            // where a life before the first was killed; zero: there was none
	meddle  func(context.Context, *world) error

	initiated int                                 // upload IDs that are begun, if nothing is in doubt
	perhaps   int                                 // the most upload IDs left in doubt
	puts      int                                 // Puts that OSS carries out, ours
	status    map[transfer.Status]int             // of the rows in the end
	objects   func(name string, w *world) bool    // whether a file has an object in the end; nil: all have
	stays     func(k killed, trace []point) error // what a life after a kill must not do

	making  sync.Once
	makeErr error
	dir     string
	paths   []string // what is dropped
}

const (
	small = 50 * kib
	large = 650 * kib // seven parts
)

var completed = map[transfer.Status]int{transfer.StatusCompleted: 1}

func none(string, *world) bool { return false }

// late is what keeps an upload from being over before its button is pressed.
const late = "UploadPart KEY part=5-7 : stall"

// scenarios are what is killed at every step.
var scenarios = []*scenario{
	{name: "single put", adding: true, files: map[string]int64{"file": small}, puts: 1, status: completed},
	{name: "empty file", files: map[string]int64{"file": 0}, puts: 1, status: completed},
	{name: "multipart", files: map[string]int64{"file": large}, initiated: 1, status: completed},
	{
		name: "resumed", files: map[string]int64{"file": large}, initiated: 1, status: completed,
		first: point{Name: "UploadPart", Place: after, N: 4},
	},
	{
		name: "paused", files: map[string]int64{"file": large}, initiated: 1, status: completed,
		plays: []script{scriptPause, scriptResume}, rules: []string{late}, stays: staysPaused,
	},
	{
		name: "aborted", files: map[string]int64{"file": large}, initiated: 1, objects: none,
		plays: []script{scriptAbort}, rules: []string{late}, status: map[transfer.Status]int{transfer.StatusAborted: 1},
	},
	{
		name: "removed", files: map[string]int64{"file": large}, initiated: 1, objects: none,
		plays: []script{scriptRemove}, rules: []string{late}, status: map[transfer.Status]int{},
	},
	{
		name: "folder", folder: true, adding: true, puts: 4, initiated: 1,
		files:  map[string]int64{"a": 10, "b/c": small, "b/d": large, "e": 1, "f": 0, "nothing/": 0, "bytes\xff": 3},
		status: map[transfer.Status]int{transfer.StatusCompleted: 6, transfer.StatusFailed: 1},
		objects: func(name string, _ *world) bool {
			return !strings.HasSuffix(name, "/") && !strings.Contains(name, "\xff")
		},
	},
	{
		name: "scan of 1,200 files", folder: true, adding: true, plays: []script{scriptScan}, files: many(1200), objects: none,
		status: map[transfer.Status]int{transfer.StatusPaused: 1200, transfer.StatusCompleted: 1, transfer.StatusFailed: 1},
	},
	{
		name: "scan stopped", folder: true, adding: true, plays: []script{scriptStop}, files: many(1200), objects: none, stopped: true,
		status: map[transfer.Status]int{transfer.StatusPaused: 1200, transfer.StatusCompleted: 1, transfer.StatusFailed: 1}, stays: staysStopped,
	},
	{
		name: "repaired", files: map[string]int64{"file": large}, initiated: 1, status: completed,
		plays: []script{scriptRepair, scriptResume}, rules: []string{late}, damaged: damagedPart,
	},
	{name: "same object there, put", files: map[string]int64{"file": small}, oldSame: true, status: completed},
	{name: "same object there, multipart", files: map[string]int64{"file": large}, oldSame: true, status: completed},
	{
		name: "replace the same, put", files: map[string]int64{"file": small}, oldSame: true, puts: 1, status: completed,
		policy: transfer.PolicyReplace, options: transfer.Options{ContentType: "text/x-new"},
	},
	{
		name: "replace the same, multipart", files: map[string]int64{"file": large}, oldSame: true, initiated: 1, status: completed,
		policy: transfer.PolicyReplace, options: transfer.Options{ContentType: "text/x-new"},
	},
	{
		name: "another object there", files: map[string]int64{"file": large}, old: []byte("another"), objects: none,
		status: map[transfer.Status]int{transfer.StatusConflict: 1},
	},
	{
		name: "another object there, answered for all", files: map[string]int64{"file": small}, old: []byte("another"), puts: 1,
		plays: []script{scriptReplace}, status: completed,
	},
	{
		name: "moved, held to a speed and sent elsewhere", folder: true, files: map[string]int64{"a": small, "b": large, "c": 1},
		plays: []script{scriptQueue}, below: "elsewhere/", puts: 2, initiated: 1, stays: staysElsewhere,
		status: map[transfer.Status]int{transfer.StatusCompleted: 3},
	},
	{
		name: "upload dropped by others", files: map[string]int64{"file": large}, initiated: 2, status: completed,
		rules: []string{"CompleteMultipartUpload KEY times=1 : hold"}, meddle: abortAtComplete,
	},
	{
		name: "replace the same, upload dropped by others", files: map[string]int64{"file": large}, oldSame: true, initiated: 2, status: completed,
		policy: transfer.PolicyReplace, options: transfer.Options{ContentType: "text/x-new"},
		rules: []string{"CompleteMultipartUpload KEY times=1 : hold"}, meddle: abortAtComplete,
	},
	{
		name: "two uploads of one key", files: map[string]int64{"file": large}, initiated: 3, perhaps: 2, status: completed,
		meddle: beginToo,
	},
}

// lost are jobs in which an answer of OSS is lost too.
var lost = []*scenario{
	{name: "answer to Initiate lost", files: map[string]int64{"file": large}, initiated: 1, rules: []string{"InitiateMultipartUpload KEY times=1 : lose"}, status: completed},
	{name: "answer to parts lost", files: map[string]int64{"file": large}, initiated: 1, rules: []string{"UploadPart KEY times=2 : lose"}, status: completed},
	{name: "answer to Complete lost", files: map[string]int64{"file": large}, initiated: 1, rules: []string{"CompleteMultipartUpload KEY times=1 : lose"}, status: completed},
	{name: "answer to Put lost", files: map[string]int64{"file": small}, puts: 1, rules: []string{"PutObject KEY times=1 : lose"}, status: completed},
	{
		name: "answer to Abort lost", files: map[string]int64{"file": large}, initiated: 1, objects: none, plays: []script{scriptAbort},
		rules: []string{late, "AbortMultipartUpload KEY times=1 : lose"}, status: map[transfer.Status]int{transfer.StatusAborted: 1},
	},
}

// many is a folder of small files, an empty folder, and a file whose name is no key.
func many(n int) map[string]int64 {
	files := map[string]int64{"nothing/": 0, "bytes\xff": 3}
	for i := range n {
		files[fmt.Sprintf("%02d/%04d", i%7, i)] = 1
	}
	return files
}

// abortAtComplete drops the upload on OSS behind Partway's back, when its parts are to be
// joined.
func abortAtComplete(ctx context.Context, w *world) error {
	hold := w.rules[0]
	if err := hold.WaitHeld(ctx, 1); err != nil {
		return nil //nolint:nilerr // the world ended first
	}
	s, err := w.store()
	if err != nil {
		return err
	}
	defer s.Close()
	open, err := w.env.oss.OpenUploads(w.bucket)
	if err != nil {
		return err
	}
	for _, u := range open {
		if err := s.Abort(ctx, u.Key, u.UploadID); err != nil {
			return err
		}
	}
	hold.Release()
	return nil
}

// beginToo begins another upload of the file's key, as another program may.
func beginToo(ctx context.Context, w *world) error {
	s, err := w.store()
	if err != nil {
		return err
	}
	defer s.Close()
	w.foreign, err = s.Initiate(ctx, w.prefix+"file", transfer.Options{}, false)
	return err
}

// ready makes sure that the scenario's files are there.
func (s *scenario) ready() error {
	s.making.Do(func() { s.makeErr = s.make(env.filesOf(s)) })
	return s.makeErr
}

// make writes the scenario's files, which all its worlds send.
func (s *scenario) make(dir string) error {
	s.dir = dir
	if s.plays == nil {
		s.plays = []script{scriptSend}
	}
	if s.policy == "" {
		s.policy = transfer.PolicySkipSame
	}
	for name, size := range s.files {
		if err := s.write(name, size); err != nil {
			return err
		}
		if !s.folder {
			s.paths = []string{filepath.Join(dir, name)}
		}
	}
	if s.folder {
		s.paths = []string{dir}
	}
	return nil
}

// write makes a file of random bytes that is old enough to be sent at once.
func (s *scenario) write(name string, size int64) error {
	path := filepath.Join(s.dir, name)
	if strings.HasSuffix(name, "/") {
		return os.MkdirAll(path, 0o700)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], rand.Uint64())
	data := make([]byte, size)
	rand.NewChaCha8(seed).Read(data) //nolint:errcheck // never fails
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	then := time.Now().Add(-time.Hour)
	if s.oldSame {
		s.old = data
	}
	return os.Chtimes(path, then, then)
}

// key is where a file of the scenario goes in a world.
func (s *scenario) key(w *world, name string) string {
	if s.folder {
		name = filepath.Base(s.dir) + "/" + name
	}
	return w.prefix + s.below + name
}

// staysPaused fails if a life that began paused sent anything.
func staysPaused(k killed, trace []point) error {
	if len(k.left.uploads) == 0 || k.left.uploads[0].intent != transfer.IntentPause {
		return nil
	}
	for _, p := range trace {
		switch p.Name {
		case "Initiate", "UploadPart", "Complete", "Put", "Abort":
			return fmt.Errorf("a paused upload went on: %s", p)
		}
	}
	return nil
}

// staysStopped fails if a life that began with the scan stopped found anything.
func staysStopped(k killed, trace []point) error {
	for _, p := range trace {
		if k.left.stopped > 0 && p.Name == "T1 uploads" {
			return fmt.Errorf("a scan that was stopped went on: %s", p)
		}
	}
	return nil
}

// staysElsewhere fails if an upload that was set going is not what the commands before made it.
func staysElsewhere(k killed, _ []point) error {
	for _, u := range k.left.uploads {
		if u.intent == transfer.IntentRun && (u.limit != queueLimit || u.priority != transfer.PriorityHigh || !strings.Contains(u.key, "/elsewhere/")) {
			return fmt.Errorf("%s: limit %d, priority %d, to %s", u.path, u.limit, u.priority, u.key)
		}
	}
	return nil
}
