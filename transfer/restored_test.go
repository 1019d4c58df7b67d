package transfer_test

import (
	"os"
	"path/filepath"
	"testing"

	"partway/transfer"
)

// damageJournal overwrites a part of the journal's file. The engine is stopped.
func (r *rig) damageJournal() {
	r.t.Helper()
	file := filepath.Join(r.data, "partway.db")
	content, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	clear(content[4096*2 : 4096*5])
	if err := os.WriteFile(file, content, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// After a backup took a damaged journal's place nothing goes on by itself; started, parts
// that only OSS knows are proved, not sent.
func TestD2PartsSinceTheBackupAreProvedNotSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *transfer.Settings) { s.BytesPerSecond = 10 * transfer.MinPartSize })
	path := r.file("big", 20*transfer.MinPartSize)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("a part is committed", func() bool { return r.upload(id).PartsDone >= 1 })
	if err := r.journal.BackUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved := r.upload(id).PartsDone
	r.until("more parts are committed", func() bool { return r.upload(id).PartsDone >= saved+4 })
	r.stopEngine()
	sent := r.sent()
	r.damageJournal()
	r.startEngine()
	if how := r.journal.Recovered(); how == nil || !how.Restored() {
		t.Fatalf("recovered: %v", how)
	}
	u := r.upload(id)
	if u.Status() != transfer.StatusPaused || u.PartsDone > saved {
		t.Errorf("restored as %s with %d parts", u.Status(), u.PartsDone)
	}
	if err := r.m.Resume(transfer.These(id)); err != nil {
		t.Fatal(err)
	}
	r.reaches(id, transfer.StatusCompleted)
	if n := r.sent(); n != 20 {
		t.Errorf("%d parts were acknowledged in all, %d of them before: want each of the 20 once", n, sent)
	}
	r.holds("p/big", path)
	r.nothingOpen()
}
