package db

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"partway/transfer"
)

// TestFoldersOfAnOldJournal opens one of the version before there were folders: its rows are in
// those that their names tell, also what is added to them afterwards.
func TestFoldersOfAnOldJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	oldJournal(t, dir, 3, oldRows)
	j := openAt(t, dir)
	photos, other := load(t, j, 11).Folder, load(t, j, 14).Folder
	if photos == 0 || other == 0 || photos == other || load(t, j, 12).Folder != photos || load(t, j, 13).Folder != 0 {
		t.Errorf("folders %d, %d, %d and %d", photos, load(t, j, 12).Folder, load(t, j, 13).Folder, other)
	}
	if got, want := entriesOf(t, j), []transfer.ID{photos.Entry(), 13, other.Entry()}; !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	rows, err := j.Folders(t.Context(), []transfer.FolderID{photos}, transfer.Filter{})
	if err != nil || len(rows) != 1 || rows[0].Name != "照片" || rows[0].Path != "/home/照片" || rows[0].Sums[transfer.StatusPaused].Rows != 2 {
		t.Errorf("%+v, %v", rows, err)
	}
	if u := add(t, j, planned(1, "照片/new"))[0]; load(t, j, u.ID).Folder != photos {
		t.Error("what is added to an old batch lies in another folder of that name")
	}
}

// oldJournal makes a journal of an old version, by no code of today, which reads what that did
// not have.
func oldJournal(t *testing.T, dir string, version int, rows string, args ...any) {
	t.Helper()
	steps, err := embeddedMigrations()
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite3", filepath.Join(dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps[:version] {
		_, failed := old.ExecContext(t.Context(), step.script)
		err = errors.Join(err, failed)
	}
	_, failed := old.ExecContext(t.Context(), fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)+rows, args...)
	if err := errors.Join(err, failed, old.Close()); err != nil {
		t.Fatal(err)
	}
}

// oldRows are two batches with one folder of the same name each, and a file beside it.
const oldRows = `
INSERT INTO batches (id, roots, account, endpoint, region, bucket, prefix, policy, options, paused, scanned)
	VALUES (1, '["L2hvbWUv54Wn54mH"]', 0, 'e', 'r', 'b', '', 'skip-same', '{}', 0, 0), (2, '[]', 0, 'e', 'r', 'b', 'p/', 'skip-same', '{}', 0, 1);
INSERT INTO uploads (id, batch, position, priority, path, name, size, device, inode, account, endpoint, region, bucket, key,
	policy, options, part_size, parts, intent, phase, wait, upload_id, content_md5, again, restart, claims, hidden,
	parts_done, bytes_done, status, turn)
	SELECT value ->> 0, value ->> 1, value ->> 0, 0, CAST(value ->> 2 AS BLOB), value ->> 2, 10, 0, 0, 0, 'e', 'r', 'b', (value ->> 1) || (value ->> 2),
	'skip-same', '{}', 0, 0, 'pause', 'planned', '', '', 0, 0, 0, 1, 0, 0, 0, 'paused', 0
	FROM json_each('[[11, 1, "照片/a"], [12, 1, "照片/2026/b"], [13, 1, "note"], [14, 2, "照片/a"]]');
`
