package aliyun

import (
	"crypto/md5" // what Content-MD5 is
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"partway/transfer"
)

// headers are a request's own, by name.
type headers map[string]string

// set sets a header that is not empty.
func (h headers) set(name, value string) {
	if value != "" {
		h[name] = value
	}
}

// initiateHeaders are what is said of an object when it is begun: all but what only takes
// effect on the request that brings it into being.
func initiateHeaders(o transfer.Options, forbidOverwrite bool) headers {
	h := headers{}
	h.set("Content-Type", o.ContentType)
	h.set("Cache-Control", o.CacheControl)
	h.set("Content-Disposition", o.Disposition.Header())
	h.set("Content-Encoding", o.Encoding)
	if !o.Expires.IsZero() {
		h.set("Expires", o.Expires.UTC().Format(http.TimeFormat))
	}
	for _, m := range o.Meta {
		h.set("X-Oss-Meta-"+m.Name, m.Value)
	}
	h.set("X-Oss-Tagging", tagging(o.Tags))
	h.set("X-Oss-Storage-Class", string(o.Class))
	h.set("X-Oss-Server-Side-Encryption", string(o.Encryption.Method))
	h.set("X-Oss-Server-Side-Encryption-Key-Id", o.Encryption.KeyID)
	h.forbid(forbidOverwrite)
	return h
}

// completeHeaders are what is said of an object when its parts are joined.
func completeHeaders(o transfer.Options, content []byte, forbidOverwrite bool) headers {
	h := headers{}
	h.appear(o)
	h.forbid(forbidOverwrite)
	if o.Strict {
		h.set("Content-MD5", contentMD5(content))
	}
	return h
}

// contentMD5 is the header of this name.
func contentMD5(content []byte) string {
	sum := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// putHeaders are all of these, and the speed that OSS is to hold the request to.
func putHeaders(p transfer.PutRequest) headers {
	h := initiateHeaders(p.Options, p.ForbidOverwrite)
	h.appear(p.Options)
	h.limit(p.Options.TrafficLimit)
	h.set("Content-MD5", p.ContentMD5)
	return h
}

// appear sets what counts when the object comes into being.
func (h headers) appear(o transfer.Options) {
	h.set("X-Oss-Object-Acl", string(o.ACL))
	if o.Callback != nil {
		callback, vars := o.Callback.Headers()
		h.set("X-Oss-Callback", callback)
		h.set("X-Oss-Callback-Var", vars)
	}
}

func (h headers) forbid(overwrite bool) {
	if overwrite {
		h.set("X-Oss-Forbid-Overwrite", "true")
	}
}

func (h headers) limit(bits int64) {
	if bits > 0 {
		h.set("X-Oss-Traffic-Limit", strconv.FormatInt(bits, 10))
	}
}

// tagging writes tags as a URL's query, with %20 for a space: a "+" is a sign that tags may
// have.
func tagging(tags []transfer.Field) string {
	pairs := make([]string, len(tags))
	for i, t := range tags {
		pairs[i] = escape(t.Name) + "=" + escape(t.Value)
	}
	return strings.Join(pairs, "&")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// calledBack notes in an answer what became of the callback. OSS answers 200 with what its
// server said, or 203 when the object is stored and the callback failed.
func (s *store) calledBack(answer *transfer.ObjectAnswer, rep reply) {
	answer.Callback, answer.CallbackReply = transfer.CallbackDone, s.replyText(rep, string(rep.body))
	if rep.status == http.StatusNonAuthoritativeInfo {
		failed, _ := parseError(rep.body)
		answer.Callback, answer.CallbackReply = transfer.CallbackFailed, s.replyText(rep, failed.Message)
	}
}

// replyText is what may be kept of a callback server's answer.
func (s *store) replyText(rep reply, text string) string {
	text = strings.TrimSpace(s.hide(rep.signature, text))
	if len(text) > transfer.MaxCallbackReply {
		text = text[:transfer.MaxCallbackReply]
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

// saysCallback tells whether a 200 to a request with a callback carries its server's answer,
// which is JSON, and not a failure or a page that somebody else sent.
func saysCallback(rep reply) bool {
	return rep.status == http.StatusOK && isOSS(rep.header) && etag(rep.header) != "" && json.Valid(rep.body)
}
