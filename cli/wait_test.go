package cli

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"partway/transfer"
)

var to = transfer.Destination{Account: 1, Bucket: "b", Prefix: "p/"}

// row is an upload of batch 2's folder.
func row(id transfer.ID, batch transfer.BatchID, s transfer.Status) transfer.Row {
	return transfer.Row{
		ID: id, Batch: batch, Path: "/given/f", Status: s,
		To: transfer.Target{Account: 1, Bucket: "b", Key: "p/given/f"},
	}
}

func TestWaitStatus(t *testing.T) {
	elsewhere := row(9, 1, transfer.StatusFailed)
	elsewhere.Path = "/given-not/f"
	otherPrefix := row(9, 1, transfer.StatusFailed)
	otherPrefix.To.Key = "q/f"
	scope := Scope{Batch: 2, Roots: []string{"/given"}, To: to}
	done := row(1, 2, transfer.StatusCompleted)
	tests := []struct {
		name  string
		rows  []transfer.Row
		scope Scope
		want  int
	}{
		{"nothing at all", nil, Scope{}, StatusOK},
		{"all verified", []transfer.Row{done}, Scope{}, StatusOK},
		{"a conflict", []transfer.Row{done, row(2, 2, transfer.StatusConflict)}, Scope{}, StatusUnverified},
		{"paused before the start", []transfer.Row{row(2, 2, transfer.StatusPaused)}, Scope{}, StatusUnverified},
		{"aborted before the start", []transfer.Row{row(2, 2, transfer.StatusAborted)}, Scope{}, StatusOK},
		{"batch verified", []transfer.Row{done}, scope, StatusOK},
		{"batch verified, trouble elsewhere", []transfer.Row{done, elsewhere}, scope, StatusOK},
		{"batch verified, trouble under another prefix", []transfer.Row{done, otherPrefix}, scope, StatusOK},
		{"batch failed", []transfer.Row{done, row(2, 2, transfer.StatusFailed)}, scope, StatusUnverified},
		{"batch aborted", []transfer.Row{row(2, 2, transfer.StatusAborted)}, scope, StatusUnverified},
		{"file was in the list already, failed", []transfer.Row{row(2, 1, transfer.StatusFailed)}, scope, StatusUnverified},
		{"file was in the list already, paused", []transfer.Row{row(2, 1, transfer.StatusPaused)}, scope, StatusUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := &fakeJournal{rows: tt.rows}
			w, err := NewWaiter(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := w.All(t.Context(), tt.scope); err != nil || got != tt.want {
				t.Errorf("All: got %d, %v, want %d", got, err, tt.want)
			}
			if got, err := w.Batch(t.Context(), tt.scope); err != nil || got != tt.want {
				t.Errorf("Batch: got %d, %v, want %d", got, err, tt.want)
			}
		})
	}
}

// steps runs wait against a journal that changes once a second, and tells after how many
// changes it returned, and what.
func steps(t *testing.T, j *fakeJournal, wait func(context.Context, *Waiter) (int, error), changes ...func()) (returned, status int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, err := NewWaiter(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan int, 1)
		go func() {
			status, err := wait(t.Context(), w)
			if err != nil {
				status = -1
			}
			done <- status
		}()
		for i, change := range append(changes, func() {}) {
			<-time.After(time.Second)
			synctest.Wait()
			select {
			case status = <-done:
				returned = i
				return
			default:
				j.change(change)
			}
		}
		t.Fatal("still waiting")
	})
	return returned, status
}

func TestWaitGoesOnWhileAnythingMoves(t *testing.T) {
	j := &fakeJournal{
		rows:      []transfer.Row{row(1, 1, transfer.StatusUploading), row(2, 2, transfer.StatusWaiting)},
		unscanned: []transfer.Batch{{ID: 2}},
	}
	set := func(i int, s transfer.Status) func() { return func() { j.rows[i].Status = s } }
	all := func(ctx context.Context, w *Waiter) (int, error) {
		return w.All(ctx, Scope{Batch: 2, Roots: []string{"/x"}, To: to})
	}
	returned, status := steps(t, j, all,
		set(1, transfer.StatusNoNetwork), set(1, transfer.StatusPaused), set(1, transfer.StatusUploading),
		set(1, transfer.StatusCompleted), func() { j.unscanned = nil }, set(0, transfer.StatusCompleted))
	if returned != 6 || status != StatusOK {
		t.Errorf("returned after %d changes with %d, want 6 and 0", returned, status)
	}
}

func TestWaitForABatchLeavesOthersAlone(t *testing.T) {
	j := &fakeJournal{
		rows:      []transfer.Row{row(1, 1, transfer.StatusUploading), row(2, 2, transfer.StatusWaiting)},
		unscanned: []transfer.Batch{{ID: 2}},
	}
	j.rows[0].Path = "/elsewhere"
	set := func(i int, s transfer.Status) func() { return func() { j.rows[i].Status = s } }
	batch := func(ctx context.Context, w *Waiter) (int, error) {
		return w.Batch(ctx, Scope{Batch: 2, Roots: []string{"/given"}, To: to})
	}
	returned, status := steps(t, j, batch,
		set(1, transfer.StatusPaused), func() { j.unscanned = nil }, set(1, transfer.StatusCompleted))
	if returned != 3 || status != StatusOK {
		t.Errorf("returned after %d changes with %d, want 3 and 0", returned, status)
	}
}

func TestWaitForFilesThatWereInTheListAlready(t *testing.T) {
	j := &fakeJournal{rows: []transfer.Row{row(1, 1, transfer.StatusUploading)}}
	batch := func(ctx context.Context, w *Waiter) (int, error) {
		return w.Batch(ctx, Scope{Batch: 2, Roots: []string{"/given"}, To: to})
	}
	returned, status := steps(t, j, batch, func() { j.rows[0].Status = transfer.StatusCompleted })
	if returned != 1 || status != StatusOK {
		t.Errorf("returned after %d changes with %d, want 1 and 0", returned, status)
	}
}

func TestWaitCountsWhatWasAbortedMeanwhile(t *testing.T) {
	j := &fakeJournal{rows: []transfer.Row{row(1, 1, transfer.StatusUploading), row(2, 1, transfer.StatusAborted)}}
	all := func(ctx context.Context, w *Waiter) (int, error) { return w.All(ctx, Scope{}) }
	if _, status := steps(t, j, all, func() { j.rows[0].Status = transfer.StatusAborted }); status != StatusUnverified {
		t.Errorf("got %d, want 1", status)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	j := &fakeJournal{rows: []transfer.Row{row(1, 1, transfer.StatusUploading)}}
	w, err := NewWaiter(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if status, err := w.All(ctx, Scope{}); !errors.Is(err, context.Canceled) || status != StatusUnverified {
		t.Errorf("got %d, %v", status, err)
	}
}

func TestWaitTellsAFailingJournal(t *testing.T) {
	j := &fakeJournal{rows: []transfer.Row{row(1, 1, transfer.StatusUploading)}}
	w, err := NewWaiter(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	j.err = errors.New("disk")
	for name, wait := range map[string]func(context.Context, Scope) (int, error){"all": w.All, "batch": w.Batch} {
		if status, err := wait(t.Context(), Scope{Batch: 1}); !errors.Is(err, j.err) || status != StatusUnverified {
			t.Errorf("%s: got %d, %v", name, status, err)
		}
	}
}
