package transfer_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"partway/transfer"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// TestC8DeniedAbortStaysInTheOutbox forbids to abort: the abort is tried again, also at the next start,
// and ends once it is allowed. The row says which action is missing.
func TestC8DeniedAbortStaysInTheOutbox(t *testing.T) {
	t.Parallel()
	for _, press := range []string{"abort", "remove"} {
		t.Run(press, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			stalled := r.faults.MustAdd("UploadPart skip=1 : stall")
			refused := r.faults.MustAdd("AbortMultipartUpload : " + denied)
			id := r.add(transfer.PolicySkipSame, r.file("file", 800*kib))[0]
			check(t, stalled.WaitHeld(t.Context(), 1))
			if press == "abort" {
				check(t, r.m.Abort(transfer.These(id)))
			} else {
				check(t, r.m.Remove(transfer.These(id)))
			}
			check(t, refused.WaitHits(t.Context(), 1))
			r.until("the row says why", func() bool {
				e := r.m.Snapshot().Live[id].Error
				return e != nil && e.Action() == "oss:AbortMultipartUpload"
			})
			r.restart()
			check(t, refused.WaitHits(t.Context(), 2))
			r.faults.Clear()
			r.restart()
			r.until("nothing is left", func() bool {
				open, err := r.oss.OpenUploads(testBucket)
				return err == nil && len(open) == 0
			})
		})
	}
}

// TestC8DeniedListing forbids to list parts: a resumed upload goes by the journal, and an abort by
// OSS's answer to it; both are said.
func TestC8DeniedListing(t *testing.T) {
	t.Parallel()
	r := newRig(t, slots(2))
	r.faults.MustAdd("ListParts : " + denied)
	stalled := r.faults.MustAdd("UploadPart skip=4 times=4 : stall")
	kept, dropped := r.file("kept", 400*kib), r.file("dropped", 400*kib)
	a, b := r.add(transfer.PolicySkipSame, kept)[0], r.add(transfer.PolicySkipSame, dropped)[0]
	check(t, stalled.WaitHeld(t.Context(), 2))
	r.restart()
	check(t, stalled.WaitHits(t.Context(), 4))
	check(t, r.m.Abort(transfer.These(b)))
	stalled.Release()
	r.reaches(b, transfer.StatusAborted)
	r.reaches(a, transfer.StatusCompleted)
	r.holds("p/kept", kept)
	r.nothingOpen()
	if log := r.events(a) + r.events(b); !strings.Contains(log, "refuses to list the parts") || !strings.Contains(log, "refuses to list the upload") {
		t.Errorf("the logs do not say that listing is refused:\n%s", log)
	}
}

// TestC8PolicyWithoutAbortAndList lets the endpoint itself obey a policy of RAM that allows all but to
// abort and to list: an upload goes on by the journal after a restart, and an abort that is refused
// names what is missing, stays, and is carried out once the policy allows it.
func TestC8PolicyWithoutAbortAndList(t *testing.T) {
	t.Parallel()
	const allows = `{"Effect": "Allow", "Action": ["oss:*"], "Resource": ["*"]}`
	const denies = `{"Effect": "Deny", "Action": ["oss:AbortMultipartUpload", "oss:ListParts"], "Resource": ["*"]}`
	var strict atomic.Bool
	strict.Store(true)
	r := makeRig(t, slots(4))
	r.watch = func(service http.Handler) http.Handler {
		p, err := fault.ParsePolicy(`{"Statement": [` + allows + `, ` + denies + `]}`)
		check(t, err)
		obeying := p.Middleware()(service)
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if strict.Load() {
				obeying.ServeHTTP(w, req)
				return
			}
			service.ServeHTTP(w, req)
		})
	}
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	first := r.faults.MustAdd("UploadPart key=p/kept skip=2 times=2 : stall")
	second := r.faults.MustAdd("UploadPart key=p/dropped skip=2 : stall")
	path := r.file("kept", 400*kib)
	kept, dropped := r.add(transfer.PolicySkipSame, path)[0], r.add(transfer.PolicySkipSame, r.file("dropped", 400*kib))[0]
	check(t, first.WaitHeld(t.Context(), 2))
	check(t, second.WaitHeld(t.Context(), 2))
	r.restart()
	check(t, r.m.Abort(transfer.These(dropped)))
	r.reaches(kept, transfer.StatusCompleted)
	r.holds("p/kept", path)
	if log := r.events(kept); !strings.Contains(log, transfer.NotedPartsUnlisted) {
		t.Errorf("the log does not say that listing is refused:\n%s", log)
	}
	refused := func() bool {
		u, e := r.upload(dropped), r.m.Snapshot().Live[dropped].Error
		return e != nil && e.Code == transfer.CodeAccessDenied && e.Action() == "oss:AbortMultipartUpload" &&
			u.Intent == transfer.IntentAbort && u.Phase == transfer.PhaseAborting
	}
	r.until("the row says why the abort stays", refused)
	before := r.count(osslocal.OpAbort, nil)
	r.restart()
	r.until("it was tried again", func() bool { return r.count(osslocal.OpAbort, nil) > before && refused() })
	strict.Store(false)
	r.restart()
	r.reaches(dropped, transfer.StatusAborted)
	r.nothingOpen()
}

// TestC8RevokedKeyStopsTheAccount revokes the key: one answer says it for all of the account's uploads.
func TestC8RevokedKeyStopsTheAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t, slots(4))
	r.oss.SetKeys(map[string]string{"LTAIother": "other"}, nil)
	for i := range 40 {
		r.file(fmt.Sprintf("many/%d", i), 10)
	}
	ids := r.add(transfer.PolicySkipSame, filepath.Join(r.files, "many"))
	r.until("the window asks for the account", func() bool { return len(r.m.Snapshot().NeedCredentials) == 1 })
	r.until("nothing is under way", func() bool { return r.m.Snapshot().InFlight == 0 })
	if n := r.begun(osslocal.OpPutObject); n > 8 {
		t.Errorf("%d requests were sent with a key that is revoked", n)
	}
	r.oss.SetKeys(map[string]string{testKeyID: testSecret}, nil)
	check(t, r.m.CredentialsChanged(r.account.ID))
	for _, id := range ids {
		r.reaches(id, transfer.StatusCompleted)
	}
}
