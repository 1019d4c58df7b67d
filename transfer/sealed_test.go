package transfer_test

import (
	"os"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// partsAsked holds the first request of an upload that goes on, after its upload ID was found.
const partsAsked = "ListParts skip=1 times=1 : hold"

// sealed ends a life whose Complete was cut, and begins one that found its upload ID alive and
// does what the rule holds: the Complete may still arrive.
func (r *rig) sealed(policy transfer.Policy, rule string) (path string, id transfer.ID, held *fault.Rule) {
	r.t.Helper()
	sent := r.faults.MustAdd("CompleteMultipartUpload times=1 : cut")
	asked := r.faults.MustAdd("ListParts times=1 : hold")
	path = r.file("file", 350*kib)
	id = r.add(policy, path)[0]
	check(r.t, asked.WaitHeld(r.t.Context(), 1))
	r.stopEngine()
	r.faults.Remove(sent)
	r.faults.Remove(asked)
	held = r.faults.MustAdd(rule)
	r.startEngine()
	check(r.t, held.WaitHeld(r.t.Context(), 1))
	return path, id, held
}

// completeElsewhere has an upload completed by what arrives late of a life before.
func (r *rig) completeElsewhere(id transfer.ID) {
	r.t.Helper()
	parts, err := r.journal.Parts(r.t.Context(), id)
	check(r.t, err)
	r.completeWith(id, parts)
}

func (r *rig) completeWith(id transfer.ID, parts []transfer.Part) {
	r.t.Helper()
	store, err := aliyun.Dial(r.account, r.secrets.known, testBucket)
	check(r.t, err)
	defer store.Close()
	u := r.upload(id)
	c := transfer.CompleteRequest{Key: u.To.Key, UploadID: u.UploadID}
	for _, p := range parts {
		c.Parts = append(c.Parts, transfer.PartRef{Number: p.Number, ETag: p.ETag})
	}
	_, err = store.Complete(r.t.Context(), c)
	check(r.t, err)
}

// TestCompleteThatArrivesLate ends the life that sent Complete, and has it carried out after the
// next one found its upload ID alive: the object that is there then is its own, and nothing is
// sent again, also where it may be replaced or another be kept beside it.
func TestCompleteThatArrivesLate(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"before its parts are listed": partsAsked,
		"before the key is looked at": "HeadObject times=1 : hold",
	} {
		for _, policy := range []transfer.Policy{transfer.PolicyReplace, transfer.PolicyKeepBoth} {
			t.Run(name+", "+string(policy), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				if policy == transfer.PolicyReplace {
					r.put("p/file", "an older object")
				}
				path, id, held := r.sealed(policy, before)
				r.completeElsewhere(id)
				held.Release()
				if u := r.reaches(id, transfer.StatusCompleted); u.Receipt.Outcome != transfer.OutcomeSent || u.Receipt.Proof != transfer.ProofHead {
					t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
				}
				r.holds("p/file", path)
				if n := r.count(osslocal.OpInitiate, ok); n != 1 {
					t.Errorf("%d uploads were begun\n%s", n, r.events(id))
				}
			})
		}
	}
}

// TestAbortWhoseCompleteArrives aborts an upload whose Complete arrives late, before the abort:
// that nothing of it is there is told only if that is so.
func TestAbortWhoseCompleteArrives(t *testing.T) {
	t.Parallel()
	arrives := func(r *rig, id transfer.ID) { r.completeElsewhere(id) }
	for name, test := range map[string]struct {
		happens func(r *rig, id transfer.ID)
		status  transfer.Status
		outcome transfer.Outcome
	}{
		"and is there": {arrives, transfer.StatusCompleted, transfer.OutcomeTooLate},
		"and may not be looked at": {func(r *rig, id transfer.ID) {
			r.completeElsewhere(id)
			r.faults.MustAdd("HeadObject : " + denied)
		}, transfer.StatusAborted, transfer.OutcomeInDoubt},
		"and is looked for in vain at first": {func(r *rig, id transfer.ID) {
			r.completeElsewhere(id)
			r.faults.MustAdd("HeadObject times=2 : status 500 code=InternalError")
		}, transfer.StatusCompleted, transfer.OutcomeTooLate},
		"and is replaced": {func(r *rig, id transfer.ID) {
			r.completeElsewhere(id)
			r.put("p/file", "another program's")
		}, transfer.StatusAborted, transfer.OutcomeNone},
		"no more: others aborted it": {func(r *rig, _ transfer.ID) { r.abortElsewhere() }, transfer.StatusAborted, transfer.OutcomeNone},
		"no more: it is aborted":     {func(*rig, transfer.ID) {}, transfer.StatusAborted, transfer.OutcomeNone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path, id, held := r.sealed(transfer.PolicySkipSame, partsAsked)
			test.happens(r, id)
			check(t, r.m.Abort(transfer.These(id)))
			held.Release()
			if u := r.reaches(id, test.status); u.Receipt.Outcome != test.outcome {
				t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
			}
			if test.status == transfer.StatusCompleted {
				r.holds("p/file", path)
			}
			r.nothingOpen()
		})
	}
}

// sealedOfAnother is such an upload whose file was rewritten since, with so many bytes.
func (r *rig) sealedOfAnother(size int64) (path string, id transfer.ID) {
	r.t.Helper()
	path, id, held := r.sealed(transfer.PolicySkipSame, partsAsked)
	r.write(path, size)
	held.Release()
	r.reaches(id, transfer.StatusFileChanged)
	return path, id
}

// TestChangedFileWhoseCompleteArrives changes the file of an upload whose Complete arrives late:
// the object is of the old version, and the upload's own.
func TestChangedFileWhoseCompleteArrives(t *testing.T) {
	t.Parallel()
	t.Run("skipped", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		_, id := r.sealedOfAnother(360 * kib)
		r.completeElsewhere(id)
		check(t, r.m.Skip(transfer.These(id)))
		if u := r.reaches(id, transfer.StatusCompleted); u.Receipt.Outcome != transfer.OutcomeTooLate || u.Receipt.Proof != transfer.ProofHead {
			t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
		}
	})
	t.Run("skipped, and not to be looked at", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		_, id := r.sealedOfAnother(360 * kib)
		r.completeElsewhere(id)
		r.faults.MustAdd("HeadObject : " + denied)
		check(t, r.m.Skip(transfer.These(id)))
		if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt || u.Claims {
			t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
		}
	})
	// The size decides whether the new version keeps the upload ID: parts of 100 KiB.
	for name, size := range map[string]int64{"of a size that fits": 360 * kib, "of one that does not": 50 * kib} {
		t.Run("a new version, "+name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path, id := r.sealedOfAnother(size)
			r.completeElsewhere(id)
			check(t, r.m.NewVersion(transfer.These(id)))
			if u := r.reaches(id, transfer.StatusCompleted); u.Receipt.Outcome != transfer.OutcomeSent {
				t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
			}
			r.holds("p/file", path)
			r.nothingOpen()
		})
	}
	t.Run("after the new version took its upload ID", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		_, id := r.sealedOfAnother(550 * kib)
		old, err := r.journal.Parts(t.Context(), id)
		check(t, err)
		parts := r.faults.MustAdd("UploadPart : hold")
		check(t, r.m.NewVersion(transfer.These(id)))
		check(t, parts.WaitHeld(t.Context(), 1))
		r.completeWith(id, old)
		check(t, r.m.Abort(transfer.These(id)))
		parts.Release()
		if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt {
			t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
		}
	})
}

// TestCutFileWhoseCompleteArrives cuts a file short to parts that were all sent: the Complete of
// the old version arrives before that of the new one, and whose object that is cannot be told.
func TestCutFileWhoseCompleteArrives(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path, id, held := r.sealed(transfer.PolicySkipSame, partsAsked)
	check(t, os.Truncate(path, 300*kib))
	r.age(path)
	held.Release()
	r.reaches(id, transfer.StatusFileChanged)
	old, err := r.journal.Parts(t.Context(), id)
	check(t, err)
	held = r.faults.MustAdd("CompleteMultipartUpload times=1 : hold")
	check(t, r.m.NewVersion(transfer.These(id)))
	check(t, held.WaitHeld(t.Context(), 1))
	r.completeWith(id, old)
	held.Release()
	r.reaches(id, transfer.StatusConflict)
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveSkip))
	if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt {
		t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
	}
}

// TestEqualObjectOfOthersIsReplaced replaces another program's object that has the same bytes,
// by an upload ID that others abort before its Complete can be told from none: the object that
// is there is still the other's.
func TestEqualObjectOfOthersIsReplaced(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("CompleteMultipartUpload times=1 : hold")
	path := r.file("file", 350*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	r.prepare("p/file", sameBytes, path)
	held.Release()
	r.reaches(id, transfer.StatusConflict)
	r.faults.MustAdd("CompleteMultipartUpload times=1 : cut")
	asked := r.faults.MustAdd("ListParts skip=1 times=1 : hold") // the first is of its parts
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
	check(t, asked.WaitHeld(t.Context(), 1))
	r.abortElsewhere()
	asked.Release()
	r.reaches(id, transfer.StatusCompleted)
	if n := r.count(osslocal.OpComplete, ok); n != 1 {
		t.Errorf("%d objects were made\n%s", n, r.events(id))
	}
}

// TestAbortThatAsksNothing aborts an upload of which nothing is under way, without credentials.
func TestAbortThatAsksNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, id := r.doubtful(transfer.PolicySkipSame)
	r.stopEngine()
	r.secrets.set(transfer.Credentials{})
	r.startEngine()
	check(t, r.m.Abort(transfer.These(id)))
	if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt {
		t.Errorf("receipt %+v", u.Receipt)
	}
}

// TestEqualObjectOfOthersStays has another program store the same bytes before the upload's
// Complete, which is refused for them, and the answer to the abort of its upload ID lost: the
// object is not taken for the upload's own.
func TestEqualObjectOfOthersStays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		press func(r *rig, path string, id transfer.ID)
		ended transfer.Phase
		keys  int
	}{
		"kept beside it": {func(r *rig, _ string, id transfer.ID) {
			check(t, r.m.Resolve(transfer.These(id), transfer.ResolveKeepBoth))
		}, transfer.PhaseDone, 2},
		"kept beside it, of a changed file": {func(r *rig, path string, id transfer.ID) {
			r.write(path, 360*kib)
			check(t, r.m.Resolve(transfer.These(id), transfer.ResolveKeepBoth))
		}, transfer.PhaseDone, 2},
		"skipped": {func(r *rig, _ string, id transfer.ID) {
			check(t, r.m.Resolve(transfer.These(id), transfer.ResolveSkip))
		}, transfer.PhaseDone, 1},
		"aborted": {func(r *rig, _ string, id transfer.ID) { check(t, r.m.Abort(transfer.These(id))) }, transfer.PhaseAborted, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd("CompleteMultipartUpload times=1 : hold")
			path := r.file("file", 350*kib)
			copied := r.file("copy", 0)
			data, err := os.ReadFile(path)
			check(t, err)
			check(t, os.WriteFile(copied, data, 0o600))
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 1))
			r.prepare("p/file", sameBytes, path)
			held.Release()
			r.reaches(id, transfer.StatusConflict)
			r.faults.MustAdd("AbortMultipartUpload times=1 : lose")
			test.press(r, path, id)
			r.until("it is over", func() bool { return r.upload(id).Phase.Final() })
			u := r.upload(id)
			if u.Phase != test.ended || u.Receipt.Outcome == transfer.OutcomeTooLate || len(r.keys()) != test.keys {
				t.Errorf("%s, %+v, objects %q\n%s", u.Phase, u.Receipt, r.keys(), r.events(id))
			}
			r.holds("p/file", copied)
		})
	}
}

// aborted aborts an upload, and tells for how long it took.
func (r *rig) aborted(id transfer.ID) (transfer.Upload, time.Duration) {
	r.t.Helper()
	begun := time.Now()
	check(r.t, r.m.Abort(transfer.These(id)))
	return r.reaches(id, transfer.StatusAborted), time.Since(begun)
}

// TestLostPutIsLookedForInTheNextLife ends a life whose Put had left: the next looks for its
// object once it can have arrived.
func TestLostPutIsLookedForInTheNextLife(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("PutObject times=1 : stall at=all")
	id := r.add(transfer.PolicySkipSame, r.file("file", 50*kib))[0]
	check(t, held.WaitHeld(t.Context(), 1))
	r.restart()
	if _, took := r.aborted(id); took < 1500*time.Millisecond {
		t.Errorf("it was looked for after %v", took)
	}
}

// TestAbortOfAnObjectWithoutCRC64 aborts what was carried out, where OSS does not tell what bytes
// an object has.
func TestAbortOfAnObjectWithoutCRC64(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.faults.MustAdd("HeadObject : crc none")
			held := r.faults.MustAdd(op + " times=1 : hold answer")
			id := r.add(transfer.PolicySkipSame, r.file("file", size))[0]
			check(t, held.WaitHeld(t.Context(), 1))
			r.restart()
			if u, _ := r.aborted(id); u.Receipt.Outcome != transfer.OutcomeInDoubt {
				t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
			}
		})
	}
}

// TestAbortEndsWhereNothingMayBeLookedAt aborts what is under way in each phase, with the bucket
// gone, or answers that no repetition mends.
func TestAbortEndsWhereNothingMayBeLookedAt(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib, osslocal.OpInitiate: 350 * kib} {
		for answer, doubt := range map[string]bool{
			"* : status 404 code=NoSuchBucket ec=0015-00000101": false,
			"HeadObject : status 400 code=InvalidArgument":      op == osslocal.OpPutObject,
			"ListMultipartUploads : status 400 code=InvalidArg": false,
		} {
			t.Run(op+", "+answer, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				held := r.faults.MustAdd(op + " times=1 : stall at=all")
				id := r.add(transfer.PolicySkipSame, r.file("file", size))[0]
				check(t, held.WaitHeld(t.Context(), 1))
				r.stopEngine()
				r.faults.MustAdd(answer)
				r.startEngine()
				u, took := r.aborted(id)
				if took > 20*time.Second || (u.Receipt.Outcome == transfer.OutcomeInDoubt) != doubt {
					t.Errorf("after %v: receipt %+v", took, u.Receipt)
				}
			})
		}
	}
}

// TestAbortOfWhatWasRestored aborts an upload that a backup of the journal has in the middle, and
// that was completed since.
func TestAbortOfWhatWasRestored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	held := r.faults.MustAdd("UploadPart skip=3 : hold")
	id := r.add(transfer.PolicySkipSame, r.file("big", 20*transfer.MinPartSize))[0]
	r.until("a part is committed", func() bool { return r.upload(id).PartsDone >= 1 })
	check(t, r.journal.BackUp(t.Context()))
	held.Release()
	r.reaches(id, transfer.StatusCompleted)
	r.stopEngine()
	r.damageJournal()
	r.startEngine()
	if u, _ := r.aborted(id); u.Receipt.Outcome != transfer.OutcomeInDoubt {
		t.Errorf("receipt %+v\n%s", u.Receipt, r.events(id))
	}
}
