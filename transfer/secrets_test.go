package transfer_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partway/transfer"
	"partway/transfer/secrettest"
)

func wantNoSecret(t *testing.T, where string, data []byte, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if form := secrettest.Find(data, secret); form != "" {
			t.Errorf("%s holds a secret as %q", where, form)
		}
	}
}

// TestE1NothingOfASecretIsKept runs uploads of each kind, refusals of the secret too, and
// looks at every byte that stays.
func TestE1NothingOfASecretIsKept(t *testing.T) {
	t.Parallel()
	r := makeRig(t)
	signed := listen(r)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	const wrong, token = "another-secret-that-is-wrong", "token-of-the-test-that-is-right"
	r.oss.SetKeys(map[string]string{testKeyID: testSecret}, map[string]string{testKeyID: token})
	r.secrets.set(transfer.Credentials{KeyID: testKeyID, Secret: transfer.NewSecret(testSecret), Token: transfer.NewSecret(token)})
	echo := `status 403 code=AccessDenied message="` + testSecret + " " + token + `"`
	r.faults.MustAdd("UploadPart times=1 : status 503 code=ServiceUnavailable message=" + token)
	r.faults.MustAdd("PutObject key=p/denied : " + echo)
	done := r.add(transfer.PolicySkipSame, r.file("put", 1000), r.file("parts", 5*transfer.MinPartSize))
	denied := r.add(transfer.PolicySkipSame, r.file("denied", 1000))[0]
	r.reaches(denied, transfer.StatusFailed)
	for _, id := range done {
		r.reaches(id, transfer.StatusCompleted)
	}
	r.secrets.set(transfer.Credentials{KeyID: testKeyID, Secret: transfer.NewSecret(wrong), Token: transfer.NewSecret("token-" + wrong)})
	check(t, r.m.CredentialsChanged(r.account.ID))
	refused := r.add(transfer.PolicySkipSame, r.file("refused", 1000))[0]
	r.reaches(refused, transfer.StatusNeedsCredentials)
	look := func() int {
		files := 0
		check(t, filepath.WalkDir(r.data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			wantNoSecret(t, path, data, append(signed.signatures(t), testSecret, wrong, token)...)
			return err
		}))
		return files
	}
	if n := look(); n < 3 { // the journal with its -wal and -shm
		t.Errorf("%d files in the data folder", n)
	}
	r.restart()
	look()
	if r.log.String() == "" {
		t.Error("nothing was logged")
	}
	wantNoSecret(t, "the log", []byte(r.log.String()), append(signed.signatures(t), testSecret, wrong, token)...)
}

// TestE5NamesThatComposeToOneKey puts two files into a folder whose names differ in their
// form only: one is sent, the other asks.
func TestE5NamesThatComposeToOneKey(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	composed, decomposed := r.file("a/caf\u00e9", 1000), r.file("a/cafe\u0301", 2000)
	r.file("a/bytes\xff", 10)
	status, ids := map[string]transfer.Status{}, map[string]transfer.ID{}
	for _, id := range r.add(transfer.PolicyReplace, r.files+"/a") {
		var u transfer.Upload
		r.until("it ends", func() bool {
			u = r.upload(id)
			return u.Status().Group() == transfer.GroupAttention || u.Status() == transfer.StatusCompleted
		})
		status[u.Path], ids[u.Path] = u.Status(), id
	}
	sent, asks := composed, decomposed
	if status[decomposed] == transfer.StatusCompleted {
		sent, asks = decomposed, composed
	}
	if len(status) != 3 || status[sent] != transfer.StatusCompleted || status[asks] != transfer.StatusConflict {
		t.Fatalf("statuses %v", status)
	}
	if got := status[filepath.Join(r.files, "a/bytes\xff")]; got != transfer.StatusFailed {
		t.Errorf("the name that is not UTF-8: %s", got)
	}
	if e := r.upload(ids[filepath.Join(r.files, "a/bytes\xff")]).Error; !strings.HasSuffix(e.Error(), transfer.KeyNotUTF8.Error()) {
		t.Errorf("it is refused by %v", e)
	}
	r.holds("p/a/caf\u00e9", sent)
	if keys := r.keys(); len(keys) != 1 {
		t.Errorf("objects %q", keys)
	}
	if e := r.upload(ids[asks]).Error; !strings.HasSuffix(e.Error(), transfer.ErrKeyTwice.Error()) {
		t.Errorf("the question is %v", e)
	}
	check(t, r.m.Resolve(transfer.These(ids[asks]), transfer.ResolveKeepBoth))
	r.reaches(ids[asks], transfer.StatusCompleted)
	r.holds("p/a/caf\u00e9", sent)
	r.holds("p/a/caf\u00e9 (2)", asks)
	r.nothingOpen()
}
