package db

import (
	"context"
	"fmt"

	"partway/transfer"
)

// Runnable implements [transfer.Journal]. A Limit of 0 or less asks for nothing.
func (j *Journal) Runnable(q transfer.RunnableQuery, done func([]transfer.Upload, error)) {
	if done == nil {
		return
	}
	var found []transfer.Upload
	j.committer.push(op{
		name: "Runnable",
		apply: func(ctx context.Context, t *txn) error {
			var err error
			found, err = readRunnable(ctx, t, q)
			return err
		},
		done: func(err error) {
			if err != nil {
				found = nil
			}
			done(found, err)
		},
	})
}

// readRunnable reads what could move, after it set aside what cannot be read of it.
func readRunnable(ctx context.Context, t *txn, q transfer.RunnableQuery) ([]transfer.Upload, error) {
	for {
		ids, err := runnableIDs(ctx, t, q)
		if err != nil {
			return nil, err
		}
		found, unread, err := readUploads(ctx, t, ids)
		if err != nil || len(unread) == 0 {
			return found, err
		}
		for id, why := range unread {
			if err := setRowAside(ctx, t, id, why); err != nil {
				return nil, err
			}
		}
		t.shown = true
	}
}

// runnableIDs walks index uploads_turn, which holds all that is asked for, in order.
func runnableIDs(ctx context.Context, q querier, r transfer.RunnableQuery) ([]transfer.ID, error) {
	if r.Limit <= 0 {
		return nil, nil
	}
	notIDs, err := jsonText(append([]transfer.ID{}, r.NotIDs...))
	if err != nil {
		return nil, err
	}
	which, args := `turn > 0 AND id NOT IN (SELECT value FROM json_each(?))`, []any{notIDs}
	if len(r.NotAccounts)+len(r.NotPlaces) > 0 { // seldom: each condition costs, and this is asked for each slot
		rest, restArgs, err := notAtRest(r)
		if err != nil {
			return nil, err
		}
		which, args = which+rest, append(args, restArgs...)
	}
	return collect(ctx, q, scanOne[transfer.ID], `SELECT id FROM uploads INDEXED BY uploads_turn WHERE `+which+`
		ORDER BY priority DESC, turn, position LIMIT ?`, append(args, r.Limit)...)
}

// notAtRest is the condition that nothing of some accounts is asked for, nor of some places.
func notAtRest(r transfer.RunnableQuery) (which string, args []any, err error) {
	accounts, err := jsonText(append([]transfer.AccountID{}, r.NotAccounts...))
	if err != nil {
		return "", nil, err
	}
	names := make([]string, len(r.NotPlaces))
	for i, p := range r.NotPlaces {
		names[i] = fmt.Sprintf("%d %s %s", p.Account, p.Endpoint, p.Bucket)
	}
	places, err := jsonText(names)
	return ` AND place NOT IN (SELECT p.id FROM places p WHERE p.account IN (SELECT value FROM json_each(?))
		OR p.account || ' ' || p.endpoint || ' ' || p.bucket IN (SELECT value FROM json_each(?)))`, []any{accounts, places}, err
}
