package transfer_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partway/transfer"
)

// TestVerifyAgain compares a finished upload with its object: as it was sent, after another
// program replaced it, and after it is gone. What was found is in the log.
func TestVerifyAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.text("file", "what was sent")
	id := r.addWith(transfer.Options{}, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	verify := func(want transfer.Verdict) {
		t.Helper()
		v, err := r.m.Verify(t.Context(), id)
		if err != nil || v.Verdict != want {
			t.Fatalf("found %+v, %v, want %s", v, err, want)
		}
		if log := r.events(id); !strings.HasSuffix(log, "verified "+v.String()) {
			t.Errorf("the log:\n%s", log)
		}
		if read, ok := transfer.ParseVerification(v.String()); !ok || read != v {
			t.Errorf("%+v is read as %+v", v, read)
		}
	}
	verify(transfer.VerdictSame)
	r.put("p/file", "of this length")
	verify(transfer.VerdictDiffers)
	r.put("p/file", "what was SENT")
	verify(transfer.VerdictDiffers)
	r.faults.MustAdd("HeadObject times=1 : status 404 code=NoSuchKey")
	verify(transfer.VerdictGone)
	paused := r.add(transfer.PolicyAsk, path)
	if _, err := r.m.Verify(t.Context(), paused[0]); err == nil {
		t.Error("an upload that is not finished is compared")
	}
}

// TestE8Links has the object's address refused without a signature, and read with one; and no
// trace of the signature is kept.
func TestE8Links(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := r.text("照片 +%&?#=.txt", "what was sent")
	id := r.addWith(transfer.Options{}, path)[0]
	r.reaches(id, transfer.StatusCompleted)
	get := func(valid time.Duration) (int, string, string) {
		t.Helper()
		link, err := r.m.Link(t.Context(), id, valid)
		if err != nil {
			t.Fatal(err)
		}
		if valid > 0 && (time.Until(link.Until) > valid || time.Until(link.Until) < valid-time.Minute) || valid == 0 && !link.Until.IsZero() {
			t.Errorf("valid until %v", link.Until)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link.URL.Reveal(), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close() //nolint:errcheck // it was only read
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body), request.URL.Query().Get("x-oss-signature")
	}
	if status, _, signature := get(0); status != http.StatusForbidden || signature != "" {
		t.Errorf("without a signature: %d, %q", status, signature)
	}
	status, body, signature := get(transfer.MaxLink)
	if status != http.StatusOK || body != "what was sent" || signature == "" {
		t.Errorf("with a signature: %d, %q", status, body)
	}
	for _, valid := range []time.Duration{-1, time.Millisecond, transfer.MaxLink + 1} {
		if _, err := r.m.Link(t.Context(), id, valid); !errors.Is(err, transfer.ErrLinkTime) {
			t.Errorf("a link for %v: %v", valid, err)
		}
	}
	r.stopEngine()
	files, err := filepath.Glob(filepath.Join(r.data, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(content), signature) {
			t.Errorf("%s has the signature", filepath.Base(file))
		}
	}
}
