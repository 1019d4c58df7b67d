package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	oskeyring "github.com/zalando/go-keyring"

	"partway/transfer"
)

const secretText, tokenText = "S3CR3T-xyzzy", "T0K3N-plugh"

func given() transfer.Credentials {
	return transfer.Credentials{
		KeyID: "LTAI1", Secret: transfer.NewSecret(secretText), Token: transfer.NewSecret(tokenText),
	}
}

func account(id transfer.AccountID) transfer.Account {
	return transfer.Account{ID: id, Kind: transfer.AccountKeys, KeyID: "LTAI1"}
}

// has fails the test unless the account's credentials are those.
func has(t *testing.T, k *Keyring, a transfer.Account, want transfer.Credentials) {
	t.Helper()
	got, err := k.Credentials(t.Context(), a)
	if err != nil || got != want {
		t.Errorf("account %d: key %q, as given: %v, %v", a.ID, got.KeyID, got == want, err)
	}
}

// hasNone fails the test unless the account has no credentials.
func hasNone(t *testing.T, k *Keyring, a transfer.Account) {
	t.Helper()
	got, err := k.Credentials(t.Context(), a)
	var e *transfer.Error
	if !errors.As(err, &e) || e.Kind != transfer.KindAuth || e.Op != "Credentials" || got != (transfer.Credentials{}) {
		t.Errorf("account %d: key %q, %v; want an error of KindAuth", a.ID, got.KeyID, err)
	}
}

func TestE1KeptInKeyring(t *testing.T) {
	oskeyring.MockInit()
	k, other := New("one", nil), New("two", nil)
	hasNone(t, k, account(1))
	kept, err := k.Keep(t.Context(), account(1), given())
	if err != nil || kept != transfer.KeptInKeyring {
		t.Fatalf("kept %v, %v", kept, err)
	}
	has(t, k, account(1), given())
	has(t, New("one", nil), account(1), given()) // the next start
	hasNone(t, k, account(2))
	hasNone(t, other, account(1)) // another journal's account

	plain := given()
	plain.Token = transfer.Secret{}
	if _, err := k.Keep(t.Context(), account(1), plain); err != nil {
		t.Fatal(err)
	}
	has(t, k, account(1), plain)

	for range 2 {
		if err := k.Forget(t.Context(), account(1)); err != nil {
			t.Fatal(err)
		}
	}
	hasNone(t, k, account(1))
}

func TestE1KeptForSession(t *testing.T) {
	oskeyring.MockInitWithError(errors.New("no D-Bus"))
	k := New("one", nil)
	hasNone(t, k, account(1))
	kept, err := k.Keep(t.Context(), account(1), given())
	if err != nil || kept != transfer.KeptForSession {
		t.Fatalf("kept %v, %v", kept, err)
	}
	has(t, k, account(1), given())
	hasNone(t, k, account(2))
	hasNone(t, New("one", nil), account(1))

	if err := k.Forget(t.Context(), account(1)); transfer.KindOf(err) != transfer.KindAuth {
		t.Errorf("the keyring could not be asked, yet: %v", err)
	}
	hasNone(t, k, account(1))
}

// What was given last counts, wherever it is kept.
func TestLastGivenCounts(t *testing.T) {
	oskeyring.MockInitWithError(errors.New("locked"))
	k := New("one", nil)
	if _, err := k.Keep(t.Context(), account(1), given()); err != nil {
		t.Fatal(err)
	}
	oskeyring.MockInit()
	newer := given()
	newer.KeyID = "LTAI2"
	if kept, err := k.Keep(t.Context(), account(1), newer); err != nil || kept != transfer.KeptInKeyring {
		t.Fatalf("kept %v, %v", kept, err)
	}
	has(t, k, account(1), newer)
}

func TestIncompleteIsNotKept(t *testing.T) {
	oskeyring.MockInit()
	k := New("one", nil)
	for _, c := range []transfer.Credentials{{}, {KeyID: "LTAI1"}, {Secret: transfer.NewSecret("x")}} {
		if _, err := k.Keep(t.Context(), account(1), c); transfer.KindOf(err) != transfer.KindAuth {
			t.Errorf("kept %q: %v", c.KeyID, err)
		}
	}
	hasNone(t, k, account(1))
}

func TestForeignEntries(t *testing.T) {
	oskeyring.MockInit()
	k := New("one", nil)
	for _, text := range []string{"", secretText, `{"secret":"` + secretText + `"}`, `{"keyID":"` + secretText, `[]`} {
		if err := oskeyring.Set(service, "one/1", text); err != nil {
			t.Fatal(err)
		}
		hasNone(t, k, account(1))
		if _, err := k.Credentials(t.Context(), account(1)); strings.Contains(fmt.Sprintf("%+v", err), secretText) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

// noStore fails the test when it is asked anything.
type noStore struct{ t *testing.T }

func (s noStore) Set(_, _, _ string) error        { s.t.Error("keyring asked to keep"); return nil }
func (s noStore) Get(_, _ string) (string, error) { s.t.Error("keyring asked"); return "", nil }
func (s noStore) Delete(_, _ string) error        { s.t.Error("keyring asked to forget"); return nil }

func TestSources(t *testing.T) {
	inEnvironment, complete := true, given()
	k := New("one", map[transfer.AccountKind]Source{
		transfer.AccountEnvironment: func(a transfer.Account) (transfer.Credentials, bool) {
			return complete, inEnvironment && a.Fingerprint == "F"
		},
	})
	k.store = noStore{t}
	a := transfer.Account{ID: 1, Kind: transfer.AccountEnvironment, Fingerprint: "F"}
	has(t, k, a, given())

	other := a
	other.ID, other.Fingerprint = 2, "G"
	hasNone(t, k, other)
	inEnvironment = false
	hasNone(t, k, a)
	inEnvironment, complete = true, transfer.Credentials{KeyID: "only"}
	hasNone(t, k, a)

	// A person may still give them, for this session.
	if kept, err := k.Keep(t.Context(), other, given()); err != nil || kept != transfer.KeptForSession {
		t.Errorf("kept %v, %v", kept, err)
	}
	has(t, k, other, given())
	if err := k.Forget(t.Context(), other); err != nil {
		t.Error(err)
	}
	hasNone(t, k, other)
}

// hangingStore waits, as a locked keyring does, until it is opened.
type hangingStore struct {
	opened chan struct{}
	asked  chan struct{} // one message a call
}

func (s hangingStore) wait() error {
	s.asked <- struct{}{}
	<-s.opened
	return nil
}

func (s hangingStore) Set(_, _, _ string) error        { return s.wait() }
func (s hangingStore) Get(_, _ string) (string, error) { return `{}`, s.wait() }
func (s hangingStore) Delete(_, _ string) error        { return s.wait() }

func TestE1HangingKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := hangingStore{make(chan struct{}), make(chan struct{}, 10)}
		k := New("one", nil)
		k.store = s

		begun := time.Now()
		if kept, err := k.Keep(t.Context(), account(1), given()); err != nil || kept != transfer.KeptForSession {
			t.Errorf("kept %v, %v", kept, err)
		}
		if waited := time.Since(begun); waited != patience {
			t.Errorf("waited %v, want %v", waited, patience)
		}
		has(t, k, account(1), given())

		begun = time.Now()
		hasNone(t, k, account(2))
		if waited := time.Since(begun); waited != patience {
			t.Errorf("waited %v, want %v", waited, patience)
		}
		if err := k.Forget(t.Context(), account(2)); !errors.Is(err, errTimeLimit) {
			t.Errorf("forgot: %v", err)
		}
		if n := len(s.asked); n != 1 {
			t.Errorf("%d calls hang, want 1", n)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := k.Credentials(ctx, account(2)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller's time limit: %v", err)
		}

		close(s.opened) // the person unlocks it
		synctest.Wait()
		if err := k.Forget(t.Context(), account(2)); err != nil {
			t.Errorf("once it is unlocked: %v", err)
		}
	})
}

func TestDeadContext(t *testing.T) {
	k := New("one", nil)
	k.store = noStore{t}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Credentials(ctx, account(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestE2NothingPrintsASecret(t *testing.T) {
	oskeyring.MockInitWithError(errors.New("no D-Bus"))
	k := New("one", map[transfer.AccountKind]Source{
		transfer.AccountTrial: func(transfer.Account) (transfer.Credentials, bool) { return given(), true },
	})
	if _, err := k.Keep(t.Context(), account(1), given()); err != nil {
		t.Fatal(err)
	}
	has(t, k, account(1), given())
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	text := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{k, &k, []any{k}, struct{ k *Keyring }{k}, k.session, k.sources} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("m", "v", v)
		text.Info("m", "v", v)
		_ = json.NewEncoder(&out).Encode(v) // what cannot be encoded tells nothing
	}
	for _, secret := range []string{secretText, tokenText, fmt.Sprintf("%x", secretText)} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed: %s", out.String())
		}
	}
}
