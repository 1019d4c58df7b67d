package aliyun

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	idleConns     = 128
	idleTimeout   = 50 * time.Second
	maxHeader     = 256 << 10
	maxErrorBody  = 1 << 20
	maxListBody   = 16 << 20 // 1,000 URL-encoded Chinese keys are 3 MB
	maxAnswerBody = 1 << 20
)

// proxyError is a proxy's refusal to connect.
type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return "proxy refused the connection: " + http.StatusText(e.status)
}

// newTransport returns the connections of one store. The SDK's own transport would
// ignore the proxies of the environment, and its timeouts cut slow lines.
func newTransport(k clocks, proxy func(*http.Request) (*url.URL, error), roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{
		Timeout: k.connect,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 4,
		},
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true) // over HTTP/2 all parts would share one connection and its window
	return &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return newConn(c, k.unsent), nil
		},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return &proxyError{answer.StatusCode}
			}
			return nil
		},
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    k.connect,
		Protocols:              protocols,
		DisableCompression:     true, // sizes and digests are of the bytes as sent
		MaxIdleConns:           idleConns,
		MaxIdleConnsPerHost:    idleConns,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// newClient returns a client that never follows a redirect: net/http would drop
// Authorization on the way to another host, but not the security token.
func newClient(t *http.Transport) *http.Client {
	return &http.Client{
		Transport:     noting{t},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// noting is a RoundTripper that notes the answer in the request's exchange, and bounds
// the body of an error, which the SDK would read whole.
type noting struct{ next http.RoundTripper }

// RoundTrip notes the request's signature and the answer.
func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	ex, _ := r.Context().Value(exchangeKey{}).(*exchange)
	if ex != nil {
		ex.noteRequest(r)
	}
	answer, err := n.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if ex != nil {
		ex.noteAnswer(answer)
	}
	if answer.StatusCode/100 != 2 {
		answer.Body = bounded{io.LimitReader(answer.Body, maxErrorBody), answer.Body}
	}
	return answer, nil
}

type bounded struct {
	io.Reader
	io.Closer
}
