package db

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"partway/transfer"
)

// listed names the rows that a filter shows, in order.
func listed(t *testing.T, j *Journal, f transfer.Filter, s transfer.Sort) []string {
	t.Helper()
	all, err := j.List(t.Context(), f, s)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := j.Rows(t.Context(), all)
	if err != nil || len(rows) != len(all) {
		t.Fatalf("%d rows of %d, %v", len(rows), len(all), err)
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
	}
	return names
}

func TestFilters(t *testing.T) {
	j := openNew(t)
	first, second := addBatch(t, j), addBatch(t, j)
	report := planned(first, "Report 100%.txt")
	report.To.Key = "plain"
	under := planned(first, "a_b")
	photo := planned(second, `照片\1.jpg`)
	photo.To.Account, photo.To.Bucket = 2, "other"
	paused := planned(second, "axb")
	paused.Intent = transfer.IntentPause
	done := planned(second, "done")
	done.Phase = transfer.PhaseDone
	failed := planned(second, "failed")
	failed.Wait = transfer.WaitFailed
	gone := planned(second, "gone")
	gone.Phase, gone.Hidden, gone.Intent = transfer.PhaseAborting, true, transfer.IntentAbort
	add(t, j, report, under, photo, paused, done, failed, gone)

	tests := []struct {
		name   string
		filter transfer.Filter
		want   []string
	}{
		{"none", transfer.Filter{}, []string{report.Name, "a_b", photo.Name, "axb", "done", "failed"}},
		{"all", transfer.Filter{Group: transfer.GroupAll}, []string{report.Name, "a_b", photo.Name, "axb", "done", "failed"}},
		{"waiting", transfer.Filter{Group: transfer.GroupWaiting}, []string{report.Name, "a_b", photo.Name}},
		{"paused", transfer.Filter{Group: transfer.GroupPaused}, []string{"axb"}},
		{"completed", transfer.Filter{Group: transfer.GroupCompleted}, []string{"done"}},
		{"attention", transfer.Filter{Group: transfer.GroupAttention}, []string{"failed"}},
		{"uploading", transfer.Filter{Group: transfer.GroupUploading}, []string{}},
		{"any case", transfer.Filter{Search: "rePORT"}, []string{report.Name}},
		{"percent", transfer.Filter{Search: "%"}, []string{report.Name}},
		{"underscore", transfer.Filter{Search: "a_b"}, []string{"a_b"}},
		{"backslash", transfer.Filter{Search: `\`}, []string{photo.Name}},
		{"Chinese", transfer.Filter{Search: "照"}, []string{photo.Name}},
		{"key", transfer.Filter{Search: "LAIN"}, []string{report.Name}},
		{"quote", transfer.Filter{Search: "'"}, []string{}},
		{"account", transfer.Filter{Account: 2}, []string{photo.Name}},
		{"bucket", transfer.Filter{Bucket: "other"}, []string{photo.Name}},
		{"batch", transfer.Filter{Batch: first}, []string{report.Name, "a_b"}},
		{"batch and search", transfer.Filter{Batch: second, Search: "B"}, []string{"axb"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := listed(t, j, tt.filter, transfer.Sort{}); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			which, args, err := selected(transfer.Selection{Filter: tt.filter})
			if err != nil {
				t.Fatal(err)
			}
			var n int
			err = j.readers.QueryRowContext(t.Context(), `SELECT count(*) FROM uploads WHERE `+which, args...).Scan(&n)
			if err != nil || n != len(tt.want) {
				t.Errorf("a command would concern %d rows, %v; want %d", n, err, len(tt.want))
			}
		})
	}
}

func TestSorting(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	work, home := account(t, j, "work"), account(t, j, "Home")
	var us []transfer.Upload
	for _, d := range []struct {
		name     string
		priority transfer.Priority
		size     int64
		phase    transfer.Phase
		bucket   string
		account  transfer.AccountID
	}{
		{"b", 0, 3, transfer.PhaseDone, "y", work},
		{"C", 5, 1, transfer.PhaseUploading, "y", home},
		{"a", 0, 2, transfer.PhaseUploading, "x", home},
		{"d", 0, 2, transfer.PhasePlanned, "z", work},
	} {
		u := planned(batch, d.name)
		u.Priority, u.File.Size, u.Phase, u.To.Bucket = d.priority, d.size, d.phase, d.bucket
		u.To.Account = d.account
		switch d.name {
		case "a":
			u.BytesDone = 1
		case "b":
			u.Receipt.Finished = created
		}
		us = append(us, u)
	}
	add(t, j, us...)
	tests := []struct {
		sort     transfer.SortBy
		up, down string
	}{
		{transfer.SortQueue, "Cbad", "dabC"},
		{"", "Cbad", "dabC"},
		{transfer.SortName, "abCd", "dCba"},
		{transfer.SortSize, "Cadb", "badC"},
		{transfer.SortStatus, "Cadb", "bdCa"},
		{transfer.SortDestination, "aCbd", "dbCa"},
		{transfer.SortAdded, "bCad", "daCb"},
		{transfer.SortPriority, "badC", "Cbad"},
		{transfer.SortFolder, "Cabd", "dbaC"},
		{transfer.SortAccount, "Cabd", "bdCa"},
		{transfer.SortFinished, "bCad", "bCad"}, // what is not finished comes last
		{transfer.SortProgress, "Cdab", "baCd"},
		{transfer.SortSpeed, "Cbad", "dabC"},
		{transfer.SortLeft, "Cbad", "dabC"},
	}
	for _, tt := range tests {
		for down, want := range map[bool]string{false: tt.up, true: tt.down} {
			got := ""
			for _, name := range listed(t, j, transfer.Filter{}, transfer.Sort{By: tt.sort, Descending: down}) {
				got += name
			}
			if got != want {
				t.Errorf("%q, descending %v: %s, want %s", tt.sort, down, got, want)
			}
		}
	}
}

// account adds an account of this name.
func account(t *testing.T, j *Journal, name string) transfer.AccountID {
	t.Helper()
	id, err := j.SaveAccount(t.Context(), transfer.Account{Name: name, Kind: transfer.AccountKeys})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestQueueHoldsWhatIsNotFinished(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 5)
	us[0].Phase, us[1].Hidden = transfer.PhaseDone, true
	us[3].Intent = transfer.IntentPause
	commit(t, j, transfer.Change{Uploads: us})
	got, err := j.Queue(t.Context())
	if want := ids(us[2:]); err != nil || !slices.Equal(got, want) {
		t.Errorf("the queue is %v, %v; want %v", got, err, want)
	}
}

func TestRows(t *testing.T) {
	j := openNew(t)
	u := full(addBatch(t, j))
	u.Hidden = false
	u = add(t, j, u)[0]
	other := add(t, j, planned(u.Batch, "other"))[0]
	rows, err := j.Rows(t.Context(), []transfer.ID{other.ID, 999, u.ID})
	if err != nil || len(rows) != 2 || rows[0].ID != other.ID {
		t.Fatalf("rows %+v, %v", rows, err)
	}
	got := rows[1]
	got.Created, got.Finished = got.Created.UTC(), got.Finished.UTC()
	want := transfer.Row{
		ID: u.ID, Batch: u.Batch, Path: u.Path, Name: u.Name, Size: u.File.Size, To: u.To, Status: u.Status(),
		Outcome: u.Receipt.Outcome, Proof: u.Receipt.Proof, Wait: u.Wait, Error: u.Error, Plan: u.Plan, Created: created,
		Priority: u.Priority, Finished: u.Receipt.Finished, Callback: u.Receipt.Callback,
	}
	same := sameFailure(got.Error, want.Error)
	got.Error, want.Error = nil, nil
	if !same || got != want {
		t.Errorf("row\n%+v, want\n%+v", got, want)
	}
}

func TestCounts(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 6)
	us[0].Phase = transfer.PhaseDone
	us[1].Phase = transfer.PhaseAborted
	us[2].Phase = transfer.PhaseUploading
	us[3].Intent = transfer.IntentPause
	us[4].Phase, us[4].Intent, us[4].Hidden = transfer.PhaseAborting, transfer.IntentAbort, true
	commit(t, j, transfer.Change{Uploads: us, Parts: []transfer.PartFact{
		part(us[0].ID, 1, 50), part(us[2].ID, 1, 70), part(us[4].ID, 1, 90),
	}})
	got, err := j.Counts(t.Context())
	want := transfer.Counts{
		Groups: map[transfer.Group]int{
			transfer.GroupAll: 5, transfer.GroupCompleted: 1, transfer.GroupUploading: 1,
			transfer.GroupPaused: 1, transfer.GroupWaiting: 1,
		},
		Total: 300 << 20, Done: 70, Ahead: 200<<20 - 70,
		Places: []transfer.PlaceCount{{Account: 1, Bucket: "bucket", Rows: 5}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("counts %+v, %v; want %+v", got, err, want)
	}

	byStatus, scanned, err := j.BatchCounts(t.Context(), us[0].Batch)
	if err != nil || scanned || !maps.Equal(byStatus, map[transfer.Status]int{
		transfer.StatusCompleted: 1, transfer.StatusAborted: 1, transfer.StatusUploading: 1,
		transfer.StatusPaused: 1, transfer.StatusWaiting: 1,
	}) {
		t.Errorf("batch: %v, %v, %v", byStatus, scanned, err)
	}
	if _, _, err := j.BatchCounts(t.Context(), 99); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("no batch: %v", err)
	}

	for name, s := range map[string]transfer.Selection{
		"all":    transfer.Everything(),
		"by IDs": transfer.These(us[0].ID, us[2].ID, us[5].ID),
	} {
		if l, err := j.Unfinished(t.Context(), s); l.Begun != 1 || l.Bytes != 70 || err != nil {
			t.Errorf("unfinished, %s: %+v, %v", name, l, err)
		}
	}
	if l, err := j.Unfinished(t.Context(), transfer.These()); l != (transfer.Loss{}) || err != nil {
		t.Errorf("unfinished of none: %+v, %v", l, err)
	}
}

func TestRunnable(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	names := func(q transfer.RunnableQuery) string {
		var s string
		for _, u := range runnable(t, j, q) {
			s += u.Name
		}
		return s
	}
	var us []transfer.Upload
	for _, d := range []struct {
		name     string
		intent   transfer.Intent
		phase    transfer.Phase
		wait     transfer.Wait
		priority transfer.Priority
		account  transfer.AccountID
	}{
		{"a", transfer.IntentRun, transfer.PhasePlanned, "", 0, 1},
		{"b", transfer.IntentRun, transfer.PhaseUploading, transfer.WaitStalled, 0, 1},
		{"c", transfer.IntentRun, transfer.PhasePlanned, "", 9, 2},
		{"d", transfer.IntentAbort, transfer.PhaseUploading, transfer.WaitCredentials, 0, 1},
		{"e", transfer.IntentPause, transfer.PhaseUploading, "", 0, 1},
		{"f", transfer.IntentRun, transfer.PhasePlanned, transfer.WaitConflict, 0, 1},
		{"g", transfer.IntentRun, transfer.PhaseDone, "", 0, 1},
		{"h", transfer.IntentRun, transfer.PhaseAborting, transfer.WaitFailed, 0, 1},
		{"i", transfer.IntentRun, transfer.PhasePlanned, transfer.WaitSettling, 0, 1},
	} {
		u := planned(batch, d.name)
		u.Intent, u.Phase, u.Wait, u.Priority, u.To.Account = d.intent, d.phase, d.wait, d.priority, d.account
		us = append(us, u)
	}
	us = add(t, j, us...)
	commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(us[1].ID, 1, 5)}})

	if got := names(transfer.RunnableQuery{Limit: 99}); got != "cbdhai" {
		t.Errorf("order %s, want cbdhai", got)
	}
	if got := names(transfer.RunnableQuery{Limit: 2}); got != "cb" {
		t.Errorf("two: %s", got)
	}
	if got := names(transfer.RunnableQuery{Limit: 99, NotIDs: ids(us[:2]), NotAccounts: []transfer.AccountID{2}}); got != "dhi" {
		t.Errorf("without: %s", got)
	}
	to := us[0].To
	for want, place := range map[string]transfer.Place{
		"c":      {Account: 1, Endpoint: to.Endpoint, Bucket: to.Bucket},
		"bdhai":  {Account: 2, Endpoint: to.Endpoint, Bucket: to.Bucket},
		"cbdhai": {Account: 1, Endpoint: "https://another", Bucket: to.Bucket},
	} {
		if got := names(transfer.RunnableQuery{Limit: 99, NotPlaces: []transfer.Place{place}}); got != want {
			t.Errorf("without what goes to %v: %s, want %s", place, got, want)
		}
	}
	if got := names(transfer.RunnableQuery{}); got != "" {
		t.Errorf("limit 0: %s", got)
	}
	if got := runnable(t, j, transfer.RunnableQuery{Limit: 2})[1]; got.BytesDone != 5 || got.To != us[1].To {
		t.Errorf("not whole: %+v", got)
	}
}

func TestHidden(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	if err := j.ScanDone(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	us := addNamed(t, j, batch, 3)
	us[0].Phase = transfer.PhaseUploading
	us[1].Phase = transfer.PhaseDone
	us[1].Receipt = transfer.Receipt{Outcome: transfer.OutcomeSent, ETag: "E", Finished: created}
	commit(t, j, transfer.Change{Uploads: us, Parts: []transfer.PartFact{part(us[0].ID, 1, 5), part(us[1].ID, 1, 5)}})
	stale := us[0]

	if n := command(t, j, transfer.Everything(), transfer.SetRemove); n != 3 {
		t.Errorf("removed %d, want 3", n)
	}
	left, err := j.Uploads(t.Context(), ids(us))
	if err != nil || len(left) != 1 || left[0].ID != stale.ID || !left[0].Hidden {
		t.Fatalf("left %+v, %v", left, err)
	}
	if rows, err := j.Rows(t.Context(), ids(us)); err != nil || len(rows) != 0 {
		t.Errorf("shown: %+v, %v", rows, err)
	}
	for _, s := range []transfer.SetCommand{transfer.SetPause, transfer.SetRun, transfer.SetRemove, transfer.SetAbort} {
		if n := command(t, j, transfer.Everything(), s); n != 0 {
			t.Errorf("%s concerned %d hidden rows", s, n)
		}
	}
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{stale}})
	if got := load(t, j, stale.ID); !got.Hidden || got.Intent != transfer.IntentAbort {
		t.Errorf("a fact under way undid the removal: %+v", got)
	}
	checkDerived(t, j, load(t, j, stale.ID))
	stale.Phase, stale.Intent = transfer.PhaseAborted, transfer.IntentAbort
	stale.Receipt.Finished = created
	commit(t, j, transfer.Change{
		Uploads: []transfer.Upload{stale}, Events: []transfer.Event{{Upload: stale.ID, Kind: transfer.EventAborted}},
	})
	if got, err := j.Uploads(t.Context(), ids(us)); err != nil || len(got) != 0 {
		t.Errorf("left once aborted: %+v, %v", got, err)
	}
	var receipts, others int
	err = j.readers.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM receipts WHERE etag = 'E' AND size > 0
		AND name = '001' AND key = 'p/001'),
		(SELECT count(*) FROM receipts WHERE etag <> 'E') + (SELECT count(*) FROM parts) + (SELECT count(*) FROM events)`).
		Scan(&receipts, &others)
	if err != nil || receipts != 1 || others != 0 {
		t.Errorf("%d receipts of what was sent, %d other things left, %v", receipts, others, err)
	}
}

func TestEventsAreCapped(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 2)
	var events []transfer.Event
	for i := range keptEvents + 30 {
		events = append(events, transfer.Event{
			Upload: us[0].ID, Time: created, Kind: transfer.EventRetried, Text: fmt.Sprint(i), RequestID: "R",
		})
	}
	commit(t, j, transfer.Change{Events: append(events, transfer.Event{Upload: us[1].ID, Text: "other"})})
	got, err := j.Events(t.Context(), us[0].ID)
	if err != nil || len(got) != keptEvents {
		t.Fatalf("%d events, %v; want %d", len(got), err, keptEvents)
	}
	for i := range got {
		got[i].Time = got[i].Time.UTC()
	}
	if !slices.Equal(got, events[30:]) {
		t.Errorf("events %+v ...", got[:2])
	}
	if other, err := j.Events(t.Context(), us[1].ID); err != nil || len(other) != 1 {
		t.Errorf("the other's: %+v, %v", other, err)
	}
}

// TestLogTellsHowAnUploadEnded has that from the receipt, before what was found out later.
func TestLogTellsHowAnUploadEnded(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 3)
	for i, u := range us {
		u.Phase, u.Receipt = transfer.PhaseDone, transfer.Receipt{Outcome: transfer.OutcomeSent, Proof: transfer.ProofCRC64, RequestID: "R", Finished: created}
		events := []transfer.Event{{Upload: u.ID, Kind: transfer.EventNoted}}
		switch i {
		case 1: // as earlier versions wrote it
			events = append(events, transfer.Event{Upload: u.ID, Time: created, Kind: transfer.EventCompleted, Text: "sent crc64", RequestID: "R"})
		case 2:
			u.Phase = transfer.PhasePutting
		}
		commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}, Events: events})
		commit(t, j, transfer.Change{Events: []transfer.Event{{Upload: u.ID, Kind: transfer.EventVerified}}})
		got, err := j.Events(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []transfer.EventKind
		for _, e := range got {
			kinds = append(kinds, e.Kind)
			if e.Kind == transfer.EventCompleted && (e.Upload != u.ID || e.Text != "sent crc64" || e.RequestID != "R" || !e.Time.Equal(created)) {
				t.Errorf("%+v", e)
			}
		}
		want := []transfer.EventKind{transfer.EventNoted, transfer.EventCompleted, transfer.EventVerified}
		if i == 2 {
			want = slices.Delete(want, 1, 2)
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("upload %d: %v, want %v", i, kinds, want)
		}
	}
}

func TestPerhapsOurs(t *testing.T) {
	j := openNew(t)
	to := planned(1, "a").To
	p := transfer.PerhapsOurs{Upload: 7, To: to, UploadID: "X", Noted: created}
	commit(t, j, transfer.Change{Perhaps: []transfer.PerhapsOurs{p, p}})
	got, err := j.PerhapsOurs(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	got[0].Noted = got[0].Noted.UTC()
	if got[0] != p {
		t.Errorf("got %+v, want %+v", got[0], p)
	}
}

func TestKnownUploadIDs(t *testing.T) {
	j := openNew(t)
	u := planned(addBatch(t, j), "a")
	u.UploadID = "A"
	add(t, j, u)
	elsewhere := u
	elsewhere.To.Endpoint, elsewhere.Path, elsewhere.UploadID = "https://another.name", "/another", "B"
	add(t, j, elsewhere)
	other := planned(u.Batch, "other")
	other.UploadID = "C"
	add(t, j, other)
	commit(t, j, transfer.Change{Perhaps: []transfer.PerhapsOurs{{Upload: 7, To: u.To, UploadID: "X"}, {Upload: 7, To: other.To, UploadID: "Y"}}})
	got, err := j.KnownUploadIDs(t.Context(), u.To.Bucket, u.To.Key)
	if want := []string{"A", "B", "X"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// The limit is of unfinished uploads, and one statement sets it on all that a selection names.
func TestLimitSpeed(t *testing.T) {
	j := openNew(t)
	us := inEveryState(t, j)
	limit := func(s transfer.Selection, to int64) int {
		t.Helper()
		n, failed := make(chan int, 1), make(chan error, 1)
		j.LimitSpeed(s, to, func(changed int, err error) { n <- changed; failed <- err })
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
		return <-n
	}
	unfinished := 0
	for _, u := range us {
		if !u.Phase.Final() {
			unfinished++
		}
	}
	version := j.Version()
	if n := limit(transfer.Everything(), 5_000); n != unfinished || j.Version() == version {
		t.Errorf("%d rows of %d were changed; version %d after %d", n, unfinished, j.Version(), version)
	}
	limit(transfer.These(us[0].ID), 7)
	for i, u := range us {
		want := int64(5_000)
		if u.Phase.Final() {
			want = 0
		} else if i == 0 {
			want = 7
		}
		got := load(t, j, u.ID)
		if got.Limit != want {
			t.Errorf("%s, %s, %q: limit %d, want %d", u.Intent, u.Phase, u.Wait, got.Limit, want)
		}
		if got.Limit, u.Limit = 0, 0; got.Status() != u.Status() {
			t.Errorf("%s became %s", u.Status(), got.Status())
		}
	}
}
