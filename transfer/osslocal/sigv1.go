package osslocal

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // signature V1 is HMAC-SHA1 by definition
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// subresourcesV1 are the query parameters that signature V1 covers, beside all that begin
// with "x-oss-". Others, as "prefix" and "max-parts", are not covered.
var subresourcesV1 = []string{
	"acl", "append", "asyncFetch", "bucketInfo", "callback", "callback-var", "cloudboxes",
	"cname", "comp", "continuation-token", "cors", "delete", "encryption", "endTime", "img",
	"inventory", "inventoryId", "lifecycle", "live", "location", "logging", "metaQuery",
	"objectMeta", "partNumber", "policy", "position", "qos", "qosInfo", "referer",
	"regionList", "replication", "replicationLocation", "replicationProgress",
	"requestPayment", "resourceGroup", "response-cache-control",
	"response-content-disposition", "response-content-encoding",
	"response-content-language", "response-content-type", "response-expires", "restore",
	"rtc", "security-token", "sequential", "startTime", "stat", "status", "style",
	"styleName", "symlink", "tagging", "transferAcceleration", "udf", "udfApplication",
	"udfApplicationLog", "udfId", "udfImage", "udfImageDesc", "udfName", "uploadId",
	"uploads", "versionId", "versioning", "versions", "vod", "website", "withHashContext",
	"worm", "wormExtend", "wormId",
}

// claimV1Header reads "Authorization: OSS keyID:signature".
func claimV1Header(r *http.Request, t Target, authorization string) (*claim, error) {
	rest, ok := strings.CutPrefix(authorization, "OSS ")
	keyID, signature, ok2 := strings.Cut(rest, ":")
	if !ok || !ok2 {
		return nil, errInvalidArgument("Authorization header is invalid.", "0002-00000201")
	}
	c := &claim{version: signatureV1, keyID: keyID, signature: signature}
	c.token = r.Header.Get("x-oss-security-token")
	var text string
	c.time, text = headerTime(r, http.TimeFormat)
	c.stringToSign = stringToSignV1(r, t, text)
	return c, nil
}

// claimV1Query reads a presigned URL: OSSAccessKeyId, Expires (Unix seconds), Signature.
func claimV1Query(r *http.Request, t Target) (*claim, error) {
	q := t.query
	at, ok := seconds(q.Get("Expires"))
	if !ok || q.Get("OSSAccessKeyId") == "" {
		return nil, errInvalidArgument("Query string authentication requires OSSAccessKeyId, Expires and Signature.", "")
	}
	return &claim{
		version: signatureV1, presigned: true,
		keyID: q.Get("OSSAccessKeyId"), token: q.Get("security-token"),
		signature:    q.Get("Signature"),
		time:         time.Unix(at, 0),
		stringToSign: stringToSignV1(r, t, q.Get("Expires")),
	}, nil
}

func signV1(secret, stringToSign string) string {
	m := hmac.New(sha1.New, []byte(secret))
	m.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// stringToSignV1 is built as OSS's documentation of the signature in the header says.
func stringToSignV1(r *http.Request, t Target, date string) string {
	var b strings.Builder
	for _, line := range []string{
		r.Method, r.Header.Get("Content-MD5"), r.Header.Get("Content-Type"), date,
	} {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	for _, name := range ossHeaders(r.Header) {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString(resourceV1(t))
	return b.String()
}

func resourceV1(t Target) string {
	resource := "/"
	if t.Bucket != "" {
		resource += t.Bucket + "/" + t.Key
	}
	parameters := signedParametersV1(t.query)
	if len(parameters) == 0 {
		return resource
	}
	for i, name := range parameters {
		if v := t.query.Get(name); v != "" {
			parameters[i] = name + "=" + v
		}
	}
	return resource + "?" + strings.Join(parameters, "&")
}

func signedParametersV1(q url.Values) []string {
	var names []string
	for name := range q {
		if strings.HasPrefix(name, "x-oss-") || slices.Contains(subresourcesV1, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ossHeaders returns the lower-case names of the x-oss- headers, in order.
func ossHeaders(h http.Header) []string {
	var names []string
	for name := range h {
		if low := strings.ToLower(name); strings.HasPrefix(low, "x-oss-") {
			names = append(names, low)
		}
	}
	slices.Sort(names)
	return names
}

// headerValue returns a header as signatures cover it: trimmed, several joined by commas.
func headerValue(r *http.Request, name string) string {
	if name == "host" {
		return r.Host // net/http moves it out of the header
	}
	values := slices.Clone(r.Header.Values(name))
	for i, v := range values {
		values[i] = strings.TrimSpace(v)
	}
	return strings.Join(values, ",")
}
