package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"partway/transfer"
)

// rule says as SQL what a command makes of an upload's facts, and which uploads it
// concerns. An empty expression leaves the fact as it is.
type rule struct {
	intent, phase, wait string
	others              string // further columns to set
	concerns            string
}

// nothingSent are the uploads that have nothing on OSS.
const nothingSent = `uploads.phase = 'planned' AND uploads.torn = ''`

// abortPlanned makes a planned upload aborted, as nothing of it was begun.
const abortPlanned = `CASE WHEN ` + nothingSent + ` THEN 'aborted' ELSE uploads.phase END`

// unclaimPlanned goes with abortPlanned.
const unclaimPlanned = `claims = CASE WHEN ` + nothingSent + ` THEN 0 ELSE uploads.claims END`

// rules are the commands; [transfer.SetCommand.Apply] does the same to an upload in memory.
var rules = map[transfer.SetCommand]rule{
	transfer.SetPause: {
		intent:   `'pause'`,
		concerns: `intent = 'run' AND phase NOT IN ` + quoted(transfer.PhaseDone, transfer.PhaseAborting, transfer.PhaseAborted),
	},
	transfer.SetRun: {
		intent: `'run'`,
		wait:   `CASE WHEN uploads.wait IN ` + keptByRun + ` THEN uploads.wait ELSE '' END`,
		others: `error = CASE WHEN uploads.wait IN ` + keptByRun + ` THEN uploads.error END, ` +
			`again = CASE uploads.wait WHEN 'failed' THEN 0 ELSE uploads.again END`,
		concerns: `intent <> 'abort' AND phase NOT IN ` + finalPhases + ` AND (intent = 'pause' OR wait NOT IN ` + keptByRun + `)`,
	},
	transfer.SetAbort: {
		intent:   `'abort'`,
		phase:    abortPlanned,
		others:   unclaimPlanned,
		concerns: `phase NOT IN ` + finalPhases + ` AND (intent <> 'abort' OR ` + nothingSent + `)`,
	},
	transfer.SetRemove: {
		intent:   `CASE WHEN uploads.phase IN ` + finalPhases + ` THEN uploads.intent ELSE 'abort' END`,
		phase:    abortPlanned,
		others:   `hidden = 1, ` + unclaimPlanned,
		concerns: `hidden = 0`,
	},
	transfer.SetCredentialsBack: {
		wait:     `''`,
		others:   `error = NULL`,
		concerns: `wait = 'credentials' AND phase NOT IN ` + finalPhases,
	},
	transfer.SetReplace: {
		intent: `'run'`, wait: `''`,
		others:   `error = NULL, policy = 'replace'`,
		concerns: inConflict,
	},
	transfer.SetKeepBoth: {
		intent: `'run'`, wait: `''`, phase: aborted("uploads.phase"),
		others:   `error = NULL, policy = 'keep-both', restart = CASE uploads.upload_id WHEN '' THEN uploads.restart ELSE 1 END`,
		concerns: inConflict,
	},
	transfer.SetSkip: {
		// As leave does: one that may have an object there is aborted, and ends in doubt.
		intent: `CASE uploads.torn WHEN '' THEN 'run' ELSE 'abort' END`, wait: `''`,
		phase: `CASE uploads.torn WHEN '' THEN ` + aborted("'done'") + ` ELSE uploads.phase END`,
		others: `error = NULL, restart = 0,
			claims = CASE WHEN uploads.upload_id = '' AND uploads.torn = '' THEN 0 ELSE uploads.claims END`,
		concerns: inConflict,
	},
}

// inConflict are the uploads that an answer to a conflict concerns.
var inConflict = `wait = 'conflict' AND intent <> 'abort' AND phase NOT IN ` + finalPhases

// aborted makes what is on OSS of an upload aborted, and an upload that has nothing there the
// phase given.
func aborted(otherwise string) string {
	return `CASE uploads.upload_id WHEN '' THEN ` + otherwise + ` ELSE 'aborting' END`
}

// keptByRun lists the waits that [transfer.SetRun] leaves: no wait, and those that need a
// decision.
var keptByRun = quoted(transfer.WaitNone, transfer.WaitConflict, transfer.WaitChanged)

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
	j.onSet("Command", done, func(ctx context.Context, t *txn) (int, error) { return applyCommand(ctx, t, s, c) })
}

// onSet queues a change of a set, and tells how many uploads it concerned: none if it failed.
func (j *Journal) onSet(name string, done func(int, error), apply func(context.Context, *txn) (int, error)) {
	n := 0
	j.committer.push(op{
		name: name,
		apply: func(ctx context.Context, t *txn) (err error) {
			n, err = apply(ctx, t)
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
	if c == transfer.SetAbort || c == transfer.SetRemove {
		err = finish(ctx, t, outcome{"", `?`, nothingSent}, which, args)
	}
	if c == transfer.SetSkip {
		err = finish(ctx, t, outcome{transfer.OutcomeSkipped, `CASE upload_id WHEN '' THEN ? END`, inConflict + ` AND torn = ''`}, which, args)
	}
	if err != nil {
		return 0, err
	}
	n, err := affected(t.ExecContext(ctx, r.sql(which), args...))
	if err != nil {
		return 0, fmt.Errorf("%s uploads: %w", c, err)
	}
	if c == transfer.SetRemove {
		return n, sweep(ctx, t, `true`)
	}
	return n, nil
}

// LimitSpeed implements [transfer.Journal].
func (j *Journal) LimitSpeed(s transfer.Selection, bytesPerSecond int64, done func(int, error)) {
	j.onSet("LimitSpeed", done, func(ctx context.Context, t *txn) (int, error) {
		which, args, err := selected(s)
		if err != nil {
			return 0, err
		}
		n, err := affected(t.ExecContext(ctx, `UPDATE uploads SET speed_limit = ?
			WHERE phase NOT IN `+finalPhases+` AND (`+which+`)`, append([]any{bytesPerSecond}, args...)...))
		if err != nil {
			return 0, fmt.Errorf("limit the speed of uploads: %w", err)
		}
		return n, nil
	})
}

// outcome is how some uploads end by a command.
type outcome struct {
	outcome  transfer.Outcome
	finished string // with the moment for its ?
	concerns string
}

// finish notes how the uploads that a command ends end, and when.
func finish(ctx context.Context, t *txn, o outcome, which string, args []any) error {
	_, err := t.ExecContext(ctx, `INSERT OR REPLACE INTO receipts
		(upload, name, account, endpoint, bucket, key, size,
		outcome, proof, etag, crc64, md5, version_id, request_id, finished)
		SELECT id, name, account, endpoint, bucket, key, size, ?, '', '', 0, 0, '', '',
		`+o.finished+`
		FROM full_uploads AS uploads WHERE `+o.concerns+` AND (`+which+`)`, append([]any{o.outcome, nanos(time.Now())}, args...)...)
	if err != nil {
		return fmt.Errorf("note end of uploads: %w", err)
	}
	return nil
}
