package db

import (
	"context"
	"strings"
)

// roomTried is how many bytes are written to see whether there is room, and settingRoom is
// where. Its pages stay in the file as free ones once it is deleted: the next changes have
// them.
const (
	roomTried   = 64 << 10
	settingRoom = "room"
)

// Writable implements [transfer.Journal]. It writes, so that it fails as long as changes
// would: an empty transaction succeeds on a full disk.
func (j *Journal) Writable(done func(error)) {
	write := func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)`,
			settingRoom, strings.Repeat(".", roomTried))
		return err
	}
	forget := func(ctx context.Context, t *txn) error {
		_, err := t.ExecContext(ctx, `DELETE FROM settings WHERE key = ?`, settingRoom)
		return err
	}
	j.committer.push(op{name: "Writable", apply: write, done: func(err error) {
		if err != nil {
			done(err)
			return
		}
		// In a transaction of its own: what one makes and deletes is never written.
		j.committer.push(op{name: "Writable", apply: forget, done: done})
	}})
}
