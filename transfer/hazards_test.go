package transfer_test

import (
	"os"
	"strings"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestPutOfARewrittenFileIsNotCompleted rewrites a file while its one request is under way:
// the object may hold bytes of both versions.
func TestPutOfARewrittenFileIsNotCompleted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path, id := r.tear(60 * kib)
	check(t, r.m.NewVersion(transfer.These(id)))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

// tear has a file rewritten, to so many bytes, while its one request is under way.
func (r *rig) tear(size int64) (path string, id transfer.ID) {
	r.t.Helper()
	held := r.faults.MustAdd("PutObject times=1 : hold answer")
	path = r.file("file", 50*kib)
	id = r.add(transfer.PolicySkipSame, path)[0]
	check(r.t, held.WaitHeld(r.t.Context(), 1))
	r.write(path, size)
	held.Release()
	r.reaches(id, transfer.StatusFileChanged)
	return path, id
}

// TestTornObjectThatIsNoLongerOurs lets another program store its object over that of a file
// rewritten during its Put: the new version must not replace it unasked.
func TestTornObjectThatIsNoLongerOurs(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"again by a Put": 60 * kib, "now in parts": 20 * transfer.MiB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path, id := r.tear(size)
			r.put("p/file", "another program's")
			r.restart()
			check(t, r.m.NewVersion(transfer.These(id)))
			r.reaches(id, transfer.StatusConflict)
			r.holds("p/file", r.text("another", "another program's"))
			check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			r.nothingOpen()
		})
	}
}

// TestTornObjectIsReplacedWhileItIsOurs lets another program store its object after the one
// that was torn was looked at, and before it is replaced.
func TestTornObjectIsReplacedWhileItIsOurs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size   int64
		fault  string
		failed bool
	}{
		"OSS refuses the new version":       {60 * kib, "PutObject times=1 : status 400 code=InvalidArgument", true},
		"OSS has trouble":                   {60 * kib, "PutObject times=1 : status 503 code=ServiceUnavailable", false},
		"OSS refuses to join the parts":     {20 * transfer.MiB, "CompleteMultipartUpload times=1 : status 400 code=InvalidArgument", true},
		"OSS has trouble joining the parts": {20 * transfer.MiB, "CompleteMultipartUpload times=1 : status 503 code=ServiceUnavailable", false},
		"the answer is lost":                {20 * transfer.MiB, "CompleteMultipartUpload times=1 : cut", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			_, id := r.tear(c.size)
			op, _, _ := strings.Cut(c.fault, " ")
			held := r.faults.MustAdd(op + " times=1 : hold")
			r.faults.MustAdd(c.fault)
			check(t, r.m.NewVersion(transfer.These(id)))
			check(t, held.WaitHeld(t.Context(), 1))
			r.put("p/file", "another program's")
			held.Release()
			if c.failed {
				r.reaches(id, transfer.StatusFailed)
				check(t, r.m.Resume(transfer.These(id)))
			}
			r.reaches(id, transfer.StatusConflict)
			r.holds("p/file", r.text("another", "another program's"))
		})
	}
}

// TestAbortDoesNotWaitForASlot aborts a paused upload while another one keeps every slot.
func TestAbortDoesNotWaitForASlot(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.Slots = 2 })
	first := r.faults.MustAdd("UploadPart key=p/first skip=1 : stall")
	id := r.add(transfer.PolicySkipSame, r.file("first", 1000*kib))[0]
	if err := first.WaitHeld(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	check(t, r.m.Pause(transfer.These(id)))
	r.reaches(id, transfer.StatusPaused)
	r.until("the slots are free", func() bool { return r.m.Snapshot().InFlight == 0 })
	full := r.faults.MustAdd("UploadPart key=p/second : stall")
	r.add(transfer.PolicySkipSame, r.file("second", 1000*kib))
	if err := full.WaitHeld(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	check(t, r.m.Abort(transfer.These(id)))
	r.reaches(id, transfer.StatusAborted)
}

// TestDeadEndpointDoesNotStarveOthers queues more files for an endpoint that is not there than
// are ever in work, and one for an endpoint that is.
func TestDeadEndpointDoesNotStarveOthers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	dead := transfer.Account{Name: "dead", Kind: transfer.AccountKeys, Endpoint: "http://127.0.0.1:9", Region: "cn-hangzhou", Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual, KeyID: testKeyID}
	var err error
	dead.ID, err = r.journal.SaveAccount(t.Context(), dead)
	check(t, err)
	for i := range 60 {
		r.file("many/"+string(rune('a'+i%26))+string(rune('a'+i/26)), 10)
	}
	_, err = r.m.Add(t.Context(), transfer.AddRequest{
		Paths: []string{r.files + "/many"}, Policy: transfer.PolicySkipSame,
		To: transfer.Destination{Account: dead.ID, Endpoint: dead.Endpoint, Region: dead.Region, Bucket: testBucket},
	})
	check(t, err)
	path := r.file("file", 300*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

// TestSkipAndKeepBothAfterAPausedPut pauses a Put that must not overwrite what was there.
func TestSkipAndKeepBothAfterAPausedPut(t *testing.T) {
	t.Parallel()
	for policy, want := range map[transfer.Policy]transfer.Outcome{
		transfer.PolicySkip: transfer.OutcomeSkipped, transfer.PolicyKeepBoth: transfer.OutcomeSent,
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.put("p/file", "the old object")
			held := r.faults.MustAdd(osslocal.OpPutObject + " times=1 : stall")
			path := r.file("file", 50*kib)
			id := r.add(policy, path)[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			check(t, r.m.Pause(transfer.These(id)))
			r.reaches(id, transfer.StatusPaused)
			check(t, r.m.Resume(transfer.These(id)))
			if u := r.reaches(id, transfer.StatusCompleted); u.Receipt.Outcome != want {
				t.Errorf("outcome %q, want %q", u.Receipt.Outcome, want)
			}
		})
	}
}

// TestBadNameIsNotSentWhenStarted presses Start on a file whose name is no key.
func TestBadNameIsNotSentWhenStarted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.file("a/bytes\xff", 3)
	id := r.add(transfer.PolicySkipSame, r.files+"/a")[0]
	r.reaches(id, transfer.StatusFailed)
	check(t, r.m.Resume(transfer.These(id)))
	other := r.file("after", 3)
	r.reaches(r.add(transfer.PolicySkipSame, other)[0], transfer.StatusCompleted)
	r.reaches(id, transfer.StatusFailed)
	if n := len(r.keys()); n != 1 {
		t.Errorf("objects %q", r.keys())
	}
	check(t, os.Remove(path))
}
