package transfer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestFolderScanGoesOnAfterAStop stops the engine while a folder is being scanned: every
// file of it arrives all the same.
func TestFolderScanGoesOnAfterAStop(t *testing.T) {
	t.Parallel()
	const files = 1200 // more than two commits of the scan
	r := newRig(t)
	var want []string
	for i := range files {
		name := fmt.Sprintf("folder/%02d/%04d", i%20, i)
		r.file(name, int64(i%7))
		want = append(want, "p/"+name)
	}
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	if err != nil {
		t.Fatal(err)
	}
	r.stopEngine()
	r.startEngine()
	ids := r.scanned(batch)
	if len(ids) != files {
		t.Fatalf("%d rows, want %d", len(ids), files)
	}
	r.until("all are completed", func() bool {
		counts, _, err := r.journal.BatchCounts(t.Context(), batch)
		return err == nil && counts[transfer.StatusCompleted] == files
	})
	if got := r.keys(); !slices.Equal(got, sorted(want)) {
		t.Errorf("%d objects, want %d", len(got), files)
	}
}

// slowScan lets a scan commit its second chunk only once something has arrived.
type slowScan struct {
	transfer.Journal
	chunks  int
	arrived chan struct{}
}

func (j *slowScan) AddUploads(ctx context.Context, us []transfer.Upload) ([]transfer.Added, error) {
	if j.chunks++; j.chunks == 2 {
		select {
		case <-j.arrived:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return j.Journal.AddUploads(ctx, us)
}

// TestB11UploadsBeginDuringTheScan: a large folder is sent while it is still being listed.
func TestB11UploadsBeginDuringTheScan(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	slow := &slowScan{arrived: make(chan struct{})}
	r.wrap = func(j transfer.Journal) transfer.Journal {
		slow.Journal = j
		return slow
	}
	r.startEngine()
	const files = 600
	for n := range files {
		r.file(fmt.Sprintf("folder/%04d", n), 3)
	}
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	check(t, err)
	r.until("a file has arrived before the scan is done", func() bool {
		counts, scanned, err := r.journal.BatchCounts(t.Context(), batch)
		return err == nil && !scanned && counts[transfer.StatusCompleted] > 0
	})
	close(slow.arrived)
	r.scanned(batch)
	r.until("all have arrived", func() bool { return len(r.keys()) == files })
}

// TestB11StoppedScanKeepsWhatItFound stops looking through a large folder: what was found by
// then is sent, and neither the engine's next life nor the next scan finds more.
func TestB11StoppedScanKeepsWhatItFound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stopEngine()
	slow := &slowScan{arrived: make(chan struct{})}
	r.wrap = func(j transfer.Journal) transfer.Journal {
		slow.Journal = j
		return slow
	}
	r.startEngine()
	for n := range 1700 {
		r.file(fmt.Sprintf("folder/%04d", n), 3)
	}
	add := func() transfer.BatchID {
		id, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
		check(t, err)
		return id
	}
	batch, queued := add(), add()
	r.until("the first rows are there", func() bool {
		scans := r.m.Snapshot().Scans
		return len(scans) == 2 && scans[0].Files > 0
	})
	check(t, r.m.StopScan(batch))
	check(t, r.m.StopScan(queued))
	r.until("both are noted, while the walk is not over", func() bool {
		open, err := r.journal.Unscanned(t.Context())
		return err == nil && len(open) == 1 && open[0].ID == batch && open[0].Stopped
	})
	close(slow.arrived)
	ids := r.scanned(batch)
	if len(ids) == 0 || len(ids) > 1000 {
		t.Errorf("%d rows, want those of the first two chunks", len(ids))
	}
	if rows := r.scanned(queued); len(rows) != 0 {
		t.Errorf("%d rows of a scan that had not begun", len(rows))
	}
	r.stopEngine()
	r.startEngine()
	r.until("what was found has arrived", func() bool { return len(r.keys()) == len(ids) })
	if open, err := r.journal.Unscanned(t.Context()); err != nil || len(open) != 0 || len(r.m.Snapshot().Scans) != 0 {
		t.Errorf("scans that go on: %v, %v", open, err)
	}
}

// TestB11StoppedScanEndsAfterACrash finds a scan that was stopped, and cut before it was over.
func TestB11StoppedScanEndsAfterACrash(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.file("folder/a", 3)
	var batch transfer.BatchID
	r.restartAfter(func(j *db.Journal) {
		var err error
		batch, err = j.AddBatch(t.Context(), transfer.Batch{Roots: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
		check(t, err)
		stopped := make(chan error, 1)
		j.StopScan(batch, false, func(err error) { stopped <- err })
		check(t, <-stopped)
	})
	if ids := r.scanned(batch); len(ids) != 0 {
		t.Errorf("%d rows were added after the stop", len(ids))
	}
}

// TestB11StopAfterTheScanLosesNothing stops a scan that is over already. A folder that was not there
// then comes back: its files are sent, as nobody stopped looking for them.
func TestB11StopAfterTheScanLosesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	folder := r.files + "/folder"
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{folder}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	check(t, err)
	r.reaches(r.scanned(batch)[0], transfer.StatusFileMissing)
	check(t, r.m.StopScan(batch))
	path := r.file("folder/file", 3)
	r.until("the folder's file has arrived", func() bool { return len(r.keys()) == 1 })
	r.holds("p/folder/file", path)
}

// TestB12FolderThatComesBackDoesAsItsRowWasTold pauses the row of a folder that was not there, or
// sends it elsewhere: that holds for the folder's files, once they are found.
func TestB12FolderThatComesBackDoesAsItsRowWasTold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	there := r.file("there", 3)
	ids := r.add(transfer.PolicySkipSame, there, r.files+"/paused", r.files+"/moved")
	r.reaches(ids[0], transfer.StatusCompleted)
	for _, id := range ids[1:] {
		r.reaches(id, transfer.StatusFileMissing)
	}
	check(t, r.m.Pause(transfer.These(ids[1])))
	told, err := r.m.Redirect(t.Context(), transfer.These(ids[2]), r.to("q/"))
	if err != nil || told.Moved != 1 {
		t.Fatalf("%+v, %v", told, err)
	}
	batch := r.upload(ids[0]).Batch
	paused := r.file("making/file", 3)
	check(t, os.Rename(filepath.Dir(paused), r.files+"/paused"))
	var inside []transfer.ID
	r.until("the paused folder's file has its row", func() bool {
		inside = r.scanned(batch)
		return r.upload(inside[len(inside)-1]).Name == "paused/file"
	})
	moved := r.file("making/file", 3)
	check(t, os.Rename(filepath.Dir(moved), r.files+"/moved"))
	r.until("the other folder's file has arrived", func() bool { return len(r.keys()) == 2 })
	r.holds("q/moved/file", r.files+"/moved/file")
	if u := r.upload(inside[len(inside)-1]); u.Status() != transfer.StatusPaused {
		t.Errorf("the paused folder's file is %s", u.Status())
	}
}

// TestFolderCommandIsOne pauses and aborts a whole folder, of which some files are in work.
func TestFolderCommandIsOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	for n := range 20 {
		r.file(fmt.Sprintf("folder/%02d", n), tenParts)
	}
	other := r.file("other", 3)
	ids := r.add(transfer.PolicySkipSame, r.files+"/folder")
	folder := r.upload(ids[0]).Folder
	whole := transfer.Chosen(transfer.Filter{}, folder.Entry())
	check(t, r.m.Pause(whole))
	r.reaches(r.add(transfer.PolicySkipSame, other)[0], transfer.StatusCompleted)
	for _, id := range ids {
		if u := r.upload(id); u.Intent != transfer.IntentPause && !u.Phase.Final() {
			t.Errorf("%s: %s", u.Name, u.Intent)
		}
	}
	check(t, r.m.Resume(whole))
	check(t, r.m.Abort(whole))
	r.until("all are aborted", func() bool {
		l, err := r.journal.Unfinished(t.Context(), whole)
		return err == nil && l.Unfinished == 0
	})
}

// TestB5FileStillBeingWritten adds a file that another program is writing: nothing of it is
// sent before it was left alone.
func TestB5FileStillBeingWritten(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.file("log", 300*kib)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	check(t, err)
	grow := func() {
		_, err := f.WriteString("one more line\n")
		check(t, err)
	}
	grow()
	id := r.add(transfer.PolicySkipSame, path)[0]
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 30 {
		<-tick.C
		grow()
	}
	last := time.Now()
	if u := r.upload(id); u.Phase != transfer.PhasePlanned || r.begun(osslocal.OpInitiate) > 0 {
		t.Errorf("phase %s while it is being written", u.Phase)
	}
	check(t, f.Close())
	r.reaches(id, transfer.StatusCompleted)
	if waited := time.Since(last); waited < 1800*time.Millisecond {
		t.Errorf("sent %v after its last line", waited)
	}
	r.holds("p/log", path)
	if n := r.count(osslocal.OpInitiate, ok); n != 1 {
		t.Errorf("%d upload IDs, want 1", n)
	}
}

// TestB5DateInTheFuture: a clock that was wrong keeps no file from being sent.
func TestB5DateInTheFuture(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.file("file", 300*kib)
	future := time.Now().Add(24 * time.Hour)
	check(t, os.Chtimes(path, future, future))
	r.reaches(r.add(transfer.PolicySkipSame, path)[0], transfer.StatusCompleted)
	r.holds("p/file", path)
}

// TestB8LinksPickedByHand sends what a link points to that was given itself, and notices
// when the link is put to another place meanwhile.
func TestB8LinksPickedByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 1 })
	file, other := r.file("elsewhere/file", tenParts), r.file("elsewhere/other", tenParts)
	link := r.files + "/link"
	check(t, os.Symlink(file, link))
	c := r.catch(link)
	check(t, os.Symlink(other, link+".new"))
	check(t, os.Rename(link+".new", link))
	c.notices(transfer.StatusFileChanged, transfer.CodeFileReplaced)
	c.takesNew(4 + 10)
	check(t, os.Symlink("elsewhere", r.files+"/folder"))
	ids := r.add(transfer.PolicySkipSame, r.files+"/folder")
	if len(ids) != 2 {
		t.Errorf("%d rows of a folder that a link was given for, want 2", len(ids))
	}
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
	r.holds("p/folder/other", other)
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
