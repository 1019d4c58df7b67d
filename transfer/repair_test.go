package transfer_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// rewrite writes over a part of the file and puts its date back, so that size and date tell
// nothing.
func (c *caught) rewrite(at int64, text string) {
	c.t.Helper()
	info, err := os.Stat(c.path)
	check(c.t, err)
	c.patch(at, text)
	check(c.t, os.Chtimes(c.path, info.ModTime(), info.ModTime()))
}

// acknowledged waits for so many parts in the journal.
func (c *caught) acknowledged(n int) (parts []transfer.Part) {
	c.t.Helper()
	c.until("the parts are acknowledged", func() bool {
		var err error
		parts, err = c.journal.Parts(c.t.Context(), c.id)
		check(c.t, err)
		return len(parts) == n
	})
	return parts
}

// foreign has another program send a part under the same upload ID.
func (c *caught) foreign(number int, size int64) {
	c.t.Helper()
	u := c.upload(c.id)
	store, err := c.dial(c.account, c.secrets.known, testBucket)
	check(c.t, err)
	defer store.Close()
	_, err = store.UploadPart(c.t.Context(), transfer.PartRequest{
		Key: u.To.Key, UploadID: u.UploadID, Number: number, Size: size, Body: bytes.NewReader(make([]byte, size)),
	})
	check(c.t, err)
}

// TestRepairSendsAgainWhatDiffers repairs an upload in work: the part under way is stopped,
// and each part that is not the file's is sent again, once.
func TestRepairSendsAgainWhatDiffers(t *testing.T) {
	t.Parallel()
	t.Run("from the file", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		c.rewrite(150*kib, "other bytes")
		sums, err := c.m.FileSums(t.Context(), c.id, []int{1, 2, 3, 10}, nil)
		check(t, err)
		parts := c.acknowledged(3)
		if len(parts) != 3 || sums[1] != parts[0].CRC64 || sums[2] == parts[1].CRC64 || sums[3] != parts[2].CRC64 || sums[10] == 0 {
			t.Errorf("the file's sums are %v, of %v", sums, parts)
		}
		check(t, c.m.Repair(t.Context(), c.id))
		c.arrives(10 + 1)
	})
	t.Run("on OSS", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		c.foreign(2, 100*kib)
		pages := 0
		stored, err := c.m.ServerParts(t.Context(), c.id, func(int, int) { pages++ })
		check(t, err)
		parts := c.acknowledged(3)
		if len(stored) != 4 || stored[1].CRC64 == parts[1].CRC64 || pages != 1 {
			t.Fatalf("OSS lists %v in %d pages", stored, pages)
		}
		check(t, c.m.Repair(t.Context(), c.id))
		c.arrives(10 + 1 + 1) // the foreign one counts too
		if log := c.events(c.id); !strings.Contains(log, "repaired kept 204800 B") {
			t.Errorf("the log says\n%s", log)
		}
	})
}

// TestRepairGoesOnAfterACrash kills nothing, but ends the engine between the command and its
// work: the next start compares all the same.
func TestRepairGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	c := catch(t)
	check(t, c.m.Pause(transfer.These(c.id)))
	c.go4()
	c.reaches(c.id, transfer.StatusPaused)
	c.rewrite(50*kib, "other bytes")
	c.faults.MustAdd("ListParts times=1 : status 503")
	check(t, c.m.Repair(t.Context(), c.id))
	c.until("the repair is committed", func() bool { return c.upload(c.id).Restart })
	c.restart()
	u := c.reaches(c.id, transfer.StatusCompleted)
	c.holds(u.To.Key, c.path)
}

// TestPauseAfterARepairPauses pauses an upload right after it was to be repaired: it is paused,
// and compares its parts when it is started.
func TestPauseAfterARepairPauses(t *testing.T) {
	t.Parallel()
	c := catch(t)
	check(t, c.m.Repair(t.Context(), c.id))
	check(t, c.m.Pause(transfer.These(c.id)))
	c.go4()
	c.until("the repair is committed", func() bool { return c.upload(c.id).Restart })
	c.until("the engine let go of it", func() bool { return len(c.m.Snapshot().Live) == 0 })
	if u := c.upload(c.id); u.Status() != transfer.StatusPaused {
		t.Fatalf("it is %s", u.Status())
	}
	check(t, c.m.Resume(transfer.These(c.id)))
	c.arrives(10)
	if log := c.events(c.id); !strings.Contains(log, "repaired") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestRepairRefusesWhatIsNoRepair(t *testing.T) {
	t.Parallel()
	t.Run("a file of another size", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, c.m.Pause(transfer.These(c.id)))
		c.reaches(c.id, transfer.StatusPaused)
		check(t, os.Truncate(c.path, 50*kib))
		e := transfer.AsError(c.m.Repair(t.Context(), c.id))
		if e == nil || e.Code != transfer.CodeFileShrank {
			t.Errorf("it answers %v", e)
		}
		if u := c.upload(c.id); u.Status() != transfer.StatusPaused || u.Restart || c.begun(osslocal.OpAbort) != 0 {
			t.Errorf("it is %s, restart %v, %d aborts", u.Status(), u.Restart, c.begun(osslocal.OpAbort))
		}
	})
	t.Run("a file that is gone", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		check(t, os.Rename(c.path, c.path+".away"))
		if e := transfer.AsError(c.m.Repair(t.Context(), c.id)); e == nil || e.Code != transfer.CodeFileMissing {
			t.Errorf("it answers %v", e)
		}
		check(t, os.Rename(c.path+".away", c.path))
	})
	t.Run("an upload that is over", func(t *testing.T) {
		t.Parallel()
		c := catch(t)
		c.go4()
		c.arrives(10)
		if e := transfer.AsError(c.m.Repair(t.Context(), c.id)); e == nil || e.Code != transfer.CodeNotRepairable {
			t.Errorf("it answers %v", e)
		}
	})
}
