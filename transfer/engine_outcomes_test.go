package transfer_test

import (
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestPartsAnsweredBadly gives parts answers that are lost, cut, wrong or none of OSS's, and
// expects one right object.
func TestPartsAnsweredBadly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"UploadPart times=2 : cut at=5000", "UploadPart times=2 : cut at=5000 reset",
		"UploadPart times=3 : status 503 code=ServiceUnavailable", "UploadPart times=1 : corrupt at=7",
		"UploadPart times=1 : crc 123", "UploadPart : crc none", "CompleteMultipartUpload times=1 : crc none",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			rule := r.faults.MustAdd(text)
			path := r.file("file", 350*kib)
			u := r.reaches(r.add(transfer.PolicySkipSame, path)[0], transfer.StatusCompleted)
			r.holds("p/file", path)
			r.nothingOpen()
			if rule.Hits() == 0 || u.Receipt.Proof == transfer.ProofNone {
				t.Errorf("%d hits, receipt %+v", rule.Hits(), u.Receipt)
			}
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
