package cli

import (
	"fmt"
	"strings"
	"testing"

	"partway/transfer"
)

func variables(endpoint, region string) func(string) string {
	return env("OSS_ACCESS_KEY_ID", "key", "OSS_ACCESS_KEY_SECRET", "hush",
		"OSS_SESSION_TOKEN", "tok", "OSS_ENDPOINT", endpoint, "OSS_REGION", region)
}

func TestReadEnvironment(t *testing.T) {
	const virtual, cname = transfer.AddressVirtual, transfer.AddressCNAME
	tests := []struct {
		name, endpoint, region   string
		wantEndpoint, wantRegion string
		addressing               transfer.Addressing
	}{
		{"no scheme is https", "oss-cn-hangzhou.aliyuncs.com", "", "https://oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou", virtual},
		{"internal", "oss-cn-beijing-internal.aliyuncs.com", "", "https://oss-cn-beijing-internal.aliyuncs.com", "cn-beijing", virtual},
		{"dual-stack", "https://cn-beijing.oss.aliyuncs.com/", "", "https://cn-beijing.oss.aliyuncs.com", "cn-beijing", virtual},
		{"region alone", "", "ap-southeast-1", "https://oss-ap-southeast-1.aliyuncs.com", "ap-southeast-1", virtual},
		{"region as in endpoints", "", "oss-us-west-1", "https://oss-us-west-1.aliyuncs.com", "us-west-1", virtual},
		{"region wins", "oss-accelerate.aliyuncs.com", "cn-shanghai", "https://oss-accelerate.aliyuncs.com", "cn-shanghai", virtual},
		{"http on loopback", "http://127.0.0.1:8080", "cn-test", "http://127.0.0.1:8080", "cn-test", virtual},
		{"http on IPv6 loopback", "http://[::1]:8080", "cn-test", "http://[::1]:8080", "cn-test", virtual},
		{"http on localhost", "http://localhost:1", "cn-test", "http://localhost:1", "cn-test", virtual},
		{"own domain", "https://Files.example.com", "cn-test", "https://files.example.com", "cn-test", cname},
		{"private cloud", "oss.inner.example.com", "cn-test", "https://oss.inner.example.com", "cn-test", virtual},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := ReadEnvironment(variables(tt.endpoint, tt.region))
			if !e.Complete() {
				t.Fatal(e.Problem)
			}
			a := e.Account
			if a.Endpoint != tt.wantEndpoint || a.Region != tt.wantRegion || a.Addressing != tt.addressing {
				t.Errorf("got %s, %s, %s", a.Endpoint, a.Region, a.Addressing)
			}
			if a.Kind != transfer.AccountEnvironment || a.Name != "Environment" || a.Signature != transfer.SignatureV4 {
				t.Errorf("got %+v", a)
			}
			if a.KeyID != "" || strings.Contains(fmt.Sprintf("%+v", e), "hush") {
				t.Error("the account tells the key")
			}
			if c := e.Credentials; c.KeyID != "key" || c.Secret.Reveal() != "hush" || c.Token.Reveal() != "tok" {
				t.Error("the credentials are not the variables'")
			}
		})
	}
}

func TestE9EnvironmentProblems(t *testing.T) {
	tests := []struct {
		name string
		env  func(string) string
		want string
	}{
		{"nothing", env(), "OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_ENDPOINT or OSS_REGION"},
		{"http elsewhere", variables("http://oss-cn-hangzhou.aliyuncs.com", ""), "use https"},
		{"http on a name like loopback", variables("http://127.0.0.1.example.com", "r"), "use https"},
		{"no region", variables("https://files.example.com", ""), "OSS_REGION"},
		{"acceleration tells no region", variables("oss-accelerate.aliyuncs.com", ""), "OSS_REGION"},
		{"path", variables("https://oss-cn-hangzhou.aliyuncs.com/bucket", ""), "no more than scheme"},
		{"credentials inside", variables("https://a:b@oss-cn-hangzhou.aliyuncs.com", ""), "not an address"},
		{"scheme", variables("ftp://oss-cn-hangzhou.aliyuncs.com", ""), "https://"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := ReadEnvironment(tt.env)
			if e.Complete() || !strings.Contains(e.Problem, tt.want) {
				t.Errorf("got %q, want %q in it", e.Problem, tt.want)
			}
		})
	}
}

func TestEnvironmentIsNotedOnceForEachFingerprint(t *testing.T) {
	j := &fakeJournal{accounts: []transfer.Account{{ID: 1, Kind: transfer.AccountKeys}}}
	save := func(region string) transfer.AccountID {
		t.Helper()
		e := ReadEnvironment(variables("", region))
		if err := e.Save(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		return e.Account.ID
	}
	first := save("cn-hangzhou")
	if again := save("cn-hangzhou"); first == 0 || again != first || len(j.accounts) != 2 {
		t.Errorf("got IDs %d and %d, %d accounts", first, again, len(j.accounts))
	}
	if other := save("cn-beijing"); other == first || len(j.accounts) != 2 {
		t.Errorf("another environment: ID %d, %d accounts", other, len(j.accounts))
	}
	j.needed = []transfer.AccountID{first + 1, first}
	if save("cn-shanghai"); len(j.accounts) != 3 {
		t.Errorf("an account that unfinished uploads need was removed: %d accounts", len(j.accounts))
	}
}

func TestEnvironmentSource(t *testing.T) {
	e := ReadEnvironment(variables("", "cn-hangzhou"))
	if c, ok := e.Source(e.Account); !ok || c.Secret.Reveal() != "hush" {
		t.Error("no credentials for its own account")
	}
	other := e.Account
	other.Fingerprint = "another"
	keys := transfer.Account{Kind: transfer.AccountKeys, Fingerprint: e.Account.Fingerprint}
	for _, a := range []transfer.Account{other, keys} {
		if c, ok := e.Source(a); ok || c.Complete() {
			t.Errorf("credentials for account %s %s", a.Kind, a.Fingerprint)
		}
	}
	var none Environment
	if _, ok := none.Source(transfer.Account{Kind: transfer.AccountEnvironment}); ok {
		t.Error("credentials without variables")
	}
}

// TestEnvironmentAssumesARole reads the role that the key is to assume: another environment than
// the key's own.
func TestEnvironmentAssumesARole(t *testing.T) {
	with := func(arn, session string) *Environment {
		return ReadEnvironment(env("OSS_ACCESS_KEY_ID", "key", "OSS_ACCESS_KEY_SECRET", "hush", "OSS_REGION", "cn-test",
			"OSS_ROLE_ARN", arn, "OSS_ROLE_SESSION_NAME", session))
	}
	plain, e := with("", "x"), with("acs:ram::1:role/up", "me")
	want := transfer.CredentialSource{Kind: transfer.SourceAssume, Role: "acs:ram::1:role/up", Session: "me"}
	if !e.Complete() || e.Account.Source != want || plain.Account.Source != (transfer.CredentialSource{}) {
		t.Errorf("got %+v, without %+v: %s", e.Account.Source, plain.Account.Source, e.Problem)
	}
	if e.Account.Fingerprint == plain.Account.Fingerprint {
		t.Error("the role makes no other environment")
	}
	if wrong := with("up", ""); wrong.Complete() || !strings.Contains(wrong.Problem, "OSS_ROLE_ARN") {
		t.Errorf("a role that is none: %q", wrong.Problem)
	}
}
