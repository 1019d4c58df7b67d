package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"

	"partway/transfer"
)

// TestE2APanicTellsNoSecret has one in the frames of a stack, as a panic in a call would.
func TestE2APanicTellsNoSecret(t *testing.T) {
	said := func(c transfer.Credentials) (text string) {
		defer func() { text = fmt.Sprint(recover(), string(debug.Stack())) }()
		panicking(c, c.Secret)
		return ""
	}(testCredentials())
	if !strings.Contains(said, "panicking") || strings.Contains(said, testSecret) || strings.Contains(said, testToken) {
		t.Errorf("the panic says %s", said)
	}
}

//go:noinline
func panicking(c transfer.Credentials, s transfer.Secret) { panic(fmt.Sprintf("%v %s", c, s)) }

// TestE2AStoreIsPrintedWithoutItsSecret prints it in every way that a log might.
func TestE2AStoreIsPrintedWithoutItsSecret(t *testing.T) {
	s, err := open(testAccount("https://oss.example.com"), testCredentials(), "bucket", productClocks)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	for _, v := range []any{s, []any{s}, struct{ s transfer.Store }{s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})).Debug("m", "v", v)
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
	}
	for _, secret := range []string{testSecret, testToken} {
		if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
			t.Errorf("a printed store tells %q", secret)
		}
	}
}

// TestE6HeadersThatCannotBeAreNotSent refuses them before any request.
func TestE6HeadersThatCannotBeAreNotSent(t *testing.T) {
	s := serveStore(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) })
	for _, value := range []string{
		"a\r\nb: c", "a\nb", "a\rb", "a\x00b", "a\tb", "a\x7f", "text/文本", "a\u0085", "a\xff", "\u2028",
	} {
		o := transfer.Options{ContentType: value}
		_, initiateErr := s.Initiate(t.Context(), "k", o, true)
		_, putErr := s.Put(t.Context(), transfer.PutRequest{Key: "k", Options: o, Body: strings.NewReader("")})
		for _, err := range []error{initiateErr, putErr} {
			if transfer.KindOf(err) != transfer.KindPermanent || !strings.Contains(err.Error(), "content type") {
				t.Errorf("%q: got %v", value, err)
			}
		}
	}
}
