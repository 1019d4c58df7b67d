package transfer_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

const kib = transfer.KiB

func TestFilesOfEverySizeArrive(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	want := map[string]int64{"empty": 0, "one": 1, "least": 102_400, "over": 102_401, "照片 & 100%?+#.bin": 1_000_003}
	var paths []string
	for name, size := range want {
		paths = append(paths, r.file(name, size))
	}
	folder := r.file("a/b/c.txt", 5)
	r.file("a/d.txt", 250*kib)
	paths = append(paths, strings.TrimSuffix(folder, "/b/c.txt"))
	for _, id := range r.add(transfer.PolicySkipSame, paths...) {
		u := r.reaches(id, transfer.StatusCompleted)
		if u.Receipt.Proof != transfer.ProofCRC64 || !u.Receipt.MD5 || u.Receipt.Outcome != transfer.OutcomeSent {
			t.Errorf("%s: receipt %+v", u.Name, u.Receipt)
		}
		r.holds(u.To.Key, u.Path)
	}
	wantKeys := []string{"p/a/b/c.txt", "p/a/d.txt", "p/empty", "p/least", "p/one", "p/over", "p/照片 & 100%?+#.bin"}
	if got := r.keys(); !slices.Equal(got, wantKeys) {
		t.Errorf("keys %q, want %q", got, wantKeys)
	}
	r.nothingOpen()
}

// TestPauseKeepsWhatIsDone pauses with two parts held in flight, and goes on in the same and in
// a new process.
func TestPauseKeepsWhatIsDone(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*rig){"same process": func(*rig) {}, "restarted": (*rig).restart} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(s *transfer.Settings) { s.Slots = 4 })
			held := r.faults.MustAdd("UploadPart skip=5 : stall")
			path := r.file("big", 2000*kib)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if err := held.WaitHeld(t.Context(), 4); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			if err := r.m.Pause(transfer.Everything()); err != nil {
				t.Fatal(err)
			}
			r.until("no bytes move", func() bool { return r.m.Snapshot().InFlight == 0 })
			if took := time.Since(begun); took > time.Second {
				t.Errorf("pause took %v, more than 1 s", took)
			}
			u := r.reaches(id, transfer.StatusPaused)
			if u.PartsDone != 5 {
				t.Errorf("%d parts are acknowledged, want 5", u.PartsDone)
			}
			between(r)
			if u := r.upload(id); u.Status() != transfer.StatusPaused {
				t.Errorf("after the pause the upload is %s", u.Status())
			}
			r.faults.Clear()
			before := r.count(osslocal.OpUploadPart, ok)
			if err := r.m.Resume(transfer.Everything()); err != nil {
				t.Fatal(err)
			}
			r.reaches(id, transfer.StatusCompleted)
			if sent := r.count(osslocal.OpUploadPart, ok) - before; sent != 15 {
				t.Errorf("%d parts were sent after the pause, want 15", sent)
			}
			if n := r.oss.InitiatedCount(testBucket); n != 1 {
				t.Errorf("%d upload IDs were begun, want 1", n)
			}
			r.holds("p/big", path)
			r.nothingOpen()
		})
	}
}

func ok(rec osslocal.Record) bool { return rec.Status == 200 }

func TestPartsOnlyOSSKnowsAreProvedNotSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 4 })
	// Four parts are stored, and their answers never arrive.
	held := r.faults.MustAdd("UploadPart : hold answer")
	path := r.file("big", 1000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	if err := held.WaitHeld(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	r.stopEngine()
	r.faults.Clear()
	held.Release()
	r.startEngine()
	r.reaches(id, transfer.StatusCompleted)
	if n := r.count(osslocal.OpUploadPart, nil); n != 10 {
		t.Errorf("%d parts were sent in all, want 10", n)
	}
	if log := r.events(id); !strings.Contains(log, "kept 0 B, proved 409600 B by reading, to send 614400 B") {
		t.Errorf("the log does not tell of the proof:\n%s", log)
	}
	r.holds("p/big", path)
}

// The row says what a pause costs: the bytes of parts in flight.
func TestPauseSaysWhatItCosts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("UploadPart part=3 : stall")
	r.faults.MustAdd("UploadPart part=4 : stall")
	id := r.add(transfer.PolicySkipSame, r.file("file", 400*kib))[0]
	r.until("two parts acknowledged, and two that have left", func() bool {
		live, ok := r.m.Snapshot().Live[id]
		return ok && live.Sent == 400*kib && r.upload(id).PartsDone == 2
	})
	check(t, r.m.Pause(transfer.These(id)))
	r.reaches(id, transfer.StatusPaused)
	want := "paused " + transfer.GivenUp(200*kib).String()
	r.until(want, func() bool { return strings.Contains(r.events(id), want) })
}

func TestAbortEndsWithNoSuchUpload(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart skip=3 : stall")
	id := r.add(transfer.PolicySkipSame, r.file("big", 2000*kib))[0]
	if err := held.WaitHeld(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := r.m.Abort(transfer.These(id)); err != nil {
		t.Fatal(err)
	}
	u := r.reaches(id, transfer.StatusAborted)
	r.nothingOpen()
	if u.UploadID != "" || u.PartsDone != 0 || u.Claims {
		t.Errorf("after the abort the row holds on: %+v", u)
	}
	gone := func(rec osslocal.Record) bool { return rec.Code == transfer.CodeNoSuchUpload }
	if r.count(osslocal.OpListParts, gone)+r.count(osslocal.OpAbort, gone) == 0 {
		t.Error("OSS was never asked whether the upload is gone")
	}
	if got := r.keys(); len(got) != 0 {
		t.Errorf("objects %q", got)
	}
}

func check(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCredentialsAreWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	right := r.secrets.known
	for name, wrong := range map[string]transfer.Credentials{
		"none":  {},
		"wrong": {KeyID: testKeyID, Secret: transfer.NewSecret("another")},
	} {
		r.secrets.set(wrong)
		check(t, r.m.CredentialsChanged(r.account.ID))
		path := r.file(name, 300*kib)
		id := r.add(transfer.PolicySkipSame, path)[0]
		r.reaches(id, transfer.StatusNeedsCredentials)
		r.secrets.set(right)
		check(t, r.m.CredentialsChanged(r.account.ID))
		r.reaches(id, transfer.StatusCompleted)
		r.holds("p/"+name, path)
	}
}

func TestNetworkComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	addr := r.addr
	dir := t.TempDir()
	check(t, r.oss.Close())
	path := r.file("file", 300*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusNoNetwork)
	r.oss = nil
	r.startServer(dir, addr)
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

func TestThrottlingIsObeyed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("UploadPart times=4 : status 503 code=UploadTrafficRateLimitExceeded x-oss-qos-delay-time=50")
	path := r.file("file", 1000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	if slots := r.m.Snapshot().Slots; slots >= 8 {
		t.Errorf("%d slots after throttling", slots)
	}
}

// TestC10StartBeginsAnewWhatWasLostTwice: a Start by a person is a new beginning, also of an upload that was lost twice.
func TestC10StartBeginsAnewWhatWasLostTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("UploadPart part=2 times=3 : status 404 code=NoSuchUpload")
	r.faults.MustAdd("ListParts times=3 : status 404 code=NoSuchUpload")
	path := r.file("file", 300*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	if u := r.reaches(id, transfer.StatusFailed); u.Error == nil || u.Error.Code != transfer.CodeNoSuchUpload {
		t.Errorf("it failed by %v", u.Error)
	}
	check(t, r.m.Resume(transfer.These(id)))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	if n := r.oss.InitiatedCount(testBucket); n != 3 {
		t.Errorf("%d upload IDs were begun, want 3", n)
	}
}

func TestRemoveAbortsAndForgets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart : stall")
	id := r.add(transfer.PolicySkipSame, r.file("file", 300*kib))[0]
	if err := held.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	check(t, r.m.Remove(transfer.These(id)))
	r.until("the row is gone", func() bool {
		us, err := r.journal.Uploads(t.Context(), []transfer.ID{id})
		return err == nil && len(us) == 0
	})
	r.nothingOpen()
}

func TestWhatCannotBeSentIsARow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.file("a/good", 3)
	r.file("a/bad\x01name", 3)
	r.file("a/bytes\xff", 3)
	check(t, os.Symlink("good", r.files+"/a/link"))
	check(t, os.Mkdir(r.files+"/a/empty", 0o700))
	ids := r.add(transfer.PolicySkipSame, r.files+"/a")
	if len(ids) != 5 {
		t.Fatalf("%d rows, want 5", len(ids))
	}
	r.until("all are over", func() bool {
		return !slices.ContainsFunc(ids, func(id transfer.ID) bool {
			u := r.upload(id)
			s := u.Status()
			return s != transfer.StatusCompleted && s != transfer.StatusFailed
		})
	})
	failed := 0
	for _, id := range ids {
		if u := r.upload(id); u.Status() == transfer.StatusFailed {
			failed++
			if u.Error == nil || u.Error.Code == "" {
				t.Errorf("%s failed without a reason", u.Name)
			}
		}
	}
	if failed != 3 {
		t.Errorf("%d rows failed, want 3", failed)
	}
}

func TestCommandsAfterCloseSaySo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m := r.m
	r.stopEngine()
	for name, err := range map[string]error{
		"pause": m.Pause(transfer.Everything()), "resume": m.Resume(transfer.Everything()), "abort": m.Abort(transfer.Everything()),
		"remove": m.Remove(transfer.Everything()), "settings": m.SetSettings(transfer.Settings{}), "watch": m.Watch(1), "close": m.Close(),
	} {
		if !errors.Is(err, transfer.ErrClosed) {
			t.Errorf("%s after close: %v", name, err)
		}
	}
}

func TestSpeedLimitActsInsideAPartAndLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.BytesPerSecond = 20 * kib })
	path := r.file("file", 3000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("some bytes went", func() bool { return r.m.Snapshot().Live[id].Sent > 0 })
	if done := r.upload(id).PartsDone; done > 2 {
		t.Errorf("%d parts went through a limit of 20 KiB/s at once", done)
	}
	check(t, r.m.SetSettings(transfer.Settings{PartSize: transfer.MinPartSize}))
	begun := time.Now()
	r.reaches(id, transfer.StatusCompleted)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("without the limit the rest took %v", took)
	}
	r.holds("p/file", path)
}
