package aliyun

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"partway/transfer"
)

// The longest wait that OSS may ask for.
const maxRetryAfter = 5 * time.Minute

// tooSkewed is how far clocks may differ before OSS refuses a request.
const tooSkewed = 15 * time.Minute

// ossError is the XML of an error.
type ossError struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string   `xml:"Code"`
	Message   string   `xml:"Message"`
	RequestID string   `xml:"RequestId"`
	EC        string   `xml:"EC"`
	Endpoint  string   `xml:"Endpoint"`
}

// failure completes an error with what the request was.
func (s *store) failure(r *request, e transfer.Error) error {
	e.Op, e.Key, e.Part = r.op, r.key, r.part
	if !r.service {
		e.Bucket = s.bucket.BucketName
	}
	return &e
}

// explain gives an outcome that is no success its one error. The order matters: our own
// cancel first, then our own file, our own clocks, OSS's answer, the network.
func (s *store) explain(ctx context.Context, r *request, ex *exchange, rep reply, cut error) error {
	unknown := r.changes() && ex.sent()
	if err := ctx.Err(); err != nil {
		return s.failure(r, transfer.Error{Kind: transfer.KindCanceled, Unknown: unknown, Err: err})
	}
	if r.body != nil {
		if err := r.body.failure(); err != nil {
			return err
		}
	}
	if cut != nil {
		return s.failure(r, transfer.Error{Kind: transfer.KindTransient, Unknown: unknown, Err: cut})
	}
	status, header := ex.answer()
	if status != 0 && rep.err == nil {
		return s.fromAnswer(r, rep)
	}
	e := transfer.Error{
		Kind: networkKind(rep.err, ex.refusedTLS()), Code: networkCode(rep.err, ex.refusedTLS()), Unknown: unknown, Status: status,
		Err: s.clean(rep.signature, rep.err), RequestID: header.Get("X-Oss-Request-Id"),
	}
	return s.failure(r, e)
}

// doubt is the error of an answer that says success, but not as OSS would say it.
func (s *store) doubt(r *request, rep reply, what string) error {
	e := transfer.Error{
		Kind: transfer.KindTransient, Unknown: r.changes(), Status: rep.status,
		RequestID: rep.header.Get("X-Oss-Request-Id"), Err: errors.New(what),
	}
	if !isOSS(rep.header) {
		e.Code = transfer.CodeNotOSS
	}
	if answer, ok := parseError(rep.body); ok {
		e.Code, e.EC, e.Err = answer.Code, answer.EC, errors.New(s.cleanText(rep.signature, answer.Message))
	}
	return s.failure(r, e)
}

// fromAnswer explains an answer whose status is not 2xx.
func (s *store) fromAnswer(r *request, rep reply) error {
	e := transfer.Error{Status: rep.status, RequestID: rep.header.Get("X-Oss-Request-Id")}
	if rep.status/100 == 3 {
		e.Kind = transfer.KindPermanent
		e.Err = fmt.Errorf("status %d points to %s; redirects are not followed: check endpoint and bucket",
			rep.status, locationHost(rep.header))
		return s.failure(r, e)
	}
	answer, parsed := errorOf(rep)
	e.Code, e.EC = answer.Code, answer.EC
	if e.RequestID == "" {
		e.RequestID = answer.RequestID
	}
	e.RetryAfter = retryAfter(rep.header)
	if rep.status == http.StatusProxyAuthRequired {
		e.Kind, e.Code = transfer.KindPermanent, transfer.CodeProxyPassword
		e.Err = &proxyError{rep.status}
		return s.failure(r, e)
	}
	if !parsed && !isOSS(rep.header) && !bareHead(r, rep) {
		e.Kind, e.Code, e.Unknown = transfer.KindTransient, transfer.CodeNotOSS, r.changes()
		e.Err = fmt.Errorf("status %d, and the answer is not from OSS: a proxy or a login page may be in between", rep.status)
		return s.failure(r, e)
	}
	e.Kind = s.kindOf(r, rep, answer)
	e.Unknown = r.changes() && rep.status >= 500 && e.Kind == transfer.KindTransient
	if e.Kind == transfer.KindClock {
		e.Clock = s.ClockOffset()
	}
	e.Code = codeOf(r, rep.status, answer)
	if e.Code == transfer.CodeWrongEndpoint {
		e.Endpoint = s.cleanText(rep.signature, answer.Endpoint)
	}
	e.Err = errors.New(s.message(rep, answer))
	return s.failure(r, e)
}

// kindOf adds to classify what only an answer's headers tell.
func (s *store) kindOf(r *request, rep reply, a ossError) transfer.Kind {
	if rep.status == http.StatusForbidden && a.Code == "" && s.ClockOffset().Abs() > tooSkewed {
		return transfer.KindClock // HEAD has no body to say so
	}
	if a.Code == transfer.CodeAccessDenied && a.Endpoint != "" {
		return transfer.KindPermanent // OSS names the endpoint to use
	}
	if rep.status == http.StatusServiceUnavailable && rep.header.Get("X-Oss-Qos-Delay-Time") != "" {
		return transfer.KindThrottled
	}
	return classify(r.op, rep.status, a.Code, a.EC)
}

// codeOf returns OSS's code. A HEAD has no body to carry one, only a status and
// perhaps an EC, whose first four digits name the module that refused: 0003 is access
// control.
func codeOf(r *request, status int, a ossError) string {
	switch {
	case a.EC == ecWrongRegion:
		return transfer.CodeWrongRegion
	case a.Code == transfer.CodeAccessDenied && a.Endpoint != "":
		return transfer.CodeWrongEndpoint
	case a.Code != "" || r.method != http.MethodHead:
		return a.Code
	case status == http.StatusNotFound && a.EC == ecNoSuchBucket:
		return transfer.CodeNoSuchBucket
	case status == http.StatusNotFound:
		return transfer.CodeNoSuchKey
	case status == http.StatusForbidden && strings.HasPrefix(a.EC, "0003-"):
		return transfer.CodeAccessDenied
	}
	return ""
}

func (s *store) message(rep reply, a ossError) string {
	text := s.cleanText(rep.signature, a.Message)
	if text == "" {
		text = fmt.Sprintf("status %d %s", rep.status, http.StatusText(rep.status))
	}
	if a.Endpoint != "" {
		text += ": the bucket's endpoint is " + s.cleanText(rep.signature, a.Endpoint)
	}
	return text
}

// errorOf reads the error from the body or, for HEAD, from the headers that real OSS
// puts it in.
func errorOf(rep reply) (ossError, bool) {
	body := rep.body
	if len(body) == 0 {
		body, _ = base64.StdEncoding.DecodeString(rep.header.Get("X-Oss-Err"))
	}
	e, ok := parseError(body)
	if e.EC == "" {
		e.EC = rep.header.Get("X-Oss-Ec")
	}
	return e, ok
}

func parseError(body []byte) (ossError, bool) {
	var e ossError
	if xml.Unmarshal(body, &e) != nil || e.Code == "" {
		return ossError{}, false
	}
	return e, true
}

// isOSS tells whether an answer carries a mark of OSS.
func isOSS(h http.Header) bool {
	return h.Get("X-Oss-Request-Id") != "" || h.Get("X-Oss-Ec") != ""
}

// bareHead tells whether this is a HEAD's refusal that OSS may have sent: it has no
// body, and what is in between would have described its page.
func bareHead(r *request, rep reply) bool {
	return r.method == http.MethodHead && rep.status/100 == 4 &&
		!strings.HasPrefix(rep.header.Get("Content-Type"), "text/html")
}

func locationHost(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "nowhere"
	}
	return u.Host
}

// retryAfter reads how long OSS asks to wait, as seconds or a date, or in its own
// header in milliseconds; the longest counts, up to maxRetryAfter.
func retryAfter(h http.Header) time.Duration {
	var wait time.Duration
	text := h.Get("Retry-After")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		wait = time.Duration(min(max(n, 0), int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		now, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		wait = at.Sub(now)
	}
	if n, err := strconv.ParseInt(h.Get("X-Oss-Qos-Delay-Time"), 10, 64); err == nil {
		wait = max(wait, time.Duration(min(max(n, 0), maxRetryAfter.Milliseconds()))*time.Millisecond)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// networkKind classes an error of the network by its type. A failed dial is "offline":
// nothing else can be sent either.
func networkKind(err error, tlsRefused bool) transfer.Kind {
	var (
		dns    *net.DNSError
		op     *net.OpError
		proxy  *proxyError
		header tls.RecordHeaderError
	)
	switch {
	case noPassword(err) != nil:
		return noPassword(err).Kind
	case refusedBySOCKS(err):
		return transfer.KindPermanent
	case errors.As(err, &proxy):
		if proxy.status >= 500 {
			return transfer.KindOffline // the proxy is there, the way on is not
		}
		return transfer.KindPermanent
	case errors.Is(err, http.ErrSchemeMismatch), isCertificate(err):
		return transfer.KindPermanent
	case errors.As(err, &header):
		return transfer.KindTransient
	case tlsRefused:
		return transfer.KindPermanent
	case isTooMany(err):
		return transfer.KindStorage // it is this computer's, and says nothing of the network
	case errors.As(err, &dns), isUnreachable(err):
		return transfer.KindOffline
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks ")):
		return transfer.KindOffline
	}
	return transfer.KindTransient
}

// noPassword is the error of a proxy whose password could not be had, or nil.
func noPassword(err error) *transfer.Error {
	e, ok := errors.AsType[*transfer.Error](err)
	if !ok || e.Code != transfer.CodeProxyPassword {
		return nil
	}
	return e
}

// refusedBySOCKS tells whether a SOCKS proxy did not take the password, or wants one. net/http
// has no type for that.
func refusedBySOCKS(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || !strings.HasPrefix(op.Op, "socks ") {
		return false
	}
	text := op.Err.Error()
	return strings.Contains(text, "authentication failed") || strings.Contains(text, "no acceptable authentication methods") ||
		strings.Contains(text, "invalid username/password")
}

// networkCode says what is wrong with a connection that was refused for good.
func networkCode(err error, tlsRefused bool) string {
	var proxy *proxyError
	switch {
	case noPassword(err) != nil, refusedBySOCKS(err), errors.As(err, &proxy) && proxy.status == http.StatusProxyAuthRequired:
		return transfer.CodeProxyPassword
	case errors.As(err, &proxy):
		return ""
	case isTooMany(err):
		return transfer.CodeTooManyFiles
	case isCertificate(err):
		return transfer.CodeCertificate
	case tlsRefused, errors.Is(err, http.ErrSchemeMismatch):
		return transfer.CodeTLS
	}
	return ""
}

func isTooMany(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

func isUnreachable(err error) bool {
	for _, errno := range []syscall.Errno{
		syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ECONNREFUSED, syscall.ENETDOWN,
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

func isCertificate(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		roots     x509.SystemRootsError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid) || errors.As(err, &roots)
}

// isTLSRefusal tells whether a handshake failed because the two sides do not agree,
// and not because the connection broke.
func isTLSRefusal(err error) bool {
	var (
		timeout net.Error
		errno   syscall.Errno
	)
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &errno), errors.As(err, &timeout) && timeout.Timeout():
		return false
	}
	return true
}
