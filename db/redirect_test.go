package db

import (
	"errors"
	"fmt"
	"testing"

	"partway/transfer"
)

func redirectTo(tb testing.TB, j *Journal, s transfer.Selection, to transfer.Destination, begun ...transfer.ID) transfer.Redirected {
	tb.Helper()
	var told transfer.Redirected
	err := waitFor(func(done func(error)) {
		j.Redirect(s, to, begun, func(r transfer.Redirected, err error) {
			told = r
			done(err)
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return told
}

var elsewhere = transfer.Destination{Account: 2, Endpoint: "https://oss-cn-beijing.aliyuncs.com", Region: "cn-beijing", Bucket: "other", Prefix: "q/"}

// redirectable is a row before, and what is to become of it.
type redirectable struct {
	change func(u *transfer.Upload)
	begun  bool // the engine says so
	key    string
	wait   transfer.Wait
	claims bool
}

func TestRedirect(t *testing.T) {
	rows := []redirectable{
		{key: "q/0", claims: true},
		{change: func(u *transfer.Upload) { u.Name = "cafe\u0301" }, key: "q/caf\u00e9", claims: true},
		{change: func(u *transfer.Upload) { u.Phase = transfer.PhaseUploading }, key: "p/2", claims: true},
		{change: func(u *transfer.Upload) { u.Phase = transfer.PhaseDone }, key: "p/3"},
		{begun: true, key: "p/4", claims: true},
		{change: func(u *transfer.Upload) { u.Intent, u.Wait = transfer.IntentPause, transfer.WaitCredentials }, key: "q/5", claims: true},
		{change: func(u *transfer.Upload) { u.Wait = transfer.WaitMissing }, key: "q/6", wait: transfer.WaitMissing, claims: true},
		{change: func(u *transfer.Upload) { u.Wait, u.Claims = transfer.WaitFailed, false }, key: "q/7"},
		{change: func(u *transfer.Upload) { u.Name = "0" }, key: "q/0", wait: transfer.WaitConflict},       // as the first
		{change: func(u *transfer.Upload) { u.Name = "held" }, key: "q/held", wait: transfer.WaitConflict}, // by another batch
		{change: func(u *transfer.Upload) { u.Wait, u.Claims = transfer.WaitConflict, false }, key: "q/10", claims: true},
	}
	j := openNew(t)
	holder := planned(addBatch(t, j), "held")
	holder.To = transfer.Target{Account: 2, Endpoint: elsewhere.Endpoint, Region: elsewhere.Region, Bucket: "other", Key: "q/held"}
	add(t, j, holder)
	us := addNamed(t, j, addBatch(t, j), 0)
	batch := addBatch(t, j)
	var begun []transfer.ID
	for i, r := range rows {
		u := planned(batch, fmt.Sprint(i))
		if r.change != nil {
			r.change(&u)
		}
		us = append(us, add(t, j, u)...)
		if r.begun {
			begun = append(begun, us[i].ID)
		}
	}
	told := redirectTo(t, j, transfer.Selection{Filter: transfer.Filter{Batch: batch}}, elsewhere, begun...)
	if want := (transfer.Redirected{Moved: 8, Claimed: 2, Begun: 2}); told != want {
		t.Errorf("told %+v, want %+v", told, want)
	}
	for i, r := range rows {
		got := load(t, j, us[i].ID)
		if got.To.Key != r.key || got.Wait != r.wait || got.Claims != r.claims {
			t.Errorf("row %d goes to %s, waits %q, claims %v; want %s, %q, %v", i, got.To.Key, got.Wait, got.Claims, r.key, r.wait, r.claims)
		}
		if moved := r.key[0] == 'q'; moved != (got.To.Bucket == "other" && got.To.Account == 2 && got.To.Region == "cn-beijing") {
			t.Errorf("row %d goes to %+v", i, got.To)
		}
		if taken := got.Wait == transfer.WaitConflict; taken != (got.Error != nil && errors.Is(got.Error.Err, transfer.ErrKeyClaimed) && got.Error.Key == r.key) {
			t.Errorf("row %d: %v", i, got.Error)
		}
		checkDerived(t, j, got)
	}
}

// TestRedirectForgetsAnAnswer sends an upload elsewhere that was to replace the object in its
// way: what it finds there is another. One that left an object of two versions has begun.
func TestRedirectForgetsAnAnswer(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	answered, torn := planned(batch, "answered"), planned(batch, "torn")
	answered.Wait, answered.Claims = transfer.WaitConflict, false
	torn.Wait, torn.Torn = transfer.WaitChanged, "ETAG"
	us := add(t, j, answered, torn)
	command(t, j, transfer.These(us[0].ID), transfer.SetReplace)
	if p := load(t, j, us[0].ID).Policy; p != transfer.PolicyReplace {
		t.Fatalf("answered: %s", p)
	}
	if told := redirectTo(t, j, transfer.These(us[0].ID, us[1].ID), elsewhere); told.Moved != 1 || told.Begun != 1 {
		t.Errorf("told %+v", told)
	}
	if u := load(t, j, us[0].ID); u.Policy != transfer.PolicySkipSame || u.To.Bucket != "other" {
		t.Errorf("%s, to %+v", u.Policy, u.To)
	}
	if u := load(t, j, us[1].ID); u.Torn != "ETAG" || u.To.Bucket == "other" {
		t.Errorf("torn %q, to %+v", u.Torn, u.To)
	}
}

// TestRedirectSwapsKeys sends two uploads where the other was to go.
func TestRedirectSwapsKeys(t *testing.T) {
	j := openNew(t)
	batch := addBatch(t, j)
	u := planned(batch, "a")
	u.To.Key = "p/x/a"
	x := planned(batch, "x/a")
	x.To.Key = "p/a"
	us := add(t, j, u, x)
	to := elsewhere
	to.Endpoint, to.Bucket, to.Prefix = u.To.Endpoint, u.To.Bucket, "p/"
	if told := redirectTo(t, j, transfer.These(us[0].ID, us[1].ID), to); told.Claimed > 0 || told.Moved != 2 {
		t.Errorf("told %+v", told)
	}
	if a, b := load(t, j, us[0].ID), load(t, j, us[1].ID); a.To.Key != "p/a" || b.To.Key != "p/x/a" || !a.Claims || !b.Claims {
		t.Errorf("they go to %s and %s", a.To.Key, b.To.Key)
	}
}

// TestRedirectOfAWholeBatch changes the batch's own destination, once its scan is done.
func TestRedirectOfAWholeBatch(t *testing.T) {
	j := openNew(t)
	whole, part, scanning := addBatch(t, j), addBatch(t, j), addBatch(t, j)
	var all []transfer.ID
	for i, batch := range []transfer.BatchID{whole, part, part, scanning} {
		u := add(t, j, planned(batch, fmt.Sprint(i)))[0]
		all = append(all, u.ID)
		if batch != scanning {
			if err := j.ScanDone(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
	}
	redirectTo(t, j, transfer.These(all[0], all[1], all[3]), elsewhere)
	for batch, want := range map[transfer.BatchID]string{whole: "other", part: "bucket", scanning: "bucket"} {
		var got string
		err := j.readers.QueryRowContext(t.Context(), `SELECT bucket FROM batches WHERE id = ?`, batch).Scan(&got)
		if err != nil || got != want {
			t.Errorf("batch %d goes to %q, %v; want %q", batch, got, err, want)
		}
	}
}

func BenchmarkRedirect(b *testing.B) {
	j, _ := long(b)
	to := elsewhere
	for n := 0; b.Loop(); n++ {
		to.Prefix = fmt.Sprintf("q%d/", n)
		redirectTo(b, j, transfer.Everything(), to)
	}
}
