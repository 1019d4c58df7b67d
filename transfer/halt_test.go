package transfer_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// fullJournal is a journal whose disk can be full.
type fullJournal struct {
	transfer.Journal

	mu      sync.Mutex
	full    bool      // guarded by mu
	behind  bool      // guarded by mu: it is full behind the next batch
	asks    int       // guarded by mu: how often it was asked whether there is room
	refused time.Time // guarded by mu: when it last did not take rows
}

var errFull = &transfer.Error{
	Kind: transfer.KindStorage, Code: transfer.CodeDiskFull, Op: "Commit", Path: "/d", Err: errors.New("database or disk is full"),
}

func (j *fullJournal) fill(full bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.full = full
}

// fillBehind has the disk take one more batch, and no row of it.
func (j *fullJournal) fillBehind() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.full, j.behind = false, true
}

func (j *fullJournal) err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.full {
		return errFull
	}
	return nil
}

func (j *fullJournal) asked() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.asks
}

func (j *fullJournal) Commit(c transfer.Change, done func(error)) {
	if err := j.err(); err != nil {
		go done(err)
		return
	}
	j.Journal.Commit(c, done)
}

func (j *fullJournal) Command(s transfer.Selection, c transfer.SetCommand, done func(int, error)) {
	if err := j.err(); err != nil {
		go done(0, err)
		return
	}
	j.Journal.Command(s, c, done)
}

func (j *fullJournal) LimitSpeed(s transfer.Selection, bytesPerSecond int64, done func(int, error)) {
	if err := j.err(); err != nil {
		go done(0, err)
		return
	}
	j.Journal.LimitSpeed(s, bytesPerSecond, done)
}

func (j *fullJournal) Move(s transfer.Selection, m transfer.Move, of []transfer.ID, done func([]transfer.QueuePlace, error)) {
	if err := j.err(); err != nil {
		go done(nil, err)
		return
	}
	j.Journal.Move(s, m, of, done)
}

func (j *fullJournal) Runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	if err := j.err(); err != nil {
		go done(nil, err)
		return
	}
	j.Journal.Runnable(q, done)
}

func (j *fullJournal) Writable(done func(error)) {
	j.mu.Lock()
	j.asks++
	j.mu.Unlock()
	if err := j.err(); err != nil {
		go done(err)
		return
	}
	j.Journal.Writable(done)
}

func (j *fullJournal) AddBatch(ctx context.Context, b transfer.Batch) (transfer.BatchID, error) {
	j.mu.Lock()
	last := j.behind
	j.full, j.behind = j.full || last, false // before the engine can find the batch
	j.mu.Unlock()
	if err := j.err(); err != nil && !last {
		return 0, err
	}
	return j.Journal.AddBatch(ctx, b)
}

func (j *fullJournal) AddUploads(ctx context.Context, us []transfer.Upload) ([]transfer.Added, error) {
	if err := j.err(); err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.refused = time.Now()
		return nil, err
	}
	return j.Journal.AddUploads(ctx, us)
}

// forget has refusedRows tell of none but those to come.
func (j *fullJournal) forget() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.refused = time.Time{}
}

func (j *fullJournal) refusedRows() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.refused
}

// fullRig is a rig whose journal's disk can be full.
func fullRig(t *testing.T, slots int) (*rig, *fullJournal) {
	t.Helper()
	r := makeRig(t, func(s *transfer.Settings) { s.Slots = slots })
	j := &fullJournal{}
	r.wrap = func(real transfer.Journal) transfer.Journal {
		j.Journal = real
		return j
	}
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	return r, j
}

// sent counts the parts that OSS acknowledged.
func (r *rig) sent() int {
	return r.count("UploadPart", func(rec osslocal.Record) bool { return rec.Status == 200 })
}

// scanCut waits until the engine knows that the full disk cut a scan. That it is halted is not
// enough: what may run is asked for too, before the scan begins.
func (r *rig) scanCut(j *fullJournal) {
	r.t.Helper()
	r.until("the scan fails", func() bool {
		refused, s := j.refusedRows(), r.m.Snapshot()
		return !refused.IsZero() && s.Time.After(refused) && len(s.Scans) == 0
	})
	if r.halted() != transfer.CodeDiskFull {
		r.t.Fatalf("it is halted by %q", r.halted())
	}
}

func (r *rig) halted() string {
	if e := r.m.Snapshot().Halted; e != nil {
		return e.Code
	}
	return ""
}

// While the disk is full nothing new is begun, and what was acknowledged meanwhile is not
// sent again: it goes on by itself when there is room.
func TestD1FullDiskHoldsUploadsBack(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 2)
	path := r.file("big", 20*transfer.MinPartSize)
	s := r.m // slow enough that the disk fills in the middle
	if err := s.SetSettings(transfer.Settings{Slots: 2, PartSize: transfer.MinPartSize, Limits: transfer.Limits{BytesPerSecond: 5 * transfer.MinPartSize}}); err != nil {
		t.Fatal(err)
	}
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("parts are committed", func() bool { return r.upload(id).PartsDone >= 2 })
	j.fill(true)
	r.until("the engine halts", func() bool { return r.halted() == transfer.CodeDiskFull && r.m.Snapshot().InFlight == 0 })
	begun, sent := r.begun("UploadPart"), r.sent()
	r.until("the journal was asked twice", func() bool { return j.asked() >= 2 })
	if again := r.begun("UploadPart"); again != begun || r.halted() == "" {
		t.Errorf("%d parts were begun while the disk was full", again-begun)
	}
	if done := r.upload(id).PartsDone; done >= sent {
		t.Fatalf("%d of %d acknowledged parts are committed: this shows nothing", done, sent)
	}
	j.fill(false)
	if err := s.SetSettings(transfer.Settings{Slots: 2, PartSize: transfer.MinPartSize}); err != nil {
		t.Fatal(err)
	}
	r.reaches(id, transfer.StatusCompleted)
	if r.halted() != "" {
		t.Error("the halt is still told of")
	}
	if n := r.sent(); n != 20 {
		t.Errorf("%d parts were acknowledged, want each of the 20 once", n)
	}
	r.holds("p/big", path)
	r.nothingOpen()
}

// What is tried again and again is not tried on a full disk.
func TestD1FullDiskHoldsTriesBack(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 1)
	if err := r.m.SetSettings(transfer.Settings{Slots: 1, PartSize: transfer.MinPartSize, Limits: transfer.Limits{BytesPerSecond: transfer.MinPartSize}}); err != nil {
		t.Fatal(err)
	}
	path := r.file("big", 20*transfer.MinPartSize)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("it is begun", func() bool { return r.begun("UploadPart") > 0 })
	failing := r.faults.MustAdd("AbortMultipartUpload : status 500")
	if err := r.m.Abort(transfer.These(id)); err != nil {
		t.Fatal(err)
	}
	r.until("the abort is tried", func() bool { return r.begun("AbortMultipartUpload") > 0 })
	j.fill(true)
	if _, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{path}, To: r.to("q/"), Policy: transfer.PolicySkipSame}); err == nil {
		t.Fatal("added")
	}
	r.until("the engine halts", func() bool { return r.halted() != "" && r.m.Snapshot().InFlight == 0 })
	tries := r.begun("AbortMultipartUpload")
	r.until("the journal was asked twice", func() bool { return j.asked() >= 2 })
	if again := r.begun("AbortMultipartUpload"); again != tries {
		t.Errorf("%d tries while the disk was full", again-tries)
	}
	r.faults.Remove(failing)
	j.fill(false)
	r.reaches(id, transfer.StatusAborted)
	r.nothingOpen()
}

// A command on a full disk acts at once, is said not to be saved, and is saved when there is
// room, in the order in which commands were given.
func TestD1CommandsOnAFullDiskAreSavedLater(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 2)
	if err := r.m.SetSettings(transfer.Settings{Slots: 2, PartSize: transfer.MinPartSize, Limits: transfer.Limits{BytesPerSecond: transfer.MinPartSize}}); err != nil {
		t.Fatal(err)
	}
	ids := r.add(transfer.PolicySkipSame, r.file("one", 20*transfer.MinPartSize), r.file("two", 20*transfer.MinPartSize))
	r.until("both are on their way", func() bool { return r.begun("UploadPart") >= 1 })
	j.fill(true)
	commands := []error{r.m.Pause(transfer.These(ids...)), r.m.Resume(transfer.These(ids[0])), r.m.Abort(transfer.These(ids[0]))}
	if err := errors.Join(commands...); err != nil {
		t.Fatal(err)
	}
	r.until("they are said not to be saved", func() bool { return r.m.Snapshot().Unsaved == 3 && r.m.Snapshot().InFlight == 0 })
	if u := r.upload(ids[1]); u.Intent != transfer.IntentRun {
		t.Fatalf("the journal has intent %s: this shows nothing", u.Intent)
	}
	begun := r.begun("UploadPart")
	j.fill(false)
	r.reaches(ids[0], transfer.StatusAborted)
	r.reaches(ids[1], transfer.StatusPaused)
	if s := r.m.Snapshot(); s.Unsaved != 0 || s.Halted != nil || r.begun("UploadPart") != begun {
		t.Errorf("unsaved %d, halted %v, %d parts begun", s.Unsaved, s.Halted, r.begun("UploadPart")-begun)
	}
}

// Files that cannot be noted are refused aloud; a folder that was taken is scanned to its
// end once there is room.
func TestD1FilesAddedOnAFullDisk(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 2)
	path := r.file("f", 1000)
	j.fill(true)
	request := transfer.AddRequest{Paths: []string{path}, To: r.to("p/"), Policy: transfer.PolicySkipSame}
	if _, err := r.m.Add(t.Context(), request); transfer.AsError(err).Code != transfer.CodeDiskFull {
		t.Errorf("added: %v", err)
	}
	r.until("the engine halts", func() bool { return r.halted() != "" })
	if ids, err := r.journal.List(t.Context(), transfer.Filter{}, transfer.Sort{}); err != nil || len(ids) != 0 {
		t.Errorf("rows: %v, %v", ids, err)
	}
	// The batch is noted, and then the disk is full, also for the next life.
	j.fillBehind()
	batch, err := r.m.Add(t.Context(), request)
	check(t, err)
	r.scanCut(j)
	r.stopEngine()
	j.forget()
	r.startEngine()
	r.scanCut(j)
	j.fill(false)
	r.reaches(r.scanned(batch)[0], transfer.StatusCompleted)
	r.holds("p/f", path)
}

// TestD1AnswersOnAFullDiskAreCarriedOutLater skips a file that is missing, which is decided by
// what the journal says, after a pause that the journal does not have yet. Another destination is
// refused aloud meanwhile: what is written later would undo it.
func TestD1AnswersOnAFullDiskAreCarriedOutLater(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 1)
	missing := r.file("missing", 1000)
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{
		Paths: []string{missing, r.file("there", 1000)}, To: r.to("p/"), Policy: transfer.PolicySkipSame, Paused: true,
	})
	check(t, err)
	ids := r.scanned(batch)
	check(t, os.Remove(missing))
	check(t, r.m.Resume(transfer.These(ids[0])))
	r.reaches(ids[0], transfer.StatusFileMissing)
	j.fill(true)
	check(t, r.m.LimitSpeed(transfer.These(ids...), 1<<20))
	r.until("the limit is said not to be saved", func() bool { return r.m.Snapshot().Unsaved == 1 })
	check(t, r.m.Skip(transfer.These(ids[0])))
	if told, err := r.m.Redirect(t.Context(), transfer.Everything(), r.to("q/")); transfer.AsError(err).Code != transfer.CodeDiskFull {
		t.Errorf("sent elsewhere: %+v, %v", told, err)
	}
	j.fill(false)
	u := r.reaches(ids[0], transfer.StatusCompleted)
	if u.Receipt.Outcome != transfer.OutcomeLeftOut || u.Limit != 1<<20 {
		t.Errorf("%q, limit %d", u.Receipt.Outcome, u.Limit)
	}
	if u := r.upload(ids[1]); u.Limit != 1<<20 || u.To.Key != "p/there" || u.Intent != transfer.IntentPause {
		t.Errorf("limit %d, %s, %s", u.Limit, u.To.Key, u.Intent)
	}
}

// TestD1PausedOnAFullDiskIsPaused pauses an upload on a full disk: the list says so, though the
// journal cannot have it yet.
func TestD1PausedOnAFullDiskIsPaused(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 2)
	held := r.faults.MustAdd("UploadPart part=3-10 : stall")
	path := r.file("big", tenParts)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 2))
	j.fill(true)
	check(t, r.m.Pause(transfer.These(id)))
	asked := j.asked()
	r.until("the journal was asked twice", func() bool { return j.asked() >= asked+2 })
	shown := r.m.Snapshot().Live[id].Status
	if u := r.upload(id); u.Status() == transfer.StatusPaused || shown != transfer.StatusPaused {
		t.Errorf("it reads %q, and the journal has %s", shown, u.Status())
	}
	r.faults.Clear()
	j.fill(false)
	r.reaches(id, transfer.StatusPaused)
	r.until("the engine let go of it", func() bool { return len(r.m.Snapshot().Live) == 0 })
	check(t, r.m.Resume(transfer.These(id)))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/big", path)
}

// TestD1ScanStoppedOnAFullDisk stops a scan that the full disk cut: it does not begin again when
// there is room.
func TestD1ScanStoppedOnAFullDisk(t *testing.T) {
	t.Parallel()
	r, j := fullRig(t, 2)
	r.file("folder/a", 3)
	j.fillBehind()
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	check(t, err)
	r.scanCut(j)
	check(t, r.m.StopScan(batch))
	j.fill(false)
	if ids := r.scanned(batch); len(ids) != 0 {
		t.Errorf("%d rows were added after the stop", len(ids))
	}
	r.until("it works again", func() bool { return r.halted() == "" })
}
