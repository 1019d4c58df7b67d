package aliyun

import (
	"net/http"
	"strings"
	"testing"

	"partway/transfer"
)

func TestDialRefusesWhatCannotBeRight(t *testing.T) {
	good := transfer.Account{Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou"}
	with := func(f func(*transfer.Account)) transfer.Account { a := good; f(&a); return a }
	endpoint := func(e string) transfer.Account {
		return with(func(a *transfer.Account) { a.Endpoint = e })
	}
	tests := []struct {
		name    string
		account transfer.Account
		bucket  string
		says    string // "": it is right
	}{
		{"right", good, "bucket", ""},
		{"slash", endpoint("https://oss-cn-hangzhou.aliyuncs.com/"), "bucket", ""},
		{"IP", endpoint("http://127.0.0.1:8080"), "bucket", ""},
		{"IPv6", endpoint("http://[::1]:8080"), "bucket", ""},
		{"no bucket", good, "", ""},
		{"V1 without region", with(func(a *transfer.Account) { a.Region, a.Signature = "", transfer.SignatureV1 }), "bucket", ""},
		{"CNAME of the bucket's name", with(func(a *transfer.Account) {
			a.Endpoint, a.Addressing = "https://bucket.example.com", transfer.AddressCNAME
		}), "bucket", ""},
		{"no endpoint", endpoint(""), "bucket", "endpoint is missing"},
		{"trial", endpoint(transfer.TrialEndpoint), "bucket", "must begin with https://"},
		{"no scheme", endpoint("oss-cn-hangzhou.aliyuncs.com"), "bucket", "must begin with https://"},
		{"no host", endpoint("https://"), "bucket", "names no host"},
		{"path", endpoint("https://oss.example.com/p"), "bucket", "without path"},
		{"query", endpoint("https://oss.example.com?q"), "bucket", "without path"},
		{"user", endpoint("https://u:pass@oss.example.com"), "bucket", "password"},
		{"bad port", endpoint("https://u:pass@oss.example.com:x"), "bucket", "not a URL"},
		{"bucket in endpoint", endpoint("https://bucket.oss-cn-hangzhou.aliyuncs.com"), "bucket", `"oss-cn-hangzhou.aliyuncs.com"`},
		{"no region", with(func(a *transfer.Account) { a.Region = "" }), "bucket", "region is missing"},
		{"endpoint's region", with(func(a *transfer.Account) { a.Region = "oss-cn-hangzhou" }), "bucket", `as "cn-hangzhou"`},
		{"odd region", with(func(a *transfer.Account) { a.Region = "cn/hangzhou" }), "bucket", "is not one"},
		{"bucket name", good, "Bucket_1", "3 to 63"},
		{"addressing", with(func(a *transfer.Account) { a.Addressing = "x" }), "bucket", "addressing"},
		{"signature", with(func(a *transfer.Account) { a.Signature = "x" }), "bucket", "signature"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Dial(tt.account, testCredentials(), tt.bucket)
			if tt.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				s.Close()
				return
			}
			e := asError(t, err)
			if s != nil || e.Kind != transfer.KindPermanent || !strings.Contains(e.Error(), tt.says) {
				t.Errorf("got %v, %v", s, err)
			}
			if strings.Contains(e.Error(), "u:pass") {
				t.Errorf("%v holds the password", e)
			}
		})
	}
	if _, err := Dial(good, transfer.Credentials{KeyID: "k"}, "bucket"); transfer.KindOf(err) != transfer.KindAuth {
		t.Errorf("no secret: got %v", err)
	}
}

// TestHosts sees, through a proxy, which host and path a request goes to.
func TestHosts(t *testing.T) {
	tests := []struct {
		name     string
		endpoint string
		cname    bool
		host     string
		path     string
	}{
		{"virtual", "http://oss-cn-x.example", false, "bucket.oss-cn-x.example", "/a%2Fb"},
		{"custom domain", "http://files.example", true, "files.example", "/a%2Fb"},
		{"IP", "http://192.0.2.1:81", false, "192.0.2.1:81", "/bucket/a%2Fb"},
		{"IPv6", "http://[2001:db8::1]:81", false, "[2001:db8::1]:81", "/bucket/a%2Fb"},
		{"IP as custom domain", "http://192.0.2.1", true, "192.0.2.1", "/bucket/a%2Fb"},
		{"localhost", "http://localhost:82", false, "localhost:82", "/bucket/a%2Fb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := testAccount(tt.endpoint)
			if tt.cname {
				a.Addressing = transfer.AddressCNAME
			}
			s, err := open(a, testCredentials(), "bucket", quick())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var got *http.Request
			s.bucket.Client.Config.LogLevel = 0
			s.service.Client.HTTPClient.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				got = r
				return nil, errBodyClosed
			})
			_, _ = s.Head(t.Context(), "a/b")
			if got == nil || got.URL.Host != tt.host || got.URL.EscapedPath() != tt.path {
				t.Errorf("got %v", got)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestListBucketsOfACustomDomainIsRefused(t *testing.T) {
	a := testAccount("http://files.example")
	a.Addressing = transfer.AddressCNAME
	s, err := open(a, testCredentials(), "bucket", quick())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.ListBuckets(t.Context()); transfer.KindOf(err) != transfer.KindPermanent {
		t.Errorf("got %v", err)
	}
}
