package transfer_test

import (
	"errors"
	"slices"
	"testing"

	"partway/transfer"
)

// TestE5OneFileOfABatchNeverReplacesAnother: two files of one name go to one key, and the
// policy is to replace; the second waits for an answer however late it is found.
func TestE5OneFileOfABatchNeverReplacesAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.file("1/f", 1000), r.file("2/f", 2000)
	ids := r.add(transfer.PolicyReplace, first, second)
	r.reaches(ids[0], transfer.StatusCompleted)
	u := r.reaches(ids[1], transfer.StatusConflict)
	if !errors.Is(u.Error, transfer.ErrKeyTwice) {
		t.Errorf("the conflict's error is %v", u.Error)
	}
	r.holds("p/f", first)
	check(t, r.m.Resolve(transfer.These(ids[1]), transfer.ResolveKeepBoth))
	r.reaches(ids[1], transfer.StatusCompleted)
	r.holds("p/f", first)
	r.holds("p/f (2)", second)
}

// TestScanIgnoresByThePatternsOfItsBatch: a batch keeps the patterns it was added with; what
// they left out is told, and stays in the journal.
func TestScanIgnoresByThePatternsOfItsBatch(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.file("folder/keep", 10)
	r.file("folder/.DS_Store", 10)
	r.file("folder/old.tmp", 10)
	for _, c := range []struct {
		name   string
		ignore []string
		want   int
		left   []string
	}{
		{"the default", nil, 2, []string{"folder/.DS_Store"}},
		{"its own", []string{"*.tmp"}, 2, []string{"folder/old.tmp"}},
		{"none", []string{}, 3, nil},
	} {
		to := r.to(c.name + "/")
		batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files + "/folder"}, To: to, Policy: transfer.PolicySkipSame, Ignore: c.ignore})
		check(t, err)
		if ids := r.scanned(batch); len(ids) != c.want {
			t.Errorf("%s: %d rows, want %d", c.name, len(ids), c.want)
		}
		left, err := r.journal.Ignored(t.Context(), batch)
		if err != nil || left.Count != len(c.left) || !slices.Equal(left.First, c.left) {
			t.Errorf("%s: left out %+v, %v, want %q", c.name, left, err, c.left)
		}
		r.until("it is told", func() bool { return r.m.Snapshot().Ignored[batch] == len(c.left) })
	}
	_, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.files}, To: r.to("x/"), Policy: transfer.PolicySkipSame, Ignore: []string{"a["}})
	if bad := transfer.PatternError(""); !errors.As(err, &bad) {
		t.Errorf("a pattern that is none: %v", err)
	}
}

// TestScanCutShortGoesOnByItsPatterns: patterns that were set later do not matter to it.
func TestScanCutShortGoesOnByItsPatterns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.file("folder/keep", 10)
	r.file("folder/left.out", 10)
	r.stopEngine()
	r.startEngine()
	batch, err := r.journal.AddBatch(t.Context(), transfer.Batch{
		Roots: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame, Ignore: []string{"*.out"},
	})
	check(t, err)
	r.changes = func(s *transfer.Settings) { s.Ignore = []string{"keep"} }
	r.restart()
	if ids := r.scanned(batch); len(ids) != 1 || r.upload(ids[0]).Name != "folder/keep" {
		t.Errorf("%d rows", len(ids))
	}
}
