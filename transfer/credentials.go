package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Credentials sign requests. Token is set for temporary (STS) credentials only.
type Credentials struct {
	KeyID   string
	Secret  Secret
	Token   Secret
	Expires time.Time // zero: never, or nobody said
	// RenewAt is when they are to be got anew, a while before they expire. It is set by what got
	// them, and can again.
	RenewAt time.Time
}

// Complete tells whether the credentials can sign a request.
func (c Credentials) Complete() bool { return c.KeyID != "" && !c.Secret.Empty() }

// same tells whether they sign alike.
func (c Credentials) same(o Credentials) bool {
	return c.KeyID == o.KeyID && c.Secret == o.Secret && c.Token == o.Token
}

// SourceKind tells how an account's credentials are got.
type SourceKind string

// The ways to get credentials.
const (
	SourceKept    SourceKind = ""            // they were typed, and are kept
	SourceCommand SourceKind = "command"     // a program prints them
	SourceURI     SourceKind = "uri"         // a server hands them out
	SourceECS     SourceKind = "ecs-role"    // the role of the ECS instance that this computer is
	SourceAssume  SourceKind = "assume-role" // STS hands them out for a role, to whom the kept ones allow it
)

// SourceKinds lists them, the default first.
var SourceKinds = []SourceKind{SourceKept, SourceCommand, SourceURI, SourceECS, SourceAssume}

// CredentialSource says how an account's credentials are got. It holds no secret. All but
// the kept ones are got anew by themselves.
type CredentialSource struct {
	Kind SourceKind `json:"kind,omitempty"`
	// Command is a program with its arguments, which may be in quotes. No shell reads it.
	Command string `json:"command,omitempty"`
	URI     string `json:"uri,omitempty"`
	// Role is the name of an ECS instance's role, "" for the one it has; or the ARN of a role to
	// be assumed.
	Role       string `json:"role,omitempty"`
	Session    string `json:"session,omitempty"`    // role session name; "": "partway"
	ExternalID string `json:"externalID,omitempty"` // as the role's owner demands it
	Policy     string `json:"policy,omitempty"`     // JSON: what of the role's rights is enough
	Seconds    int    `json:"seconds,omitempty"`    // how long they are to hold; 0: an hour
	STS        string `json:"sts,omitempty"`        // STS endpoint; "": https://sts.aliyuncs.com
}

// NeedsKeys tells whether an access key is typed and kept for the account.
func (s CredentialSource) NeedsKeys() bool { return s.Kind == SourceKept || s.Kind == SourceAssume }

// The fields of CredentialSource.
const (
	FieldSource   FieldName = "credentials"
	FieldCommand  FieldName = "command"
	FieldURI      FieldName = "credentials URI"
	FieldRole     FieldName = "role"
	FieldSession  FieldName = "session name"
	FieldExternal FieldName = "external ID"
	FieldPolicy   FieldName = "policy"
	FieldDuration FieldName = "duration"
	FieldSTS      FieldName = "STS endpoint"

	FieldPassphrase FieldName = "passphrase"
)

// Limits of AssumeRole, from the service's documentation.
const (
	MinRoleSeconds = 15 * 60
	MaxRoleSeconds = 12 * 60 * 60
)

var (
	roleARN     = regexp.MustCompile(`^acs:ram::\d+:role/[\w.@-]+$`)
	roleName    = regexp.MustCompile(`^[\w.@-]{0,64}$`)
	sessionName = regexp.MustCompile(`^[\w.@-]{2,64}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`) // up to 1,224
)

// Check returns what is wrong with the source, as FieldErrors, or nil.
func (s CredentialSource) Check() error {
	var e FieldErrors
	e.must(slices.Contains(SourceKinds, s.Kind), FieldSource, ProblemUnknown)
	switch s.Kind {
	case SourceCommand:
		_, err := SplitCommand(s.Command)
		e.must(strings.TrimSpace(s.Command) != "", FieldCommand, ProblemMissing)
		e.must(err == nil, FieldCommand, ProblemQuote)
	case SourceURI:
		e.checkURL(FieldURI, s.URI)
	case SourceECS:
		e.must(roleName.MatchString(s.Role), FieldRole, ProblemRole)
	case SourceAssume:
		e.must(roleARN.MatchString(s.Role), FieldRole, ProblemARN)
		e.must(s.Session == "" || sessionName.MatchString(s.Session), FieldSession, ProblemRole)
		e.must(s.ExternalID == "" || len(s.ExternalID) <= 1224 && externalID.MatchString(s.ExternalID), FieldExternal, ProblemRole)
		e.must(s.Policy == "" || json.Valid([]byte(s.Policy)), FieldPolicy, ProblemJSON)
		e.must(s.Seconds == 0 || s.Seconds >= MinRoleSeconds && s.Seconds <= MaxRoleSeconds, FieldDuration, ProblemRange)
		if s.STS != "" {
			e.checkURL(FieldSTS, s.STS)
		}
	case SourceKept:
	}
	return e.orNil()
}

// checkURL admits what secrets may come by: https, and http where it does not leave the
// computer.
func (e *FieldErrors) checkURL(f FieldName, text string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		e.add(f, 0, ProblemMissing)
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		e.add(f, 0, ProblemURL)
	case u.User != nil:
		e.add(f, 0, ProblemPassword)
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		e.add(f, 0, ProblemPlain)
	}
}

// Loopback tells whether a host is this computer.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var errQuote = errors.New("a quotation mark is open")

// SplitCommand splits a command into its words: at spaces that are not in quotes. A backslash
// is a sign like others, as Windows has it in paths.
func SplitCommand(text string) (words []string, err error) {
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, inside = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n' || r == '\r'):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		words = append(words, word.String())
	}
	if quote != 0 {
		return nil, errQuote
	}
	return words, nil
}

// ErrNoCredentials tells that a text holds no credentials that are complete.
var ErrNoCredentials = errors.New("this is no JSON with an access key ID and its secret")

// ParseCredentials reads credentials in JSON, as STS, ECS, ossutil's programs and the command
// line of Alibaba Cloud write them, also where they are inside of a larger answer. It never
// repeats the text.
func ParseCredentials(text []byte) (Credentials, error) {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return Credentials{}, ErrNoCredentials
	}
	m, _ := v.(map[string]any)
	if c, ok := credentialsIn(m); ok {
		return c, nil
	}
	for _, inner := range m {
		if m, ok := inner.(map[string]any); ok {
			if c, ok := credentialsIn(m); ok {
				return c, nil
			}
		}
	}
	return Credentials{}, ErrNoCredentials
}

func credentialsIn(m map[string]any) (Credentials, bool) {
	texts := map[string]string{}
	for name, value := range m {
		if s, ok := value.(string); ok {
			texts[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))] = strings.TrimSpace(s)
		}
	}
	first := func(names ...string) string {
		for _, n := range names {
			if texts[n] != "" {
				return texts[n]
			}
		}
		return ""
	}
	c := Credentials{
		KeyID:  first("accesskeyid", "keyid"),
		Secret: NewSecret(first("accesskeysecret", "secretaccesskey", "secret")),
		Token:  NewSecret(first("securitytoken", "ststoken", "sessiontoken", "token")),
	}
	at := first("expiration", "expires", "expiry")
	when, err := time.Parse(time.RFC3339, at)
	if at != "" && err != nil {
		return c, false
	}
	c.Expires = when
	return c, c.Complete()
}

// Obtainer gets the credentials of accounts that have them from elsewhere, without keeping
// them: kept are those that were typed, which only SourceAssume needs.
type Obtainer interface {
	Obtain(ctx context.Context, a Account, kept Credentials) (Credentials, error)
}
