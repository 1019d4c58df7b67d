package aliyun

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
)

// TestNoHeaderReachesASecondHost runs on the constructor that the product uses.
func TestNoHeaderReachesASecondHost(t *testing.T) {
	var hits atomic.Int64
	other := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	calls := map[string]func(context.Context, transfer.Store) error{
		"GET": func(ctx context.Context, s transfer.Store) error {
			_, err := s.ListParts(ctx, "k", "UP1", 0)
			return err
		},
		"HEAD": func(ctx context.Context, s transfer.Store) error { _, err := s.Head(ctx, "k"); return err },
		"PUT": func(ctx context.Context, s transfer.Store) error {
			_, err := s.UploadPart(ctx, part("content"))
			return err
		},
		"PUT empty": func(ctx context.Context, s transfer.Store) error {
			_, err := s.Put(ctx, transfer.PutRequest{Key: "k"})
			return err
		},
		"POST": func(ctx context.Context, s transfer.Store) error {
			_, err := s.Initiate(ctx, "k", transfer.Options{}, false)
			return err
		},
		"DELETE": func(ctx context.Context, s transfer.Store) error { return s.Abort(ctx, "k", "UP1") },
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, call := range calls {
			t.Run(fmt.Sprintf("%s %d", name, status), func(t *testing.T) {
				first := serve(t, func(w http.ResponseWriter, r *http.Request) {
					drain(r)
					w.Header().Set("Location", other.URL+"/elsewhere?secret=1")
					w.WriteHeader(status)
				})
				s, err := Dial(testAccount(first.URL), testCredentials(), "bucket")
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				e := asError(t, call(t.Context(), s))
				if e.Kind != transfer.KindPermanent || e.Status != status {
					t.Errorf("got %#v", e)
				}
				host := strings.TrimPrefix(other.URL, "http://")
				if text := e.Error(); !strings.Contains(text, host) || strings.Contains(text, "secret") {
					t.Errorf("got %q", text)
				}
			})
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the second host was asked %d times", n)
	}
}

func TestTransportSettings(t *testing.T) {
	s, err := open(testAccount("https://oss.example.com"), testCredentials(), "bucket", productClocks)
	if err != nil {
		t.Fatal(err)
	}
	client := s.bucket.Client.HTTPClient
	if client.Timeout != 0 || s.transport.ResponseHeaderTimeout != 0 {
		t.Error("there is a total timeout")
	}
	if s.transport.Protocols.HTTP2() || s.transport.ForceAttemptHTTP2 || !s.transport.Protocols.HTTP1() {
		t.Error("HTTP/2 is on")
	}
	if s.transport.MaxIdleConnsPerHost < 64 || s.transport.TLSClientConfig.MinVersion < tls.VersionTLS12 {
		t.Error("idle connections or TLS version too low")
	}
	if c := s.bucket.Client.Config; c.IsEnableCRC || c.IsEnableMD5 || c.LogLevel != 0 {
		t.Errorf("SDK computes digests or logs")
	}
	printed := fmt.Sprintf("%+v %#v %+v %+v", s.bucket.Client.Config, s.bucket.Client.Config, s, &s.bucket)
	if strings.Contains(printed, testSecret) || strings.Contains(printed, testToken) {
		t.Error("the store or the SDK's configuration prints a secret")
	}
}

func tlsStore(t *testing.T, server *httptest.Server, trust bool) *store {
	t.Helper()
	server.EnableHTTP2 = true
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	s := testStore(t, server.URL, quick())
	if trust {
		s.transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		s.transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	}
	return s
}

func TestTLS(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("got %s", r.Proto)
		}
		accept(w, drain(r))
	})
	t.Run("right", func(t *testing.T) {
		s := tlsStore(t, httptest.NewUnstartedServer(answer), true)
		a, err := s.UploadPart(t.Context(), part(strings.Repeat("x", 1<<20)))
		if err != nil || a.Stored != a.Sent {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("nobody vouches for it", func(t *testing.T) {
		_, err := tlsStore(t, httptest.NewUnstartedServer(answer), false).UploadPart(t.Context(), part("x"))
		if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	t.Run("TLS 1.1", func(t *testing.T) {
		server := httptest.NewUnstartedServer(answer)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
		_, err := tlsStore(t, server, true).UploadPart(t.Context(), part("x"))
		if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	t.Run("not TLS", func(t *testing.T) {
		server := serve(t, answer)
		_, err := testStore(t, strings.Replace(server.URL, "http", "https", 1), quick()).UploadPart(t.Context(), part("x"))
		if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	t.Run("stall", func(t *testing.T) {
		release := make(chan struct{})
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-release
			drain(r)
		}))
		s := tlsStore(t, server, true)
		t.Cleanup(func() { close(release) })
		s.clocks.stall = 200 * time.Millisecond
		_, err := s.UploadPart(t.Context(), bigPart())
		if got := clockOf(t, err); got != s.clocks.stall {
			t.Errorf("the clock of %s cut", got)
		}
	})
}

// proxyChild is set in the process that TestProxyFromEnvironment starts, because
// net/http reads the environment's proxies once.
const proxyChild = "PARTWAY_TEST_PROXY_CHILD"

func TestProxyFromEnvironment(t *testing.T) {
	if endpoint := os.Getenv(proxyChild); endpoint != "" {
		s, err := Dial(testAccount(endpoint), testCredentials(), "bucket")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		_, err = s.Head(t.Context(), "k")
		e := asError(t, err)
		t.Logf("kind=%s unknown=%t status=%d text=%q", e.Kind, e.Unknown, e.Status, e.Error())
		return
	}
	proxy := newProxy(t)
	tests := []struct{ name, proxy, endpoint, want, asked string }{
		{
			"http", proxy.url, "http://oss.invalid", "kind=permanent unknown=false status=407",
			"HEAD http://bucket.oss.invalid/k",
		},
		{"https", proxy.url, "https://oss.invalid", "kind=permanent unknown=false status=0", "CONNECT bucket.oss.invalid:443"},
		{"nobody there", "http://127.0.0.1:1", "http://oss.invalid", "kind=offline unknown=false status=0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proxy.forget()

			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromEnvironment$", "-test.v")
			child.Env = append(os.Environ(), proxyChild+"="+tt.endpoint, "HTTP_PROXY="+tt.proxy, "HTTPS_PROXY="+tt.proxy,
				"http_proxy=", "https_proxy=", "NO_PROXY=", "no_proxy=")
			out, err := child.CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte(tt.want)) {
				t.Errorf("%v: %s", err, out)
			}
			if got := proxy.asked(); got != tt.asked {
				t.Errorf("the proxy was asked %q, want %q", got, tt.asked)
			}
		})
	}
}

// refusingProxy wants a password of everyone, and notes what was asked.
type refusingProxy struct {
	url   string
	mu    sync.Mutex
	lines []string
}

func newProxy(t *testing.T) *refusingProxy {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &refusingProxy{url: "http://" + listener.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			p.answer(c)
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return p
}

func (p *refusingProxy) answer(c net.Conn) {
	defer func() { _ = c.Close() }()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.lines = append(p.lines, r.Method+" "+r.RequestURI)
	p.mu.Unlock()
	_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

func (p *refusingProxy) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = nil
}

func (p *refusingProxy) asked() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, ", ")
}
