package db

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"partway/transfer"
)

// beforePlaces is the last version that had paths and targets in each row.
const beforePlaces = 8

const sameHost, otherHost = "https://oss-cn-hangzhou.aliyuncs.com", "https://oss-cn-beijing.aliyuncs.com"

// oldUploads are rows of that version, one for each account, numbered from 1.
var oldUploads = []struct {
	batch            transfer.BatchID
	path             string
	endpoint, region string
	bucket           string
	claims, hidden   bool
}{
	{1, "/home/a/one", sameHost, "cn-hangzhou", "b", true, false},
	{1, "/home/a/two", sameHost, "cn-hangzhou", "b", true, true},
	{2, "/home/a/one", sameHost, "cn-hangzhou", "c", true, false},
	{1, "/home/a/sub/one", otherHost, "cn-beijing", "b", true, false},
	{1, "/one", sameHost, "", "b", true, false},
	{1, "one", sameHost, "cn-hangzhou", "b", false, false},
	{1, "", sameHost, "cn-hangzhou", "b", false, false},
	{1, "/照片/\xc3\xa4.jpg", sameHost, "cn-hangzhou", "b", true, false},
	{1, "/x\xc3/\x80 \xc3\x80\xff", sameHost, "cn-hangzhou", "b", true, false},
	{1, `C:\Users\a\one`, sameHost, "cn-hangzhou", "b", true, false},
	{1, "/home/a\\b/one\\", sameHost, "cn-hangzhou", "b", true, false},
}

// journalBeforePlaces makes a journal of these rows, of which each has a part and an event.
// Three rows more were deleted.
func journalBeforePlaces(t *testing.T, dir string) {
	t.Helper()
	rows := strings.Builder{}
	var args []any
	rows.WriteString(`INSERT INTO batches (id, roots, account, endpoint, region, bucket, prefix, policy, options, paused, scanned)
		VALUES (1, '[]', 1, 'e', 'r', 'b', '', 'skip-same', '{}', 0, 0), (2, '[]', 1, 'e', 'r', 'b', '', 'skip-same', '{}', 0, 1);`)
	for i, u := range oldUploads {
		rows.WriteString(`INSERT INTO uploads (id, batch, position, priority, path, name, size, mtime, device, inode, ctime,
			account, endpoint, region, bucket, key, policy, part_size, parts, intent, phase, wait, error, upload_id, initiated, before,
			content_md5, again, restart, claims, hidden, created, parts_done, bytes_done, status, turn, torn, folder, speed_limit, layout, content_type)
			VALUES (?, ?, ?, 3, ?, ?, 100, 21, -1, -2, 22, ?, ?, ?, ?, ?, 'replace', 60, 2, 'pause', 'uploading', 'missing',
			'{"kind":"permanent","text":"x"}', 'U', 23, '{"Exists":true,"Size":5}', 1, 2, 1, ?, ?, 24, 1, 60, 'file-missing', 0, 'T', 0, 9, '', 'a/b');
			INSERT INTO parts (upload, number, offset, size, etag, crc64, md5) VALUES (?, 1, 0, 60, 'E', -3, 'M');
			INSERT INTO events (upload, time, kind, text, request_id) VALUES (?, 25, 'noted', 'said', 'R');`)
		id := i + 1
		args = append(args, id, u.batch, id*10, []byte(u.path), fmt.Sprint("name ", id), id, u.endpoint, u.region, u.bucket, fmt.Sprint("key ", id),
			u.claims, u.hidden, id, id)
	}
	rows.WriteString(`UPDATE sqlite_sequence SET seq = seq + 3 WHERE name = 'uploads';`)
	oldJournal(t, dir, beforePlaces, rows.String(), args...)
}

// checkAfterPlaces compares what a journal says with what was in its rows.
func checkAfterPlaces(t *testing.T, j *Journal) {
	t.Helper()
	for i, want := range oldUploads {
		id := transfer.ID(i + 1)
		u := load(t, j, id)
		to := transfer.Target{
			Account: transfer.AccountID(id), Endpoint: want.endpoint, Region: want.region, Bucket: want.bucket, Key: fmt.Sprint("key ", id),
		}
		if u.Path != want.path || u.Batch != want.batch || u.To != to || u.Claims != want.claims || u.Hidden != want.hidden {
			t.Errorf("upload %d is %+v, want %+v", id, u, want)
		}
		rest := fmt.Sprint(u.Name, u.Position, u.Priority, u.File.Size, u.File.ModTime.UnixNano(), u.File.Device, u.File.Inode, u.File.Change.UnixNano(),
			u.Policy, u.ContentType, u.Plan.PartSize, u.Plan.Parts, u.Intent, u.Phase, u.Wait, u.Error.Err, u.UploadID, u.Initiated.UnixNano(),
			u.Before.Size, u.ContentMD5, u.Again, u.Restart, u.Created.UnixNano(), u.PartsDone, u.BytesDone, u.Torn, u.Limit)
		if said := fmt.Sprintf("name %d%d 3 100 21 18446744073709551615 18446744073709551614 22 replace a/b 60 2 pause uploading missing x "+
			"U 23 5 true 2 true 24 1 60 T 9", id, 10*id); strings.Join(strings.Fields(rest), "") != strings.ReplaceAll(said, " ", "") {
			t.Errorf("upload %d is\n%s, want\n%s", id, rest, said)
		}
		parts, err := j.Parts(t.Context(), id)
		if err != nil || len(parts) != 1 || parts[0].MD5 != "M" {
			t.Errorf("upload %d has parts %+v, %v", id, parts, err)
		}
		events, err := j.Events(t.Context(), id)
		if err != nil || len(events) != 1 || events[0].Text != "said" {
			t.Errorf("upload %d has events %+v, %v", id, events, err)
		}
	}
}

// TestPlacesOfAnOldJournal opens one of the version before it had tables of them: each row is as
// it was, also where bytes of its path are no UTF-8, and what is added afterwards meets it.
func TestPlacesOfAnOldJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journalBeforePlaces(t, dir)
	j := openAt(t, dir)
	if r := j.Recovered(); r != nil {
		t.Fatalf("taken for damaged: %v", r)
	}
	checkAfterPlaces(t, j)
	if n := count(t, j, "places WHERE site = 1"); n != 9 {
		t.Errorf("%d of %d places are where the first is, want 9", n, count(t, j, "places"))
	}
	for i, old := range oldUploads { // as by a scan that goes on
		u := planned(old.batch, fmt.Sprint("again ", i))
		u.Path = old.path
		if added, err := j.AddUploads(t.Context(), []transfer.Upload{u}); err != nil || added[0].ID != transfer.ID(i+1) || added[0].Existing {
			t.Errorf("path %q, added again, is %+v, %v", old.path, added, err)
		}
	}
	for i, old := range oldUploads { // by an account that sends nothing yet
		u := planned(2, fmt.Sprint("new ", i))
		u.To = transfer.Target{Account: 99, Endpoint: old.endpoint, Region: "r", Bucket: old.bucket, Key: fmt.Sprint("key ", i+1)}
		u = add(t, j, u)[0]
		if u.ID <= transfer.ID(len(oldUploads)+3) {
			t.Errorf("ID %d is used again", u.ID)
		}
		if got := load(t, j, u.ID); got.Claims == old.claims || (got.Wait == transfer.WaitConflict) != old.claims {
			t.Errorf("key %d: %v, %q where another claims it: %v", i+1, got.Claims, got.Wait, old.claims)
		}
	}
	command(t, j, transfer.These(1), transfer.SetAbort)
	u := load(t, j, 1)
	u.Phase = transfer.PhaseAborted
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}, Forget: []transfer.ForgetParts{{Upload: 1}}})
	if got := load(t, j, 1); got.Claims || got.PartsDone != 0 {
		t.Errorf("after it was aborted: %+v", got)
	}
}

// TestPlacesAreCountedByAccountAndBucket sends files of one account to one bucket by two
// endpoints, and others elsewhere.
func TestPlacesAreCountedByAccountAndBucket(t *testing.T) {
	t.Parallel()
	j := openNew(t)
	batch := addBatch(t, j)
	for i, to := range []transfer.Target{
		{Account: 1, Endpoint: sameHost, Bucket: "b"},
		{Account: 2, Endpoint: sameHost, Bucket: "b"},
		{Account: 1, Endpoint: otherHost, Bucket: "b"},
		{Account: 1, Endpoint: sameHost, Region: "r", Bucket: "b"},
		{Account: 1, Endpoint: sameHost, Bucket: "a"},
	} {
		u := planned(batch, fmt.Sprint(i))
		u.To, u.Phase = to, transfer.Phases[i]
		u.To.Key = u.Name
		add(t, j, u)
	}
	c, err := j.Counts(t.Context())
	want := []transfer.PlaceCount{{Account: 1, Bucket: "a", Rows: 1}, {Account: 1, Bucket: "b", Rows: 3}, {Account: 2, Bucket: "b", Rows: 1}}
	if err != nil || !slices.Equal(c.Places, want) || c.Groups[transfer.GroupAll] != 5 {
		t.Errorf("places %+v of %+v, %v; want %+v", c.Places, c, err, want)
	}
}

// TestFoldersOfFilesThatAreGone removes all uploads of one folder.
func TestFoldersOfFilesThatAreGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := openAt(t, dir)
	batch := addBatch(t, j)
	us := add(t, j, planned(batch, "a/1"), planned(batch, "a/2"), planned(batch, "b/1"))
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	command(t, j, transfer.These(us[0].ID, us[1].ID), transfer.SetRemove)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openAt(t, dir)
	paths, err := collect(t.Context(), j.readers, scanOne[string], `SELECT path FROM dirs`)
	if want := []string{"/home/a/b/"}; err != nil || !slices.Equal(paths, want) || load(t, j, us[2].ID).Path != us[2].Path {
		t.Errorf("folders %q, %v, want %q", paths, err, want)
	}
}
