package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// issuer hands out temporary credentials that the endpoint takes for a while, and counts.
type issuer struct {
	memorySecrets
	r    *rig
	life time.Duration

	mu     sync.Mutex
	issued int
	good   map[string]string // tokens of key IDs that are taken
	stuck  bool              // hands out what OSS does not take
	busy   atomic.Int64      // who is being served
	most   atomic.Int64
	failed error        // what it answers instead
	answer func() error // decides on the next request only
}

// newIssuer makes the rig's account one whose credentials come from an issuer.
func newIssuer(r *rig, life time.Duration) *issuer {
	i := &issuer{r: r, life: life, good: map[string]string{}}
	r.issuer = i
	return i
}

func (i *issuer) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	i.most.Store(max(i.most.Load(), i.busy.Add(1)))
	defer i.busy.Add(-1)
	i.mu.Lock()
	defer i.mu.Unlock()
	if once := i.answer; once != nil {
		i.answer = nil
		return transfer.Credentials{}, once()
	}
	if i.failed != nil {
		return transfer.Credentials{}, i.failed
	}
	i.issued++
	id := fmt.Sprint("STS.", i.issued)
	token := "token-" + id
	if !i.stuck {
		i.good[id] = token
		i.take()
		time.AfterFunc(i.life, func() { i.revoke(id) })
	}
	now := time.Now()
	return transfer.Credentials{
		KeyID: id, Secret: transfer.NewSecret(testSecret), Token: transfer.NewSecret(token),
		Expires: now.Add(i.life), RenewAt: now.Add(i.life / 2),
	}, nil
}

// take has the endpoint take what is good. The caller holds the lock.
func (i *issuer) take() {
	keys := map[string]string{testKeyID: testSecret}
	for id := range i.good {
		keys[id] = testSecret
	}
	i.r.oss.SetKeys(keys, maps.Clone(i.good))
}

func (i *issuer) revoke(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.good, id)
	i.take()
}

func (i *issuer) revokeAll() {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.good)
	i.take()
}

func (i *issuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.issued
}

func newIssuerRig(t *testing.T, life time.Duration, settings ...func(*transfer.Settings)) (*rig, *issuer) {
	t.Helper()
	r := makeRig(t, settings...)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	i := newIssuer(r, life)
	r.startEngine()
	return r, i
}

// TestC7CredentialsAreRenewedBeforeTheyExpire sends for longer than any credentials hold: others
// are got in time, by one request at a time, and nothing is refused or waits for a person.
func TestC7CredentialsAreRenewedBeforeTheyExpire(t *testing.T) {
	t.Parallel()
	r, i := newIssuerRig(t, 2*time.Second, slots(8))
	slow := r.faults.MustAdd("UploadPart : slow 1M")
	path := r.file("file", 6*transfer.MiB)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("credentials were got four times", func() bool { return i.count() >= 4 })
	r.faults.Remove(slow)
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
	if n := r.count(osslocal.OpUploadPart, func(rec osslocal.Record) bool { return rec.Status == 403 }); n > 0 {
		t.Errorf("%d parts were refused", n)
	}
	if i.most.Load() > 1 {
		t.Errorf("%d requests for credentials at once", i.most.Load())
	}
	if n := r.oss.InitiatedCount(testBucket); n != 1 {
		t.Errorf("%d upload IDs", n)
	}
}

// TestC7RefusedCredentialsAreGotAnew revokes what is in use, for a Put, for parts and before
// Complete: others are got, and all goes on without a person.
func TestC7RefusedCredentialsAreGotAnew(t *testing.T) {
	t.Parallel()
	for rule, size := range map[string]int64{
		"PutObject times=1 : hold": 50 * kib, "UploadPart part=3-6 : hold": 800 * kib, "CompleteMultipartUpload times=1 : hold": 800 * kib,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			r, i := newIssuerRig(t, time.Hour, slots(16))
			held := r.faults.MustAdd(rule)
			path := r.file("file", size)
			id := r.add(transfer.PolicySkipSame, path)[0]
			check(t, held.WaitHeld(t.Context(), 1))
			i.revokeAll()
			held.Release()
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
			if i.count() != 2 || i.most.Load() > 1 {
				t.Errorf("credentials were got %d times, %d at once", i.count(), i.most.Load())
			}
			if n := r.oss.InitiatedCount(testBucket); n > 1 {
				t.Errorf("%d upload IDs", n)
			}
		})
	}
}

// TestC7ThoseGotAnewAreRefusedToo waits for a person once OSS takes no new ones either, and goes
// on when it does.
func TestC7ThoseGotAnewAreRefusedToo(t *testing.T) {
	t.Parallel()
	r, i := newIssuerRig(t, time.Hour, slots(4))
	held := r.faults.MustAdd("UploadPart part=3-6 : hold")
	path := r.file("file", 800*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	check(t, held.WaitHeld(t.Context(), 1))
	i.set(func() { i.stuck = true })
	i.revokeAll()
	held.Release()
	r.reaches(id, transfer.StatusNeedsCredentials)
	if n := i.count(); n > 4 { // each refusal may be of parts that were under way
		t.Errorf("credentials were got %d times", n)
	}
	i.set(func() { i.stuck = false })
	check(t, r.m.CredentialsChanged(r.account.ID))
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

// TestC7SourceOfCredentialsDoesNotAnswer waits, as for the network, while there are none to be had,
// and goes on by itself.
func TestC7SourceOfCredentialsDoesNotAnswer(t *testing.T) {
	t.Parallel()
	r, i := newIssuerRig(t, time.Hour)
	i.set(func() { i.failed = &transfer.Error{Kind: transfer.KindTransient, Op: "Credentials"} })
	path := r.file("file", 350*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	r.until("it is tried again", func() bool { return r.m.Snapshot().Live[id].Tries > 1 })
	if s := r.m.Snapshot().Live[id].Status; s.Group() == transfer.GroupAttention {
		t.Errorf("the label is %q", s)
	}
	i.set(func() { i.failed = nil })
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/file", path)
}

// TestC7OnePasteForAll has the token of 64 uploads expire: all need credentials, and keep their
// parts and upload IDs. One paste of new ones, and all go on.
func TestC7OnePasteForAll(t *testing.T) {
	t.Parallel()
	const uploads = 64
	r := newRig(t, slots(32))
	temporary := func(id string, expires time.Time) transfer.Credentials {
		r.oss.SetKeys(map[string]string{id: testSecret}, map[string]string{id: "token-" + id})
		return transfer.Credentials{KeyID: id, Secret: transfer.NewSecret(testSecret), Token: transfer.NewSecret("token-" + id), Expires: expires}
	}
	in := time.Now().Add(time.Hour)
	r.secrets.set(temporary("STS.1", in))
	held := r.faults.MustAdd("UploadPart part=3-4 : hold")
	for n := range uploads {
		r.file(fmt.Sprintf("d/file-%02d", n), 400*kib)
	}
	ids := r.add(transfer.PolicySkipSame, r.files+"/d")
	check(t, held.WaitHeld(t.Context(), 16))
	r.until("the window is told when they expire", func() bool { return r.m.Snapshot().Expires[r.account.ID].Equal(in) })
	r.oss.SetKeys(map[string]string{"none": testSecret}, nil)
	r.faults.Remove(held)
	held.Release()
	for _, id := range ids {
		r.reaches(id, transfer.StatusNeedsCredentials)
	}
	kept := map[transfer.ID]transfer.Upload{}
	begun := 0
	for _, id := range ids {
		kept[id] = r.upload(id)
		if kept[id].UploadID != "" {
			begun++
		}
	}
	if begun < 8 {
		t.Fatalf("only %d uploads were begun", begun)
	}
	parts := r.count(osslocal.OpUploadPart, ok)
	r.secrets.set(temporary("STS.2", in.Add(time.Hour)))
	check(t, r.m.CredentialsChanged(r.account.ID))
	for _, id := range ids {
		u := r.reaches(id, transfer.StatusCompleted)
		if was := kept[id].UploadID; was != "" && was != u.UploadID {
			t.Errorf("upload %d goes on under another upload ID", id)
		}
		r.holds(u.To.Key, u.Path)
	}
	if n := r.oss.InitiatedCount(testBucket); n != uploads {
		t.Errorf("%d upload IDs in all", n)
	}
	if n := r.count(osslocal.OpUploadPart, ok); n != 4*uploads {
		t.Errorf("%d parts were stored, %d before they expired; want %d", n, parts, 4*uploads)
	}
	r.nothingOpen()
}

// TestNetworkChangedOpensBucketsAnew has uploads under way end by the old way, and later ones go by
// the new one, also such as waited because there was no way.
func TestNetworkChangedOpensBucketsAnew(t *testing.T) {
	t.Parallel()
	r := makeRig(t, slots(4))
	var opened, cut atomic.Int64
	way := r.dial
	r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		opened.Add(1)
		if cut.Load() > 0 {
			return nil, &transfer.Error{Kind: transfer.KindOffline, Op: "Dial"}
		}
		return way(a, c, bucket)
	}
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	held := r.faults.MustAdd("UploadPart part=3 : hold")
	first := r.add(transfer.PolicySkipSame, r.file("first", 400*kib))[0]
	check(t, held.WaitHeld(t.Context(), 1))
	cut.Store(1)
	check(t, r.m.NetworkChanged())
	r.until("the bucket is opened in vain", func() bool { return opened.Load() > 1 })
	second := r.add(transfer.PolicySkipSame, r.file("second", 400*kib))[0]
	r.until("it is offline", func() bool { return r.m.Snapshot().Live[second].Status == transfer.StatusNoNetwork })
	cut.Store(0)
	held.Release()
	check(t, r.m.NetworkChanged())
	r.reaches(first, transfer.StatusCompleted)
	r.reaches(second, transfer.StatusCompleted)
	if n := r.count(osslocal.OpUploadPart, ok); n != 8 {
		t.Errorf("%d parts were stored, want 8", n)
	}
}

// TestNetworkChangedWhileABucketIsOpened changes the way while a bucket was opened by the old one,
// which leads elsewhere: what was opened is not used.
func TestNetworkChangedWhileABucketIsOpened(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	opened, answer := make(chan struct{}, 8), make(chan struct{})
	places := make(chan string, 1)
	places <- "elsewhere"
	way := r.dial
	r.dial = func(a transfer.Account, c transfer.Credentials, bucket string) (transfer.Store, error) {
		select {
		case bucket = <-places:
		default:
		}
		s, err := way(a, c, bucket)
		opened <- struct{}{}
		<-answer
		return s, err
	}
	r.startEngine()
	path := r.file("file", 50*kib)
	id := r.add(transfer.PolicySkipSame, path)[0]
	<-opened
	check(t, r.m.NetworkChanged())
	close(answer)
	r.until("it is over, or asks", func() bool {
		u := r.upload(id)
		return u.Phase.Final() || u.Wait.NeedsPerson()
	})
	r.holds("p/file", path)
}

// TestChangesWhileABucketThatCannotBeOpenedIsOpened changes the credentials or the way while new
// credentials are being got, which then fails: the engine goes on, and asks anew.
func TestChangesWhileABucketThatCannotBeOpenedIsOpened(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*rig) error{
		"network":     func(r *rig) error { return r.m.NetworkChanged() },
		"credentials": func(r *rig) error { return r.m.CredentialsChanged(r.account.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := makeRig(t)
			r.startServer(t.TempDir(), "127.0.0.1:0")
			i := newIssuer(r, time.Hour)
			asked, answer := make(chan struct{}), make(chan struct{})
			i.answer = func() error {
				close(asked)
				<-answer
				return &transfer.Error{Kind: transfer.KindAuth, Op: "Credentials", Err: errors.New("the program that prints them failed")}
			}
			r.startEngine()
			path := r.file("file", 50*kib)
			id := r.add(transfer.PolicySkipSame, path)[0]
			<-asked
			check(t, change(r))
			close(answer)
			r.reaches(id, transfer.StatusCompleted)
			r.holds("p/file", path)
		})
	}
}
