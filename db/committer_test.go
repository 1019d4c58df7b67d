package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partway/transfer"
)

// hold stops the committer inside an op, so that what comes next waits for it together.
// It returns when the op has begun.
func hold(j *Journal) (release func()) {
	begun, released := make(chan struct{}), make(chan struct{})
	j.committer.push(op{
		name: "hold",
		apply: func(context.Context, *txn) error {
			close(begun)
			<-released
			return nil
		},
		done: func(error) {},
	})
	<-begun
	return func() { close(released) }
}

func TestOrderOfCallsIsOrderOfChanges(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	u := add(t, j, planned(batch, "a"))[0]
	release := hold(j)

	const calls = 60
	var mu sync.Mutex
	var order []int
	all := make(chan struct{})
	note := func(i int) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, i)
		if len(order) == calls {
			close(all)
		}
	}
	// Each round pauses, looks, runs, looks: every look must see the command before it.
	for i := 0; i < calls; i += 4 {
		j.Command(transfer.These(u.ID), transfer.SetPause, func(n int, err error) {
			if n != 1 || err != nil {
				t.Errorf("pause: %d, %v", n, err)
			}
			note(i)
		})
		j.Runnable(transfer.RunnableQuery{Limit: 9}, func(us []transfer.Upload, err error) {
			if len(us) != 0 || err != nil {
				t.Errorf("runnable after pause: %+v, %v", us, err)
			}
			note(i + 1)
		})
		run := u
		run.Again = i
		j.Commit(transfer.Change{Uploads: []transfer.Upload{run}}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			note(i + 2)
		})
		j.Runnable(transfer.RunnableQuery{Limit: 9}, func(us []transfer.Upload, err error) {
			if len(us) != 1 || us[0].Again != i || err != nil {
				t.Errorf("runnable after change %d: %+v, %v", i, us, err)
			}
			note(i + 3)
		})
	}
	release()
	<-all
	if !slices.IsSorted(order) {
		t.Errorf("done in order %v", order)
	}
}

// commitTogether commits changes as one transaction, and tells what became of each.
func commitTogether(j *Journal, list []transfer.Change) []error {
	release := hold(j)
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i, c := range list {
		wg.Add(1)
		j.Commit(c, func(err error) {
			errs[i] = err
			wg.Done()
		})
	}
	release()
	wg.Wait()
	return errs
}

func TestAFailingOpFailsAlone(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 2)
	first, second := us[0], us[1]
	first.Again, second.Again = 1, 1
	gone := first
	gone.ID = 999

	errs := commitTogether(j, []transfer.Change{
		{Uploads: []transfer.Upload{first}},
		{Parts: []transfer.PartFact{part(second.ID, 1, 5)}, Uploads: []transfer.Upload{gone}},
		{Uploads: []transfer.Upload{second}},
	})
	if errs[0] != nil || errs[2] != nil {
		t.Errorf("the others failed too: %v, %v", errs[0], errs[2])
	}
	if transfer.KindOf(errs[1]) != transfer.KindPermanent {
		t.Errorf("the bad one: %v", errs[1])
	}
	if load(t, j, first.ID).Again != 1 || load(t, j, second.ID).Again != 1 {
		t.Error("the others were not written")
	}
	if got := load(t, j, second.ID); got.PartsDone != 0 {
		t.Errorf("half of the bad one was written: %+v", got)
	}
}

// TestManyFailingOpsFailAlone has changes in one transaction of which every seventh fails.
func TestManyFailingOpsFailAlone(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 50)
	fails := func(i int) bool { return i%7 == 3 }
	list := make([]transfer.Change, len(us))
	for i, u := range us {
		u.Again = 1
		list[i] = transfer.Change{Uploads: []transfer.Upload{u}, Events: []transfer.Event{{Upload: u.ID}}}
		if fails(i) {
			list[i].Uploads[0].ID = 999
		}
	}
	errs := commitTogether(j, list)
	for i, u := range us {
		events, err := j.Events(t.Context(), u.ID)
		if again, want := load(t, j, u.ID).Again, 1; fails(i) != (errs[i] != nil) || !fails(i) && (again != want || len(events) != 1) {
			t.Errorf("change %d: %v, written %d times, %d events, %v", i, errs[i], again, len(events), err)
		}
		if fails(i) && len(events) != 0 {
			t.Errorf("change %d failed, and left %d events", i, len(events))
		}
	}
}

func TestWhatWaitsIsOneTransaction(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	release := hold(j)
	before := j.Version()
	var wg sync.WaitGroup
	const commits = 50
	for n := range commits {
		wg.Add(1)
		j.Commit(transfer.Change{Parts: []transfer.PartFact{part(u.ID, n+1, 1)}}, func(error) { wg.Done() })
	}
	release()
	wg.Wait()
	if grown := j.Version() - before; grown != 1 {
		t.Errorf("%d commits became %d transactions, want 1", commits, grown)
	}
}

// patiently commits parts that nobody waits for.
func patiently(t *testing.T, j *Journal, done *sync.WaitGroup, facts ...transfer.PartFact) {
	t.Helper()
	for _, f := range facts {
		done.Add(1)
		j.Commit(transfer.Change{Parts: []transfer.PartFact{f}, Patient: true}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			done.Done()
		})
	}
}

func TestPatientChangesJoinTheNextTransaction(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 2)
	j.committer.patience = time.Hour
	before := j.Version()
	var done sync.WaitGroup
	patiently(t, j, &done, part(us[0].ID, 1, 10), part(us[0].ID, 2, 20), part(us[1].ID, 1, 5), part(us[0].ID, 2, 7))
	if got := load(t, j, us[0].ID); got.PartsDone != 0 {
		t.Errorf("patient changes did not wait: %+v", got)
	}
	commit(t, j, transfer.Change{Events: []transfer.Event{{Upload: us[0].ID}}})
	done.Wait()
	if grown := j.Version() - before; grown != 1 {
		t.Errorf("%d transactions, want 1", grown)
	}
	first, second := load(t, j, us[0].ID), load(t, j, us[1].ID)
	if first.PartsDone != 2 || first.BytesDone != 17 || second.PartsDone != 1 || second.BytesDone != 5 {
		t.Errorf("done %d parts of %d bytes and %d of %d, want 2 of 17 and 1 of 5",
			first.PartsDone, first.BytesDone, second.PartsDone, second.BytesDone)
	}
}

func TestPatientChangesDoNotWaitForLong(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	var done sync.WaitGroup
	for n := range 3 { // the timer serves more than once
		patiently(t, j, &done, part(u.ID, n+1, 1))
		done.Wait()
		if got := load(t, j, u.ID); got.PartsDone != n+1 {
			t.Errorf("%d parts done, want %d", got.PartsDone, n+1)
		}
	}
}

func TestPatienceEndsWhenHastened(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	j.committer.patience = time.Hour
	before := j.Version()
	var done sync.WaitGroup
	patiently(t, j, &done, part(u.ID, 1, 1), part(u.ID, 2, 1))
	j.Hasten()
	done.Wait()
	if grown := j.Version() - before; grown != 1 {
		t.Errorf("%d transactions, want 1", grown)
	}
}

func TestCloseWaitsForPatientChanges(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	j.committer.patience = time.Hour
	var done sync.WaitGroup
	patiently(t, j, &done, part(u.ID, 1, 1))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	done.Wait()
	j = openAt(t, dir)
	if got := load(t, j, u.ID); got.PartsDone != 1 {
		t.Errorf("after Close: %+v", got)
	}
}

func TestAPartThatFailsTakesNoOtherWithIt(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	release := hold(j)
	errs := make([]error, 3)
	var wg sync.WaitGroup
	for i, f := range []transfer.PartFact{part(u.ID, 1, 1), part(999, 1, 1), part(u.ID, 2, 1)} {
		wg.Add(1)
		j.Commit(transfer.Change{Parts: []transfer.PartFact{f}}, func(err error) {
			errs[i] = err
			wg.Done()
		})
	}
	release()
	wg.Wait()
	if errs[0] != nil || transfer.KindOf(errs[1]) != transfer.KindPermanent || errs[2] != nil {
		t.Errorf("errors %v", errs)
	}
	if got := load(t, j, u.ID); got.PartsDone != 2 || got.BytesDone != 2 {
		t.Errorf("done %d parts of %d bytes", got.PartsDone, got.BytesDone)
	}
}

func TestVersionGrowsWithTheList(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	tests := []struct {
		name  string
		do    func()
		grows bool
	}{
		{"upload", func() { commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}}) }, true},
		{"part", func() { commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(u.ID, 1, 1)}}) }, true},
		{"event", func() { commit(t, j, transfer.Change{Events: []transfer.Event{{Upload: u.ID}}}) }, false},
		{"runnable", func() { runnable(t, j, transfer.RunnableQuery{Limit: 1}) }, false},
		{"command", func() { command(t, j, transfer.Everything(), transfer.SetPause) }, true},
		{"idle command", func() { command(t, j, transfer.Everything(), transfer.SetPause) }, false},
	}
	for _, tt := range tests {
		before := j.Version()
		tt.do()
		if grew := j.Version() > before; grew != tt.grows {
			t.Errorf("%s: grew %v", tt.name, grew)
		}
	}
}

func TestReadersDoNotWaitForTheWriter(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	release := hold(j) // inside a transaction
	defer release()
	if got := load(t, j, u.ID); got.Name != "a" {
		t.Errorf("read %+v", got)
	}
	if c, err := j.Counts(t.Context()); err != nil || c.Groups[transfer.GroupAll] != 1 {
		t.Errorf("counts %+v, %v", c, err)
	}
}

func TestWaitingCallsEndWithTheirContext(t *testing.T) {
	j := openNew(t)
	release := hold(j)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() { answer <- j.SetSetting(ctx, "k", "v") }()
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	release()
	if err := j.SetSetting(t.Context(), "other", "v"); err != nil { // comes after
		t.Fatal(err)
	}
	if v, err := j.Setting(t.Context(), "k"); v != "" || err != nil {
		t.Errorf("a call that was given up was carried out: %q, %v", v, err)
	}
}

func TestCloseWaitsForWhatWasHandedIn(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	release := hold(j)
	told := 0
	for n := range 10 {
		j.Commit(transfer.Change{Parts: []transfer.PartFact{part(u.ID, n+1, 1)}}, func(err error) {
			if err == nil {
				told++
			}
		})
	}
	release()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if told != 10 {
		t.Errorf("%d commits done, want 10", told)
	}
	if got := load(t, openAt(t, dir), u.ID); got.PartsDone != 10 {
		t.Errorf("%d parts in the journal, want 10", got.PartsDone)
	}
}

func TestEveryCallFailsAfterClose(t *testing.T) {
	j := openNew(t)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	calls := map[string]func() error{
		"Commit": func() error { return tryCommit(j, transfer.Change{}) },
		"Command": func() error {
			return waitFor(func(done func(error)) {
				j.Command(transfer.Everything(), transfer.SetPause, func(_ int, err error) { done(err) })
			})
		},
		"Runnable": func() error {
			return waitFor(func(done func(error)) {
				j.Runnable(transfer.RunnableQuery{Limit: 1}, func(_ []transfer.Upload, err error) { done(err) })
			})
		},
		"AddBatch":       func() error { _, err := j.AddBatch(ctx, batchOf(1)); return err },
		"AddUploads":     func() error { _, err := j.AddUploads(ctx, nil); return err },
		"NoteIgnored":    func() error { return j.NoteIgnored(ctx, 1, transfer.Names{}) },
		"Ignored":        func() error { _, err := j.Ignored(ctx, 1); return err },
		"Destinations":   func() error { _, err := j.Destinations(ctx, 1); return err },
		"ScanDone":       func() error { return j.ScanDone(ctx, 1) },
		"Unscanned":      func() error { _, err := j.Unscanned(ctx); return err },
		"Uploads":        func() error { _, err := j.Uploads(ctx, []transfer.ID{1}); return err },
		"Parts":          func() error { _, err := j.Parts(ctx, 1); return err },
		"KnownUploadIDs": func() error { _, err := j.KnownUploadIDs(ctx, "b", "k"); return err },
		"Accounts":       func() error { _, err := j.Accounts(ctx); return err },
		"SaveAccount":    func() error { _, err := j.SaveAccount(ctx, transfer.Account{}); return err },
		"RemoveAccount":  func() error { return j.RemoveAccount(ctx, 1) },
		"UseAccount":     func() error { return j.UseAccount(ctx, 1, "", "") },
		"Entries": func() error {
			_, err := j.Entries(ctx, transfer.Filter{}, transfer.Sort{})
			return err
		},
		"Folders":     func() error { _, err := j.Folders(ctx, []transfer.FolderID{1}, transfer.Filter{}); return err },
		"StopScan":    func() error { return waitFor(func(done func(error)) { j.StopScan(1, true, done) }) },
		"List":        func() error { _, err := j.List(ctx, transfer.Filter{}, transfer.Sort{}); return err },
		"Rows":        func() error { _, err := j.Rows(ctx, []transfer.ID{1}); return err },
		"Counts":      func() error { _, err := j.Counts(ctx); return err },
		"BatchCounts": func() error { _, _, err := j.BatchCounts(ctx, 1); return err },
		"Events":      func() error { _, err := j.Events(ctx, 1); return err },
		"PerhapsOurs": func() error { _, err := j.PerhapsOurs(ctx); return err },
		"Unfinished":  func() error { _, err := j.Unfinished(ctx, transfer.Everything()); return err },
		"Setting":     func() error { _, err := j.Setting(ctx, "k"); return err },
		"SetSetting":  func() error { return j.SetSetting(ctx, "k", "v") },
	}
	for name, call := range calls {
		if err := call(); transfer.KindOf(err) != transfer.KindStorage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := tryCommit(j, transfer.Change{}); !errors.Is(err, errClosed) {
		t.Errorf("the error does not say why: %v", err)
	}
	j.Commit(transfer.Change{}, nil)
	j.Command(transfer.Everything(), transfer.SetPause, nil)
	j.Runnable(transfer.RunnableQuery{}, nil)
}

func TestNilDone(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	j.Commit(transfer.Change{Parts: []transfer.PartFact{part(u.ID, 1, 1)}}, nil)
	j.Command(transfer.Everything(), transfer.SetPause, nil)
	j.Runnable(transfer.RunnableQuery{}, nil)
	commit(t, j, transfer.Change{})
	if got := load(t, j, u.ID); got.PartsDone != 1 || got.Intent != transfer.IntentPause {
		t.Errorf("read %+v", got)
	}
}

// A full disk loses the whole transaction; the journal goes on once there is room.
func TestFullDisk(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	limit := func(pages int) {
		err := j.committer.do(t.Context(), "limit", func(ctx context.Context, tx *txn) error {
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // which means: as many as there are
	long := strings.Repeat("x", 1<<20)
	err := tryCommit(j, transfer.Change{
		Parts:  []transfer.PartFact{part(u.ID, 1, 1)},
		Events: []transfer.Event{{Upload: u.ID, Text: long}},
	})
	if transfer.KindOf(err) != transfer.KindStorage {
		t.Errorf("error %v", err)
	}
	if got := load(t, j, u.ID).PartsDone; got != 0 {
		t.Errorf("%d parts of a change that failed", got)
	}
	limit(1 << 20)
	commit(t, j, transfer.Change{Events: []transfer.Event{{Upload: u.ID, Text: long}}})
}
