package credentials

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"partway/transfer"
)

// counting is an account whose server numbers what it hands out.
func counting(t *testing.T, life time.Duration, n *atomic.Int64) (*Provider, transfer.Account) {
	t.Helper()
	p := provider(t)
	p.client = func() (*http.Client, error) {
		return &http.Client{Transport: handing(func() string { return answer(fmt.Sprint("STS.", n.Add(1)), p.now().Add(life)) })}, nil
	}
	return p, account(transfer.CredentialSource{Kind: transfer.SourceURI, URI: "https://example.com/"})
}

// handing answers each request after a second.
type handing func() string

func (h handing) RoundTrip(*http.Request) (*http.Response, error) {
	<-time.After(time.Second)
	w := httptest.NewRecorder()
	_, _ = w.WriteString(h())
	return w.Result(), nil
}

// TestC7OneRequestForAll has 64 ask at once, at first and whenever the credentials are about to
// expire: one request gets them for all.
func TestC7OneRequestForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		p, a := counting(t, time.Hour, &n)
		all := func() {
			t.Helper()
			want := ""
			var mu sync.Mutex
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					c, err := p.Credentials(t.Context(), a)
					mu.Lock()
					defer mu.Unlock()
					if want = max(want, c.KeyID); err != nil || c.KeyID != want {
						t.Errorf("got %q, %v", c.KeyID, err)
					}
				})
			}
			wg.Wait()
		}
		all()
		all()
		if n.Load() != 1 {
			t.Errorf("%d requests for 128 questions", n.Load())
		}
		<-time.After(time.Hour - ahead)
		all()
		if n.Load() != 2 {
			t.Errorf("%d requests after the first expired", n.Load())
		}
	})
}

// TestC7RefusedOnesAreForgotten gets others in the place of those that OSS did not take, and only
// of these.
func TestC7RefusedOnesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		p, a := counting(t, time.Hour, &n)
		first, err := p.Credentials(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		p.Refused(a, transfer.Credentials{KeyID: "STS.0"})
		if same, err := p.Credentials(t.Context(), a); err != nil || same != first {
			t.Errorf("others' refusal: %q, %v", same.KeyID, err)
		}
		p.Refused(a, first)
		second, err := p.Credentials(t.Context(), a)
		if err != nil || second.KeyID != "STS.2" {
			t.Errorf("after the refusal: %q, %v", second.KeyID, err)
		}
		a.Source.URI += "other"
		if third, err := p.Credentials(t.Context(), a); err != nil || third.KeyID != "STS.3" {
			t.Errorf("of another source: %q, %v", third.KeyID, err)
		}
		if err := p.Forget(t.Context(), a); err != nil || len(p.held) != 0 {
			t.Errorf("%d are held after all were forgotten, %v", len(p.held), err)
		}
	})
}

// TestC7WhoAskedFirstMayLeave gives up the first question: what it began is there for the next.
func TestC7WhoAskedFirstMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		p, a := counting(t, time.Hour, &n)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := p.Credentials(ctx, a); transfer.KindOf(err) != transfer.KindCanceled {
			t.Errorf("given up with %v", err)
		}
		if c, err := p.Credentials(t.Context(), a); err != nil || c.KeyID != "STS.1" {
			t.Errorf("got %q, %v", c.KeyID, err)
		}
	})
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestObtainingEnds asks a server that never answers, for one who would wait without end.
func TestObtainingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := provider(t)
		p.client = func() (*http.Client, error) { return &http.Client{Transport: silent{}}, nil }
		a := account(transfer.CredentialSource{Kind: transfer.SourceURI, URI: "https://example.com/"})
		begun := time.Now()
		_, err := p.Obtain(t.Context(), a, transfer.Credentials{})
		wantFault(t, err, transfer.KindTransient, "in time")
		_, err = p.Credentials(t.Context(), a)
		wantFault(t, err, transfer.KindTransient, "in time")
		if took := time.Since(begun); took != 2*limit {
			t.Errorf("both took %v", took)
		}
	})
}
