package transfer_test

import (
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

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
