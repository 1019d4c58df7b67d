package transfer_test

import (
	"context"
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
	if log := r.events(id); !strings.Contains(log, "kept 0, proved 4 by reading, to send 6") {
		t.Errorf("the log does not tell of the proof:\n%s", log)
	}
	r.holds("p/big", path)
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

// TestUnknownOutcomes loses or garbles the answer of each call, carried out or not, and
// expects one right object, one upload ID where OSS made one, and nothing left behind.
func TestUnknownOutcomes(t *testing.T) {
	t.Parallel()
	const small, large = 50 * kib, 350 * kib
	tests := []struct {
		name, rule string
		size       int64
		initiated  int
	}{
		{"initiate carried out, answer lost", "InitiateMultipartUpload times=1 : lose", large, 1},
		{"initiate carried out, half an answer", "InitiateMultipartUpload times=1 : half", large, 1},
		{"initiate not carried out, cut", "InitiateMultipartUpload times=1 : cut", large, 1},
		{"initiate answered by a web page", "InitiateMultipartUpload times=1 : html", large, 1},
		{"initiate answered empty", "InitiateMultipartUpload times=1 : empty", large, 1},
		{"part carried out, answer lost", "UploadPart times=2 : lose", large, 1},
		{"part cut in the middle", "UploadPart times=2 : cut at=5000", large, 1},
		{"part reset in the middle", "UploadPart times=2 : cut at=5000 reset", large, 1},
		{"part answered by a web page", "UploadPart times=2 : html", large, 1},
		{"part answered empty", "UploadPart times=2 : empty", large, 1},
		{"part answered 503", "UploadPart times=3 : status 503 code=ServiceUnavailable", large, 1},
		{"part stored with other bytes", "UploadPart times=1 : corrupt at=7", large, 1},
		{"part with a wrong CRC", "UploadPart times=1 : crc 123", large, 1},
		{"parts without CRC", "UploadPart : crc none", large, 1},
		{"complete carried out, answer lost", "CompleteMultipartUpload times=1 : lose", large, 1},
		{"complete carried out, half an answer", "CompleteMultipartUpload times=1 : half", large, 1},
		{"complete carried out, answered by an error", "CompleteMultipartUpload times=1 : error applied code=InternalError", large, 1},
		{"complete carried out, answered empty", "CompleteMultipartUpload times=1 : empty applied", large, 1},
		{"complete not carried out, cut", "CompleteMultipartUpload times=1 : cut", large, 1},
		{"complete answered 500", "CompleteMultipartUpload times=1 : status 500 code=InternalError", large, 1},
		{"complete answered without CRC", "CompleteMultipartUpload times=1 : crc none", large, 1},
		{"put carried out, answer lost", "PutObject times=1 : lose", small, 0},
		{"put carried out, answered 500", "PutObject times=1 : status 500 code=InternalError applied", small, 0},
		{"put not carried out, cut", "PutObject times=1 : cut at=100", small, 0},
		{"put answered by a web page", "PutObject times=1 : html", small, 0},
		{"put answered without CRC", "PutObject times=1 : crc none", small, 0},
	}
	for _, test := range tests {
		for _, policy := range []transfer.Policy{transfer.PolicySkipSame, transfer.PolicyReplace} {
			t.Run(test.name+", "+string(policy), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				if policy == transfer.PolicyReplace {
					r.put("p/file", "the old object")
				}
				rule := r.faults.MustAdd(test.rule)
				path := r.file("file", test.size)
				u := r.reaches(r.add(policy, path)[0], transfer.StatusCompleted)
				if rule.Hits() == 0 {
					t.Error("the fault never happened")
				}
				r.holds("p/file", path)
				r.nothingOpen()
				if n := r.oss.InitiatedCount(testBucket); n != test.initiated {
					t.Errorf("%d upload IDs were begun, want %d", n, test.initiated)
				}
				if u.Receipt.Proof == transfer.ProofNone {
					t.Errorf("no proof in %+v", u.Receipt)
				}
			})
		}
	}
}

func TestAbortWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"carried out": "AbortMultipartUpload times=1 : lose", "cut": "AbortMultipartUpload times=1 : cut",
		"refused for a while": "AbortMultipartUpload times=3 : status 503 code=ServiceUnavailable",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd("UploadPart skip=1 : stall")
			r.faults.MustAdd(rule)
			id := r.add(transfer.PolicySkipSame, r.file("big", 1000*kib))[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if err := r.m.Abort(transfer.These(id)); err != nil {
				t.Fatal(err)
			}
			r.reaches(id, transfer.StatusAborted)
			r.nothingOpen()
		})
	}
}

// TestCommandsAgainstCallsInFlight presses pause and abort while each call waits for its
// answer.
func TestCommandsAgainstCallsInFlight(t *testing.T) {
	t.Parallel()
	calls := map[string]int64{
		osslocal.OpInitiate: 350 * kib, osslocal.OpUploadPart: 350 * kib, osslocal.OpComplete: 350 * kib,
		osslocal.OpPutObject: 50 * kib, osslocal.OpHeadObject: 350 * kib,
	}
	for op, size := range calls {
		t.Run("pause during "+op, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd(op + " times=1 : hold answer")
			path := r.file("file", size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if err := r.m.Pause(transfer.These(id)); err != nil {
				t.Fatal(err)
			}
			if s := r.m.Snapshot().Live[id].Status; s != transfer.StatusPaused {
				t.Errorf("right after pause the label is %q", s)
			}
			held.Release()
			r.until("nothing is under way", func() bool { return r.m.Snapshot().InFlight == 0 })
			if err := r.m.Resume(transfer.These(id)); err != nil {
				t.Fatal(err)
			}
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			r.nothingOpen()
		})
		t.Run("abort during "+op, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd(op + " times=1 : hold answer")
			path := r.file("file", size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if err := held.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if err := r.m.Abort(transfer.These(id)); err != nil {
				t.Fatal(err)
			}
			if s := r.m.Snapshot().Live[id].Status; s != transfer.StatusAborting {
				t.Errorf("right after abort the label is %q", s)
			}
			held.Release()
			r.until("it is over", func() bool { return r.upload(id).Phase.Final() })
			u := r.upload(id)
			arrived := len(r.keys()) == 1
			if tooLate := u.Receipt.Outcome == transfer.OutcomeTooLate; tooLate != arrived {
				t.Errorf("too late: %v, but the object is there: %v", tooLate, arrived)
			}
			if mustArrive := op == osslocal.OpComplete || op == osslocal.OpPutObject; mustArrive != arrived {
				t.Errorf("object there: %v, want %v", arrived, mustArrive)
			}
			r.nothingOpen()
		})
	}
}

func TestExistingObjects(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{30 * kib, 350 * kib} {
		for _, same := range []bool{true, false} {
			for _, policy := range transfer.Policies {
				name := string(policy) + map[bool]string{true: " same", false: " different"}[same] + map[bool]string{true: " single", false: " multipart"}[size < 100*kib]
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					r := newRig(t)
					path := r.file("file.txt", size)
					old := "the old object"
					if same {
						data, err := os.ReadFile(path)
						if err != nil {
							t.Fatal(err)
						}
						old = string(data)
					}
					r.put("p/file.txt", old)
					id := r.add(policy, path)[0]
					if policy == transfer.PolicySkipSame && !same {
						r.reaches(id, transfer.StatusConflict)
						r.nothingOpen()
						return
					}
					u := r.reaches(id, transfer.StatusCompleted)
					r.nothingOpen()
					want := map[transfer.Policy]transfer.Outcome{
						transfer.PolicySkipSame: transfer.OutcomeAlreadyThere, transfer.PolicySkip: transfer.OutcomeSkipped,
						transfer.PolicyReplace: transfer.OutcomeSent, transfer.PolicyKeepBoth: transfer.OutcomeSent,
					}[policy]
					if u.Receipt.Outcome != want {
						t.Errorf("outcome %q, want %q", u.Receipt.Outcome, want)
					}
					switch policy {
					case transfer.PolicyReplace:
						r.holds("p/file.txt", path)
					case transfer.PolicyKeepBoth:
						r.holds("p/file (2).txt", path)
					case transfer.PolicySkip, transfer.PolicySkipSame:
						if n := len(r.keys()); n != 1 {
							t.Errorf("%d objects, want 1", n)
						}
					}
				})
			}
		}
	}
}

func TestConflictsAreAnswered(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{30 * kib, 350 * kib} {
		for _, late := range []bool{false, true} {
			for _, answer := range []transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip} {
				if late && size < 100*kib {
					continue // a single put has no later moment
				}
				name := string(answer) + map[bool]string{true: " at complete", false: " at the start"}[late] + map[bool]string{true: " single", false: " multipart"}[size < 100*kib]
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					r := newRig(t)
					path := r.file("file.txt", size)
					var held interface {
						WaitHeld(context.Context, int) error
						Release()
					}
					if late {
						held = r.faults.MustAdd("CompleteMultipartUpload times=1 : hold")
					} else {
						r.put("p/file.txt", "old")
					}
					id := r.add(transfer.PolicySkipSame, path)[0]
					if late {
						if err := held.WaitHeld(t.Context(), 1); err != nil {
							t.Fatal(err)
						}
						r.put("p/file.txt", "old")
						held.Release()
					}
					r.reaches(id, transfer.StatusConflict)
					sent := r.count(osslocal.OpUploadPart, nil)
					if err := r.m.Resolve(transfer.These(id), answer); err != nil {
						t.Fatal(err)
					}
					u := r.reaches(id, transfer.StatusCompleted)
					r.nothingOpen()
					switch answer {
					case transfer.ResolveReplace:
						r.holds("p/file.txt", path)
						if again := r.count(osslocal.OpUploadPart, nil) - sent; late && again != 0 {
							t.Errorf("%d parts were sent again", again)
						}
					case transfer.ResolveKeepBoth:
						r.holds("p/file (2).txt", path)
					case transfer.ResolveSkip:
						if u.Receipt.Outcome != transfer.OutcomeSkipped || len(r.keys()) != 1 {
							t.Errorf("outcome %q, objects %q", u.Receipt.Outcome, r.keys())
						}
					}
				})
			}
		}
	}
}

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

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
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

func TestUploadAbortedElsewhereBeginsAnewOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.faults.MustAdd("UploadPart part=2 times=1 : status 404 code=NoSuchUpload")
	r.faults.MustAdd("ListParts times=1 : status 404 code=NoSuchUpload")
	path := r.file("file", 300*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	if n := r.oss.InitiatedCount(testBucket); n != 2 {
		t.Errorf("%d upload IDs were begun, want 2", n)
	}
}

func TestSameFileTwiceIsOneRow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart : stall")
	path := r.file("file", 300*kib)
	first := r.add(transfer.PolicySkipSame, path)
	if err := held.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if again := r.add(transfer.PolicySkipSame, path); len(again) != 0 {
		t.Errorf("the same file has rows %v beside %v", again, first)
	}
	other := r.file("elsewhere/file", 10)
	id := r.add(transfer.PolicySkipSame, other)[0]
	u := r.reaches(id, transfer.StatusConflict)
	if !errors.Is(u.Error, transfer.ErrKeyClaimed) {
		t.Errorf("the conflict's error is %v", u.Error)
	}
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveKeepBoth))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file (2)", other)
	r.faults.Clear()
	held.Release()
	r.reaches(first[0], transfer.StatusCompleted)
	r.holds("p/file", path)
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
