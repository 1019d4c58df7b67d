package transfer_test

import (
	"fmt"
	"slices"
	"testing"

	"partway/transfer"
)

// TestFolderScanGoesOnAfterAStop stops the engine while a folder is being scanned: every
// file of it arrives all the same.
func TestFolderScanGoesOnAfterAStop(t *testing.T) {
	t.Parallel()
	const files = 1200 // more than two commits of the scan
	r := newRig(t)
	var want []string
	for i := range files {
		name := fmt.Sprintf("folder/%02d/%04d", i%20, i)
		r.file(name, int64(i%7))
		want = append(want, "p/"+name)
	}
	batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame})
	if err != nil {
		t.Fatal(err)
	}
	r.stopEngine()
	r.startEngine()
	ids := r.scanned(batch)
	if len(ids) != files {
		t.Fatalf("%d rows, want %d", len(ids), files)
	}
	r.until("all are completed", func() bool {
		counts, _, err := r.journal.BatchCounts(t.Context(), batch)
		return err == nil && counts[transfer.StatusCompleted] == files
	})
	if got := r.keys(); !slices.Equal(got, sorted(want)) {
		t.Errorf("%d objects, want %d", len(got), files)
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
