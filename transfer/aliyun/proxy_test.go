package aliyun

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// proxyChild is set in the process that TestC17ProxyFromEnvironment starts, because
// net/http reads the environment's proxies once.
const proxyChild = "PARTWAY_TEST_PROXY_CHILD"

func TestC17ProxyFromEnvironment(t *testing.T) {
	if endpoint := os.Getenv(proxyChild); endpoint != "" {
		s, err := Dial(testAccount(endpoint), testCredentials(), "bucket")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		_, err = s.Head(t.Context(), "k")
		if err == nil {
			t.Log("it is there")
			return
		}
		e := asError(t, err)
		t.Logf("kind=%s unknown=%t status=%d text=%q", e.Kind, e.Unknown, e.Status, e.Error())
		return
	}
	proxy := newProxy(t)
	server, trust := tlsEndpoint(t)
	proxy.to = server
	known := strings.Replace(proxy.url, "http://", "http://me:pass%20word@", 1)
	tests := []struct{ name, proxy, endpoint, want, asked string }{
		{"with a password", known, "https://oss.invalid", "it is there", "CONNECT bucket.oss.invalid:443"},
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

			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestC17ProxyFromEnvironment$", "-test.v")
			child.Env = append(os.Environ(), proxyChild+"="+tt.endpoint, "SSL_CERT_FILE="+trust, "HTTP_PROXY="+tt.proxy, "HTTPS_PROXY="+tt.proxy,
				"http_proxy=", "https_proxy=", "NO_PROXY=", "no_proxy=")
			out, err := child.CombinedOutput()
			if bytes.Contains(out, []byte("pass%20word")) || bytes.Contains(out, []byte("pass word")) {
				t.Errorf("the proxy's password is told: %s", out)
			}
			if err != nil || !bytes.Contains(out, []byte(tt.want)) {
				t.Errorf("%v: %s", err, out)
			}
			if got := proxy.asked(); got != tt.asked {
				t.Errorf("the proxy was asked %q, want %q", got, tt.asked)
			}
		})
	}
}

// tlsEndpoint starts a server that has every object of bucket.oss.invalid, and returns its
// address and the file of the certificate that it shows.
func tlsEndpoint(t *testing.T) (address, trust string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mark(w)
		w.Header().Set("ETag", `"E"`)
		w.Header().Set("Last-Modified", "Fri, 24 Feb 2012 06:07:48 GMT")
		w.Header().Set("Content-Length", "5")
	}))
	shown := certificate(t, func(c *x509.Certificate) { c.DNSNames = []string{"bucket.oss.invalid"} })
	server.TLS = &tls.Config{Certificates: []tls.Certificate{shown}, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	trust = filepath.Join(t.TempDir(), "trust.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shown.Certificate[0]})
	if err := os.WriteFile(trust, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return server.Listener.Addr().String(), trust
}

// passwordProxy wants a password of everyone, and notes what was asked.
type passwordProxy struct {
	url   string
	to    string // where it connects those to that know the password
	mu    sync.Mutex
	lines []string
}

func newProxy(t *testing.T) *passwordProxy {
	t.Helper()
	p := &passwordProxy{}
	p.url = listen(t, func(c net.Conn) { p.answer(t.Context(), c) })
	return p
}

func (p *passwordProxy) answer(ctx context.Context, c net.Conn) {
	buffered := bufio.NewReader(c)
	r, err := http.ReadRequest(buffered)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.lines = append(p.lines, r.Method+" "+r.RequestURI)
	p.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte("me:pass word")) {
		p.connect(ctx, c, buffered)
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

// connect joins a client with the server, until either leaves.
func (p *passwordProxy) connect(ctx context.Context, c net.Conn, from io.Reader) {
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.to)
	if err != nil {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, server)
		_ = c.Close()
	})
	_, _ = io.Copy(server, from)
	_ = server.Close()
	back.Wait()
}

func (p *passwordProxy) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = nil
}

func (p *passwordProxy) asked() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, ", ")
}
