package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"partway/db"
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
	r.changes = func(s *transfer.Settings) { s.Ignore = []string{"keep"} }
	var batch transfer.BatchID
	r.restartAfter(func(j *db.Journal) {
		var err error
		batch, err = j.AddBatch(t.Context(), transfer.Batch{
			Roots: []string{r.files + "/folder"}, To: r.to("p/"), Policy: transfer.PolicySkipSame, Ignore: []string{"*.out"},
		})
		check(t, err)
	})
	if ids := r.scanned(batch); len(ids) != 1 || r.upload(ids[0]).Name != "folder/keep" {
		t.Errorf("%d rows", len(ids))
	}
}

// commandsOnly counts the commands on sets, and the rows that are read one by one.
type commandsOnly struct {
	transfer.Journal
	commands, read atomic.Int64
}

func (j *commandsOnly) Command(s transfer.Selection, c transfer.SetCommand, done func(int, error)) {
	j.commands.Add(1)
	j.Journal.Command(s, c, done)
}

func (j *commandsOnly) Uploads(ctx context.Context, ids []transfer.ID) ([]transfer.Upload, error) {
	j.read.Add(int64(len(ids)))
	return j.Journal.Uploads(ctx, ids)
}

// TestC15OneAnswerForAllConflictsOfABatch: it is one command, and concerns no other batch.
func TestC15OneAnswerForAllConflictsOfABatch(t *testing.T) {
	t.Parallel()
	for _, answer := range []transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip} {
		t.Run(string(answer), func(t *testing.T) {
			t.Parallel()
			r := makeRig(t)
			r.startServer(t.TempDir(), "127.0.0.1:0")
			var seen *commandsOnly
			r.wrap = func(j transfer.Journal) transfer.Journal {
				seen = &commandsOnly{Journal: j}
				return seen
			}
			r.startEngine()
			const files = 30
			var paths []string
			for i := range files {
				name := fmt.Sprintf("all/%02d", i)
				paths = append(paths, r.file(name, 1000))
				r.put("p/"+name, "old")
			}
			r.put("p/other", "old")
			ids := r.add(transfer.PolicyAsk, filepath.Dir(paths[0]))
			other := r.add(transfer.PolicyAsk, r.file("other", 1000))[0]
			for _, id := range append(ids, other) {
				r.reaches(id, transfer.StatusConflict)
			}
			before := seen.read.Load()
			batch := r.upload(ids[0]).Batch
			check(t, r.m.Resolve(transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupAttention, Batch: batch}}, answer))
			for _, id := range ids {
				r.reaches(id, transfer.StatusCompleted)
			}
			r.reaches(other, transfer.StatusConflict)
			if n, read := seen.commands.Load(), seen.read.Load()-before; n != 1 || read != 0 {
				t.Errorf("%d commands, and %d rows read one by one", n, read)
			}
			want := map[transfer.Resolution]int{transfer.ResolveKeepBoth: 2*files + 1}[answer]
			if n := len(r.keys()); n != max(want, files+1) {
				t.Errorf("%d objects", n)
			}
			if answer == transfer.ResolveReplace {
				r.holds("p/all/07", paths[7])
			}
		})
	}
}

// TestC9AnAnswerHasARefusedBucketTriedAnew: two files of one name go to a bucket that is not
// there; once it is, the answer to the conflict is all that its upload needs.
func TestC9AnAnswerHasARefusedBucketTriedAnew(t *testing.T) {
	t.Parallel()
	const away = "away"
	for name, selected := range map[string]func(transfer.Upload) transfer.Selection{
		"by row": func(u transfer.Upload) transfer.Selection { return transfer.These(u.ID) },
		"by batch": func(u transfer.Upload) transfer.Selection {
			return transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupAttention, Batch: u.Batch}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			to := r.to("")
			to.Bucket = away
			batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{r.file("1/f", 10), r.file("2/f", 10)}, To: to, Policy: transfer.PolicySkipSame})
			check(t, err)
			ids := r.scanned(batch)
			r.reaches(ids[0], transfer.StatusFailed)
			u := r.reaches(ids[1], transfer.StatusConflict)
			r.until("the bucket is told of", func() bool { return len(r.m.Snapshot().Refused) == 1 })
			check(t, r.oss.CreateBucket(away))
			check(t, r.m.Resolve(selected(u), transfer.ResolveKeepBoth))
			r.reaches(ids[1], transfer.StatusCompleted)
		})
	}
}
