package db

import (
	"context"
	"errors"
	"testing"

	"partway/transfer"
)

// A folder's entry that cannot be read is said, and holds up no other scan.
func TestD2UnreadableBatchIsARowThatSaysSo(t *testing.T) {
	for _, damage := range []string{
		`UPDATE batches SET roots = '[' WHERE id = 1`,
		`UPDATE batches SET options = 'x' WHERE id = 1`,
		`UPDATE batches SET paused = 7 WHERE id = 1`,
	} {
		dir := t.TempDir()
		j := openAt(t, dir)
		addBatch(t, j)
		sound := addBatch(t, j)
		err := j.committer.do(t.Context(), "damage", func(ctx context.Context, t *txn) error {
			_, err := t.ExecContext(ctx, damage)
			return err
		})
		if err := errors.Join(err, j.Close()); err != nil {
			t.Fatal(err)
		}
		j = openAt(t, dir)
		open, err := j.Unscanned(t.Context())
		if err != nil || len(open) != 1 || open[0].ID != sound {
			t.Errorf("%s: unscanned %v, %v", damage, open, err)
		}
		ids, err := j.List(t.Context(), transfer.Filter{}, transfer.Sort{})
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		rows, err := j.Rows(t.Context(), ids)
		if err != nil || rows[0].Status != transfer.StatusFailed || rows[0].Error.Code != transfer.CodeJournalDamaged {
			t.Errorf("%s: %+v, %v", damage, rows, err)
		}
	}
}
