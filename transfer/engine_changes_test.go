package transfer_test

import (
	"os"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

func TestChangedFileIsNotCompleted(t *testing.T) {
	t.Parallel()
	changes := map[string]func(r *rig, path string){
		"rewritten": func(r *rig, path string) {
			r.write(path, 900*kib)
			_ = os.Chtimes(path, time.Time{}, time.Now().Add(-time.Minute))
		},
		"truncated":        func(r *rig, path string) { check(r.t, os.Truncate(path, 300*kib)) },
		"grown":            func(r *rig, path string) { check(r.t, os.Truncate(path, 2000*kib)) },
		"replaced by name": func(r *rig, path string) { other := r.file("other", 800*kib); check(r.t, os.Rename(other, path)) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
			held := r.faults.MustAdd("UploadPart part=4 times=1 : hold answer")
			path := r.file("big", 1000*kib)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			change(r, path)
			held.Release()
			r.reaches(id, transfer.StatusFileChanged)
			if got := r.keys(); len(got) != 0 {
				t.Fatalf("objects %q of a changed file", got)
			}
			r.age(path)
			if err := r.m.NewVersion(transfer.These(id)); err != nil {
				t.Fatal(err)
			}
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/big", path)
			r.nothingOpen()
		})
	}
}

func TestSuspectFileIsComparedThenGoneOnWith(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart skip=4 : stall")
	path := r.file("big", 1000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	if err := held.WaitHeld(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	r.stopEngine()
	check(t, os.Chmod(path, 0o640))
	r.faults.Clear()
	r.startEngine()
	r.reaches(id, transfer.StatusCompleted)
	if n := r.count(osslocal.OpUploadPart, ok); n != 10 {
		t.Errorf("%d parts were stored, want 10", n)
	}
	r.holds("p/big", path)
}

// TestSuspectWhileSending changes a file's rights while a part, and then a put, is under
// way: that is no change of its bytes, and the upload goes on.
func TestSuspectWhileSending(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule string
		size int64
	}{
		"part":     {"UploadPart part=4 times=1 : hold answer", 1000 * kib},
		"complete": {"HeadObject times=1 : hold answer", 350 * kib},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd(test.rule)
			path := r.file("big", test.size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			check(t, os.Chmod(path, 0o640))
			held.Release()
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/big", path)
			r.nothingOpen()
		})
	}
}

// TestRewriteThatHides puts other bytes of the same size and date in the file's place.
func TestRewriteThatHides(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	held := r.faults.MustAdd("UploadPart part=4 times=1 : hold answer")
	path := r.file("big", 1000*kib)
	info, err := os.Stat(path)
	check(t, err)
	id := r.add(transfer.PolicySkipSame, path)[0]
	if err := held.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.write(path, 1000*kib)
	check(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	held.Release()
	r.reaches(id, transfer.StatusFileChanged)
	if got := r.keys(); len(got) != 0 {
		t.Errorf("objects %q of two versions of a file", got)
	}
}

func TestMissingFileWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.file("file", 10)
	check(t, os.Rename(path, path+".away"))
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusFileMissing)
	check(t, os.Rename(path+".away", path))
	check(t, r.m.Resume(transfer.These(id)))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}
