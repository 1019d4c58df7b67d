package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
)

// foreignPart is a part as another program sends it: a range of a file, under a number.
type foreignPart struct {
	number       int
	offset, size int64
}

// beginElsewhere has another program begin an upload and send these parts of a file.
func (r *rig) beginElsewhere(key, path string, parts []foreignPart) (uploadID string) {
	r.t.Helper()
	store, err := r.dial(r.account, r.secrets.known, testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	defer store.Close()
	if uploadID, err = store.Initiate(r.t.Context(), key, transfer.Options{}, false); err != nil {
		r.t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range parts {
		_, err := store.UploadPart(r.t.Context(), transfer.PartRequest{
			Key: key, UploadID: uploadID, Number: p.number, Size: p.size, Body: bytes.NewReader(file[p.offset : p.offset+p.size]),
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return uploadID
}

func (r *rig) target(key string) transfer.Target {
	return transfer.Target{Account: r.account.ID, Endpoint: r.account.Endpoint, Region: r.account.Region, Bucket: testBucket, Key: key}
}

// everyPart cuts a file into parts of one size.
func everyPart(size, part int64) (parts []foreignPart) {
	for offset := int64(0); offset < size; offset += part {
		parts = append(parts, foreignPart{len(parts) + 1, offset, min(part, size-offset)})
	}
	return parts
}

// without drops parts by number.
func without(parts []foreignPart, numbers ...int) (left []foreignPart) {
	for _, p := range parts {
		drop := false
		for _, n := range numbers {
			drop = drop || p.number == n
		}
		if !drop {
			left = append(left, p)
		}
	}
	return left
}

// layouts are how other programs begin uploads of a file of 2,000 KiB and a few bytes, and
// what has to be sent of it.
const foreignSize = 2000*kib + 77

var foreignLayouts = []struct {
	name  string
	parts []foreignPart
	sends int64
}{
	// ossutil, ossbrowser and the SDKs: one size, sent by several at once, so with gaps.
	{"one size, with gaps", without(everyPart(foreignSize, 150*kib), 2, 5, 6, 14), 4*150*kib - (150*14*kib - foreignSize)},
	{"one size, the last part alone", without(everyPart(foreignSize, 300*kib), 1, 2, 3, 4, 5, 6), 6 * 300 * kib},
	// Programs that cut by what was in memory: unequal parts, one after the other.
	{"unequal", []foreignPart{{1, 0, 100 * kib}, {2, 100 * kib, 333 * kib}, {3, 433 * kib, 101 * kib}, {4, 534 * kib, 700*kib + 1}}, foreignSize - 1234*kib - 1},
	// Sparse numbers, and a gap whose parts nobody knows.
	{"sparse numbers", []foreignPart{{10, 0, 200 * kib}, {20, 200 * kib, 300 * kib}, {30, 500 * kib, 120 * kib}}, foreignSize - 620*kib},
	{"a gap of unknown parts", []foreignPart{{1, 0, 200 * kib}, {2, 200 * kib, 170*kib + 5}, {7, 911*kib + 3, 130 * kib}, {8, 1041*kib + 3, 222 * kib}}, foreignSize - 722*kib - 5},
	// What no number is free for is sent again: part 2 would have to hold what is before it.
	{"no room between", []foreignPart{{1, 0, 200 * kib}, {2, 500 * kib, 300 * kib}}, foreignSize - 300*kib},
	{"nothing yet", nil, foreignSize},
}

// TestAdoptForeignLayouts takes over uploads that other programs began: what they sent is
// proved and kept, what is missing is sent, and one verified object comes of it.
func TestAdoptForeignLayouts(t *testing.T) {
	t.Parallel()
	for _, c := range foreignLayouts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path, key := r.file("影片.bin", foreignSize), "p/影片.bin"
			uploadID := r.beginElsewhere(key, path, c.parts)
			fit, err := r.m.FitFile(t.Context(), r.target(key), uploadID, path, nil)
			check(t, err)
			if got := foreignSize - fit.KeptBytes(); got != c.sends {
				t.Errorf("%d bytes are to be sent, not %d: %+v", got, c.sends, fit)
			}
			before := r.bodies()
			id, err := r.m.Adopt(t.Context(), transfer.Adoption{To: r.target(key), UploadID: uploadID, Path: path, Fit: fit})
			check(t, err)
			u := r.reaches(id, transfer.StatusCompleted)
			r.holds(key, path)
			r.nothingOpen()
			if sent := r.bodies() - before; sent != c.sends {
				t.Errorf("%d bytes were sent, not %d", sent, c.sends)
			}
			if u.Receipt.Proof != transfer.ProofCRC64 || r.begun(osslocal.OpInitiate) != 1 {
				t.Errorf("proof %q, %d uploads begun", u.Receipt.Proof, r.begun(osslocal.OpInitiate))
			}
			if !strings.Contains(r.events(id), string(transfer.EventAdopted)) {
				t.Errorf("the log does not say that it was taken over:\n%s", r.events(id))
			}
		})
	}
}

// bodies sums up the bytes of parts that arrived.
func (r *rig) bodies() (sum int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseEnd && (rec.Op == osslocal.OpUploadPart || rec.Op == osslocal.OpPutObject) {
			sum += rec.Bytes
		}
	}
	return sum
}

// TestAdoptRefuses does not take over what is not the file's, or is the queue's.
func TestAdoptRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.file("a", foreignSize)
	to := r.target("p/a")
	uploadID := r.beginElsewhere("p/a", path, everyPart(1000*kib, 200*kib))

	wrong := r.file("wrong", foreignSize)
	small := r.beginElsewhere("p/a", path, []foreignPart{{1, 0, 50 * kib}, {2, 50 * kib, 300 * kib}})
	fit, err := r.m.FitFile(t.Context(), to, small, path, nil)
	if e := transfer.AsError(err); e == nil || e.Code != transfer.CodeNoLegalPlan || fit.Count(transfer.FitSpare) != 2 {
		t.Errorf("parts that cannot be joined are answered %v, %+v", err, fit)
	}
	if fit.Taken {
		t.Error("a key without an object is said to be taken")
	}
	r.put("p/a", "in the way")
	read := int64(0)
	fit, err = r.m.FitFile(t.Context(), to, uploadID, wrong, func(n, _ int64) { read = n })
	if places := int64(1 + 4*2 + 1); read != places*200*kib { // by number, at the start, and the last at the end
		t.Errorf("%d KiB were read to compare %d places of 200 KiB", read/kib, places)
	}
	if !fit.Taken {
		t.Error("an object in the way is not told of")
	}
	if e := transfer.AsError(err); e == nil || e.Code != transfer.CodeNothingFits {
		t.Errorf("another file is answered %v", err)
	}
	if _, err := r.m.Adopt(t.Context(), transfer.Adoption{To: to, UploadID: uploadID, Path: wrong, Fit: fit}); err == nil {
		t.Error("an upload was taken over with another file")
	}
	if fit, err = r.m.FitFile(t.Context(), to, uploadID, path, nil); err != nil {
		t.Fatal(err)
	}
	r.write(path, foreignSize)
	if _, err := r.m.Adopt(t.Context(), transfer.Adoption{To: to, UploadID: uploadID, Path: path, Fit: fit}); transfer.KindOf(err) != transfer.KindSource {
		t.Errorf("a file that changed since it was compared is answered %v", err)
	}
	if n := r.begun(osslocal.OpUploadPart); n != 7 {
		t.Errorf("%d parts were sent, 7 of them by the other program", n)
	}
}

// TestAdoptRefusesWhatTheQueueHas keeps one owner for each upload ID and each key.
func TestAdoptRefusesWhatTheQueueHas(t *testing.T) {
	t.Parallel()
	c := catch(t)
	check(t, c.m.Pause(transfer.Everything()))
	u := c.reaches(c.id, transfer.StatusPaused)
	other := c.beginElsewhere(u.To.Key, c.path, everyPart(200*kib, 100*kib))
	for _, id := range []string{u.UploadID, other} {
		fit, err := c.m.FitFile(t.Context(), u.To, id, c.path, nil)
		check(t, err)
		_, err = c.m.Adopt(t.Context(), transfer.Adoption{To: u.To, UploadID: id, Path: c.path, Fit: fit})
		if e := transfer.AsError(err); e == nil || e.Code != transfer.CodeInQueue {
			t.Errorf("upload ID %q is answered %v", id, err)
		}
	}
	begun, err := c.journal.Begun(t.Context(), testBucket)
	check(t, err)
	if len(begun) != 1 || begun[0].UploadID != u.UploadID || begun[0].Upload != c.id || begun[0].Doubt {
		t.Errorf("the journal knows %+v", begun)
	}
}

// TestAdoptSurvivesDeath ends the engine at once after an upload was taken over, and again
// while its parts are sent: what was proved is not sent, and nothing is sent twice.
func TestAdoptSurvivesDeath(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	first := newLife()
	r.live(first)
	r.startEngine()
	path, key := r.file("a", foreignSize), "p/a"
	parts := []foreignPart{{3, 0, 250*kib + 1}, {9, 600 * kib, 111 * kib}}
	uploadID := r.beginElsewhere(key, path, parts)
	fit, err := r.m.FitFile(t.Context(), r.target(key), uploadID, path, nil)
	check(t, err)
	r.faults.MustAdd("UploadPart skip=3 : stall")
	id, err := r.m.Adopt(t.Context(), transfer.Adoption{To: r.target(key), UploadID: uploadID, Path: path, Fit: fit})
	check(t, err)
	r.until("some parts were acknowledged", func() bool { return r.upload(id).PartsDone >= len(fit.Keep)+3 })
	first.end()
	r.stopEngine()
	r.faults.Clear()
	u, known := r.peek(id)
	if u.UploadID != uploadID || u.Plan.Layout.String() != fit.Plan.Layout.String() {
		t.Errorf("the journal holds upload ID %q and the layout %q, not %q and %q", u.UploadID, u.Plan.Layout, uploadID, fit.Plan.Layout)
	}
	r.live(newLife())
	r.startEngine()
	r.reaches(id, transfer.StatusCompleted)
	r.holds(key, path)
	r.nothingOpen()
	if len(known) < len(fit.Keep)+1 {
		t.Errorf("the journal held %d parts, %d of them from elsewhere", len(known), len(fit.Keep))
	}
	for _, p := range known {
		if r.count(osslocal.OpUploadPart, func(rec osslocal.Record) bool { return rec.Part == p.Number }) != 1 {
			t.Errorf("part %d was acknowledged, and sent again", p.Number)
		}
	}
}

// live makes the engine that starts next one that ends with a life.
func (r *rig) live(l *life) {
	r.wrap = func(j transfer.Journal) transfer.Journal { return &mortalJournal{Journal: j, life: l} }
	r.dial = l.dial(aliyun.Dial)
}

// peek reads an upload and its parts while no engine runs.
func (r *rig) peek(id transfer.ID) (transfer.Upload, []transfer.Part) {
	r.t.Helper()
	j, err := db.Open(r.t.Context(), r.data, slog.New(r.log))
	if err != nil {
		r.t.Fatal(err)
	}
	us, err := j.Uploads(r.t.Context(), []transfer.ID{id})
	parts, partsErr := j.Parts(r.t.Context(), id)
	if err = errors.Join(err, partsErr, j.Close()); err != nil || len(us) != 1 {
		r.t.Fatalf("read upload %d: %v, %d rows", id, err, len(us))
	}
	return us[0], parts
}

// TestLayoutIsWrittenDown reads back what it wrote, and refuses what it could not have.
func TestLayoutIsWrittenDown(t *testing.T) {
	t.Parallel()
	pieces := []transfer.Piece{{Number: 1, Size: 200 * kib}, {Number: 2, Offset: 200 * kib, Size: 200 * kib}, {Number: 7, Offset: 400 * kib, Size: 1}}
	plan, err := transfer.PlanOf(400*kib+1, pieces)
	check(t, err)
	text := plan.Layout.String()
	if want := "1*204800x2 7*1"; text != want {
		t.Errorf("%q, not %q", text, want)
	}
	again, err := transfer.ParseLayout(text, 400*kib+1)
	check(t, err)
	for i, p := range pieces {
		offset, size := transfer.Plan{Parts: 3, Layout: again}.Range(p.Number, 0)
		if offset != p.Offset || size != p.Size || plan.Number(i) != p.Number || plan.Index(p.Number) != i {
			t.Errorf("piece %d is %d bytes at %d", i, size, offset)
		}
	}
	if plan.Index(3) != -1 {
		t.Error("the plan has a part 3")
	}
	for _, bad := range []string{"1", "1*x", "1*204800x2 7*2", "2*204800x2 1*1", "1*204800x99999", "1*1x2", "0*409601", "x"} {
		if _, err := transfer.ParseLayout(bad, 400*kib+1); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := transfer.PlanOf(1, nil); err == nil {
		t.Error("no piece is a plan")
	}
	uniform, err := transfer.PlanOf(300*kib, []transfer.Piece{{Number: 1, Size: 200 * kib}, {Number: 2, Offset: 200 * kib, Size: 100 * kib}})
	check(t, err)
	if uniform != (transfer.Plan{PartSize: 200 * kib, Parts: 2}) {
		t.Errorf("parts of one size are %+v", uniform)
	}
}

// TestKeepLeavesPartsOnOSS takes a row off the list in the middle of its parts, leaves them on
// OSS, and goes on with them later.
func TestKeepLeavesPartsOnOSS(t *testing.T) {
	t.Parallel()
	c := catch(t)
	u := c.upload(c.id)
	check(t, c.m.Keep(t.Context(), transfer.Everything()))
	c.until("the rows are gone", func() bool {
		ids, err := c.journal.List(t.Context(), transfer.Filter{}, transfer.Sort{})
		check(t, err)
		return len(ids) == 0
	})
	c.restart()
	begun, err := c.journal.Begun(t.Context(), testBucket)
	check(t, err)
	if len(begun) != 1 || begun[0].UploadID != u.UploadID || !begun[0].Kept || begun[0].Path != c.path || begun[0].Doubt {
		t.Fatalf("the journal knows %+v", begun)
	}
	if known, err := c.journal.KnownUploadIDs(t.Context(), testBucket, u.To.Key); err != nil || len(known) != 1 {
		t.Errorf("of the key it knows %v, %v", known, err)
	}
	if n := c.begun(osslocal.OpAbort); n != 0 {
		t.Errorf("%d uploads were aborted", n)
	}
	fit, err := c.m.FitFile(t.Context(), u.To, u.UploadID, c.path, nil)
	check(t, err)
	if len(fit.Keep) == 0 {
		t.Error("nothing is on OSS")
	}
	id, err := c.m.Adopt(t.Context(), transfer.Adoption{To: u.To, UploadID: u.UploadID, Path: c.path, Policy: transfer.PolicyReplace, Fit: fit})
	check(t, err)
	c.faults.Clear()
	c.reaches(id, transfer.StatusCompleted)
	c.holds(u.To.Key, c.path)
	c.nothingOpen()
	if begun, err = c.journal.Begun(t.Context(), testBucket); err != nil || len(begun) != 0 {
		t.Errorf("the journal still knows %+v, %v", begun, err)
	}
}

// deafStore sends its parts to the end, whatever is cancelled.
type deafStore struct{ transfer.Store }

func (s deafStore) UploadPart(ctx context.Context, r transfer.PartRequest) (transfer.PartAnswer, error) {
	return s.Store.UploadPart(context.WithoutCancel(ctx), r)
}

// deaf is a rig of one slot whose parts are sent to the end.
func deaf(t *testing.T) *rig {
	t.Helper()
	r := makeRig(t, slots(1))
	r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		s, err := aliyun.Dial(a, c, bucket)
		return deafStore{s}, err
	}
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	return r
}

// TestKeepAndStartOfOthers starts rows while another waits to be taken away: that one goes all the same,
// and of two that were to go with it, the one that is started stays.
func TestKeepAndStartOfOthers(t *testing.T) {
	t.Parallel()
	r := deaf(t)
	held := r.faults.MustAdd("UploadPart part=4 times=1 : hold answer")
	gone := r.add(transfer.PolicySkipSame, r.file("big", tenParts))[0]
	check(t, held.WaitHeld(t.Context(), 1))
	long := r.faults.MustAdd("UploadPart part=11 times=1 : hold")
	stays, other := r.add(transfer.PolicySkipSame, r.file("stays", tenParts+100*kib))[0], r.add(transfer.PolicySkipSame, r.file("other", 50*kib))[0]
	check(t, r.m.Pause(transfer.These(other)))
	check(t, r.m.Keep(t.Context(), transfer.These(gone, stays)))
	check(t, r.m.Resume(transfer.These(stays, other)))
	held.Release()
	check(t, long.WaitHeld(t.Context(), 1)) // the row that stays is in work for long
	r.until("the row is gone", func() bool {
		us, err := r.journal.Uploads(t.Context(), []transfer.ID{gone})
		check(t, err)
		return len(us) == 0
	})
	long.Release()
	r.reaches(stays, transfer.StatusCompleted)
	r.reaches(other, transfer.StatusCompleted)
}

// TestKeepWaitsForPartsUnderWay takes the row away only when no answer can come any more that
// would change its facts.
func TestKeepWaitsForPartsUnderWay(t *testing.T) {
	t.Parallel()
	r := deaf(t)
	path := r.file("big", tenParts)
	held := r.faults.MustAdd("UploadPart part=4 times=1 : hold answer")
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	check(t, r.m.Keep(t.Context(), transfer.These(id)))
	r.reaches(id, transfer.StatusPaused)
	check(t, r.journal.Settled(t.Context(), testBucket, nil)) // behind all that was to be written by then
	if u := r.upload(id); u.Hidden || u.UploadID == "" {
		t.Errorf("the row was taken away while a part was under way: %+v", u)
	}
	held.Release()
	r.until("the row is gone", func() bool {
		us, err := r.journal.Uploads(t.Context(), []transfer.ID{id})
		check(t, err)
		return len(us) == 0
	})
	if begun, err := r.journal.Begun(t.Context(), testBucket); err != nil || len(begun) != 1 || !begun[0].Kept {
		t.Errorf("the journal knows %+v, %v", begun, err)
	}
}

// TestAbortOfAnAdoptedUploadThatIsComplete takes over an upload that the other program completes
// all the same, and aborts it: what is there may be of it.
func TestAbortOfAnAdoptedUploadThatIsComplete(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart skip=2 : hold") // those of the other program pass
	path, key := r.file("file", 500*kib), "p/file"
	uploadID := r.beginElsewhere(key, path, without(everyPart(500*kib, 100*kib), 3, 4, 5))
	fit, err := r.m.FitFile(t.Context(), r.target(key), uploadID, path, nil)
	check(t, err)
	id, err := r.m.Adopt(t.Context(), transfer.Adoption{To: r.target(key), UploadID: uploadID, Path: path, Fit: fit})
	check(t, err)
	check(t, held.WaitHeld(t.Context(), 1))
	r.completeElsewhere(id)
	check(t, r.m.Abort(transfer.These(id)))
	held.Release()
	if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt {
		t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
	}
}
