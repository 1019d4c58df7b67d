package db

import (
	"context"
	"fmt"
	"strings"

	"partway/transfer"
)

// The facts' values, of which table states holds every combination.
var (
	intents = []transfer.Intent{transfer.IntentRun, transfer.IntentPause, transfer.IntentAbort}
	waits   = []transfer.Wait{
		transfer.WaitNone, transfer.WaitRetry, transfer.WaitStalled, transfer.WaitOffline,
		transfer.WaitChecking, transfer.WaitSettling, transfer.WaitCredentials, transfer.WaitMissing,
		transfer.WaitChanged, transfer.WaitConflict, transfer.WaitFailed,
	}
)

// The turns of an upload: column uploads.turn.
const (
	turnNone    = 0 // cannot move by itself
	turnBegun   = 1
	turnPlanned = 2
)

type state struct {
	intent transfer.Intent
	phase  transfer.Phase
	wait   transfer.Wait
	status transfer.Status
	turn   int
}

// turnOf tells whether an upload of these facts could move, and in which turn.
func turnOf(intent transfer.Intent, phase transfer.Phase, wait transfer.Wait) int {
	aborts := intent == transfer.IntentAbort || phase == transfer.PhaseAborting
	runs := intent == transfer.IntentRun && !wait.NeedsPerson()
	switch {
	case phase.Final() || !aborts && !runs:
		return turnNone
	case phase == transfer.PhasePlanned:
		return turnPlanned
	default:
		return turnBegun
	}
}

func allStates() []state {
	var all []state
	for _, i := range intents {
		for _, p := range transfer.Phases {
			for _, w := range waits {
				all = append(all, state{i, p, w, transfer.StatusOf(i, p, w), turnOf(i, p, w)})
			}
		}
	}
	return all
}

// syncStates brings table states to what this program's rules say, and the derived columns
// of uploads with it if the rules have changed since the journal was last open.
func syncStates(ctx context.Context, t *txn) error {
	changed := false
	for _, s := range allStates() {
		r, err := t.ExecContext(ctx, `
			INSERT INTO states (intent, phase, wait, status, turn) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET status = excluded.status, turn = excluded.turn
			WHERE status <> excluded.status OR turn <> excluded.turn`,
			s.intent, s.phase, s.wait, s.status, s.turn)
		if err != nil {
			return fmt.Errorf("fill states: %w", err)
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			changed = true
		}
	}
	if !changed {
		return nil
	}
	_, err := t.ExecContext(ctx, `UPDATE uploads SET `+derived("uploads.intent", "uploads.phase", "uploads.wait"))
	if err != nil {
		return fmt.Errorf("derive statuses anew: %w", err)
	}
	return nil
}

// derived is the part of an UPDATE that sets the derived columns for the facts as the
// expressions give them.
func derived(intent, phase, wait string) string {
	return `(status, turn) = (SELECT s.status, s.turn FROM states s WHERE s.intent = ` +
		intent + ` AND s.phase = ` + phase + ` AND s.wait = ` + wait + `)`
}

// quoted is an SQL list of words, which are constants of this program.
func quoted[T ~string](words ...T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("'" + strings.ReplaceAll(string(w), "'", "''") + "'")
	}
	return "(" + b.String() + ")"
}

// finalPhases is the SQL list of phases in which nothing happens any more.
var finalPhases = quoted(transfer.PhaseDone, transfer.PhaseAborted)
