package text

import (
	"net/http"
	"strings"
	"testing"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

// TestC8RefusalOfAPolicyIsPutInWords has an endpoint that obeys a policy of RAM refuse an action, and
// reads what the window says of that very answer.
func TestC8RefusalOfAPolicyIsPutInWords(t *testing.T) {
	p, err := fault.ParsePolicy(`{"Statement": [{"Effect": "Allow", "Action": ["oss:PutObject"], "Resource": ["*"]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	server, err := osslocal.Start(osslocal.Config{
		Dir: t.TempDir(), Addr: "127.0.0.1:0", Keys: map[string]string{"LTAItest": "secret"},
		Middleware: func(service http.Handler) http.Handler { return p.Middleware()(service) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := server.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	a := transfer.Account{
		Name: "test", Kind: transfer.AccountKeys, Endpoint: server.URL(), Region: server.Region(),
		Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual, KeyID: "LTAItest",
	}
	store, err := aliyun.Dial(a, transfer.Credentials{KeyID: "LTAItest", Secret: transfer.NewSecret("secret")}, "bucket")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	id, err := store.Initiate(t.Context(), "key", transfer.Options{}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, listed := store.ListParts(t.Context(), "key", id, 0)
	for action, refusal := range map[string]error{"oss:AbortMultipartUpload": store.Abort(t.Context(), "key", id), "oss:ListParts": listed} {
		for l, want := range map[Language][2]string{
			English: {"The account is not allowed to do this.", "Ask the bucket's owner for the permission " + action + ", or use another account."},
			Chinese: {"该账号没有执行此操作的权限。", "请向 Bucket 所有者申请 " + action + " 权限，或改用其他账号。"},
		} {
			setup(t, l)
			if sentence, hint := Problem(transfer.AsError(refusal)); sentence != want[0] || hint != want[1] {
				t.Errorf("%v is said as %q, %q", refusal, sentence, hint)
			}
		}
	}
	for _, l := range []Language{English, Chinese} {
		setup(t, l)
		for _, noted := range []string{transfer.NotedPartsUnlisted, transfer.NotedAbortUnlisted} {
			if words := EventDetail(transfer.Event{Kind: transfer.EventNoted, Text: noted}); words == noted || !strings.Contains(words, "oss:ListParts") {
				t.Errorf("the log says %q", words)
			}
		}
	}
}
