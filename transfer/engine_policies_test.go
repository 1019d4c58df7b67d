package transfer_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
)

func TestC15ExistingObjects(t *testing.T) {
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
					if policy == transfer.PolicySkipSame && !same || policy == transfer.PolicyAsk {
						r.reaches(id, transfer.StatusConflict)
						r.nothingOpen()
						if n := r.count(osslocal.OpUploadPart, nil) + r.count(osslocal.OpPutObject, nil); policy == transfer.PolicyAsk && n != 1 {
							t.Errorf("%d requests with bytes beside the object's own before anybody was asked", n-1)
						}
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
					case transfer.PolicySkip, transfer.PolicySkipSame, transfer.PolicyAsk:
						if n := len(r.keys()); n != 1 {
							t.Errorf("%d objects, want 1", n)
						}
					}
				})
			}
		}
	}
}

func TestC15ConflictsAreAnswered(t *testing.T) {
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
