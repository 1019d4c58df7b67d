package trial

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"partway/transfer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var discard = slog.New(slog.DiscardHandler)

// accounts keeps accounts in memory.
type accounts struct {
	list   []transfer.Account
	refuse error // by RemoveAccount
}

func (a *accounts) Accounts(context.Context) ([]transfer.Account, error) { return a.list, nil }

func (a *accounts) SaveAccount(_ context.Context, x transfer.Account) (transfer.AccountID, error) {
	x.ID = transfer.AccountID(len(a.list) + 1)
	a.list = append(a.list, x)
	return x.ID, nil
}

func (a *accounts) RemoveAccount(_ context.Context, id transfer.AccountID) error {
	if a.refuse == nil {
		a.list = slices.DeleteFunc(a.list, func(x transfer.Account) bool { return x.ID == id })
	}
	return a.refuse
}

func (a *accounts) UseAccount(context.Context, transfer.AccountID, string, string) error { return nil }

// next is what the trial stands in front of.
type next struct{ dialed transfer.Account }

var errNext = errors.New("next")

func (n *next) dial(a transfer.Account, _ transfer.Credentials, _ string) (transfer.Store, error) {
	n.dialed = a
	return nil, errNext
}

func open(t *testing.T, tr *Trial) transfer.Account {
	t.Helper()
	a, err := tr.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tr.Close() })
	return a
}

func TestOpenLasts(t *testing.T) {
	dir, known := t.TempDir(), &accounts{}
	tr := New(dir, known, discard)
	a := open(t, tr)
	if a.ID == 0 || a.Kind != transfer.AccountTrial || a.Endpoint != transfer.TrialEndpoint || a.Bucket != "trial" {
		t.Errorf("got %+v", a)
	}
	if b := open(t, tr); b.ID != a.ID || len(known.list) != 1 {
		t.Errorf("opened twice: %d accounts", len(known.list))
	}
	first, ok := tr.Source(a)
	if !ok || !first.Complete() {
		t.Fatal("no credentials")
	}
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	again := New(dir, known, discard)
	if err := again.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	if second, _ := again.Source(a); second != first || len(known.list) != 1 {
		t.Error("the next start has another key, or account")
	}
	info, err := os.Stat(filepath.Join(dir, "trial", "key.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
}

func TestResumeWithoutAnAccountStartsNothing(t *testing.T) {
	dir := t.TempDir()
	tr := New(dir, &accounts{}, discard)
	if err := tr.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("made %v", entries)
	}
}

func TestDial(t *testing.T) {
	tr := New(t.TempDir(), &accounts{}, discard)
	n := &next{}
	dial := tr.Dial(n.dial)
	stopped := transfer.Account{Endpoint: transfer.TrialEndpoint}
	if _, err := dial(stopped, transfer.Credentials{}, "b"); transfer.KindOf(err) != transfer.KindOffline {
		t.Errorf("not running: got %v", err)
	}
	a := open(t, tr)
	if _, err := dial(a, transfer.Credentials{}, "b"); !errors.Is(err, errNext) {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.dialed.Endpoint, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("nothing listens at %s: %v", n.dialed.Endpoint, err)
	}
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	other := transfer.Account{Endpoint: "https://elsewhere"}
	if _, err := dial(other, transfer.Credentials{}, "b"); !errors.Is(err, errNext) || n.dialed.Endpoint != other.Endpoint || n.dialed.KeyID != "" {
		t.Errorf("another account was dialled as %+v", n.dialed)
	}
}

func TestSourceIsForTheTrialOnly(t *testing.T) {
	tr := New(t.TempDir(), &accounts{}, discard)
	own := transfer.Account{Kind: transfer.AccountTrial}
	if _, ok := tr.Source(own); ok {
		t.Error("credentials before it was started")
	}
	open(t, tr)
	if _, ok := tr.Source(own); !ok {
		t.Error("no credentials for the trial")
	}
	if _, ok := tr.Source(transfer.Account{Kind: transfer.AccountKeys}); ok {
		t.Error("credentials for another account")
	}
}

func TestDelete(t *testing.T) {
	dir, known := t.TempDir(), &accounts{}
	tr := New(dir, known, discard)
	open(t, tr)
	known.refuse = errors.New("unfinished uploads")
	if err := tr.Delete(t.Context()); !errors.Is(err, known.refuse) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "trial")); err != nil {
		t.Fatal("data that is needed was deleted")
	}
	known.refuse = nil
	address := tr.addr
	if err := tr.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "trial")); !errors.Is(err, os.ErrNotExist) || len(known.list) != 0 {
		t.Errorf("left: %v, %d accounts", err, len(known.list))
	}
	open(t, tr)
	if tr.addr != address {
		t.Errorf("listens at %s, and at %s before", tr.addr, address)
	}
}

func TestLimitLeavesRoomOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	free, err := freeBytes(filepath.Join(dir, "not", "there", "yet"))
	if err != nil || free <= 0 {
		t.Fatalf("got %d, %v", free, err)
	}
	tr := New(dir, &accounts{}, discard)
	if l := tr.Limit(); l < 1 || l > free {
		t.Errorf("limit %d with %d free", l, free)
	}
	if err := os.MkdirAll(tr.store(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tr.store(), "x"), make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := used(tr.store()); got != 1000 {
		t.Errorf("used %d, want 1000", got)
	}
}
