package transfer_test

import (
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestC15AnotherWriterIsNeverOverwritten stores an object of another program while a request
// hangs whose answer is then lost or refused. The policy is not to replace.
func TestC15AnotherWriterIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib} {
		for _, action := range []string{"cut", "html", "status 500 code=InternalError"} {
			for _, meanwhile := range []beforeIt{otherBytes, sameBytes} {
				t.Run(op+" "+action+", "+string(meanwhile), func(t *testing.T) {
					t.Parallel()
					r := newRig(t)
					path := r.file("file", size)
					held := r.faults.MustAdd(op + " times=1 : hold")
					r.faults.MustAdd(op + " key=p/file times=1 : " + action)
					batch, err := r.m.Add(t.Context(), transfer.AddRequest{
						Paths: []string{path}, To: r.to("p/"), Policy: transfer.PolicySkipSame, Options: transfer.Options{ContentType: newType},
					})
					check(t, err)
					id := r.scanned(batch)[0]
					check(t, held.WaitHeld(t.Context(), 1))
					r.prepare("p/file", meanwhile, path) // by another program
					held.Release()
					want := transfer.StatusConflict
					if op == osslocal.OpPutObject && meanwhile == sameBytes {
						want = transfer.StatusCompleted // what was to be there is there
					}
					r.reaches(id, want)
					if got := r.typeOf("p/file"); got == newType {
						t.Error("the other writer's object was overwritten")
					}
				})
			}
		}
	}
}

// TestAnOldObjectIsNotTakenForALostPut cuts a Put whose policy must leave what is there: the
// same bytes, stored long before.
func TestAnOldObjectIsNotTakenForALostPut(t *testing.T) {
	t.Parallel()
	for policy, want := range map[transfer.Policy]transfer.Outcome{
		transfer.PolicySkip: transfer.OutcomeSkipped, transfer.PolicyKeepBoth: transfer.OutcomeSent,
		transfer.PolicySkipSame: transfer.OutcomeAlreadyThere,
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path := r.file("file", 50*kib)
			r.skew.Store(int64(-4 * time.Minute))
			r.prepare("p/file", sameBytes, path)
			r.skew.Store(0)
			rule := r.faults.MustAdd("PutObject times=1 : cut")
			u := r.reaches(r.add(policy, path)[0], transfer.StatusCompleted)
			if u.Receipt.Outcome != want || rule.Hits() != 1 {
				t.Errorf("outcome %q, want %q; %d hits", u.Receipt.Outcome, want, rule.Hits())
			}
			if n := len(r.keys()); (n == 2) != (policy == transfer.PolicyKeepBoth) {
				t.Errorf("objects %q", r.keys())
			}
		})
	}
}

// TestAnOldObjectIsNotTakenForALostComplete cuts a Complete that is to replace an object of the same
// bytes, where only the object can tell what became of it: the listing is refused, or the upload
// was aborted by another program at that moment.
func TestAnOldObjectIsNotTakenForALostComplete(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(r *rig){
		"listing refused": func(r *rig) { r.faults.MustAdd("ListParts : status 403 code=AccessDenied ec=0003-00000001") },
		"upload aborted":  (*rig).abortElsewhere,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path := r.file("file", 350*kib)
			r.prepare("p/file", sameBytes, path)
			held := r.faults.MustAdd("CompleteMultipartUpload times=1 : hold")
			r.faults.MustAdd("CompleteMultipartUpload times=1 : cut")
			id := r.replace(sameBytes, path)
			check(t, held.WaitHeld(t.Context(), 1))
			meanwhile(r)
			held.Release()
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			r.nothingOpen()
			if got := r.typeOf("p/file"); got != newType {
				t.Errorf("the object has content type %q", got)
			}
		})
	}
}

// TestC11ObjectThatDiffersStays lets OSS state another CRC64 of the whole object than that of
// the bytes read, in its answer and afterwards.
func TestC11ObjectThatDiffersStays(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib} {
		for policy, next := range map[transfer.Policy]transfer.Status{
			transfer.PolicySkipSame: transfer.StatusConflict, transfer.PolicyReplace: transfer.StatusCompleted,
		} {
			t.Run(op+" "+string(policy), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.faults.MustAdd(op + " times=1 : crc 123")
				r.faults.MustAdd(osslocal.OpHeadObject + " : crc 123")
				path := r.file("file", size)
				id := r.add(policy, path)[0]
				u := r.reaches(id, transfer.StatusFailed)
				if u.Error.Kind != transfer.KindIntegrity || u.Error.Code != transfer.CodeObjectDiffers || u.Error.Op != op {
					t.Errorf("the error is %v", u.Error)
				}
				r.holds("p/file", path)
				check(t, r.m.Resume(transfer.These(id)))
				r.reaches(id, next)
				r.holds("p/file", path)
				r.nothingOpen()
				if n := r.begun(osslocal.OpDeleteObject); n != 0 {
					t.Errorf("%d objects were deleted", n)
				}
			})
		}
	}
}
