package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

const (
	baseKey    = "LTAIbase"
	baseSecret = "base-secret-hush"
	gotSecret  = "got-secret-hush"
	gotToken   = "got-token-hush"
)

// keptKeys are the keys that were typed.
type keptKeys struct{ c transfer.Credentials }

func (k keptKeys) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	if !k.c.Complete() {
		return k.c, fault(transfer.KindAuth, errors.New("none are kept"))
	}
	return k.c, nil
}

func (k keptKeys) Keep(context.Context, transfer.Account, transfer.Credentials) (transfer.Kept, error) {
	return transfer.KeptInKeyring, nil
}
func (keptKeys) Refused(transfer.Account, transfer.Credentials) {}
func (keptKeys) Forget(context.Context, transfer.Account) error { return nil }

func base() transfer.Credentials {
	return transfer.Credentials{KeyID: baseKey, Secret: transfer.NewSecret(baseSecret)}
}

func provider(t *testing.T) *Provider {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return New(keptKeys{base()}, func() (*http.Client, error) { return client, nil })
}

func account(s transfer.CredentialSource) transfer.Account {
	return transfer.Account{ID: 7, Name: "a", Source: s}
}

// answer is what STS and others write.
func answer(id string, expires time.Time) string {
	return fmt.Sprintf(`{"RequestId":"R1","Credentials":{"AccessKeyId":%q,"AccessKeySecret":%q,"SecurityToken":%q,"Expiration":%q}}`,
		id, gotSecret, gotToken, expires.UTC().Format(time.RFC3339))
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// wantGot fails unless these are the credentials handed out, to be renewed before they expire.
func wantGot(t *testing.T, c transfer.Credentials, err error, id string) {
	t.Helper()
	if err != nil || c.KeyID != id || c.Secret.Reveal() != gotSecret || c.Token.Reveal() != gotToken {
		t.Fatalf("got %q, %v", c.KeyID, err)
	}
	if before := c.Expires.Sub(c.RenewAt); before != ahead {
		t.Errorf("renewed %v before they expire", before)
	}
}

// wantFault fails unless an error is of a kind, says why, and holds no secret.
func wantFault(t *testing.T, err error, kind transfer.Kind, why string) {
	t.Helper()
	if transfer.KindOf(err) != kind || !strings.Contains(err.Error(), why) {
		t.Errorf("got %v (%s), want %q (%s)", err, transfer.KindOf(err), why, kind)
	}
	if err != nil && (strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "secret-in")) {
		t.Errorf("the error holds a secret: %v", err)
	}
}

// prints is an account whose program, the test's own, prints a text.
func prints(t *testing.T, text string) transfer.CredentialSource {
	t.Helper()
	t.Setenv(programVariable, text)
	return transfer.CredentialSource{Kind: transfer.SourceCommand, Command: `"` + os.Args[0] + `" -x 'a b'`}
}

func TestCommand(t *testing.T) {
	in := time.Now().Add(time.Hour).Truncate(time.Second)
	for name, text := range map[string]string{
		"STS":     answer("STS.1", in),
		"ossutil": fmt.Sprintf(`{"AccessKeyId":"STS.1","AccessKeySecret":%q,"SecurityToken":%q,"Expiration":%q}`, gotSecret, gotToken, in.Format(time.RFC3339)),
		"aliyun":  fmt.Sprintf(`{"mode":"StsToken","access_key_id":"STS.1","access_key_secret":%q,"sts_token":%q,"expiration":%q}`, gotSecret, gotToken, in.Format(time.RFC3339)),
	} {
		c, err := provider(t).Credentials(t.Context(), account(prints(t, text)))
		t.Log(name)
		wantGot(t, c, err, "STS.1")
	}
	c, err := provider(t).Credentials(t.Context(), account(prints(t, `{"mode":"AK","access_key_id":"A","access_key_secret":"s"}`)))
	if err != nil || c.KeyID != "A" || !c.Expires.IsZero() || !c.RenewAt.IsZero() {
		t.Errorf("lasting ones: %q, %v", c.KeyID, err)
	}
}

func TestCommandThatFails(t *testing.T) {
	for _, c := range []struct {
		prints, why string
		kind        transfer.Kind
	}{
		{"fail", "failed", transfer.KindTransient},
		{"flood", "more than 1 MiB", transfer.KindAuth},
		{"secret-in-stdout", "did not print JSON", transfer.KindAuth},
		{`{"AccessKeyId":"A"}`, "did not print JSON", transfer.KindAuth},
		{answer("STS.1", time.Now().Add(-time.Minute)), "have expired already", transfer.KindTransient},
		{`{"AccessKeyId":"A","AccessKeySecret":"hush","Expiration":"tomorrow"}`, "did not print JSON", transfer.KindAuth},
	} {
		_, err := provider(t).Credentials(t.Context(), account(prints(t, c.prints)))
		wantFault(t, err, c.kind, c.why)
	}
	_, err := provider(t).Credentials(t.Context(), account(transfer.CredentialSource{Kind: transfer.SourceCommand, Command: "/no/such/program-hush"}))
	wantFault(t, err, transfer.KindAuth, "cannot be started")
	_, err = provider(t).Credentials(t.Context(), account(transfer.CredentialSource{Kind: transfer.SourceCommand, Command: `a "b`}))
	wantFault(t, err, transfer.KindAuth, "quotation mark")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = provider(t).Obtain(ctx, account(prints(t, "hang")), transfer.Credentials{})
	wantFault(t, err, transfer.KindTransient, "in time")
}

func TestURI(t *testing.T) {
	in := time.Now().Add(time.Hour)
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			_, _ = fmt.Fprint(w, answer("STS.2", in))
		case "/page":
			_, _ = fmt.Fprint(w, "<html>secret-in-page</html>")
		case "/away":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/busy":
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
	ask := func(uri string) (transfer.Credentials, error) {
		return provider(t).Credentials(t.Context(), account(transfer.CredentialSource{Kind: transfer.SourceURI, URI: uri}))
	}
	c, err := ask(at + "/ok")
	wantGot(t, c, err, "STS.2")
	for uri, want := range map[string]struct {
		why  string
		kind transfer.Kind
	}{
		at + "/page":          {"did not answer JSON", transfer.KindAuth},
		at + "/away":          {"status 302", transfer.KindAuth},
		at + "/busy":          {"status 502", transfer.KindTransient},
		at + "/no":            {"status 403", transfer.KindAuth},
		"http://127.0.0.1:1/": {"no answer", transfer.KindTransient},
		"http://example.com/": {"must begin with https", transfer.KindAuth},
		"":                    {"is missing", transfer.KindAuth},
	} {
		_, err := ask(uri)
		wantFault(t, err, want.kind, want.why)
	}
}

// instance serves the metadata of an ECS instance whose role is "uploader".
func instance(t *testing.T, withTokens bool) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case withTokens && r.Method == http.MethodPut && r.URL.Path == tokenPath && r.Header.Get("X-aliyun-ecs-metadata-token-ttl-seconds") != "":
			_, _ = fmt.Fprint(w, "T1")
		case r.Method != http.MethodGet || withTokens != (r.Header.Get("X-aliyun-ecs-metadata-token") == "T1"):
			w.WriteHeader(http.StatusForbidden)
		case r.URL.Path == rolePath:
			_, _ = fmt.Fprint(w, "uploader\n")
		case r.URL.Path == rolePath+"uploader":
			_, _ = fmt.Fprintf(w, `{"AccessKeyId":"STS.3","AccessKeySecret":%q,"SecurityToken":%q,"Expiration":%q,"Code":"Success"}`,
				gotSecret, gotToken, time.Now().Add(6*time.Hour).UTC().Format(time.RFC3339))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

func TestInstanceRole(t *testing.T) {
	for _, tokens := range []bool{true, false} {
		for role, why := range map[string]string{"": "", "uploader": "", "other": "no RAM role of this name"} {
			p := provider(t)
			p.metadata = instance(t, tokens)
			c, err := p.Credentials(t.Context(), account(transfer.CredentialSource{Kind: transfer.SourceECS, Role: role}))
			if why != "" {
				wantFault(t, err, transfer.KindAuth, why)
				continue
			}
			wantGot(t, c, err, "STS.3")
		}
	}
	p := provider(t)
	p.metadata = "http://127.0.0.1:1"
	_, err := p.Credentials(t.Context(), account(transfer.CredentialSource{Kind: transfer.SourceECS}))
	wantFault(t, err, transfer.KindTransient, "metadata")
}

// TestSignatureOfTheDocumentation signs the request that Alibaba Cloud's documentation of
// ACS3-HMAC-SHA256 signs.
func TestSignatureOfTheDocumentation(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	sign(r, transfer.Credentials{KeyID: "YourAccessKeyId", Secret: transfer.NewSecret("YourAccessKeySecret")}, call{
		action: "RunInstances", version: "2014-05-26", nonce: "3156853299f313e23d1673dc12e1703d",
		at: time.Date(2023, 10, 26, 10, 22, 32, 0, time.UTC),
	})
	const want = "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;" +
		"x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

const arn = "acs:ram::123456789:role/uploader"

func TestAssumeRole(t *testing.T) {
	var asked *http.Request
	status, body := http.StatusOK, answer("STS.4", time.Now().Add(time.Hour))
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	})
	source := transfer.CredentialSource{Kind: transfer.SourceAssume, Role: arn, Session: "me@home", ExternalID: "x/1", Policy: `{"a b":"*~"}`, Seconds: 900, STS: at}
	p := provider(t)
	p.kept = keptKeys{transfer.Credentials{KeyID: baseKey, Secret: transfer.NewSecret(baseSecret), Token: transfer.NewSecret("base-token")}}
	c, err := p.Credentials(t.Context(), account(source))
	wantGot(t, c, err, "STS.4")
	q := asked.URL.Query()
	for name, want := range map[string]string{
		"RoleArn": arn, "RoleSessionName": "me@home", "DurationSeconds": "900", "ExternalId": "x/1", "Policy": `{"a b":"*~"}`,
	} {
		if got := q.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if strings.ContainsAny(asked.URL.RawQuery, "+*") || asked.Header.Get("X-Acs-Security-Token") != "base-token" || asked.Header.Get("X-Acs-Action") != "AssumeRole" {
		t.Errorf("asked by %s with %v", asked.URL.RawQuery, asked.Header)
	}
	for _, c := range []struct {
		status    int
		body, why string
		kind      transfer.Kind
	}{
		{403, `{"Code":"NoPermission","RequestId":"R9","Message":"base-secret-hush"}`, "NoPermission", transfer.KindAuth},
		{404, `{"Code":"InvalidAccessKeyId.NotFound","RequestId":"R9"}`, "request R9", transfer.KindAuth},
		{400, `{"Code":"Throttling.User","RequestId":"R9"}`, "Throttling", transfer.KindTransient},
		{400, `{"Code":"InvalidTimeStamp.Expired"}`, "InvalidTimeStamp", transfer.KindClock},
		{503, `<html>`, "status 503", transfer.KindTransient},
		{200, `<html>`, "not that of STS", transfer.KindTransient},
	} {
		status, body = c.status, c.body
		_, err := provider(t).Credentials(t.Context(), account(source))
		wantFault(t, err, c.kind, c.why)
	}
	p = New(keptKeys{}, nil)
	_, err = p.Credentials(t.Context(), account(source))
	wantFault(t, err, transfer.KindAuth, "none are kept")
}

func TestE2ProviderIsPrintedWithoutSecrets(t *testing.T) {
	p := provider(t)
	if _, err := p.Credentials(t.Context(), account(prints(t, answer("STS.1", time.Now().Add(time.Hour))))); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if printed := fmt.Sprintf(verb, p); strings.Contains(printed, "hush") {
			t.Errorf("%s prints %s", verb, printed)
		}
		for _, h := range p.held {
			if printed := fmt.Sprintf(verb, h); strings.Contains(printed, "hush") {
				t.Errorf("%s prints %s", verb, printed)
			}
		}
	}
}
