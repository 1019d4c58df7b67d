package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	oskeyring "github.com/zalando/go-keyring"

	"partway/transfer"
	"partway/transfer/secrettest"
)

var passphrase = transfer.NewSecret("correct horse 电池")

// filed is a keyring that may keep its secrets in a file, at little cost.
func filed(path string) *Keyring {
	k := New("one", nil).InFile(path)
	k.vault.cost = cost{Passes: 1, Memory: 64, Threads: 1}
	return k
}

// protected is one that does, and its file's path.
func protected(t *testing.T, accounts ...transfer.Account) (*Keyring, string) {
	t.Helper()
	oskeyring.MockInit()
	path := filepath.Join(t.TempDir(), "secrets.vault")
	k := filed(path)
	for _, a := range accounts {
		if _, err := k.Keep(t.Context(), a, given()); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Protect(t.Context(), passphrase, accounts); err != nil {
		t.Fatal(err)
	}
	return k, path
}

// TestE1FileOfSecrets moves what the keyring holds to a file, which the next start has to unlock,
// and back.
func TestE1FileOfSecrets(t *testing.T) {
	k, path := protected(t, account(1), account(2))
	has(t, k, account(1), given())
	if got, err := oskeyring.Get(service, k.user(1)); !errors.Is(err, oskeyring.ErrNotFound) {
		t.Errorf("the keyring still holds %d bytes, %v", len(got), err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{secretText, tokenText, passphrase.Reveal(), "LTAI1"} {
		if form := secrettest.Find(text, secret); form != "" {
			t.Errorf("the file holds %q", form)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	next := filed(path)
	if !next.Protected() || !next.Locked() {
		t.Error("the next start finds it open")
	}
	_, err = next.Credentials(t.Context(), account(1))
	if e := transfer.AsError(err); e.Kind != transfer.KindAuth || e.Code != transfer.CodeLocked {
		t.Errorf("locked, it says %v", err)
	}
	if err := next.Unlock(t.Context(), transfer.NewSecret("wrong horse")); !errors.Is(err, errPassphrase) || !next.Locked() {
		t.Errorf("another passphrase: %v", err)
	}
	if err := next.Unlock(t.Context(), passphrase); err != nil || next.Locked() {
		t.Fatal(err)
	}
	has(t, next, account(2), given())
	kept, err := next.Keep(t.Context(), account(3), given())
	if err != nil || kept != transfer.KeptInFile {
		t.Errorf("kept %v, %v", kept, err)
	}
	if err := next.Forget(t.Context(), account(1)); err != nil {
		t.Fatal(err)
	}
	third := filed(path)
	if err := third.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	has(t, third, account(3), given())
	hasNone(t, third, account(1))
	if err := third.Unprotect(t.Context(), []transfer.Account{account(1), account(2), account(3)}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil || third.Protected() {
		t.Error("the file is still there")
	}
	has(t, third, account(3), given())
	has(t, New("one", nil), account(2), given())
}

// TestE1FileOfSecretsIsBound changes the file in every way: it opens nothing.
func TestE1FileOfSecretsIsBound(t *testing.T) {
	_, path := protected(t, account(1))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{`"passes":1`, `"memoryKiB":64`, `"threads":1`, `"version":1`, `"argon2id"`} {
		changed := bytes.Replace(text, []byte(old), []byte(strings.NewReplacer("1", "2", "64", "65", "argon2id", "none").Replace(old)), 1)
		wantShut(t, path, changed, old)
	}
	for i := range text {
		if i%7 > 0 {
			continue
		}
		changed := bytes.Clone(text)
		changed[i] ^= 1
		wantShut(t, path, changed, fmt.Sprint("byte ", i))
	}
	for _, n := range []int{0, 1, len(text) / 2, len(text) - 1} {
		wantShut(t, path, text[:n], fmt.Sprint("cut at ", n))
	}
	wantShut(t, path, bytes.Replace(text, []byte(`"memoryKiB":64`), []byte(`"memoryKiB":4000000000`), 1), "all memory")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := filed(path).Unlock(t.Context(), passphrase); err != nil {
		t.Errorf("as it was: %v", err)
	}
}

func wantShut(t *testing.T, path string, text []byte, what string) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	k := filed(path)
	if err := k.Unlock(t.Context(), passphrase); transfer.KindOf(err) != transfer.KindAuth || !k.Locked() {
		t.Errorf("%s was changed, and it opens: %v", what, err)
	}
}

// TestE1FileThatCannotBeMade leaves the keyring as it was.
func TestE1FileThatCannotBeMade(t *testing.T) {
	oskeyring.MockInit()
	k := filed(filepath.Join(t.TempDir(), "absent", "secrets.vault"))
	if _, err := k.Keep(t.Context(), account(1), given()); err != nil {
		t.Fatal(err)
	}
	accounts := []transfer.Account{account(1)}
	if err := k.Protect(t.Context(), passphrase, accounts); err == nil || k.Protected() {
		t.Error("made in a folder that is not there")
	}
	has(t, k, account(1), given())
	k.vault.path = filepath.Join(t.TempDir(), "secrets.vault")
	var short *transfer.FieldError
	if err := k.Protect(t.Context(), transfer.NewSecret("1234567"), accounts); !errors.As(err, &short) || k.Protected() {
		t.Errorf("a short passphrase: %v", err)
	}
	if err := New("one", nil).Protect(t.Context(), passphrase, accounts); err == nil {
		t.Error("made without a place")
	}
}

// TestE1FileOfSecretsIsFull keeps what would make the file too long to be opened in memory, and
// the file as it was.
func TestE1FileOfSecretsIsFull(t *testing.T) {
	k, path := protected(t, account(1))
	long := given()
	long.Token = transfer.NewSecret(strings.Repeat("x", maxVault))
	if kept, err := k.Keep(t.Context(), account(2), long); err != nil || kept != transfer.KeptForSession {
		t.Errorf("kept %v, %v", kept, err)
	}
	has(t, k, account(2), long)
	next := filed(path)
	if err := next.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	has(t, next, account(1), given())
	hasNone(t, next, account(2))
}

// TestE1FileOfSecretsThatStays cannot delete the file: what is in it is still to be had.
func TestE1FileOfSecretsThatStays(t *testing.T) {
	k, path := protected(t, account(1))
	k.vault.path = filepath.Join(filepath.Dir(path), "file", "x")
	if err := os.Rename(path, filepath.Dir(k.vault.path)); err != nil { // a path below a file: it is not absent, nor to be deleted
		t.Fatal(err)
	}
	if err := k.Unprotect(t.Context(), []transfer.Account{account(1)}); err == nil || k.Locked() {
		t.Errorf("locked %v, error %v", k.Locked(), err)
	}
	has(t, k, account(1), given())
}

// TestE2FileOfSecretsIsPrintedWithoutThem prints one that is unlocked.
func TestE2FileOfSecretsIsPrintedWithoutThem(t *testing.T) {
	k, _ := protected(t, account(1))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		printed := fmt.Sprintf(verb, k) + fmt.Sprintf(verb, k.vault)
		if strings.Contains(printed, secretText) || strings.Contains(printed, "horse") {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}

// TestUsualCost holds the cost to what RFC 9106 recommends where memory is limited.
func TestUsualCost(t *testing.T) {
	if k := New("one", nil); k.vault.cost != (cost{Passes: 3, Memory: 64 << 10, Threads: 4}) {
		t.Errorf("a guess costs %+v", k.vault.cost)
	}
}

// refusing is a keyring whose every call fails.
type refusing struct{ err error }

func (r refusing) Set(string, string, string) error   { return r.err }
func (r refusing) Get(string, string) (string, error) { return "", r.err }
func (r refusing) Delete(string, string) error        { return r.err }

// TestE1FileWhereThereIsNoKeyring makes the file where it is of most use: what is in memory goes
// there, but what a keyring holds that does not answer is not left behind.
func TestE1FileWhereThereIsNoKeyring(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		made bool
	}{
		"no bus":     {&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, true},
		"no service": {dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown"}, true},
		"locked":     {errors.New("the prompt was dismissed"), false},
		"no reply":   {dbus.Error{Name: "org.freedesktop.DBus.Error.NoReply"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			k := filed(filepath.Join(t.TempDir(), "secrets"))
			k.store = refusing{tt.err}
			k.remember(1, given())
			err := k.Protect(t.Context(), passphrase, []transfer.Account{account(1), account(2)})
			if (err == nil) != tt.made || k.Protected() != tt.made {
				t.Fatalf("made: %v, %v", k.Protected(), err)
			}
			has(t, k, account(1), given())
		})
	}
}

// TestE1OnlyForThisSession: what is to be forgotten at the end does not go into the file either.
func TestE1OnlyForThisSession(t *testing.T) {
	k, _ := protected(t)
	k.Remember(account(1), given())
	has(t, k, account(1), given())
	if !k.Remembers(account(1)) || k.Remembers(account(2)) {
		t.Error("it does not know what it keeps for the session only")
	}
	if err := k.Unprotect(t.Context(), []transfer.Account{account(1)}); err != nil {
		t.Fatal(err)
	}
	if err := k.Protect(t.Context(), passphrase, []transfer.Account{account(1)}); err != nil {
		t.Fatal(err)
	}
	has(t, k, account(1), given())
	next := filed(k.vault.path)
	if err := next.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	hasNone(t, next, account(1))
	if err := k.Forget(t.Context(), account(1)); err != nil || k.Remembers(account(1)) {
		t.Errorf("it is not forgotten: %v", err)
	}
}
