package transfer

import (
	"errors"
	"strings"
	"testing"
)

func TestE9Endpoints(t *testing.T) {
	for typed, want := range map[string]Endpoint{
		"oss-cn-hangzhou.aliyuncs.com":                 {"https://oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou.aliyuncs.com", EndpointPublic, "cn-hangzhou", false},
		"HTTPS://OSS-CN-Beijing.aliyuncs.com/":         {"https://oss-cn-beijing.aliyuncs.com", "oss-cn-beijing.aliyuncs.com", EndpointPublic, "cn-beijing", false},
		"oss-cn-beijing-internal.aliyuncs.com":         {"https://oss-cn-beijing-internal.aliyuncs.com", "oss-cn-beijing-internal.aliyuncs.com", EndpointInternal, "cn-beijing", false},
		"cn-beijing.oss.aliyuncs.com":                  {"https://cn-beijing.oss.aliyuncs.com", "cn-beijing.oss.aliyuncs.com", EndpointDualStack, "cn-beijing", false},
		"oss-accelerate.aliyuncs.com":                  {"https://oss-accelerate.aliyuncs.com", "oss-accelerate.aliyuncs.com", EndpointAccelerate, "", false},
		"https://oss-accelerate-overseas.aliyuncs.com": {"https://oss-accelerate-overseas.aliyuncs.com", "oss-accelerate-overseas.aliyuncs.com", EndpointOverseas, "", false},
		"files.example.com:8443":                       {"https://files.example.com:8443", "files.example.com", EndpointCustom, "", false},
		"bucket.oss-cn-beijing.aliyuncs.com":           {"https://bucket.oss-cn-beijing.aliyuncs.com", "bucket.oss-cn-beijing.aliyuncs.com", EndpointCustom, "", false},
		"http://127.0.0.1:80":                          {"http://127.0.0.1:80", "127.0.0.1", EndpointIP, "", false},
		"http://[2001:db8::1]":                         {"http://[2001:db8::1]", "2001:db8::1", EndpointIP, "", true},
		"http://oss-cn-beijing.aliyuncs.com":           {"http://oss-cn-beijing.aliyuncs.com", "oss-cn-beijing.aliyuncs.com", EndpointPublic, "cn-beijing", true},
		"http://localhost:1":                           {"http://localhost:1", "localhost", EndpointCustom, "", false},
	} {
		if got, err := ParseEndpoint(typed); err != nil || got != want {
			t.Errorf("%q: %+v, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]error{
		"": ErrNotAnAddress, "https://": ErrNotAnAddress, "https://u:hush@a.example.com": ErrNotAnAddress, "a.example.com:": ErrNotAnAddress,
		"https://a b": ErrNotAnAddress, "a.example.com/bucket": ErrMoreThanHost, "a.example.com?x": ErrMoreThanHost, "ftp://a.example.com": ErrNotHTTP,
	} {
		if _, err := ParseEndpoint(typed); !errors.Is(err, want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// TestEndpointOf makes endpoints that are understood as what they were made for.
func TestEndpointOf(t *testing.T) {
	for _, k := range EndpointKinds {
		e, err := ParseEndpoint(EndpointOf("ap-southeast-1", k))
		accelerates := k == EndpointAccelerate || k == EndpointOverseas
		if err != nil || e.Kind != k || (e.Region == "ap-southeast-1") == accelerates || e.Addressing() != AddressVirtual {
			t.Errorf("%s: %+v, %v", k, e, err)
		}
	}
	for typed, want := range map[string]string{"OSS-cn-beijing": "cn-beijing", "cn-beijing-internal": "cn-beijing", "us-west-1": "us-west-1"} {
		if got := TidyRegion(typed); got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

// TestE9AccountsAsTyped names each field that is wrong.
func TestE9AccountsAsTyped(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Account)
		want   string
	}{
		"right":                     {func(*Account) {}, ""},
		"internal":                  {func(a *Account) { a.Endpoint = EndpointOf("cn-hangzhou", EndpointInternal) }, ""},
		"accelerated":               {func(a *Account) { a.Endpoint = EndpointOf("", EndpointAccelerate) }, ""},
		"own domain":                {func(a *Account) { a.Endpoint, a.Addressing = "https://files.example.com", AddressCNAME }, ""},
		"address":                   {func(a *Account) { a.Endpoint = "https://203.0.113.7" }, ""},
		"no name":                   {func(a *Account) { a.Name = " " }, "name missing"},
		"no endpoint":               {func(a *Account) { a.Endpoint = "" }, "endpoint missing"},
		"no address":                {func(a *Account) { a.Endpoint = "https://a/b" }, "endpoint endpoint"},
		"no region":                 {func(a *Account) { a.Region = "" }, "region missing"},
		"V1 needs none":             {func(a *Account) { a.Region, a.Signature = "", SignatureV1 }, ""},
		"another region":            {func(a *Account) { a.Region = "cn-beijing" }, "region other-region"},
		"region with oss-":          {func(a *Account) { a.Region = "oss-cn-hangzhou" }, "region region"},
		"region in capitals":        {func(a *Account) { a.Region = "CN" }, "region region"},
		"OSS's host as one's own":   {func(a *Account) { a.Addressing = AddressCNAME }, "addressing own-host"},
		"own domain without bucket": {func(a *Account) { a.Endpoint, a.Addressing, a.Bucket = "https://files.example.com", AddressCNAME, "" }, "bucket missing"},
		"host with bucket":          {func(a *Account) { a.Endpoint = "https://bucket.oss-cn-hangzhou.aliyuncs.com" }, "endpoint with-bucket"},
		"addressing":                {func(a *Account) { a.Addressing = "path" }, "addressing unknown"},
		"signature":                 {func(a *Account) { a.Signature = "v2" }, "signature unknown"},
		"bucket":                    {func(a *Account) { a.Bucket = "A" }, "bucket bucket"},
		"prefix":                    {func(a *Account) { a.Prefix = "p" }, "prefix prefix"},
		"no key":                    {func(a *Account) { a.KeyID = "" }, "access key ID missing"},
		"key with a space":          {func(a *Account) { a.KeyID = "a b" }, "access key ID character"},
		"a role needs none":         {func(a *Account) { a.KeyID, a.Source.Kind = "", SourceECS }, ""},
		"environment's":             {func(a *Account) { a.KeyID, a.Kind = "", AccountEnvironment }, ""},
		"trial's":                   {func(a *Account) { a.Endpoint, a.Kind = TrialEndpoint, AccountTrial }, ""},
		"source and options":        {func(a *Account) { a.Source, a.Options.ACL = CredentialSource{Kind: "x"}, "y" }, "credentials unknown, access unknown"},
		"all":                       {func(a *Account) { *a = Account{Kind: AccountKeys} }, "name missing, addressing unknown, region missing, endpoint missing, signature unknown, access key ID missing"},
	} {
		a := Account{
			Name: "a", Kind: AccountKeys, Endpoint: "https://oss-cn-hangzhou.aliyuncs.com", Region: "cn-hangzhou",
			Addressing: AddressVirtual, Signature: SignatureV4, KeyID: "LTAI", Bucket: "bucket", Prefix: "p/",
		}
		c.change(&a)
		wantProblems(t, name, a.Check(), c.want)
	}
}

// wantProblems compares what is wrong, as "field problem, field problem".
func wantProblems(t *testing.T, name string, err error, want string) {
	t.Helper()
	all, _ := errors.AsType[FieldErrors](err)
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = string(e.Field) + " " + string(e.Problem)
		if problems[e.Problem] == "" {
			t.Errorf("%s: nothing is said of %q", name, e.Problem)
		}
	}
	if got := strings.Join(lines, ", "); got != want || (err == nil) != (want == "") {
		t.Errorf("%s: %q, want %q", name, got, want)
	}
}

func TestSourcesAsTyped(t *testing.T) {
	const arn = "acs:ram::123456:role/up.load-er"
	for name, c := range map[string]struct {
		s    CredentialSource
		want string
	}{
		"kept":            {CredentialSource{}, ""},
		"command":         {CredentialSource{Kind: SourceCommand, Command: `get "a b"`}, ""},
		"no command":      {CredentialSource{Kind: SourceCommand, Command: " "}, "command missing"},
		"open quote":      {CredentialSource{Kind: SourceCommand, Command: `get "a`}, "command quote"},
		"URI":             {CredentialSource{Kind: SourceURI, URI: "https://a.example/x"}, ""},
		"URI here":        {CredentialSource{Kind: SourceURI, URI: "http://127.0.0.1:8080/x"}, ""},
		"URI in plain":    {CredentialSource{Kind: SourceURI, URI: "http://a.example/x"}, "credentials URI plain"},
		"URI's password":  {CredentialSource{Kind: SourceURI, URI: "https://u:p@a.example/x"}, "credentials URI password"},
		"no URI":          {CredentialSource{Kind: SourceURI, URI: "file:///etc/x"}, "credentials URI url"},
		"instance":        {CredentialSource{Kind: SourceECS}, ""},
		"instance's role": {CredentialSource{Kind: SourceECS, Role: "a/b"}, "role role"},
		"role":            {CredentialSource{Kind: SourceAssume, Role: arn}, ""},
		"no role":         {CredentialSource{Kind: SourceAssume, Role: "up"}, "role arn"},
		"session":         {CredentialSource{Kind: SourceAssume, Role: arn, Session: "a b"}, "session name role"},
		"external":        {CredentialSource{Kind: SourceAssume, Role: arn, ExternalID: "x"}, "external ID role"},
		"policy":          {CredentialSource{Kind: SourceAssume, Role: arn, Policy: "{"}, "policy json"},
		"too short":       {CredentialSource{Kind: SourceAssume, Role: arn, Seconds: 899}, "duration range"},
		"STS in plain":    {CredentialSource{Kind: SourceAssume, Role: arn, STS: "http://sts.example"}, "STS endpoint plain"},
		"unknown":         {CredentialSource{Kind: "oidc"}, "credentials unknown"},
	} {
		wantProblems(t, name, c.s.Check(), c.want)
	}
}

func TestSplitCommand(t *testing.T) {
	for text, want := range map[string]string{
		"a b": "a|b", ` "a b"  'c "d"' e\f `: `a b|c "d"|e\f`, `a""b ''`: "ab|", "": "", "\ta\nb": "a|b",
	} {
		if got, err := SplitCommand(text); err != nil || strings.Join(got, "|") != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// FuzzParseCredentials reads any text: what it takes is complete, and no error repeats the text.
func FuzzParseCredentials(f *testing.F) {
	for _, s := range []string{
		`{"AccessKeyId":"a","AccessKeySecret":"b","SecurityToken":"c","Expiration":"2026-01-02T03:04:05Z"}`,
		`{"Credentials":{"access_key_id":"a","access-key-secret":"b"}}`, `{"a":1}`, `[]`, `"x"`, ``, `{"Credentials":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCredentials(text)
		switch {
		case err == nil && !c.Complete():
			t.Errorf("%q is taken for %q", text, c.KeyID)
		case err != nil && !errors.Is(err, ErrNoCredentials):
			t.Errorf("%q: %v", text, err)
		}
	})
}
