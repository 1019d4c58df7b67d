package transfer_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestC6WrongClock has a computer whose clock is off: the first refusal tells by how much, and
// what comes after is signed with OSS's time; also what looks for a lost request. It is told to
// the minute: nobody can know the second.
func TestC6WrongClock(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for _, off := range []time.Duration{time.Hour, time.Hour - 2*time.Second, -time.Hour - 2*time.Second, 10 * year, -10 * year} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.skew.Store(int64(off))
			small, large := r.file("small", 50*kib), r.file("large", 550*kib)
			first := r.add(transfer.PolicySkipSame, small)[0]
			r.reaches(first, transfer.StatusCompleted)
			r.faults.MustAdd("InitiateMultipartUpload times=1 : lose")
			second := r.add(transfer.PolicySkipSame, large)[0]
			r.reaches(second, transfer.StatusCompleted)
			r.holds("p/small", small)
			r.holds("p/large", large)
			skewed := r.count(osslocal.OpPutObject, func(rec osslocal.Record) bool { return rec.Code == "RequestTimeTooSkewed" })
			if total := r.count(osslocal.OpPutObject, nil); skewed != 1 || total != 2 {
				t.Errorf("%d of %d requests were refused for their time, want 1 of 2", skewed, total)
			}
			if n := r.oss.InitiatedCount(testBucket); n != 1 {
				t.Errorf("%d upload IDs were begun, want 1", n)
			}
			told := off.Round(time.Minute)
			if got := r.m.Snapshot().ClockOff; got != told {
				t.Errorf("the window is told of %s, want %s", got, told)
			}
			if log := r.events(first); !strings.Contains(log, "clock is off by "+told.Abs().String()+":") {
				t.Errorf("the log does not tell of the clock:\n%s", log)
			}
		})
	}
}

// TestC7TokenExpiresMidUpload lets the credentials expire in the middle of several uploads, and gives
// new ones: all go on with the upload IDs and parts they have.
func TestC7TokenExpiresMidUpload(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"answered": "status 403 code=SecurityTokenExpired ec=0002-00000007",
		"early":    "status 403 code=SecurityTokenExpired ec=0002-00000007 early",
		"invalid":  "status 403 code=InvalidSecurityToken ec=0002-00000006",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slots(16))
			held := r.faults.MustAdd("UploadPart part=5-8 : hold")
			expired := r.faults.MustAdd("UploadPart part=5-8 : " + answer)
			var ids []transfer.ID
			var paths []string
			for i := range 3 {
				paths = append(paths, r.file(fmt.Sprintf("file-%d", i), 800*kib))
				ids = append(ids, r.add(transfer.PolicySkipSame, paths[i])...)
			}
			check(t, held.WaitHeld(t.Context(), 12))
			for _, id := range ids {
				r.until("four parts are there", func() bool { return r.upload(id).PartsDone == 4 })
			}
			held.Release()
			for _, id := range ids {
				r.reaches(id, transfer.StatusNeedsCredentials)
			}
			r.until("the window asks for the account", func() bool { return len(r.m.Snapshot().NeedCredentials) == 1 })
			r.faults.Remove(expired)
			check(t, r.m.CredentialsChanged(r.account.ID))
			for i, id := range ids {
				r.reaches(id, transfer.StatusCompleted)
				r.holds(fmt.Sprintf("p/file-%d", i), paths[i])
			}
			if n := r.oss.InitiatedCount(testBucket); n != 3 {
				t.Errorf("%d upload IDs were begun in all, want 3", n)
			}
			if n := r.count(osslocal.OpUploadPart, ok); n != 24 {
				t.Errorf("%d parts were stored, want 24", n)
			}
			r.nothingOpen()
		})
	}
}

// TestC7CredentialsChangeWhileABucketIsOpened gives new credentials while the old ones are on
// their way: what is done with the old ones does not ask for credentials once more.
func TestC7CredentialsChangeWhileABucketIsOpened(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	opening, answer := make(chan struct{}, 8), make(chan struct{})
	dial := r.dial
	r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		opening <- struct{}{}
		<-answer
		return dial(a, c, bucket)
	}
	good := r.secrets.known
	r.secrets.set(transfer.Credentials{KeyID: "LTAIold", Secret: transfer.NewSecret("old")})
	r.startEngine()
	path := r.file("file", 50*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	<-opening
	r.secrets.set(good)
	check(t, r.m.CredentialsChanged(r.account.ID))
	close(answer)
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	if log := r.events(id); strings.Contains(log, string(transfer.EventWaiting)) {
		t.Errorf("the old credentials were waited for:\n%s", log)
	}
}

// TestC7RefusalOfTheOldCredentials has requests on their way with the old credentials when new
// ones are given.
func TestC7RefusalOfTheOldCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		op   string
		size int64
	}{
		"of a part": {osslocal.OpUploadPart, 350 * kib}, "of a Put": {osslocal.OpPutObject, 50 * kib},
		"of an Initiate": {osslocal.OpInitiate, 350 * kib}, "of a Complete": {osslocal.OpComplete, 350 * kib},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			held := r.faults.MustAdd(test.op + " times=1 : hold")
			r.faults.MustAdd(test.op + " times=1 : status 403 code=InvalidAccessKeyId early")
			path := r.file("file", test.size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 1))
			check(t, r.m.CredentialsChanged(r.account.ID))
			held.Release()
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			r.nothingOpen()
			if log := r.events(id); strings.Contains(log, string(transfer.EventWaiting)) || strings.Contains(log, string(transfer.EventRetried)) {
				t.Errorf("the old credentials were waited for:\n%s", log)
			}
		})
	}
}

const denied = "status 403 code=AccessDenied ec=0003-00000001"

// TestC9BucketRefusesAll has buckets that refuse every upload, for good or until somebody acts. A few
// requests decide for all uploads, which say the one reason; those to another bucket go on.
func TestC9BucketRefusesAll(t *testing.T) {
	t.Parallel()
	const away = "away"
	for name, test := range map[string]struct{ answer, code string }{
		"deleted":        {"", transfer.CodeNoSuchBucket},
		"wrong region":   {"status 400 code=InvalidArgument ec=0002-00000226", transfer.CodeWrongRegion},
		"quota used up":  {"status 403 code=QuotaExceeded", "QuotaExceeded"},
		"owner barred":   {"status 403 code=AbnormalBucketOwnerStatus", "AbnormalBucketOwnerStatus"},
		"public is shut": {"status 403 code=PublicEndpointForbidden", "PublicEndpointForbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slots(4))
			if test.answer != "" {
				check(t, r.oss.CreateBucket(away))
				r.faults.MustAdd("* key=many/* : " + test.answer)
			}
			for i := range 60 {
				r.file(fmt.Sprintf("many/%d", i), int64(10+200*kib*(i%2)))
			}
			to := r.to("")
			to.Bucket = away
			batch, err := r.m.Add(t.Context(), transfer.AddRequest{Paths: []string{filepath.Join(r.files, "many")}, To: to, Policy: transfer.PolicySkipSame})
			check(t, err)
			ids := r.scanned(batch)
			other := r.file("other", 300*kib)
			r.reaches(r.add(transfer.PolicySkipSame, other)[0], transfer.StatusCompleted)
			for _, id := range ids {
				if u := r.reaches(id, transfer.StatusFailed); u.Error.Code != test.code || u.Error.Key != u.To.Key {
					t.Fatalf("the reason is %v, want %s", u.Error, test.code)
				}
			}
			requests := 0
			for _, op := range []string{osslocal.OpPutObject, osslocal.OpInitiate} {
				requests += r.count(op, func(rec osslocal.Record) bool { return rec.Bucket == away })
			}
			if requests > 8 {
				t.Errorf("%d requests for %d uploads", requests, len(ids))
			}
			r.until("the window is told", func() bool {
				told := r.m.Snapshot().Refused
				return len(told) == 1 && told[0].Bucket == away && told[0].Error.Code == test.code
			})
			// An answer about another bucket says nothing of this one.
			r.put("p/there", "another's")
			there := r.add(transfer.PolicySkipSame, r.file("there", 10))[0]
			r.reaches(there, transfer.StatusConflict)
			check(t, r.m.Resolve(transfer.These(there), transfer.ResolveSkip))
			r.reaches(there, transfer.StatusCompleted)
			check(t, r.m.Watch(0)) // makes a snapshot
			if told := r.m.Snapshot().Refused; len(told) != 1 {
				t.Errorf("the window is told %v", told)
			}
			r.faults.Clear()
			check(t, r.oss.CreateBucket(away))
			check(t, r.m.Resume(transfer.These(ids...)))
			for _, id := range ids {
				r.reaches(id, transfer.StatusCompleted)
			}
			r.until("the window is told of its end", func() bool { return len(r.m.Snapshot().Refused) == 0 })
		})
	}
}

// TestC9BucketDeletedMidUpload deletes a bucket under an upload, which then can only be aborted.
func TestC9BucketDeletedMidUpload(t *testing.T) {
	t.Parallel()
	r := newRig(t, slots(2))
	r.faults.MustAdd("* skip=4 : status 404 code=NoSuchBucket ec=0015-00000101")
	id := r.add(transfer.PolicySkipSame, r.file("file", 800*kib))[0]
	if u := r.reaches(id, transfer.StatusFailed); u.Error.Code != transfer.CodeNoSuchBucket || u.UploadID == "" {
		t.Errorf("upload %+v", u)
	}
	check(t, r.m.Abort(transfer.These(id)))
	r.reaches(id, transfer.StatusAborted)
}

// TestC10UploadAbortedElsewhere aborts the upload ID as another program would: the upload begins anew,
// once, and says so; when it happens again, a person has to look.
func TestC10UploadAbortedElsewhere(t *testing.T) {
	t.Parallel()
	for name, times := range map[string]int{"once": 1, "again": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slots(1))
			path := r.file("file", 500*kib)
			var id transfer.ID
			for i := range times {
				held := r.faults.MustAdd("UploadPart part=3 times=1 : hold")
				if i == 0 {
					id = r.add(transfer.PolicySkipSame, path)[0]
				}
				check(t, held.WaitHeld(t.Context(), 1))
				r.abortElsewhere()
				held.Release()
			}
			want := map[int]transfer.Status{1: transfer.StatusCompleted, 2: transfer.StatusFailed}[times]
			u := r.reaches(id, want)
			if n := r.oss.InitiatedCount(testBucket); n != 2 {
				t.Errorf("%d upload IDs were begun, want 2", n)
			}
			if log := r.events(id); !strings.Contains(log, "begins anew") {
				t.Errorf("the log does not say that it began anew:\n%s", log)
			}
			if times == 1 {
				r.holds("p/file", path)
			} else if u.Error.Code != transfer.CodeNoSuchUpload {
				t.Errorf("the reason is %v", u.Error)
			}
			r.nothingOpen()
		})
	}
}

// TestC10ProgressGoesBack looks at what is shown of an upload whose ID is gone, before a new one is
// begun: what had arrived counts no more, in the list and live, and the log says why.
func TestC10ProgressGoesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, slots(1))
	path := r.file("file", 500*kib)
	held := r.faults.MustAdd("UploadPart part=3 times=1 : hold")
	anew := r.faults.MustAdd("InitiateMultipartUpload skip=1 : hold")
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	shown := func() (row int64, live transfer.Live) { return r.upload(id).BytesDone, r.m.Snapshot().Live[id] }
	r.until("two parts are shown", func() bool {
		row, live := shown()
		return row == 200*kib && live.Sent-live.Flying == 200*kib
	})
	r.abortElsewhere()
	held.Release()
	check(t, anew.WaitHeld(t.Context(), 1))
	r.until("nothing of it is shown", func() bool {
		row, live := shown()
		return row == 0 && live.Sent == 0 && live.Status == transfer.StatusUploading
	})
	if u := r.upload(id); u.PartsDone != 0 || u.UploadID != "" {
		t.Errorf("the row has %d parts of %q", u.PartsDone, u.UploadID)
	}
	if parts, err := r.journal.Parts(t.Context(), id); err != nil || len(parts) != 0 {
		t.Errorf("the journal holds %d parts, %v", len(parts), err)
	}
	if s := r.m.Snapshot(); s.Speed < 0 || s.Live[id].Speed < 0 {
		t.Errorf("the speed is %v, of the upload %v", s.Speed, s.Live[id].Speed)
	}
	if log := r.events(id); !strings.Contains(log, string(transfer.EventRestarting)+" OSS no longer has the upload: it begins anew") {
		t.Errorf("the log says:\n%s", log)
	}
	anew.Release()
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

// TestC11NeverDoneUnproved has OSS state wrong digests for good.
func TestC11NeverDoneUnproved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules []string
		size  int64
		sent  int // tries of the worst part
	}{
		"part with a wrong CRC":           {[]string{"UploadPart part=2 : crc 123"}, 350 * kib, 3},
		"part with no CRC and wrong ETag": {[]string{"UploadPart part=2 : status 200 ETag=AAAA applied"}, 350 * kib, 3},
		"part without ETag":               {[]string{"UploadPart part=2 : etag none"}, 350 * kib, 3},
		"altered on its way":              {[]string{"UploadPart part=2 : corrupt at=9"}, 350 * kib, 3},
		"put altered on its way":          {[]string{"PutObject : corrupt at=9"}, 50 * kib, 0},
		"put with no CRC and wrong ETag":  {[]string{"PutObject : status 200 ETag=AAAA applied", "HeadObject : crc none"}, 50 * kib, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for _, rule := range test.rules {
				r.faults.MustAdd(rule)
			}
			id := r.add(transfer.PolicySkipSame, r.file("file", test.size))[0]
			if name == "part without ETag" { // which is no answer of OSS: tried on for ever
				r.until("it was tried again", func() bool { return r.begun(osslocal.OpUploadPart) > 5 })
			} else {
				r.reaches(id, transfer.StatusFailed)
			}
			u := r.upload(id)
			if u.Phase == transfer.PhaseDone || u.Receipt.Proof != transfer.ProofNone || r.begun(osslocal.OpComplete) != 0 {
				t.Errorf("it ended as %+v, with %d Completes", u.Receipt, r.begun(osslocal.OpComplete))
			}
			worst := r.count(osslocal.OpUploadPart, func(rec osslocal.Record) bool { return rec.Part == 2 })
			if name != "part without ETag" && worst != test.sent {
				t.Errorf("the part was sent %d times, want %d", worst, test.sent)
			}
		})
	}
}

// TestC16CallbackFails stores the object and answers that nobody could be told of it.
func TestC16CallbackFails(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpComplete: 350 * kib, osslocal.OpPutObject: 50 * kib} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.faults.MustAdd(op + " times=1 : status 203 code=CallbackFailed ec=0007-00000203 applied")
			path := r.file("file", size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			u := r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			if u.Receipt.Proof != transfer.ProofHead || r.begun(op) != 1 {
				t.Errorf("proof %q after %d requests", u.Receipt.Proof, r.begun(op))
			}
			if log := r.events(id); !strings.Contains(log, "callback") {
				t.Errorf("the log does not tell of the callback:\n%s", log)
			}
		})
	}
}

// TestC17CaptivePortalIsToldFromOSS has a login page answer everything for a while.
func TestC17CaptivePortalIsToldFromOSS(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	page := r.faults.MustAdd("* : html")
	path := r.file("file", 350*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("the row says so", func() bool {
		e := r.m.Snapshot().Live[id].Error
		return e != nil && e.Code == transfer.CodeNotOSS
	})
	if s := r.m.Snapshot().Live[id].Status; s.Group() == transfer.GroupAttention {
		t.Errorf("the label is %q", s)
	}
	r.faults.Remove(page)
	check(t, r.m.Resume(transfer.These(id)))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}
