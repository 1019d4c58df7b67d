package db

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"partway/transfer"
)

// full is an upload with every field set.
func full(batch transfer.BatchID) transfer.Upload {
	u := planned(batch, "照片 100% & more?.bin")
	u.Path = "/mnt/\xff\xfe/a?#%"
	u.Position, u.Priority = 77, -3
	u.File = transfer.Identity{
		Size: 1 << 45, ModTime: time.Unix(0, 0), Device: 1<<64 - 1, Inode: 1 << 63, Change: created.Add(time.Nanosecond),
	}
	u.Policy, u.Options, u.ContentType = transfer.PolicyKeepBoth, batchOf(1).Options, "a/b"
	u.Intent, u.Phase, u.Wait = transfer.IntentPause, transfer.PhaseUploading, transfer.WaitStalled
	u.Error = &transfer.Error{
		Kind: transfer.KindThrottled, Op: "UploadPart", Bucket: "b", Key: "k", Path: "/\xff", Part: 7, Status: 503,
		Code: "Busy", EC: "0042-1", RequestID: "R", Unknown: true, RetryAfter: time.Second, Clock: -time.Hour,
		Err: errors.New("slow down"),
	}
	u.UploadID, u.Initiated = "ID1", created.Add(time.Hour)
	u.Before = transfer.ObjectState{
		Exists: true, Size: 5, ETag: "E", LastModified: created, VersionID: "V", CRC64: 1<<64 - 1, HasCRC: true,
	}
	u.BeforeKnown, u.ContentMD5, u.Again, u.Restart, u.Hidden = true, true, 2, true, true
	u.Torn = "E1"
	u.Receipt = transfer.Receipt{
		Outcome: transfer.OutcomeSent, Proof: transfer.ProofCRC64, ETag: "E2", CRC64: 1<<64 - 2, MD5: true,
		VersionID: "V2", RequestID: "R2", Finished: created.Add(2 * time.Hour),
		Callback: transfer.CallbackDone, CallbackReply: `{"回复":"ok"}`,
	}
	return u
}

// normal makes times comparable by reflect.DeepEqual.
func normal(u transfer.Upload) transfer.Upload {
	for _, at := range []*time.Time{
		&u.File.ModTime, &u.File.Change, &u.Initiated, &u.Before.LastModified, &u.Receipt.Finished, &u.Created,
	} {
		if !at.IsZero() {
			*at = at.UTC()
		}
	}
	return u
}

// sameUpload compares all fields, errors by what they say.
func sameUpload(a, b transfer.Upload) bool {
	same := sameFailure(a.Error, b.Error)
	a.Error, b.Error = nil, nil
	same = same && reflect.DeepEqual(a.Options, b.Options)
	a.Options, b.Options = transfer.Options{}, transfer.Options{}
	return same && fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b)
}

func sameFailure(a, b *transfer.Error) bool {
	if a == nil || b == nil || a.Err == nil || b.Err == nil {
		return a == b
	}
	x, y := *a, *b
	x.Err, y.Err = nil, nil
	return x == y && a.Err.Error() == b.Err.Error()
}

func TestUploadRoundTrip(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	inserted := add(t, j, full(batch))[0]
	if got := normal(load(t, j, inserted.ID)); !sameUpload(got, normal(inserted)) {
		t.Errorf("added\n%+v, read\n%+v", inserted, got)
	}

	plain := add(t, j, planned(batch, "plain"))[0]
	changed := full(batch)
	changed.ID, changed.Path, changed.Name, changed.To.Key = plain.ID, plain.Path, plain.Name, "other"
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{changed}})
	changed.Position, changed.Priority = 77+spacing, 0 // these are not the caller's
	if got := normal(load(t, j, plain.ID)); !sameUpload(got, normal(changed)) {
		t.Errorf("committed\n%+v, read\n%+v", changed, got)
	}
}

func TestKnownErrorsAreToldApart(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	tests := []struct {
		name string
		err  error
		same func(error) bool
	}{
		{"claimed", transfer.ErrKeyClaimed, func(err error) bool { return errors.Is(err, transfer.ErrKeyClaimed) }},
		{"key", transfer.KeyTooLong, func(err error) bool { return errors.Is(err, transfer.KeyTooLong) }},
		{"none", nil, func(err error) bool { return errors.Unwrap(err) == nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := planned(batch, tt.name)
			u.Error = &transfer.Error{Kind: transfer.KindPermanent, Err: tt.err}
			if got := load(t, j, add(t, j, u)[0].ID).Error; !tt.same(got) {
				t.Errorf("got %#v", got)
			}
		})
	}
}

func TestPartsAreCountedOnce(t *testing.T) {
	j := openNew(t)
	us := addNamed(t, j, addBatch(t, j), 2)
	id := us[0].ID
	check := func(parts int, bytes int64) {
		t.Helper()
		u := load(t, j, id)
		if u.PartsDone != parts || u.BytesDone != bytes {
			t.Errorf("done: %d parts, %d bytes; want %d, %d", u.PartsDone, u.BytesDone, parts, bytes)
		}
		rows, err := j.Rows(t.Context(), []transfer.ID{id})
		if err != nil || len(rows) != 1 || rows[0].PartsDone != parts || rows[0].BytesDone != bytes {
			t.Errorf("rows: %+v, %v", rows, err)
		}
	}

	commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(id, 3, 100), part(id, 1, 100), part(us[1].ID, 1, 5)}})
	check(2, 200)
	commit(t, j, transfer.Change{Parts: []transfer.PartFact{part(id, 3, 70)}})
	check(2, 170)

	stale := us[0] // holds no parts
	stale.Phase = transfer.PhaseUploading
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{stale}, Parts: []transfer.PartFact{part(id, 2, 100)}})
	check(3, 270)

	parts, err := j.Parts(t.Context(), id)
	want := []transfer.Part{part(id, 1, 100).Part, part(id, 2, 100).Part, part(id, 3, 70).Part}
	if err != nil || !slices.Equal(parts, want) {
		t.Errorf("parts %+v, %v; want %+v", parts, err, want)
	}

	commit(t, j, transfer.Change{Forget: []transfer.ForgetParts{{Upload: id, Numbers: []int{1, 9}}}})
	check(2, 170)
	commit(t, j, transfer.Change{Forget: []transfer.ForgetParts{{Upload: id}}})
	check(0, 0)
	if parts, err := j.Parts(t.Context(), us[1].ID); err != nil || len(parts) != 1 {
		t.Errorf("the other upload's parts: %v, %v", parts, err)
	}
}

func TestSingleKeepsWhatTheCallerSays(t *testing.T) {
	j := openNew(t)
	u := planned(addBatch(t, j), "small")
	u.Plan = transfer.Plan{}
	u = add(t, j, u)[0]
	u.Phase, u.BytesDone = transfer.PhaseDone, u.File.Size
	commit(t, j, transfer.Change{Uploads: []transfer.Upload{u}})
	if got := load(t, j, u.ID).BytesDone; got != u.File.Size {
		t.Errorf("%d bytes done, want %d", got, u.File.Size)
	}
}
