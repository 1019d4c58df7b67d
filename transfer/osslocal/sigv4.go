package osslocal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	algorithmV4     = "OSS4-HMAC-SHA256"
	terminatorV4    = "aliyun_v4_request"
	timeV4          = "20060102T150405Z"
	dayV4           = "20060102"
	unsignedPayload = "UNSIGNED-PAYLOAD"
	maxExpiresV4    = 7 * 24 * 3600 // seconds a presigned URL may hold
)

func hasV4Prefix(authorization string) bool {
	return strings.HasPrefix(authorization, algorithmV4+" ")
}

// claimV4Header reads "Authorization: OSS4-HMAC-SHA256 Credential=…,[AdditionalHeaders=…,]
// Signature=…".
func claimV4Header(r *http.Request, t Target, authorization string) (*claim, error) {
	c := &claim{version: signatureV4, token: r.Header.Get("x-oss-security-token")}
	var credential, additional string
	for field := range strings.SplitSeq(strings.TrimPrefix(authorization, algorithmV4+" "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			credential = value
		case "AdditionalHeaders":
			additional = value
		case "Signature":
			c.signature = value
		}
	}
	if !c.readCredential(credential) {
		return nil, errInvalidArgument("Invalid credential in Authorization header.", "0002-00000221")
	}
	if r.Header.Get("x-oss-content-sha256") != unsignedPayload {
		return nil, errInvalidArgument("The x-oss-content-sha256 header must be UNSIGNED-PAYLOAD.", "")
	}
	var text string
	c.time, text = headerTime(r, timeV4)
	c.stringToSign = c.stringToSignV4(text, canonicalRequestV4(r, t, additional))
	return c, nil
}

// claimV4Query reads a presigned URL, whose x-oss- parameters say the same.
func claimV4Query(r *http.Request, t Target) (*claim, error) {
	q := t.query
	c := &claim{
		version: signatureV4, presigned: true,
		signature: q.Get("x-oss-signature"), token: q.Get("x-oss-security-token"),
	}
	if q.Get("x-oss-signature-version") != algorithmV4 || !c.readCredential(q.Get("x-oss-credential")) {
		return nil, errInvalidArgument("Invalid credential in query string.", "0002-00000221")
	}
	n, ok := seconds(q.Get("x-oss-expires"))
	if !ok || n > maxExpiresV4 {
		return nil, errInvalidArgument("x-oss-expires must be between 1 and 604800 seconds.", "")
	}
	c.expires = time.Duration(n) * time.Second
	text := q.Get("x-oss-date")
	if at, err := time.Parse(timeV4, text); err == nil {
		c.time = at
	}
	c.stringToSign = c.stringToSignV4(text, canonicalRequestV4(r, t, q.Get("x-oss-additional-headers")))
	return c, nil
}

// readCredential reads "keyID/day/region/product/aliyun_v4_request".
func (c *claim) readCredential(s string) bool {
	f := strings.Split(s, "/")
	if len(f) != 5 || f[0] == "" {
		return false
	}
	c.keyID, c.date, c.region, c.product, c.terminator = f[0], f[1], f[2], f[3], f[4]
	return true
}

func (c *claim) stringToSignV4(timestamp, canonicalRequest string) string {
	sum := sha256.Sum256([]byte(canonicalRequest))
	scope := strings.Join([]string{c.date, c.region, c.product, c.terminator}, "/")
	return strings.Join([]string{algorithmV4, timestamp, scope, hex.EncodeToString(sum[:])}, "\n")
}

// signV4 derives the signing key step by step from the secret, and signs with it.
func signV4(secret string, c *claim) string {
	key := []byte("aliyun_v4" + secret)
	for _, step := range []string{c.date, c.region, c.product, c.terminator, c.stringToSign} {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(step))
		key = m.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// canonicalRequestV4 is built as OSS's documentation of signature V4 says: method, URI,
// query, headers, names of additional headers, payload.
func canonicalRequestV4(r *http.Request, t Target, additional string) string {
	uri := "/"
	if t.Bucket != "" {
		uri += t.Bucket + "/" + t.Key
	}
	payload := unsignedPayload
	if v := r.Header.Get("x-oss-content-sha256"); v != "" {
		payload = v
	}
	return strings.Join([]string{
		r.Method,
		escapeURI(uri, true),
		canonicalQueryV4(t.query),
		canonicalHeadersV4(r, additional),
		additional,
		payload,
	}, "\n")
}

// canonicalQueryV4 covers every parameter but the signature itself, escaped and in the
// order of the escaped text. An empty value leaves no "=".
func canonicalQueryV4(q url.Values) string {
	var pairs []string
	for name, values := range q {
		if name == "x-oss-signature" {
			continue
		}
		for _, v := range values {
			pair := escapeURI(name, false)
			if v != "" {
				pair += "=" + escapeURI(v, false)
			}
			pairs = append(pairs, pair)
		}
	}
	slices.SortFunc(pairs, func(a, b string) int {
		an, av, _ := strings.Cut(a, "=")
		bn, bv, _ := strings.Cut(b, "=")
		if c := strings.Compare(an, bn); c != 0 {
			return c
		}
		return strings.Compare(av, bv)
	})
	return strings.Join(pairs, "&")
}

func canonicalHeadersV4(r *http.Request, additional string) string {
	names := ossHeaders(r.Header)
	for _, name := range []string{"content-type", "content-md5"} {
		if len(r.Header.Values(name)) > 0 {
			names = append(names, name)
		}
	}
	if additional != "" {
		names = append(names, strings.Split(strings.ToLower(additional), ";")...)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range slices.Compact(names) {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	return b.String()
}

// escapeURI percent-encodes every byte but RFC 3986's unreserved ones, and "/" if it is
// to be kept.
func escapeURI(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if unreserved(c) || (c == '/' && keepSlash) {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

func unreserved(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	default:
		return strings.IndexByte("-._~", c) >= 0
	}
}
