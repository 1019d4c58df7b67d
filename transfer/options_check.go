package transfer

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what goes with an object, from the service's documentation.
const (
	MaxMetaBytes    = 8 * KiB // names and values of the user metadata in all, as sent
	MaxTags         = 10
	MaxTagName      = 128
	MaxTagValue     = 256
	MinTrafficLimit = 819_200     // bits per second
	MaxTrafficLimit = 838_860_800 // bits per second
	MaxCallbackURLs = 5
	MaxCallback     = 5 * KiB // a callback, and its variables, each as sent
	maxHeaderValue  = 4 * KiB
	metaPrefix      = "x-oss-meta-"
)

// FieldError says which field of a form is wrong, and how.
type FieldError struct {
	Field   FieldName
	Item    int     // number in a list, from 1; 0 where there is none
	Problem Problem // a stable word for translation
}

// Error says it in English.
func (e *FieldError) Error() string {
	item := ""
	if e.Item > 0 {
		item = fmt.Sprintf(" %d", e.Item)
	}
	return string(e.Field) + item + ": " + problems[e.Problem]
}

// FieldErrors are all that is wrong with a form, in its order.
type FieldErrors []*FieldError

// Error says all, one after the other.
func (e FieldErrors) Error() string {
	texts := make([]string, len(e))
	for i, f := range e {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

func (e *FieldErrors) add(f FieldName, item int, p Problem) {
	*e = append(*e, &FieldError{Field: f, Item: item, Problem: p})
}

// must notes a problem unless all is well.
func (e *FieldErrors) must(ok bool, f FieldName, p Problem) {
	if !ok {
		e.add(f, 0, p)
	}
}

// orNil returns nil where nothing is wrong.
func (e FieldErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// FieldName names a field of a form.
type FieldName string

// The fields of Options.
const (
	FieldContentType  FieldName = "content type"
	FieldCacheControl FieldName = "cache control"
	FieldDisposition  FieldName = "content disposition"
	FieldEncoding     FieldName = "content encoding"
	FieldExpires      FieldName = "expires"
	FieldMeta         FieldName = "user metadata"
	FieldTags         FieldName = "tag"
	FieldACL          FieldName = "access"
	FieldClass        FieldName = "storage class"
	FieldEncryption   FieldName = "encryption"
	FieldSSEKey       FieldName = "encryption key ID"
	FieldTraffic      FieldName = "traffic limit"
	FieldCallbackURL  FieldName = "callback URL"
	FieldCallbackHost FieldName = "callback host"
	FieldCallbackBody FieldName = "callback body"
	FieldCallbackType FieldName = "callback body type"
	FieldCallbackVar  FieldName = "callback variable"
)

// Problem is what is wrong with a field.
type Problem string

// The problems.
const (
	ProblemMissing   Problem = "missing"
	ProblemCharacter Problem = "character" // one that a header cannot carry
	ProblemUnknown   Problem = "unknown"
	ProblemRange     Problem = "range"
	ProblemTooLong   Problem = "too-long"
	ProblemTooMany   Problem = "too-many"
	ProblemTwice     Problem = "twice"
	ProblemMediaType Problem = "media-type"
	ProblemName      Problem = "name"
	ProblemTagText   Problem = "tag-text"
	ProblemNotKMS    Problem = "not-kms"
	ProblemURL       Problem = "url"
	ProblemPassword  Problem = "password"
	ProblemVariable  Problem = "variable"
	ProblemQuote     Problem = "quote"
	ProblemRole      Problem = "role"
	ProblemARN       Problem = "arn"
	ProblemJSON      Problem = "json"
	ProblemPlain     Problem = "plain"
	ProblemShort     Problem = "short"

	ProblemBucket       Problem = "bucket"
	ProblemPrefix       Problem = "prefix"
	ProblemRegion       Problem = "region"
	ProblemEndpoint     Problem = "endpoint"
	ProblemOther        Problem = "other-region"
	ProblemOwnHost      Problem = "own-host"
	ProblemWithBucket   Problem = "with-bucket"
	ProblemProxy        Problem = "proxy"
	ProblemUnreadable   Problem = "unreadable"
	ProblemCertificates Problem = "certificates"
)

var problems = map[Problem]string{
	ProblemMissing:   "is missing",
	ProblemCharacter: "may only have letters, digits and signs of ASCII; write others percent-encoded",
	ProblemUnknown:   "is not one that OSS knows",
	ProblemRange:     "is not within what OSS allows",
	ProblemTooLong:   "is longer than OSS allows",
	ProblemTooMany:   "there are more than OSS allows",
	ProblemTwice:     "the name is there twice",
	ProblemMediaType: "is not of the form type/subtype",
	ProblemName:      "the name may only have letters, digits and -",
	ProblemTagText:   "may only have letters, digits, spaces and + - = . _ : /",
	ProblemNotKMS:    "goes with the method KMS only",
	ProblemURL:       "is not an address such as https://example.com/path",
	ProblemPassword:  "must not hold a user name or password",
	ProblemVariable:  "the name may only have lower-case letters, digits, - and _",
	ProblemQuote:     "a quotation mark is not closed",
	ProblemRole:      "is too short or too long, or has signs that are not allowed there",
	ProblemARN:       "is not of the form acs:ram::ACCOUNT:role/NAME",
	ProblemJSON:      "is not JSON",
	ProblemShort:     "is too short",

	ProblemBucket:       "must be 3 to 63 of a-z, 0-9 and -, with no - at the ends",
	ProblemPrefix:       `must end in "/", and be a key otherwise`,
	ProblemRegion:       "is not of the form cn-hangzhou",
	ProblemEndpoint:     "is not an address such as https://oss-cn-hangzhou.aliyuncs.com, with nothing behind the host",
	ProblemOther:        "is another than that of the endpoint",
	ProblemOwnHost:      "a domain of one's own cannot be one of OSS's, or a number",
	ProblemWithBucket:   "begins with the bucket, which has a field of its own",
	ProblemProxy:        "is not of the form http://host:port, https://host:port or socks5://host:port",
	ProblemUnreadable:   "cannot be read",
	ProblemCertificates: "holds no certificate in PEM",
	ProblemPlain:        "must begin with https:// (http is for this computer only)",
}

// Check returns what is wrong with the options, as FieldErrors, or nil.
func (o Options) Check() error {
	var e FieldErrors
	o.checkHeaders(&e)
	o.checkMeta(&e)
	o.checkTags(&e)
	e.must(slices.Contains(ACLs, o.ACL), FieldACL, ProblemUnknown)
	e.must(slices.Contains(StorageClasses, o.Class), FieldClass, ProblemUnknown)
	e.must(slices.Contains(EncryptionMethods, o.Encryption.Method), FieldEncryption, ProblemUnknown)
	e.must(o.Encryption.KeyID == "" || o.Encryption.Method == EncryptKMS, FieldSSEKey, ProblemNotKMS)
	e.must(isPlain(o.Encryption.KeyID), FieldSSEKey, ProblemCharacter)
	e.must(o.TrafficLimit == 0 || o.TrafficLimit >= MinTrafficLimit && o.TrafficLimit <= MaxTrafficLimit, FieldTraffic, ProblemRange)
	if o.Callback != nil {
		o.Callback.check(&e)
	}
	return e.orNil()
}

func (o Options) checkHeaders(e *FieldErrors) {
	for _, h := range []struct {
		field FieldName
		value string
	}{
		{FieldContentType, o.ContentType},
		{FieldCacheControl, o.CacheControl},
		{FieldEncoding, o.Encoding},
		{FieldDisposition, o.Disposition.Header()},
	} {
		e.must(isPlain(h.value), h.field, ProblemCharacter)
		e.must(len(h.value) <= maxHeaderValue, h.field, ProblemTooLong)
	}
	if o.ContentType != "" {
		kind, _, err := mime.ParseMediaType(o.ContentType)
		e.must(err == nil && strings.Contains(kind, "/"), FieldContentType, ProblemMediaType)
	}
	e.must(slices.Contains([]Detection{DetectByName, DetectByContent, DetectNot}, o.Detect), FieldContentType, ProblemUnknown)
	kinds := []string{"", DispositionInline, DispositionAttachment}
	e.must(slices.Contains(kinds, o.Disposition.Kind), FieldDisposition, ProblemUnknown)
	e.must(utf8.ValidString(o.Disposition.Name), FieldDisposition, ProblemCharacter)
	named := o.Disposition.Name != "" || o.Disposition.OwnName
	e.must(o.Disposition.Kind != "" || !named, FieldDisposition, ProblemMissing)
	year := o.Expires.UTC().Year()
	e.must(o.Expires.IsZero() || year >= time.Unix(0, 0).Year() && year <= 9999, FieldExpires, ProblemRange)
}

func (o Options) checkMeta(e *FieldErrors) {
	size := 0
	seen := map[string]bool{}
	for i, m := range o.Meta {
		size += len(metaPrefix) + len(m.Name) + len(m.Value)
		name := asciiLower(m.Name)
		switch {
		case m.Name == "":
			e.add(FieldMeta, i+1, ProblemMissing)
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
			e.add(FieldMeta, i+1, ProblemName)
		case seen[name]:
			e.add(FieldMeta, i+1, ProblemTwice)
		}
		seen[name] = true
		// Spaces at the ends do not arrive, so they cannot be asked for.
		if !isPlain(m.Value) || strings.TrimSpace(m.Value) != m.Value {
			e.add(FieldMeta, i+1, ProblemCharacter)
		}
	}
	e.must(size <= MaxMetaBytes, FieldMeta, ProblemTooLong)
}

func (o Options) checkTags(e *FieldErrors) {
	seen := map[string]bool{}
	for i, t := range o.Tags {
		switch {
		case t.Name == "":
			e.add(FieldTags, i+1, ProblemMissing)
		case len(t.Name) > MaxTagName || len(t.Value) > MaxTagValue:
			e.add(FieldTags, i+1, ProblemTooLong)
		case !isTagText(t.Name) || !isTagText(t.Value):
			e.add(FieldTags, i+1, ProblemTagText)
		case seen[t.Name]:
			e.add(FieldTags, i+1, ProblemTwice)
		}
		seen[t.Name] = true
	}
	e.must(len(o.Tags) <= MaxTags, FieldTags, ProblemTooMany)
}

// isPlain tells whether a header can carry a value: one beyond ASCII would be signed in other
// bytes than OSS reads.
func isPlain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

func isTagText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune(" +-=._:/", r)
	})
}

func (c *Callback) check(e *FieldErrors) {
	e.must(len(c.URLs) > 0, FieldCallbackURL, ProblemMissing)
	e.must(len(c.URLs) <= MaxCallbackURLs, FieldCallbackURL, ProblemTooMany)
	for i, text := range c.URLs {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(text, "; "):
			e.add(FieldCallbackURL, i+1, ProblemURL)
		case u.User != nil:
			e.add(FieldCallbackURL, i+1, ProblemPassword)
		}
	}
	e.must(isPlain(c.Host) && !strings.ContainsAny(c.Host, "/ "), FieldCallbackHost, ProblemCharacter)
	e.must(c.Body != "", FieldCallbackBody, ProblemMissing)
	e.must(c.Type == CallbackForm || c.Type == CallbackJSON, FieldCallbackType, ProblemUnknown)
	seen := map[string]bool{}
	for i, v := range c.Vars {
		switch {
		case v.Name == "":
			e.add(FieldCallbackVar, i+1, ProblemMissing)
		case strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
			e.add(FieldCallbackVar, i+1, ProblemVariable)
		case seen[v.Name]:
			e.add(FieldCallbackVar, i+1, ProblemTwice)
		}
		seen[v.Name] = true
	}
	header, vars := c.Headers()
	e.must(len(header) <= MaxCallback, FieldCallbackBody, ProblemTooLong)
	e.must(len(vars) <= MaxCallback, FieldCallbackVar, ProblemTooLong)
}

// Headers returns the values of x-oss-callback and x-oss-callback-var; the latter is "" where
// there are no variables.
func (c *Callback) Headers() (callback, vars string) {
	urls := make([]string, len(c.URLs))
	for i, text := range c.URLs {
		urls[i] = text
		if u, err := url.Parse(text); err == nil {
			urls[i] = u.String() // what is beyond ASCII is percent-encoded
		}
	}
	m := map[string]any{"callbackUrl": strings.Join(urls, ";"), "callbackBody": c.Body}
	if c.Host != "" {
		m["callbackHost"] = c.Host
	}
	if c.Type != CallbackForm {
		m["callbackBodyType"] = c.Type
	}
	if c.SNI {
		m["callbackSNI"] = true
	}
	if len(c.Vars) == 0 {
		return encodedJSON(m), ""
	}
	v := make(map[string]any, len(c.Vars))
	for _, f := range c.Vars {
		v["x:"+f.Name] = f.Value
	}
	return encodedJSON(m), encodedJSON(v)
}

// encodedJSON is a map of texts and flags as JSON in base64.
func encodedJSON(m map[string]any) string {
	text, err := json.Marshal(m)
	if err != nil { // there is nothing in it that could not be written
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}
