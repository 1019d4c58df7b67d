package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"partway/db"
	ownkeyring "partway/db/keyring"
	"partway/network"
	"partway/transfer"
	"partway/ui"
)

// remembered is a journal's settings, and an engine that counts.
type remembered struct {
	settings map[string]string
	changed  int
}

func (r *remembered) Setting(_ context.Context, key string) (string, error) {
	return r.settings[key], nil
}

func (r *remembered) SetSetting(_ context.Context, key, value string) error {
	r.settings[key] = value
	return nil
}

func (r *remembered) NetworkChanged() error {
	r.changed++
	return nil
}

// TestD6NetworkFolderIsWarnedOf starts on a data folder on a network drive and on one that is not.
func TestD6NetworkFolderIsWarnedOf(t *testing.T) {
	for _, there := range []bool{true, false} {
		dir := t.TempDir()
		var said strings.Builder
		p := &program{log: slog.New(slog.NewTextHandler(&said, nil)), networkFolder: func(of string) bool { return there && of == dir }}
		var err error
		if p.journal, err = db.Open(t.Context(), dir, p.log); err != nil {
			t.Fatal(err)
		}
		c := ui.Config{DataDir: dir}
		if err := p.recover(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		p.closers = append([]func() error{p.journal.Close}, p.closers...)
		p.end()
		warned := strings.Contains(said.String(), `level=WARN msg="the data folder is on a network drive" folder=`+dir)
		if warned != there || len(c.Notices) == 1 != there {
			t.Errorf("on a network drive %v: the window is given %d notices, the log says %q", there, len(c.Notices), said.String())
		}
	}
}

// TestNetworkSettings keeps the proxy in the journal, its password in the keyring alone, and
// has both in force, at the next start too.
func TestNetworkSettings(t *testing.T) {
	keyring.MockInit()
	r := &remembered{settings: map[string]string{}}
	life := func() *wires {
		kept := ownkeyring.New("one", nil)
		w := &wires{journal: r, kept: kept, line: network.New(kept), engine: r}
		if err := w.recall(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w
	}
	proxyOf := func(w *wires) string {
		t.Helper()
		u, err := w.line.Proxy(httptest.NewRequest(http.MethodGet, "https://oss.example.com", http.NoBody))
		if err != nil {
			t.Fatal(err)
		}
		return u.String()
	}
	w := life()
	n := transfer.Network{Proxy: transfer.ProxyTyped, ProxyURL: "socks5://proxy.example.com:1080", ProxyUser: "me"}
	if err := w.SetNetwork(t.Context(), n, transfer.NewSecret("hush")); err != nil {
		t.Fatal(err)
	}
	const want = "socks5://me:hush@proxy.example.com:1080"
	if got := proxyOf(w); got != want || r.changed != 1 {
		t.Errorf("the proxy is %s, and the engine was told %d times", got, r.changed)
	}
	if text := r.settings[transfer.SettingNetwork]; strings.Contains(text, "hush") || !strings.Contains(text, "proxy.example.com") {
		t.Errorf("the journal holds %s", text)
	}
	next := life()
	if got, err := next.Network(t.Context()); err != nil || got != n || proxyOf(next) != want {
		t.Errorf("the next start has %+v, %v", got, err)
	}
	if err := next.SetNetwork(t.Context(), n, transfer.NewSecret("hush again")); err != nil || !strings.Contains(proxyOf(next), "hush%20again") {
		t.Errorf("another password: %v", err)
	}
	var wrong transfer.FieldErrors
	err := next.SetNetwork(t.Context(), transfer.Network{Proxy: transfer.ProxyTyped}, transfer.Secret{})
	if !errors.As(err, &wrong) || wrong[0].Field != transfer.FieldProxyURL || r.changed != 2 {
		t.Errorf("nothing typed: %v", err)
	}
}
