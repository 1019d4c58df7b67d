package transfer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

// hashingStore tells that computing the MD5 took nearly all the time, an hour, of each part.
type hashingStore struct{ transfer.Store }

func (s hashingStore) UploadPart(ctx context.Context, r transfer.PartRequest) (transfer.PartAnswer, error) {
	answer, err := s.Store.UploadPart(ctx, r)
	if r.WantMD5 {
		answer.MD5Time = time.Hour
	}
	return answer, err
}

// TestMD5IsLeftOutAndThatIsSaid sends a file whose MD5 would take longer than all else, as
// every setting has it.
func TestMD5IsLeftOutAndThatIsSaid(t *testing.T) {
	t.Parallel()
	for mode, want := range map[transfer.MD5Mode]struct{ receipt, said bool }{
		transfer.MD5Auto: {false, true},
		transfer.MD5On:   {true, false},
		transfer.MD5Off:  {false, false},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.stopEngine()
			dial := r.dial
			r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
				s, err := dial(a, c, bucket)
				return hashingStore{s}, err
			}
			r.changes = func(s *transfer.Settings) { s.MD5, s.PartSize, s.Slots = mode, 256*kib, 1 }
			r.startEngine()
			id := r.add(transfer.PolicySkipSame, r.file("file", 8*256*kib))[0]
			u := r.reaches(id, transfer.StatusCompleted)
			said := strings.Contains(r.events(id), "MD5 is left out")
			if u.Receipt.MD5 != want.receipt || said != want.said || u.Receipt.Proof != transfer.ProofCRC64 {
				t.Errorf("receipt %+v, said %t", u.Receipt, said)
			}
			r.holds(u.To.Key, u.Path)
		})
	}
}
