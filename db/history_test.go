package db

import (
	"errors"
	"slices"
	"testing"
	"time"

	"partway/transfer"
)

// TestHistory hands the selected uploads on, with what their receipts say; that of a finished
// one outlives its row.
func TestHistory(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	waits, done := planned(batch, "waits"), planned(batch, "照片.jpg")
	added := add(t, j, waits, done)
	done = added[1]
	done.Phase, done.UploadID, done.ContentType = transfer.PhaseDone, "U1", "image/jpeg"
	done.Receipt = transfer.Receipt{
		Outcome: transfer.OutcomeSent, Proof: transfer.ProofCRC64, ETag: "E", CRC64: 1<<63 + 1, MD5: true, VersionID: "V", RequestID: "R",
		Finished: time.Unix(1_790_000_000, 0), Callback: transfer.CallbackDone, CallbackReply: `{"ok":1}`,
	}
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{done}})
	names := func(read func(func(*transfer.Record) error) error) (found []string, last transfer.Record) {
		t.Helper()
		if err := read(func(r *transfer.Record) error {
			found, last = append(found, r.Name), *r
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return found, last
	}
	of := func(s transfer.Selection) func(func(*transfer.Record) error) error {
		return func(each func(*transfer.Record) error) error { return j.History(t.Context(), s, each) }
	}
	receipts := func(each func(*transfer.Record) error) error { return j.Receipts(t.Context(), each) }

	all, last := names(of(transfer.Everything()))
	if !slices.Equal(all, []string{"waits", "照片.jpg"}) {
		t.Errorf("all are %q", all)
	}
	if !last.Receipt.Finished.Equal(done.Receipt.Finished) {
		t.Errorf("finished %v", last.Receipt.Finished)
	}
	last.Receipt.Finished = done.Receipt.Finished
	if last.Receipt != done.Receipt || last.Size != done.File.Size || last.To != done.To || last.Path != done.Path ||
		last.UploadID != "U1" || last.ContentType != "image/jpeg" || last.Status != transfer.StatusCompleted {
		t.Errorf("the record is %+v", last)
	}
	for _, s := range []transfer.Selection{transfer.These(done.ID), {Filter: transfer.Filter{Group: transfer.GroupCompleted}}, {Filter: transfer.Filter{Search: "照片"}}} {
		if some, _ := names(of(s)); !slices.Equal(some, []string{"照片.jpg"}) {
			t.Errorf("%+v: %q", s, some)
		}
	}
	command(t, j, transfer.Everything(), transfer.SetRemove)
	if none, _ := names(of(transfer.Everything())); len(none) != 0 {
		t.Errorf("the list still has %q", none)
	}
	if kept, last := names(receipts); !slices.Equal(kept, []string{"照片.jpg"}) || last.Receipt.CRC64 != 1<<63+1 || last.Path != "" || last.To.Key != done.To.Key {
		t.Errorf("kept are %q, %+v", kept, last)
	}
	broken := errors.New("broken")
	if err := j.Receipts(t.Context(), func(*transfer.Record) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("an error of who is told becomes %v", err)
	}
}
