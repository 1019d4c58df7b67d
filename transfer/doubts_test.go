package transfer_test

import (
	"strings"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss" //nolint:depguard // it deletes, which Partway never does

	"partway/transfer"
)

// doubtful has the answer to a Put lost that was carried out, and the file changed before that
// could be told: the object may be the upload's own, or another program's.
func (r *rig) doubtful(policy transfer.Policy) (path string, id transfer.ID) {
	r.t.Helper()
	r.faults.MustAdd("PutObject times=1 : lose")
	held := r.faults.MustAdd("HeadObject times=1 : hold")
	path = r.file("file", 50*kib)
	id = r.add(policy, path)[0]
	check(r.t, held.WaitHeld(r.t.Context(), 1))
	r.write(path, 60*kib)
	held.Release()
	if u := r.reaches(id, transfer.StatusFileChanged); u.Torn != transfer.TornPerhaps {
		r.t.Fatalf("it remembers %q of the object that may be its own", u.Torn)
	}
	return path, id
}

// TestObjectThatMayBeOurs gives up, in each way there is, an upload that may have stored an
// object: nobody is told that nothing of it is there.
func TestObjectThatMayBeOurs(t *testing.T) {
	t.Parallel()
	newVersion := func(r *rig, id transfer.ID) { check(r.t, r.m.NewVersion(transfer.These(id))) }
	for name, giveUp := range map[string]func(r *rig, id transfer.ID){
		"aborted":                     func(r *rig, id transfer.ID) { check(r.t, r.m.Abort(transfer.These(id))) },
		"skipped as its file changed": func(r *rig, id transfer.ID) { check(r.t, r.m.Skip(transfer.These(id))) },
		"skipped as the key is taken": func(r *rig, id transfer.ID) {
			newVersion(r, id)
			r.reaches(id, transfer.StatusConflict)
			check(r.t, r.m.Resolve(transfer.These(id), transfer.ResolveSkip))
		},
		"aborted as the key is taken": func(r *rig, id transfer.ID) {
			newVersion(r, id)
			r.reaches(id, transfer.StatusConflict)
			r.restart()
			check(r.t, r.m.Abort(transfer.These(id)))
		},
		"aborted while its new version is sent in parts": func(r *rig, id transfer.ID) {
			held := r.faults.MustAdd("UploadPart times=1 : hold")
			r.write(r.upload(id).Path, 20*transfer.MiB)
			check(r.t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
			newVersion(r, id)
			r.until("it waits for an answer, or sends", func() bool {
				u := r.upload(id)
				return u.Wait == transfer.WaitConflict || u.UploadID != ""
			})
			check(r.t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
			check(r.t, held.WaitHeld(r.t.Context(), 1))
			check(r.t, r.m.Abort(transfer.These(id)))
			held.Release()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			_, id := r.doubtful(transfer.PolicySkipSame)
			giveUp(r, id)
			u := r.reaches(id, transfer.StatusAborted)
			if u.Receipt.Outcome != transfer.OutcomeInDoubt || u.Receipt.Finished.IsZero() || u.Claims {
				t.Errorf("it holds its key: %t, receipt %+v", u.Claims, u.Receipt)
			}
			if told := r.events(id); !strings.Contains(told, "may be under the key") {
				t.Errorf("the object is there, and the log tells\n%s", told)
			}
			if keys := r.keys(); len(keys) != 1 {
				t.Errorf("objects %q", keys)
			}
			r.nothingOpen()
		})
	}
}

// TestObjectThatMayBeOursAndPolicySkip takes a new version of the file, which the policy skips as
// there is an object: it may be the upload's own.
func TestObjectThatMayBeOursAndPolicySkip(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, id := r.doubtful(transfer.PolicySkip)
	check(t, r.m.NewVersion(transfer.These(id)))
	if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeInDoubt {
		t.Errorf("receipt %+v", u.Receipt)
	}
}

// TestObjectThatMayBeOursIsReplaced ends well: with the new version there, nothing is in doubt.
func TestObjectThatMayBeOursIsReplaced(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path, id := r.doubtful(transfer.PolicySkipSame)
	check(t, r.m.NewVersion(transfer.These(id)))
	r.reaches(id, transfer.StatusConflict)
	check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
	if u := r.reaches(id, transfer.StatusCompleted); u.Receipt.Outcome != transfer.OutcomeSent {
		t.Errorf("receipt %+v", u.Receipt)
	}
	r.holds("p/file", path)
}

// TestObjectThatWasOursIsNotThereAnyMore aborts the new version after another program deleted
// the object, or put its own in its place: there is nothing to doubt any more.
func TestObjectThatWasOursIsNotThereAnyMore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		begin  func(r *rig) (path string, id transfer.ID)
		happen func(r *rig)
		answer bool
	}{
		"deleted": {
			func(r *rig) (string, transfer.ID) { return r.doubtful(transfer.PolicySkipSame) },
			func(r *rig) { r.remove("p/file") }, false,
		},
		"another's": {
			func(r *rig) (string, transfer.ID) { return r.tear(60 * kib) },
			func(r *rig) { r.put("p/file", "another program's") }, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path, id := test.begin(r)
			r.reaches(id, transfer.StatusFileChanged)
			test.happen(r)
			r.write(path, 20*transfer.MiB)
			held := r.faults.MustAdd("UploadPart times=1 : hold")
			check(t, r.m.NewVersion(transfer.These(id)))
			if test.answer {
				r.reaches(id, transfer.StatusConflict)
				check(t, r.m.Resolve(transfer.These(id), transfer.ResolveReplace))
			}
			check(t, held.WaitHeld(t.Context(), 1))
			check(t, r.m.Abort(transfer.These(id)))
			held.Release()
			if u := r.reaches(id, transfer.StatusAborted); u.Receipt.Outcome != transfer.OutcomeNone {
				t.Errorf("receipt %+v", u.Receipt)
			}
			r.nothingOpen()
		})
	}
}

// remove deletes an object as another program would.
func (r *rig) remove(key string) {
	r.t.Helper()
	c, err := oss.New(r.oss.URL(), testKeyID, testSecret, oss.AuthVersion(oss.AuthV4), oss.Region(r.account.Region))
	check(r.t, err)
	b, err := c.Bucket(testBucket)
	check(r.t, err)
	check(r.t, b.DeleteObject(key))
}
