package picker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"partway/e2e/bustest"
)

// fakePortal answers OpenFile at once with a response and results.
type fakePortal struct {
	conn     *dbus.Conn
	response uint32
	uris     []string
	silent   bool
	closed   chan struct{}
	multiple atomic.Bool
}

// OpenFile is called over the bus.
func (f *fakePortal) OpenFile(sender dbus.Sender, _, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	token := options["handle_token"].Value().(string)
	multiple, _ := options["multiple"].Value().(bool)
	f.multiple.Store(multiple)
	path := dbus.ObjectPath(requestPath + strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_") + "/" + token)
	if f.silent {
		if err := f.conn.Export(f, path, requestIface); err != nil {
			return path, dbus.MakeFailedError(err)
		}
		return path, nil
	}
	results := map[string]dbus.Variant{"uris": dbus.MakeVariant(f.uris)}
	if err := f.conn.Emit(path, requestIface+".Response", f.response, results); err != nil {
		return path, dbus.MakeFailedError(err)
	}
	return path, nil
}

// Close is called over the bus.
func (f *fakePortal) Close() *dbus.Error {
	close(f.closed)
	return nil
}

func startPortal(t *testing.T, f *fakePortal) *portal {
	t.Helper()
	bustest.Start(t)
	conn := bustest.Connect(t)
	f.conn, f.closed = conn, make(chan struct{})
	if err := conn.Export(f, portalPath, "org.freedesktop.portal.FileChooser"); err != nil {
		t.Fatal(err)
	}
	bustest.Own(t, conn, portalName)
	return &portal{parent: func() string { return "" }}
}

func TestPortal(t *testing.T) {
	tests := map[string]struct {
		portal *fakePortal
		want   []string
		bad    bool
	}{
		"several":    {&fakePortal{uris: []string{"file:///a%20b", "file:///64m+1%20%E7%85%A7.bin"}}, []string{"/a b", "/64m+1 照.bin"}, false},
		"cancelled":  {&fakePortal{response: 1}, nil, false},
		"it failed":  {&fakePortal{response: 2}, nil, true},
		"not a file": {&fakePortal{uris: []string{"sftp://host/a"}}, nil, true},
		"bad escape": {&fakePortal{uris: []string{"file:///%zz"}}, nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := tt.portal
			p := startPortal(t, f)
			got, err := p.Files(t.Context())
			if !slices.Equal(got, tt.want) || (err != nil) != tt.bad {
				t.Errorf("%q, %v", got, err)
			}
			if !f.multiple.Load() {
				t.Error("it asks for one file only")
			}
		})
	}
}

// GTK's dialog tells Escape and a closed window from Cancel, and both like one that failed.
func TestPortalDialogThatIsClosed(t *testing.T) {
	ended := []any{uint32(portalEnded), map[string]dbus.Variant{}}
	if got, err := chosen(ended, portalAtOnce+1); got != nil || err != nil {
		t.Errorf("closed by a person: %q, %v", got, err)
	}
	if _, err := chosen(ended, portalAtOnce); err == nil {
		t.Error("a dialog that never opened is taken for a person's choice")
	}
}

func TestPortalIsClosedWithTheContext(t *testing.T) {
	f := &fakePortal{silent: true}
	p := startPortal(t, f)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := p.Folder(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	select {
	case <-f.closed:
	case <-time.After(10 * time.Second):
		t.Error("the dialog stays open")
	}
}

func TestNoPortal(t *testing.T) {
	bustest.Start(t)
	p := &portal{parent: func() string { return "" }}
	if _, err := p.Files(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")
	p := &portal{parent: func() string { return "" }}
	if _, err := p.Files(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
