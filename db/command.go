package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"partway/transfer"
)

// rule says as SQL what a command makes of an upload's facts, and which uploads it
// concerns. An empty expression leaves the fact as it is.
type rule struct {
	intent, phase, wait string
	others              string // further columns to set
	concerns            string
}

// notBegun are the phases in which removing needs no abort.
var notBegun = quoted(transfer.PhasePlanned, transfer.PhaseDone, transfer.PhaseAborted)

var rules = map[transfer.SetCommand]rule{
	transfer.SetPause: {
		intent:   `'pause'`,
		concerns: `intent = 'run' AND phase NOT IN ` + quoted(transfer.PhaseDone, transfer.PhaseAborting, transfer.PhaseAborted),
	},
	transfer.SetRun: {
		intent:   `CASE uploads.intent WHEN 'pause' THEN 'run' ELSE uploads.intent END`,
		wait:     `CASE WHEN uploads.wait IN ` + endedByRun() + ` THEN '' ELSE uploads.wait END`,
		others:   `error = CASE WHEN uploads.wait IN ` + endedByRun() + ` THEN NULL ELSE uploads.error END`,
		concerns: `phase NOT IN ` + finalPhases + ` AND (intent = 'pause' OR wait IN ` + endedByRun() + `)`,
	},
	transfer.SetAbort: {
		intent:   `'abort'`,
		phase:    `CASE uploads.phase WHEN 'planned' THEN 'aborted' ELSE uploads.phase END`,
		others:   `claims = CASE uploads.phase WHEN 'planned' THEN 0 ELSE uploads.claims END`,
		concerns: `phase NOT IN ` + finalPhases + ` AND (intent <> 'abort' OR phase = 'planned')`,
	},
	transfer.SetRemove: { // of those that have begun; the others are deleted
		intent:   `'abort'`,
		others:   `hidden = 1`,
		concerns: `hidden = 0 AND phase NOT IN ` + notBegun,
	},
	transfer.SetCredentialsBack: {
		wait:     `''`,
		others:   `error = NULL`,
		concerns: `wait = 'credentials' AND phase NOT IN ` + finalPhases,
	},
}

// endedByRun lists the waits for a person that [transfer.SetRun] ends.
func endedByRun() string {
	return quoted(slices.DeleteFunc(slices.Clone(waits), func(w transfer.Wait) bool {
		return !w.NeedsPerson() || w == transfer.WaitConflict || w == transfer.WaitChanged
	})...)
}

// sql is the rule as a statement on the uploads that which selects.
func (r rule) sql(which string) string {
	r.intent = orElse(r.intent, "uploads.intent")
	r.phase = orElse(r.phase, "uploads.phase")
	r.wait = orElse(r.wait, "uploads.wait")
	sets := []string{
		`intent = ` + r.intent, `phase = ` + r.phase, `wait = ` + r.wait, derived(r.intent, r.phase, r.wait),
	}
	if r.others != "" {
		sets = append(sets, r.others)
	}
	return `UPDATE uploads SET ` + strings.Join(sets, ", ") + ` WHERE ` + r.concerns + ` AND (` + which + `)`
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Command implements [transfer.Journal].
func (j *Journal) Command(s transfer.Selection, c transfer.SetCommand, done func(int, error)) {
	if done == nil {
		done = func(int, error) {}
	}
	n := 0
	j.committer.push(op{
		name: "Command",
		apply: func(ctx context.Context, t *txn) (err error) {
			n, err = applyCommand(ctx, t, s, c)
			t.shown = n > 0
			return err
		},
		done: func(err error) {
			if err != nil {
				n = 0
			}
			done(n, err)
		},
	})
}

func applyCommand(ctx context.Context, t *txn, s transfer.Selection, c transfer.SetCommand) (int, error) {
	r, ok := rules[c]
	if !ok {
		return 0, &transfer.Error{Kind: transfer.KindPermanent, Op: "Command", Err: fmt.Errorf("no command %q", c)}
	}
	which, args, err := selected(s)
	if err != nil {
		return 0, err
	}
	deleted := 0
	if c == transfer.SetRemove {
		deleted, err = affected(t.ExecContext(ctx,
			`DELETE FROM uploads WHERE phase IN `+notBegun+` AND (`+which+`)`, args...))
		if err != nil {
			return 0, fmt.Errorf("remove uploads: %w", err)
		}
	}
	n, err := affected(t.ExecContext(ctx, r.sql(which), args...))
	if err != nil {
		return 0, fmt.Errorf("%s uploads: %w", c, err)
	}
	return deleted + n, nil
}
