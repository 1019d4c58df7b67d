package transfer_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

func TestB1FileThatGrows(t *testing.T) {
	t.Parallel()
	t.Run("while parts are sent", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		c.patch(tenParts, strings.Repeat("more", 75*kib)) // 1250 KiB: 13 parts
		c.notices(transfer.StatusFileChanged, transfer.CodeFileGrew)
		c.takesNew(13)
	})
	t.Run("after the last part", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
		c := &caught{rig: r, path: r.file("big", tenParts)}
		held := r.faults.MustAdd("UploadPart part=10 times=1 : hold answer")
		c.id = r.add(transfer.PolicySkipSame, c.path)[0]
		check(t, held.WaitHeld(t.Context(), 1))
		c.patch(tenParts, strings.Repeat("more", 75*kib))
		c.go4 = held.Release
		c.notices(transfer.StatusFileChanged, transfer.CodeFileGrew)
		c.takesNew(10 + 4) // the old last part has another size, three are new
	})
	t.Run("and is still being written to", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		c.patch(tenParts, "more")
		c.notices(transfer.StatusFileChanged, transfer.CodeFileGrew)
		c.patch(tenParts, "and more")
		now := time.Now()
		check(t, os.Chtimes(c.path, now, now))
		c.takesNew(10)
		if waited := time.Since(now); waited < 2*time.Second {
			t.Errorf("taken %v after it was written to", waited)
		}
	})
}

func TestB2FileThatIsTruncated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ size, parts int64 }{
		"to the parts that were sent": {300 * kib, 4},     // part 4 is left on OSS, and not in the object
		"inside a part":               {320 * kib, 4 + 1}, // it is sent again, shorter
		"behind what was sent":        {800 * kib, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := catch(t)
			check(t, os.Truncate(c.path, test.size))
			c.age(c.path)
			c.notices(transfer.StatusFileChanged, transfer.CodeFileShrank)
			c.takesNew(int(test.parts))
		})
	}
	t.Run("to what goes by one request", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Truncate(c.path, 50*kib))
		c.age(c.path)
		c.notices(transfer.StatusFileChanged, transfer.CodeFileShrank)
		c.takesNew(4)
		if n := c.count(osslocal.OpPutObject, ok); n != 1 {
			t.Errorf("%d puts, want 1", n)
		}
	})
}

// TestB2TruncatedWhileAPartIsRead cuts the file while the line takes its first part slowly.
func TestB2TruncatedWhileAPartIsRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots, s.BytesPerSecond = 1, 20*kib })
	path := r.file("big", tenParts)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("a part is under way", func() bool { return r.begun(osslocal.OpUploadPart) > 0 })
	check(t, os.Truncate(path, 200*kib+1))
	check(t, os.Truncate(path, kib))
	u := r.reaches(id, transfer.StatusFileChanged)
	if u.Error.Code != transfer.CodeFileShrank || len(r.keys()) != 0 || r.count(osslocal.OpUploadPart, ok) != 0 {
		t.Errorf("%v, objects %q, %d parts stored", u.Error, r.keys(), r.count(osslocal.OpUploadPart, ok))
	}
}

func TestB3ReplacedByRename(t *testing.T) {
	t.Parallel()
	t.Run("by other bytes", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.file("other", 800*kib), c.path))
		c.notices(transfer.StatusFileChanged, transfer.CodeFileReplaced)
		c.takesNew(4 + 8)
	})
	t.Run("by an editor that changed a word", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		data, err := os.ReadFile(c.path)
		check(t, err)
		copy(data[150*kib:], "a word")
		check(t, os.WriteFile(c.path+".new", data, 0o600))
		check(t, os.Chtimes(c.path+".new", time.Time{}, time.Now().Add(-time.Minute)))
		check(t, os.Rename(c.path+".new", c.path))
		c.notices(transfer.StatusFileChanged, transfer.CodeFileReplaced)
		c.takesNew(4 + 1 + 6)
	})
	t.Run("by a copy of the same date", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		twin(t, c.path, c.path+".copy")
		check(t, os.Rename(c.path+".copy", c.path))
		c.go4()
		c.arrives(10)
	})
}

// TestB3DeletedFileGoesOnWhenItIsBack: nobody has to press anything.
func TestB3DeletedFileGoesOnWhenItIsBack(t *testing.T) {
	t.Parallel()
	t.Run("renamed away and back", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.path, c.path+".away"))
		c.notices(transfer.StatusFileMissing, transfer.CodeFileMissing)
		check(t, os.Rename(c.path+".away", c.path))
		c.arrives(10)
	})
	t.Run("with its folder", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
		c := r.catch(r.file("folder/big", tenParts))
		folder := filepath.Dir(c.path)
		check(t, os.Rename(folder, folder+".away"))
		c.notices(transfer.StatusFileMissing, transfer.CodeFolderMissing)
		check(t, os.Rename(folder+".away", folder))
		c.arrives(10)
	})
	t.Run("in a life before", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.path, c.path+".away"))
		c.notices(transfer.StatusFileMissing, transfer.CodeFileMissing)
		c.stopEngine()
		check(t, os.Rename(c.path+".away", c.path))
		c.startEngine()
		c.arrives(10)
	})
	t.Run("before it was begun, and another version comes", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		path := r.file("file", 10)
		check(t, os.Remove(path))
		id := r.add(transfer.PolicySkipSame, path)[0]
		r.reaches(id, transfer.StatusFileMissing)
		r.write(path, 300*kib)
		r.reaches(id, transfer.StatusCompleted)
		r.holds("p/file", path)
	})
	t.Run("changed while it was away", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.path, c.path+".away")) // not deleted: its inode may not be used again
		c.notices(transfer.StatusFileMissing, transfer.CodeFileMissing)
		c.write(c.path, tenParts+kib)
		u := c.reaches(c.id, transfer.StatusFileChanged)
		if u.Error.Code != transfer.CodeFileReplaced {
			t.Errorf("the row says %v", u.Error)
		}
	})
	t.Run("paused meanwhile", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.path, c.path+".away"))
		c.notices(transfer.StatusFileMissing, transfer.CodeFileMissing)
		check(t, c.m.Pause(transfer.Everything()))
		check(t, os.Rename(c.path+".away", c.path))
		c.reaches(c.id, transfer.StatusPaused)
		check(t, c.m.Resume(transfer.Everything()))
		c.arrives(10)
	})
}

// TestB4RewriteThatHides puts other bytes of the same size and date in the file's place.
func TestB4RewriteThatHides(t *testing.T) {
	t.Parallel()
	c := catch(t)
	info, err := os.Stat(c.path)
	check(t, err)
	c.patch(150*kib, "other words")
	check(t, os.Chtimes(c.path, info.ModTime(), info.ModTime()))
	c.notices(transfer.StatusFileChanged, transfer.CodeFileRewritten)
	c.takesNew(4 + 1 + 6)
}

// TestB4RewriteBehindTheLastPart rewrites the file once every part is proved, and before
// Complete.
func TestB4RewriteBehindTheLastPart(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	r.stopEngine()
	hold := holding(func(c transfer.Change) bool { return len(c.Parts) > 0 && c.Parts[0].Part.Number == 10 })
	r.wrap = hold.around
	r.startEngine()
	c := &caught{rig: r, path: r.file("big", tenParts)}
	info, err := os.Stat(c.path)
	check(t, err)
	c.id = r.add(transfer.PolicySkipSame, c.path)[0]
	<-hold.reached
	c.patch(150*kib, "other words")
	check(t, os.Chtimes(c.path, info.ModTime(), info.ModTime()))
	c.go4 = hold.release
	c.notices(transfer.StatusFileChanged, transfer.CodeFileRewritten)
	c.takesNew(10 + 1)
}

// TestTouchedFileSendsNothingAgain: another date alone is a change that costs a reading.
func TestTouchedFileSendsNothingAgain(t *testing.T) {
	t.Parallel()
	c := catch(t)
	check(t, os.Chtimes(c.path, time.Time{}, time.Now().Add(-time.Minute)))
	c.notices(transfer.StatusFileChanged, transfer.CodeFileChanged)
	c.takesNew(10)
	if !strings.Contains(c.events(c.id), "new-version kept 307200 B, proved 102400 B by reading, to send 563200 B") {
		t.Errorf("the log:\n%s", c.events(c.id))
	}
}

// TestB6ChangeWhileTheAppWasOff: what happened between two lives is told as well.
func TestB6ChangeWhileTheAppWasOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(c *caught)
		code string // "": it goes on by itself
		sent int
	}{
		"nothing":     {func(*caught) {}, "", 10},
		"chmod":       {func(c *caught) { check(c.t, os.Chmod(c.path, 0o640)) }, "", 10},
		"a hard link": {func(c *caught) { check(c.t, os.Link(c.path, c.path+".backup")) }, "", 10},
		"renamed and back": {func(c *caught) {
			check(c.t, os.Rename(c.path, c.path+".away"))
			check(c.t, os.Rename(c.path+".away", c.path))
		}, "", 10},
		"appended to": {func(c *caught) { c.patch(tenParts, "more") }, transfer.CodeFileGrew, 10},
		"rewritten":   {func(c *caught) { c.patch(0, "MORE") }, transfer.CodeFileChanged, 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := catch(t)
			c.stopEngine() // part 4 is on OSS, and the journal does not know
			c.go4()
			test.do(c)
			c.startEngine()
			if test.code == "" {
				c.arrives(test.sent)
				return
			}
			c.notices(transfer.StatusFileChanged, test.code)
			c.takesNew(test.sent)
		})
	}
}

// TestNewVersionSurvivesAStop stops the engine while the new version is being compared.
func TestNewVersionSurvivesAStop(t *testing.T) {
	t.Parallel()
	c := catch(t)
	c.patch(150*kib, "other words")
	c.notices(transfer.StatusFileChanged, transfer.CodeFileChanged)
	held := c.faults.MustAdd("ListParts times=1 : hold")
	check(t, c.m.NewVersion(transfer.These(c.id)))
	check(t, held.WaitHeld(t.Context(), 1))
	c.stopEngine()
	held.Release()
	c.startEngine()
	c.arrives(4 + 1 + 6)
}

// TestNewVersionChangesAgain changes the file once more while its new version is sent.
func TestNewVersionChangesAgain(t *testing.T) {
	t.Parallel()
	c := catch(t)
	c.patch(150*kib, "other words")
	c.notices(transfer.StatusFileChanged, transfer.CodeFileChanged)
	held := c.faults.MustAdd("UploadPart part=2 times=1 : hold answer")
	check(t, c.m.NewVersion(transfer.These(c.id)))
	check(t, held.WaitHeld(t.Context(), 1))
	check(t, os.Truncate(c.path, 700*kib))
	c.age(c.path)
	c.go4 = held.Release
	c.notices(transfer.StatusFileChanged, transfer.CodeFileShrank)
	c.takesNew(4 + 1 + 3)
}

// TestSkipOfAPutInDoubt skips a file that went missing while nobody knew whether its one
// request had arrived: it is not said to have been left out.
func TestSkipOfAPutInDoubt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("PutObject times=1 : lose")
	held := r.faults.MustAdd("HeadObject times=1 : hold")
	path := r.file("file", 50*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	check(t, os.Remove(path))
	held.Release()
	r.reaches(id, transfer.StatusFileMissing)
	check(t, r.m.Skip(transfer.These(id)))
	r.reaches(id, transfer.StatusAborted)
	if told := r.events(id); !strings.Contains(told, "cannot be told") {
		t.Errorf("the object is there, and the log tells\n%s", told)
	}
	if keys := r.keys(); len(keys) != 1 {
		t.Errorf("objects %q", keys)
	}
}

// TestSkipOfAFileThatChanged: nothing of it stays on OSS, and the row is at its end.
func TestSkipOfAFileThatChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(c *caught)
		s    transfer.Status
		code string
	}{
		"changed": {func(c *caught) { c.patch(tenParts, "more") }, transfer.StatusFileChanged, transfer.CodeFileGrew},
		"missing": {func(c *caught) { check(c.t, os.Remove(c.path)) }, transfer.StatusFileMissing, transfer.CodeFileMissing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := catch(t)
			test.do(c)
			c.notices(test.s, test.code)
			check(t, c.m.Skip(transfer.Everything()))
			u := c.reaches(c.id, transfer.StatusCompleted)
			if u.Receipt.Outcome != transfer.OutcomeLeftOut || u.Receipt.Proof != transfer.ProofNone || u.Receipt.Finished.IsZero() {
				t.Errorf("receipt %+v", u.Receipt)
			}
			c.nothingOpen()
			if got := c.keys(); len(got) != 0 {
				t.Errorf("objects %q of a skipped file", got)
			}
		})
	}
}

// TestSkipLeavesOthersAlone: rows that wait for nothing of the kind go on.
func TestSkipLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	c := catch(t)
	check(t, c.m.Skip(transfer.Everything()))
	c.go4()
	c.arrives(10)
}

// TestSuspectWhileSending does to a file what changes none of its bytes, while a part, or the
// last one, is under way: the upload goes on.
func TestSuspectWhileSending(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"4", "10"} {
		for what, touch := range map[string]func(path string) error{
			"other rights":      func(path string) error { return os.Chmod(path, 0o640) },
			"a backup's link":   func(path string) error { return os.Link(path, path+".backup") },
			"renamed, and back": func(path string) error { return errors.Join(os.Rename(path, path+".x"), os.Rename(path+".x", path)) },
		} {
			t.Run("part "+part+": "+what, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				held := r.faults.MustAdd("UploadPart part=" + part + " times=1 : hold answer")
				path := r.file("big", 1000*kib)
				id := r.add(transfer.PolicySkipSame, path)[0]
				check(t, held.WaitHeld(t.Context(), 1))
				check(t, touch(path))
				held.Release()
				r.reaches(id, transfer.StatusCompleted)
				r.holds("p/big", path)
				r.nothingOpen()
				if n := r.count(osslocal.OpUploadPart, ok); n != 10 {
					t.Errorf("%d parts were acknowledged, want each of the 10 once", n)
				}
			})
		}
	}
}
