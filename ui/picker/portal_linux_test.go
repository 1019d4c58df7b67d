package picker

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"partway/e2e/bustest"
)

func startPortal(t *testing.T, p *bustest.Portal) *portal {
	t.Helper()
	bustest.Start(t)
	p.Serve(t, bustest.Connect(t, ""))
	return &portal{parent: func() string { return "x11:1a" }}
}

func TestPortal(t *testing.T) {
	tests := map[string]struct {
		portal *bustest.Portal
		want   []string
		bad    bool
	}{
		"several":    {&bustest.Portal{URIs: []string{"file:///a%20b", "file:///64m+1%20%E7%85%A7.bin"}}, []string{"/a b", "/64m+1 照.bin"}, false},
		"cancelled":  {&bustest.Portal{Response: 1}, nil, false},
		"it failed":  {&bustest.Portal{Response: 2}, nil, true},
		"not a file": {&bustest.Portal{URIs: []string{"sftp://host/a"}}, nil, true},
		"bad escape": {&bustest.Portal{URIs: []string{"file:///%zz"}}, nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := tt.portal
			p := startPortal(t, f)
			got, err := p.Files(t.Context(), "Which?")
			if !slices.Equal(got, tt.want) || (err != nil) != tt.bad {
				t.Errorf("%q, %v", got, err)
			}
			if q := <-f.Asked; !q.Multiple || q.Directory || q.Parent != "x11:1a" {
				t.Errorf("it asks %+v", q)
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
	f := &bustest.Portal{Silent: true}
	p := startPortal(t, f)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := p.Folder(ctx, "Which?"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	select {
	case <-f.Closed:
	case <-time.After(10 * time.Second):
		t.Error("the dialog stays open")
	}
}

func TestNoPortal(t *testing.T) {
	bustest.Start(t)
	p := &portal{parent: func() string { return "" }}
	if _, err := p.Files(t.Context(), "Which?"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus")
	p := &portal{parent: func() string { return "" }}
	if _, err := p.Files(t.Context(), "Which?"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
