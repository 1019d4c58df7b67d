package db

import (
	"context"
	"fmt"
	"testing"
	"time"

	"partway/transfer"
)

// inEveryState adds an upload in every combination of facts.
func inEveryState(t *testing.T, j *Journal) []transfer.Upload {
	t.Helper()
	batch := addBatch(t, j)
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	var us []transfer.Upload
	for i, s := range append(allStates(), allStates()...) {
		u := planned(batch, fmt.Sprint(i))
		u.Intent, u.Phase, u.Wait, u.Again = s.intent, s.phase, s.wait, 1
		if i >= len(allStates()) {
			u.Torn = transfer.TornPerhaps
		}
		if s.phase == transfer.PhaseUploading || s.phase == transfer.PhaseCompleting {
			u.UploadID = fmt.Sprint("U", i)
		}
		us = append(us, u)
	}
	return add(t, j, us...)
}

func TestStatesHoldEveryFact(t *testing.T) {
	for _, w := range waits {
		if w != transfer.WaitNone && transfer.StatusOf(transfer.IntentRun, transfer.PhaseUploading, w) == "" {
			t.Errorf("wait %q has no status", w)
		}
	}
	if want := 3 * len(transfer.Phases) * 11; len(allStates()) != want {
		t.Errorf("%d states, want %d", len(allStates()), want)
	}
	for _, p := range transfer.Phases {
		if final := p == transfer.PhaseDone || p == transfer.PhaseAborted; p.Final() != final {
			t.Errorf("finalPhases are not those of transfer: %s", p)
		}
	}
}

// checkDerived compares the stored status and turn with what the facts say.
func checkDerived(t *testing.T, j *Journal, u transfer.Upload) {
	t.Helper()
	status, turn := statusColumn(t, j, u.ID)
	if status != u.Status() || turn != turnOf(u.Intent, u.Phase, u.Wait) {
		t.Errorf("%s, %s, %q: stored %q, %d; want %q, %d", u.Intent, u.Phase, u.Wait, status, turn,
			u.Status(), turnOf(u.Intent, u.Phase, u.Wait))
	}
}

func TestStatusIsStored(t *testing.T) {
	j := openNew(t)
	us := inEveryState(t, j)
	for _, u := range us {
		checkDerived(t, j, load(t, j, u.ID))
	}
	// Every row takes the facts of its neighbour.
	shift := len(waits) + 1
	for i := range us {
		next := us[(i+shift)%len(us)]
		u := us[i]
		u.Intent, u.Phase, u.Wait = next.Intent, next.Phase, next.Wait
		commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
		checkDerived(t, j, load(t, j, u.ID))
	}
}

func TestCommandsFollowTheRulesInEveryState(t *testing.T) {
	for _, c := range []transfer.SetCommand{
		transfer.SetPause, transfer.SetRun, transfer.SetAbort, transfer.SetRemove, transfer.SetCredentialsBack,
		transfer.SetReplace, transfer.SetKeepBoth, transfer.SetSkip,
	} {
		t.Run(string(c), func(t *testing.T) {
			j := openNew(t)
			us := inEveryState(t, j)
			changed := 0
			n := command(t, j, transfer.Everything(), c)
			for _, u := range us {
				want := commanded(u, c)
				got, err := j.Uploads(t.Context(), []transfer.ID{u.ID})
				if err != nil {
					t.Fatal(err)
				}
				if c == transfer.SetRemove && want.Phase.Final() {
					changed++
					if len(got) != 0 {
						t.Errorf("%s, %s, %q: stays", u.Intent, u.Phase, u.Wait)
					}
					continue
				}
				if len(got) != 1 {
					t.Fatalf("%s, %s, %q: gone", u.Intent, u.Phase, u.Wait)
				}
				g := got[0]
				if g.Intent != want.Intent || g.Phase != want.Phase || g.Wait != want.Wait ||
					g.Hidden != want.Hidden || g.Claims != want.Claims || g.Again != want.Again ||
					g.Policy != want.Policy || g.Restart != want.Restart || g.Receipt.Outcome != want.Receipt.Outcome ||
					c == transfer.SetSkip && g.Receipt.Finished.IsZero() != want.Receipt.Finished.IsZero() {
					t.Errorf("%s, %s, %q: became %s, %s, %q, hidden %v, claims %v, again %d; want %s, %s, %q, %v, %v, %d",
						u.Intent, u.Phase, u.Wait, g.Intent, g.Phase, g.Wait, g.Hidden, g.Claims, g.Again,
						want.Intent, want.Phase, want.Wait, want.Hidden, want.Claims, want.Again)
				}
				if g.Intent != u.Intent || g.Phase != u.Phase || g.Wait != u.Wait || g.Hidden {
					changed++
				}
				checkDerived(t, j, g)
			}
			if n != changed {
				t.Errorf("told of %d rows, %d were changed", n, changed)
			}
			if c == transfer.SetAbort && command(t, j, transfer.Everything(), c) != 0 {
				t.Error("aborting twice changed something")
			}
		})
	}
}

// commanded is what becomes of an upload by a command, as transfer's documentation has it.
func commanded(u transfer.Upload, c transfer.SetCommand) transfer.Upload {
	u.Claims = u.Claims && !u.Phase.Final()
	if c == transfer.SetRemove {
		u.Hidden = true
	}
	if u.Phase.Final() {
		return u
	}
	switch c {
	case transfer.SetPause:
		if u.Intent == transfer.IntentRun && u.Phase != transfer.PhaseAborting {
			u.Intent = transfer.IntentPause
		}
	case transfer.SetRun:
		if u.Intent == transfer.IntentAbort {
			return u
		}
		u.Intent = transfer.IntentRun
		if u.Wait == transfer.WaitFailed {
			u.Again = 0
		}
		if u.Wait != transfer.WaitConflict && u.Wait != transfer.WaitChanged {
			u.Wait = transfer.WaitNone
		}
	case transfer.SetAbort, transfer.SetRemove:
		u.Intent = transfer.IntentAbort
		if u.Phase == transfer.PhasePlanned && u.Torn == "" {
			u.Phase, u.Claims = transfer.PhaseAborted, false
		}
	case transfer.SetCredentialsBack:
		if u.Wait == transfer.WaitCredentials {
			u.Wait = transfer.WaitNone
		}
	case transfer.SetReplace, transfer.SetKeepBoth, transfer.SetSkip:
		if u.Wait == transfer.WaitConflict && u.Intent != transfer.IntentAbort {
			answered(&u, c)
		}
	}
	return u
}

// answered is what becomes of a conflict by an answer.
func answered(u *transfer.Upload, c transfer.SetCommand) {
	u.Intent, u.Wait = transfer.IntentRun, transfer.WaitNone
	begun := u.UploadID != ""
	switch c { //nolint:exhaustive // the answers are these
	case transfer.SetReplace:
		u.Policy = transfer.PolicyReplace
		return
	case transfer.SetKeepBoth:
		u.Policy, u.Restart = transfer.PolicyKeepBoth, begun
	case transfer.SetSkip:
		if u.Torn != "" { // it may have an object there: it ends as aborted, in doubt
			u.Intent, u.Restart = transfer.IntentAbort, false
			return
		}
		u.Receipt.Outcome = transfer.OutcomeSkipped
		if !begun {
			u.Phase, u.Claims, u.Receipt.Finished = transfer.PhaseDone, false, created
		}
	}
	if begun {
		u.Phase = transfer.PhaseAborting
	}
}

func TestStatusesAreDerivedAnewWhenTheRulesChange(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	err := j.committer.do(t.Context(), "test", func(ctx context.Context, tx *txn) error {
		_, err := tx.ExecContext(ctx, `UPDATE states SET status = 'old', turn = 0;
			UPDATE uploads SET status = 'old', turn = 0`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	checkDerived(t, openAt(t, dir), u)
}

func TestErrorLeavesWithItsWait(t *testing.T) {
	tests := []struct {
		wait    transfer.Wait
		command transfer.SetCommand
		gone    bool
	}{
		{transfer.WaitCredentials, transfer.SetCredentialsBack, true},
		{transfer.WaitMissing, transfer.SetCredentialsBack, false},
		{transfer.WaitMissing, transfer.SetRun, true},
		{transfer.WaitConflict, transfer.SetRun, false},
		{transfer.WaitFailed, transfer.SetPause, false},
	}
	for _, tt := range tests {
		t.Run(string(tt.wait)+" "+string(tt.command), func(t *testing.T) {
			j := openNew(t)
			u := planned(addBatch(t, j), "a")
			u.Wait, u.Error = tt.wait, &transfer.Error{Kind: transfer.KindSource}
			id := add(t, j, u)[0].ID
			command(t, j, transfer.These(id), tt.command)
			if got := load(t, j, id); (got.Error == nil) != tt.gone {
				t.Errorf("error %v", got.Error)
			}
		})
	}
}

func TestAbortOfPlannedIsDated(t *testing.T) {
	j := openNew(t)
	u := add(t, j, planned(addBatch(t, j), "a"))[0]
	before := time.Now().Add(-time.Second)
	command(t, j, transfer.These(u.ID), transfer.SetAbort)
	if at := load(t, j, u.ID).Receipt.Finished; at.Before(before) {
		t.Errorf("finished %v", at)
	}
}
