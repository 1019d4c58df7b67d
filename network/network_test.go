package network_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partway/network"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	keyID, secret  = "LTAItest", "secret-of-the-test"
	user, password = "me@work", "pass: word/hush"
	bucket         = "bucket"
	ownHost        = "files.example.com"
)

// secrets knows the proxy's password, or not.
type secrets struct {
	mu   sync.Mutex
	word string
}

func (s *secrets) set(word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.word = word
}

func (s *secrets) Credentials(_ context.Context, a transfer.Account) (transfer.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.word == "" || a.ID != transfer.ProxyAccount().ID {
		return transfer.Credentials{}, &transfer.Error{Kind: transfer.KindAuth, Op: "Credentials", Err: errors.New("none")}
	}
	return transfer.Credentials{KeyID: user, Secret: transfer.NewSecret(s.word)}, nil
}

func (s *secrets) Keep(context.Context, transfer.Account, transfer.Credentials) (transfer.Kept, error) {
	return transfer.KeptForSession, nil
}
func (s *secrets) Refused(transfer.Account, transfer.Credentials) {}
func (s *secrets) Forget(context.Context, transfer.Account) error { return nil }

// world is OSS behind TLS, with a certificate of an authority of its own, and proxies that
// resolve every name to it.
type world struct {
	t       *testing.T
	oss     *osslocal.Server
	tls     string // where TLS is spoken
	shown   tls.Certificate
	caFile  string
	caText  []byte
	secrets secrets
	line    *network.Line
	mu      sync.Mutex
	asked   []string // of the proxies: where to
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	var err error
	w.oss, err = osslocal.Start(osslocal.Config{
		Dir: t.TempDir(), Keys: map[string]string{keyID: secret}, Hosts: map[string]string{ownHost: bucket},
	})
	must(t, err)
	t.Cleanup(func() { must(t, w.oss.Close()) })
	must(t, w.oss.CreateBucket(bucket))
	w.shown = w.authority()
	w.tls = w.listen(&tls.Config{Certificates: []tls.Certificate{w.shown}, MinVersion: tls.VersionTLS12}, func(c net.Conn) {
		w.join(c, c, strings.TrimPrefix(w.oss.URL(), "http://"))
	})
	w.secrets.set(password)
	w.line = network.New(&w.secrets)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// authority makes an authority, writes its certificate to a file, and returns a certificate of
// it for all names that OSS has here.
func (w *world) authority() tls.Certificate {
	w.t.Helper()
	make1 := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(w.t, err)
		if signer == nil {
			signer = key
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		must(w.t, err)
		return der, key
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "own authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, caKey := make1(ca, ca, nil)
	w.caText = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	w.caFile = filepath.Join(w.t.TempDir(), "ca.pem")
	must(w.t, os.WriteFile(w.caFile, w.caText, 0o600))
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{
			"*.oss-cn-hangzhou.aliyuncs.com", "*.oss-cn-hangzhou-internal.aliyuncs.com", "*.cn-hangzhou.oss.aliyuncs.com",
			"*.oss-accelerate.aliyuncs.com", "*.oss-accelerate-overseas.aliyuncs.com", ownHost, "*.oss.cloud.example.com", "proxy.example.com",
		},
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("203.0.113.7")},
	}
	der, key := make1(leaf, ca, caKey)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen serves connections on this computer until the test ends, over TLS if there is a
// configuration, and returns where.
func (w *world) listen(over *tls.Config, serve func(net.Conn)) string {
	w.t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(w.t.Context(), "tcp", "127.0.0.1:0")
	must(w.t, err)
	if over != nil {
		l = tls.NewListener(l, over)
	}
	var running sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			running.Go(func() {
				defer c.Close() //nolint:errcheck // the other end may be gone
				serve(c)
			})
		}
	})
	w.t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return l.Addr().String()
}

// join passes bytes between a client and an address, until either leaves.
func (w *world) join(c net.Conn, from io.Reader, address string) {
	var d net.Dialer
	server, err := d.DialContext(w.t.Context(), "tcp", address)
	if err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, server)
		_ = c.Close()
	})
	_, _ = io.Copy(server, from)
	_ = server.Close()
	back.Wait()
}

func (w *world) ask(to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, to)
}

func (w *world) questions() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Join(w.asked, " ")
	w.asked = nil
	return all
}

// httpProxy answers CONNECT to those that know the password.
func (w *world) httpProxy(c net.Conn) {
	buffered := bufio.NewReader(c)
	r, err := http.ReadRequest(buffered)
	if err != nil {
		return
	}
	known := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != known {
		_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	w.ask(r.RequestURI)
	_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	w.join(c, buffered, w.tls)
}

// socksProxy speaks SOCKS5 (RFC 1928) with a password (RFC 1929) to those that know it.
func (w *world) socksProxy(c net.Conn) {
	read := func(n int) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(c, b); err != nil {
			return make([]byte, n)
		}
		return b
	}
	methods := read(int(read(2)[1]))
	if !bytes.Contains(methods, []byte{2}) {
		_, _ = c.Write([]byte{5, 0xff})
		return
	}
	_, _ = c.Write([]byte{5, 2})
	name := read(int(read(2)[1]))
	word := read(int(read(1)[0]))
	if string(name) != user || string(word) != password {
		_, _ = c.Write([]byte{1, 1})
		return
	}
	_, _ = c.Write([]byte{1, 0})
	var host string
	switch head := read(4); head[3] {
	case 1:
		host = net.IP(read(4)).String()
	case 3:
		host = string(read(int(read(1)[0])))
	}
	w.ask(fmt.Sprintf("%s:%d", host, binary.BigEndian.Uint16(read(2))))
	_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	w.join(c, c, w.tls)
}

// proxies are the settings of each kind of proxy.
func (w *world) proxies() map[string]transfer.Network {
	typed := func(scheme, at string) transfer.Network {
		return transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: scheme + "://" + at, ProxyUser: user, CAFile: w.caFile}
	}
	over := &tls.Config{Certificates: []tls.Certificate{w.shown}, MinVersion: tls.VersionTLS12}
	return map[string]transfer.Network{
		"http":   typed("http", w.listen(nil, w.httpProxy)),
		"socks5": typed("socks5", w.listen(nil, w.socksProxy)),
		"https":  typed("https", w.listen(over, w.httpProxy)),
	}
}

// upload sends an object in parts to an endpoint, by the line as it is set.
func (w *world) upload(endpoint string, addressing transfer.Addressing, key string) error {
	a := transfer.Account{
		Name: "a", Kind: transfer.AccountKeys, Endpoint: endpoint, Region: "cn-hangzhou", Addressing: addressing,
		Signature: transfer.SignatureV4, KeyID: keyID, Bucket: bucket,
	}
	must(w.t, a.Check())
	store, err := aliyun.Via(w.line)(a, transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}, bucket)
	if err != nil {
		return err
	}
	defer store.Close()
	ctx := w.t.Context()
	id, err := store.Initiate(ctx, key, transfer.Options{}, true)
	if err != nil {
		return err
	}
	p, err := store.UploadPart(ctx, transfer.PartRequest{Key: key, UploadID: id, Number: 1, Size: 7, Body: strings.NewReader("content")})
	if err != nil {
		return err
	}
	_, err = store.Complete(ctx, transfer.CompleteRequest{Key: key, UploadID: id, Parts: []transfer.PartRef{{Number: 1, ETag: p.ETag}}})
	return err
}

// TestEndpointsByProxies uploads to each kind of endpoint by each kind of proxy with a password,
// over TLS, trusting an authority of one's own: names are the proxy's to look up.
func TestEndpointsByProxies(t *testing.T) {
	w := newWorld(t)
	for proxy, settings := range w.proxies() {
		must(t, w.line.Set(settings))
		for _, c := range []struct {
			endpoint, host string
			addressing     transfer.Addressing
		}{
			{transfer.EndpointOf("cn-hangzhou", transfer.EndpointPublic), "bucket.oss-cn-hangzhou.aliyuncs.com:443", transfer.AddressVirtual},
			{transfer.EndpointOf("cn-hangzhou", transfer.EndpointInternal), "bucket.oss-cn-hangzhou-internal.aliyuncs.com:443", transfer.AddressVirtual},
			{transfer.EndpointOf("cn-hangzhou", transfer.EndpointDualStack), "bucket.cn-hangzhou.oss.aliyuncs.com:443", transfer.AddressVirtual},
			{transfer.EndpointOf("cn-hangzhou", transfer.EndpointAccelerate), "bucket.oss-accelerate.aliyuncs.com:443", transfer.AddressVirtual},
			{transfer.EndpointOf("cn-hangzhou", transfer.EndpointOverseas), "bucket.oss-accelerate-overseas.aliyuncs.com:443", transfer.AddressVirtual},
			{"https://oss.cloud.example.com:8443", "bucket.oss.cloud.example.com:8443", transfer.AddressVirtual},
			{"https://" + ownHost, ownHost + ":443", transfer.AddressCNAME},
			{"https://203.0.113.7", "203.0.113.7:443", transfer.AddressVirtual},
		} {
			key := proxy + "/" + c.host
			if err := w.upload(c.endpoint, c.addressing, key); err != nil {
				t.Errorf("%s: %v", key, err)
				continue
			}
			if asked := w.questions(); asked != c.host {
				t.Errorf("%s: the proxy was asked for %q", key, asked)
			}
			object, err := w.oss.OpenObject(bucket, key)
			if err != nil {
				t.Error(err)
				continue
			}
			if text, err := io.ReadAll(object); err != nil || string(text) != "content" {
				t.Errorf("%s: stored %q, %v", key, text, err)
			}
			_ = object.Close()
		}
	}
}

// TestC17ProxyPasswords tells a proxy's refusal by its name, whatever it speaks, and goes on once
// the password is right.
func TestC17ProxyPasswords(t *testing.T) {
	w := newWorld(t)
	const endpoint = "https://oss-cn-hangzhou.aliyuncs.com"
	for proxy, settings := range w.proxies() {
		must(t, w.line.Set(settings))
		for _, word := range []string{"", "wrong-hush"} {
			w.secrets.set(word)
			w.line.Forget()
			err := w.upload(endpoint, transfer.AddressVirtual, "k")
			e := transfer.AsError(err)
			if e == nil || e.Kind != transfer.KindPermanent || e.Code != transfer.CodeProxyPassword || e.Unknown {
				t.Errorf("%s, with %q: %+v", proxy, word, e)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("%s: the error holds the password: %v", proxy, err)
			}
		}
		w.secrets.set(password)
		w.line.Forget()
		if err := w.upload(endpoint, transfer.AddressVirtual, "p/"+proxy); err != nil {
			t.Errorf("%s: %v", proxy, err)
		}
		settings.ProxyUser = ""
		must(t, w.line.Set(settings))
		if e := transfer.AsError(w.upload(endpoint, transfer.AddressVirtual, "k")); e == nil || e.Code != transfer.CodeProxyPassword {
			t.Errorf("%s, without a name: %v", proxy, e)
		}
	}
	must(t, w.line.Set(transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: "socks5://127.0.0.1:1"}))
	if err := w.upload(endpoint, transfer.AddressVirtual, "k"); transfer.KindOf(err) != transfer.KindOffline {
		t.Errorf("no proxy is there: %v", err)
	}
}

// TestC14OwnAuthority trusts a certificate of one's own authority only once its file is named.
func TestC14OwnAuthority(t *testing.T) {
	w := newWorld(t)
	at := "https://" + w.tls
	err := w.upload(at, transfer.AddressVirtual, "k")
	if e := transfer.AsError(err); e == nil || e.Kind != transfer.KindPermanent || e.Code != transfer.CodeCertificate {
		t.Errorf("an authority that nobody knows: %v", err)
	}
	must(t, w.line.Set(transfer.Network{Proxy: transfer.ProxyNone, CAFile: w.caFile}))
	must(t, w.upload(at, transfer.AddressVirtual, "trusted"))
	client, err := w.line.Client()
	must(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, http.NoBody)
	must(t, err)
	answer, err := client.Do(r)
	must(t, err)
	_ = answer.Body.Close()
	for name, text := range map[string]string{"empty": "", "not PEM": "hush", "a key": "-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n"} {
		path := filepath.Join(t.TempDir(), "x.pem")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		wantField(t, name, w.line.Set(transfer.Network{CAFile: path}), transfer.FieldCAFile, transfer.ProblemCertificates)
	}
	wantField(t, "absent", w.line.Set(transfer.Network{CAFile: filepath.Join(t.TempDir(), "x")}), transfer.FieldCAFile, transfer.ProblemUnreadable)
	wantField(t, "a folder", w.line.Set(transfer.Network{CAFile: t.TempDir()}), transfer.FieldCAFile, transfer.ProblemUnreadable)
	must(t, w.upload(at, transfer.AddressVirtual, "still trusted")) // what was wrong changed nothing
	must(t, os.Remove(w.caFile))
	if e := transfer.AsError(w.upload(at, transfer.AddressVirtual, "k")); e == nil || e.Kind != transfer.KindPermanent {
		t.Errorf("the file is gone: %v", e)
	}
}

func wantField(t *testing.T, name string, err error, f transfer.FieldName, p transfer.Problem) {
	t.Helper()
	var one *transfer.FieldError
	var all transfer.FieldErrors
	if errors.As(err, &all) && len(all) > 0 {
		one = all[0]
	}
	if one == nil && !errors.As(err, &one) || one.Field != f || one.Problem != p {
		t.Errorf("%s: %v", name, err)
	}
}

// TestC17ThisComputerNeedsNoProxy reaches what is on this computer without the proxy that is set.
func TestC17ThisComputerNeedsNoProxy(t *testing.T) {
	w := newWorld(t)
	must(t, w.line.Set(transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: "http://127.0.0.1:1"}))
	must(t, w.upload(w.oss.URL(), transfer.AddressVirtual, "k"))
}

func TestE9NetworkAsTyped(t *testing.T) {
	line := network.New(&secrets{})
	for typed, p := range map[string]transfer.Problem{
		"":                             transfer.ProblemMissing,
		"proxy.example.com:8080":       transfer.ProblemProxy,
		"ftp://proxy.example.com":      transfer.ProblemProxy,
		"http://":                      transfer.ProblemProxy,
		"http://u:hush@proxy:8080":     transfer.ProblemPassword,
		"http://proxy.example.com/x":   transfer.ProblemProxy,
		"socks5://proxy.example.com?x": transfer.ProblemProxy,
	} {
		err := line.Set(transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: typed})
		wantField(t, typed, err, transfer.FieldProxyURL, p)
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%v", err)
		}
	}
	wantField(t, "kind", line.Set(transfer.Network{Proxy: "some"}), transfer.FieldProxy, transfer.ProblemUnknown)
}

// TestE2LineIsPrintedWithoutThePassword prints one that knows it.
func TestE2LineIsPrintedWithoutThePassword(t *testing.T) {
	w := newWorld(t)
	must(t, w.line.Set(transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: "http://127.0.0.1:1", ProxyUser: user}))
	r := httptest.NewRequest(http.MethodGet, "https://oss.example.com", http.NoBody)
	u, err := w.line.Proxy(r)
	must(t, err)
	if got, _ := u.User.Password(); got != password {
		t.Fatalf("the proxy gets %q", got)
	}
	w.secrets.set("")
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("line", "line", w.line)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if printed := fmt.Sprintf(verb, w.line) + out.String(); strings.Contains(printed, "hush") {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}
