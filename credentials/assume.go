package credentials

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"partway/transfer"
)

const (
	stsEndpoint = "https://sts.aliyuncs.com"
	stsVersion  = "2015-04-01"
	stsName     = "STS"
	anHour      = 3600
)

// assume asks STS for credentials of a role.
func (p *Provider) assume(ctx context.Context, s transfer.CredentialSource, kept transfer.Credentials) (transfer.Credentials, error) {
	var none transfer.Credentials
	if !kept.Complete() {
		return none, fault(transfer.KindAuth, errors.New("the access key that may assume the role is missing"))
	}
	client, err := p.client()
	if err != nil {
		return none, fault(transfer.KindAuth, err)
	}
	r, err := assumeRequest(ctx, s, kept, p.now())
	if err != nil {
		return none, err
	}
	status, body, err := ask(client, r, stsName)
	switch {
	case err != nil:
		return none, err
	case status != http.StatusOK:
		return none, refusal(status, body)
	}
	c, err := transfer.ParseCredentials(body)
	if err != nil || c.Token.Empty() {
		return none, fault(transfer.KindTransient, errors.New("the answer is not that of STS: a proxy or a login page may be in between"))
	}
	return c, nil
}

// assumeRequest makes the request AssumeRole, signed.
func assumeRequest(ctx context.Context, s transfer.CredentialSource, kept transfer.Credentials, now time.Time) (*http.Request, error) {
	q := url.Values{
		"RoleArn": {s.Role}, "RoleSessionName": {cmp.Or(s.Session, "partway")},
		"DurationSeconds": {strconv.Itoa(cmp.Or(s.Seconds, anHour))},
	}
	if s.ExternalID != "" {
		q.Set("ExternalId", s.ExternalID)
	}
	if s.Policy != "" {
		q.Set("Policy", s.Policy)
	}
	endpoint := strings.TrimRight(cmp.Or(s.STS, stsEndpoint), "/")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/?"+escaped(q.Encode()), http.NoBody)
	if err != nil {
		return nil, fault(transfer.KindAuth, errors.New("the STS endpoint is not a URL"))
	}
	r.Header.Set("Accept", "application/json")
	sign(r, kept, call{action: "AssumeRole", version: stsVersion, nonce: rand.Text(), at: now})
	return r, nil
}

// call is what a signature covers beside the request itself.
type call struct {
	action, version, nonce string
	at                     time.Time
}

// sign signs a request without a body by ACS3-HMAC-SHA256, Alibaba Cloud's signature for all
// services but OSS.
func sign(r *http.Request, c transfer.Credentials, about call) {
	body := hashed("")
	headers := map[string]string{
		"host": r.URL.Host, "x-acs-action": about.action, "x-acs-version": about.version,
		"x-acs-date": about.at.UTC().Format("2006-01-02T15:04:05Z"), "x-acs-signature-nonce": about.nonce,
		"x-acs-content-sha256": body,
	}
	if !c.Token.Empty() {
		headers["x-acs-security-token"] = c.Token.Reveal()
	}
	names := make([]string, 0, len(headers))
	for name, value := range headers {
		names = append(names, name)
		if name != "host" {
			r.Header.Set(name, value)
		}
	}
	slices.Sort(names)
	var lines strings.Builder
	for _, name := range names {
		lines.WriteString(name + ":" + headers[name] + "\n")
	}
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{r.Method, "/", r.URL.RawQuery, lines.String(), signed, body}, "\n")
	m := hmac.New(sha256.New, []byte(c.Secret.Reveal()))
	m.Write([]byte("ACS3-HMAC-SHA256\n" + hashed(canonical)))
	r.Header.Set("Authorization", fmt.Sprintf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s",
		c.KeyID, signed, hex.EncodeToString(m.Sum(nil))))
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// escaped turns a query as net/url writes it into RFC 3986's form, which is signed.
func escaped(query string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(query)
}

var plainWord = regexp.MustCompile(`^[\w.-]{1,80}$`)

// refusal is the error of an answer of STS. Its message is not repeated: it may hold what was
// sent; its code and the request's ID say enough.
func refusal(status int, body []byte) error {
	var answer struct {
		Code      string
		RequestID string `json:"RequestId"`
	}
	if json.Unmarshal(body, &answer) != nil || !plainWord.MatchString(answer.Code) {
		return statusFault(stsName, status)
	}
	e := transfer.Error{Kind: transfer.KindAuth, Op: "AssumeRole", Status: status, Code: answer.Code}
	if plainWord.MatchString(answer.RequestID) {
		e.RequestID = answer.RequestID
	}
	switch {
	case status >= 500 || strings.HasPrefix(answer.Code, "Throttling"):
		e.Kind = transfer.KindTransient
	case strings.HasPrefix(answer.Code, "InvalidTimeStamp"):
		e.Kind = transfer.KindClock
	}
	e.Err = errors.New("STS does not hand out credentials for the role")
	return &e
}
