package transfer_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/faultproxy"
)

// fast is how many times as fast the tests of clocks run. PARTWAY_SOAK has them run in real
// time, and take minutes.
func fast() time.Duration {
	if os.Getenv("PARTWAY_SOAK") != "" {
		return 1
	}
	return 25
}

// The product's clocks, as these tests have them.
func stallClock() time.Duration    { return 30 * time.Second / fast() }
func answerClock() time.Duration   { return time.Minute / fast() }
func completeClock() time.Duration { return 5 * time.Minute / fast() }

// newProxied makes a rig whose engine reaches the endpoint through a proxy that can be broken.
func newProxied(t *testing.T, settings ...func(*transfer.Settings)) (*rig, *faultproxy.Proxy) {
	t.Helper()
	r := makeRig(t, settings...)
	r.dial = aliyun.Faster(fast())
	r.patience = time.Minute
	if fast() == 1 {
		r.patience = 10 * time.Minute
	}
	r.startServer(t.TempDir(), "127.0.0.1:0")
	p, err := faultproxy.Start(r.addr)
	check(t, err)
	t.Cleanup(p.Close)
	r.line = "http://" + p.Addr()
	r.startEngine()
	return r, p
}

// slots is a setting.
func slots(n int) func(*transfer.Settings) { return func(s *transfer.Settings) { s.Slots = n } }

// sentTwice returns the parts that arrived more than once.
func (r *rig) sentTwice() (numbers []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	times := map[int]int{}
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseBegin && rec.Op == osslocal.OpUploadPart {
			if times[rec.Part]++; times[rec.Part] == 2 {
				numbers = append(numbers, rec.Part)
			}
		}
	}
	return numbers
}

// TestC1OnlyTheCutPartIsSentAgain cuts a connection inside a part's body and inside its answer.
func TestC1OnlyTheCutPartIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]faultproxy.Fault{
		"body reset":    {Up: faultproxy.Line{CutAfter: 130 * kib}},
		"body closed":   {Up: faultproxy.Line{CutAfter: 130 * kib}, InOrder: true},
		"answer reset":  {Down: faultproxy.Line{CutAfter: 40}},
		"answer closed": {Down: faultproxy.Line{CutAfter: 40}, InOrder: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, p := newProxied(t, slots(1))
			held := r.faults.MustAdd("UploadPart part=3 times=1 : hold answer")
			path := r.file("file", 1000*kib)
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 1))
			f.Times = 1
			p.Set(f)
			held.Release()
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			if twice := r.sentTwice(); p.Cuts() != 1 || len(twice) != 1 || r.begun(osslocal.OpUploadPart) != 11 {
				t.Errorf("%d cuts; of 10 parts, %v were sent twice in %d requests", p.Cuts(), twice, r.begun(osslocal.OpUploadPart))
			}
		})
	}
}

// TestC2DeadPeerIsNoticed has the line stop in different ways: the clock for it must cut the part, which
// is sent again, neither long before nor long after.
func TestC2DeadPeerIsNoticed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault faultproxy.Fault
		clock time.Duration
		says  string
	}{
		"body stalls":   {faultproxy.Fault{Up: faultproxy.Line{Stall: true}}, stallClock(), "no byte left this computer"},
		"answer stalls": {faultproxy.Fault{Down: faultproxy.Line{Stall: true}}, answerClock(), "no answer"},
		"half open":     {faultproxy.Fault{Mute: true}, stallClock(), "no byte left this computer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, p := newProxied(t, slots(1))
			check(t, r.m.SetSettings(transfer.Settings{Slots: 1, PartSize: 8 * transfer.MiB}))
			held := r.faults.MustAdd("UploadPart part=1 times=1 : hold answer")
			path := r.file("file", 20*transfer.MiB)
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 1))
			p.Set(test.fault)
			begun := time.Now()
			held.Release()
			r.until("the part was cut", func() bool { return strings.Contains(r.events(id), test.says) })
			// The part before may have to be cut first.
			if took := time.Since(begun); took < test.clock || took > test.clock+answerClock()+10*time.Second {
				t.Errorf("it took %v, with a clock of %v", took, test.clock)
			}
			p.Set(faultproxy.Fault{})
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
		})
	}
}

// TestC2SlowIsNotDead has a line that moves, if slowly: 64 KB a second shared by eight parts, each of
// which waits in the kernel for longer than an answer may take; and answers that trickle.
func TestC2SlowIsNotDead(t *testing.T) {
	t.Parallel()
	n := int64(fast())
	for name, f := range map[string]faultproxy.Fault{
		"64 KB/s shared by 8 connections": {Up: faultproxy.Line{Rate: 64_000 * n}},
		"answers of a few bytes a second": {Down: faultproxy.Line{Rate: 4 * n, Each: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, p := newProxied(t)
			check(t, r.m.SetSettings(transfer.Settings{PartSize: transfer.MiB}))
			if f.Up.Rate > 0 {
				r.faults.MustAdd(fmt.Sprintf("CompleteMultipartUpload : delay %s", 4*time.Minute/fast()))
			}
			held := r.faults.MustAdd("UploadPart times=8 : hold")
			path := r.file("file", 8*transfer.MiB+1)
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 8))
			p.Set(f)
			held.Release()
			r.until("all parts are there", func() bool { return r.upload(id).Phase == transfer.PhaseCompleting })
			p.Set(faultproxy.Fault{})
			u := r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			if log := r.events(id); strings.Contains(log, string(transfer.EventRetried)) || strings.Contains(log, string(transfer.EventWaiting)) {
				t.Errorf("a false alarm:\n%s", log)
			}
			if twice, requests := r.sentTwice(), r.begun(osslocal.OpComplete); len(twice) != 0 || requests != 1 || u.Error != nil {
				t.Errorf("parts %v were sent again; Complete was sent %d times; %v", twice, requests, u.Error)
			}
		})
	}
}

// TestC2LongCompleteIsLookedUp has a Complete that takes longer than its clock, and is carried out.
func TestC2LongCompleteIsLookedUp(t *testing.T) {
	t.Parallel()
	r, _ := newProxied(t)
	held := r.faults.MustAdd("CompleteMultipartUpload times=1 : hold answer")
	path := r.file("file", 350*kib)
	begun := time.Now()
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	held.Release()
	if took := time.Since(begun); took < completeClock() {
		t.Errorf("it took %v, less than the clock's %v", took, completeClock())
	}
	r.holds("p/file", path)
	if n := r.oss.InitiatedCount(testBucket); n != 1 || r.begun(osslocal.OpComplete) != 1 {
		t.Errorf("%d upload IDs, %d Completes", n, r.begun(osslocal.OpComplete))
	}
}

// TestRefusalBehindAResetIsFound has a server that resets every part, and says why only when it is
// asked without a body.
func TestRefusalBehindAResetIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		want   transfer.Status
	}{
		"key revoked":       {"status 403 code=InvalidAccessKeyId ec=0002-00000902", transfer.StatusNeedsCredentials},
		"token expired":     {"status 403 code=SecurityTokenExpired ec=0002-00000007", transfer.StatusNeedsCredentials},
		"bucket deleted":    {"status 404 code=NoSuchBucket ec=0015-00000101", transfer.StatusFailed},
		"listing forbidden": {"status 403 code=AccessDenied ec=0003-00000001", transfer.StatusRetrying},
		"nothing behind it": {"date 0s", transfer.StatusRetrying},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slots(2))
			resets := r.faults.MustAdd("UploadPart : cut at=20000 reset")
			asked := r.faults.MustAdd("ListParts : " + test.answer)
			path := r.file("file", 350*kib)
			id := r.add(transfer.PolicySkipSame, path)[0]
			if test.want == transfer.StatusRetrying {
				check(t, asked.WaitHits(t.Context(), 2))
				if s := r.m.Snapshot().Live[id].Status; s.Group() == transfer.GroupAttention {
					t.Errorf("the network's fault ended as %q", s)
				}
			} else {
				u := r.reaches(id, test.want)
				if u.Error == nil || !strings.Contains(test.answer, u.Error.Code) {
					t.Errorf("the error is %v", u.Error)
				}
				if n := r.begun(osslocal.OpUploadPart); n > 12 {
					t.Errorf("it took %d parts", n)
				}
			}
			r.faults.Remove(resets)
			r.faults.Remove(asked)
			check(t, r.m.CredentialsChanged(r.account.ID))
			check(t, r.m.Resume(transfer.These(id)))
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			if n := r.oss.InitiatedCount(testBucket); n != 1 {
				t.Errorf("%d upload IDs", n)
			}
		})
	}
}

// TestC14BadCertificateIsRefusedOnce has a server whose certificate nobody vouches for: nothing is
// sent, nothing is tried again, and the row says why.
func TestC14BadCertificateIsRefusedOnce(t *testing.T) {
	t.Parallel()
	var connections, requests atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.line = server.URL
	r.startEngine()
	id := r.add(transfer.PolicySkipSame, r.file("file", 50*kib))[0]
	u := r.reaches(id, transfer.StatusFailed)
	if u.Error.Code != transfer.CodeCertificate || u.Error.Kind != transfer.KindPermanent {
		t.Errorf("the reason is %v", u.Error)
	}
	if connections.Load() != 1 || requests.Load() != 0 {
		t.Errorf("%d connections, %d requests", connections.Load(), requests.Load())
	}
}

// TestC17IPv6Only has an endpoint that is only there at an IPv6 address.
func TestC17IPv6Only(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	r.startServer(t.TempDir(), "[::1]:0")
	r.startEngine()
	for name, size := range map[string]int64{"small": 50 * kib, "large": 350 * kib} {
		path := r.file(name, size)
		r.reaches(r.add(transfer.PolicySkipSame, path)[0], transfer.StatusCompleted)
		r.holds("p/"+name, path)
	}
}

// TestC3LineGoesAndComes unplugs the line under eight parts, for longer than several tries: the upload
// says so, and goes on by itself within 5 s of its return, with what had arrived.
func TestC3LineGoesAndComes(t *testing.T) {
	t.Parallel()
	r, p := newProxied(t)
	held := r.faults.MustAdd("UploadPart skip=4 times=8 : hold")
	path := r.file("file", 2000*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 8))
	r.until("four parts are there", func() bool { return r.upload(id).PartsDone == 4 })
	p.Off()
	held.Release()
	waiting := r.add(transfer.PolicySkipSame, r.file("small", 10))[0]
	r.reaches(id, transfer.StatusNoNetwork)
	before := r.begun(osslocal.OpUploadPart)
	back := time.Now()
	check(t, p.On())
	r.until("parts are sent again", func() bool { return r.begun(osslocal.OpUploadPart) > before })
	if took := time.Since(back); took > 5*time.Second {
		t.Errorf("it took %v to go on", took)
	}
	r.reaches(id, transfer.StatusCompleted)
	r.reaches(waiting, transfer.StatusCompleted)
	r.holds("p/file", path)
	if n := r.begun(osslocal.OpUploadPart); n > 20+8 {
		t.Errorf("%d parts were sent; 8 of 20 were in flight", n)
	}
	if log := r.events(id); strings.Contains(log, string(transfer.EventWaiting)) {
		t.Errorf("somebody was asked:\n%s", log)
	}
}
