package aliyun

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partway/transfer"
)

// TestC13NoHeaderReachesASecondHost runs on the constructor that the product uses.
func TestC13NoHeaderReachesASecondHost(t *testing.T) {
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

// TestC13HTTPSIsNotLeftForHTTP has a server with a good certificate point to one without any.
func TestC13HTTPSIsNotLeftForHTTP(t *testing.T) {
	var hits atomic.Int64
	plain := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	s := tlsStore(t, httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		http.Redirect(w, r, plain.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})), true)
	_, err := s.UploadPart(t.Context(), part("content"))
	if e := asError(t, err); e.Kind != transfer.KindPermanent || hits.Load() != 0 {
		t.Errorf("the plain host was asked %d times: %v", hits.Load(), e)
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

// certificate makes one for 127.0.0.1 that vouches for itself, and has it lie.
func certificate(t *testing.T, lie func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	lie(c)
	raw, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
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

func TestC14TLS(t *testing.T) {
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
		if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Code != transfer.CodeCertificate || e.Unknown {
			t.Errorf("got %#v", e)
		}
	})
	for name, lie := range map[string]func(*x509.Certificate){
		"expired":    func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) },
		"not yet":    func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) },
		"wrong host": func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"oss.example.com"} },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(answer)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, lie)}, MinVersion: tls.VersionTLS12}
			_, err := tlsStore(t, server, true).UploadPart(t.Context(), part("x"))
			if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Code != transfer.CodeCertificate || e.Unknown {
				t.Errorf("got %#v", e)
			}
		})
	}
	t.Run("TLS 1.1", func(t *testing.T) {
		server := httptest.NewUnstartedServer(answer)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
		_, err := tlsStore(t, server, true).UploadPart(t.Context(), part("x"))
		if e := asError(t, err); e.Kind != transfer.KindPermanent || e.Code != transfer.CodeTLS || e.Unknown {
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
