package db

import (
	"testing"

	"partway/transfer"
)

// TestCompletesOfAnOldJournal reads rows of the last version that did not tell whether a Complete
// of theirs may have been sent.
func TestCompletesOfAnOldJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const columns = `INSERT INTO uploads (id, hidden, priority, position, status, turn, size, parts_done, bytes_done, phase, intent, wait, batch,
		folder, place, site, name, key, dir, base, device, inode, policy, content_type, part_size, parts, layout, upload_id, before,
		content_md5, again, restart, claims, torn, speed_limit) VALUES `
	row := func(id, phase, uploadID, before string) string {
		return columns + `(` + id + `, 0, 0, ` + id + `, 'paused', 0, 100, 0, 0, '` + phase + `', 'pause', '', 1,
			0, 1, 1, 'n` + id + `', 'k` + id + `', 1, CAST('n` + id + `' AS BLOB), 0, 0, 'skip-same', '', 60, 2, '', '` + uploadID + `', ` + before + `,
			0, 0, 0, 1, '', 0);`
	}
	const noted = `'{"Exists":false}'`
	oldJournal(t, dir, 9, `
		INSERT INTO batches (id, roots, account, endpoint, region, bucket, prefix, policy, options, paused, scanned)
			VALUES (1, '[]', 0, 'e', 'r', 'b', '', 'skip-same', '{}', 0, 1);
		INSERT INTO places (id, account, endpoint, region, bucket, site) VALUES (1, 0, 'e', 'r', 'b', 1);
		INSERT INTO dirs (id, batch, path) VALUES (1, 1, CAST('/' AS BLOB));`+
		row("1", "uploading", "U", "NULL")+row("2", "uploading", "U", noted)+row("3", "completing", "U", "NULL")+
		row("4", "aborting", "U", noted)+row("5", "planned", "", noted)+row("6", "putting", "", noted))
	j := openAt(t, dir)
	for id, want := range []bool{false, true, true, true, false, false} {
		if u := load(t, j, transfer.ID(id+1)); u.Sealed != want {
			t.Errorf("upload %d, %s: %t", id+1, u.Phase, u.Sealed)
		}
	}
}
