package transfer_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// heard is what the requests of each operation said, by header.
type heard struct {
	mu sync.Mutex
	by map[string][]http.Header
}

func listen(r *rig) *heard {
	h := &heard{by: map[string][]http.Header{}}
	r.watch = func(service http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			h.mu.Lock()
			op := osslocal.TargetOf(req).Op
			h.by[op] = append(h.by[op], req.Header.Clone())
			h.mu.Unlock()
			service.ServeHTTP(w, req)
		})
	}
	return h
}

// said lists which of the headers the requests of an operation carried, all of them alike.
func (h *heard) said(t *testing.T, op string, names ...string) map[string]string {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	var first map[string]string
	for i, header := range h.by[op] {
		found := map[string]string{}
		for _, name := range names {
			if v := header.Get(name); v != "" {
				found[name] = v
			}
		}
		if i > 0 && !maps.Equal(found, first) {
			t.Errorf("%s said %v, and then %v", op, first, found)
		}
		first = found
	}
	if first == nil {
		t.Errorf("there was no %s", op)
	}
	return first
}

// signatures are those that requests carried.
func (h *heard) signatures(t *testing.T) (all []string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, headers := range h.by {
		for _, header := range headers {
			_, signature, ok := strings.Cut(header.Get("Authorization"), "Signature=")
			if !ok || len(signature) < 32 {
				t.Errorf("Authorization is %q", header.Get("Authorization"))
			}
			all = append(all, signature)
		}
	}
	if len(all) == 0 {
		t.Error("nothing was signed")
	}
	return all
}

// described are options that show on the object, with what OSS says of it.
var (
	described = transfer.Options{
		CacheControl: "max-age=60", Encoding: "identity", Expires: time.Unix(2_000_000_000, 0),
		Disposition: transfer.Disposition{Kind: transfer.DispositionAttachment, OwnName: true},
		Meta:        []transfer.Field{{Name: "Owner", Value: "a b"}, {Name: "n-2", Value: "x=y"}},
		Tags:        []transfer.Field{{Name: "team", Value: "A 1"}, {Name: "+", Value: ""}},
		ACL:         transfer.ACLPublicRead, Class: transfer.ClassIA,
		Encryption:   transfer.Encryption{Method: transfer.EncryptKMS, KeyID: "key-1"},
		TrafficLimit: transfer.MinTrafficLimit,
	}
	kept = map[string]string{
		"content-type": "image/jpeg", "cache-control": "max-age=60", "content-encoding": "identity",
		"expires":             "Wed, 18 May 2033 03:33:20 GMT",
		"content-disposition": `attachment; filename="__.jpg"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg`,
		"x-oss-meta-owner":    "a b", "x-oss-meta-n-2": "x=y", "x-oss-tagging": "team=A%201&%2B=",
		"x-oss-object-acl": "public-read", "x-oss-storage-class": "IA",
		"x-oss-server-side-encryption": "KMS", "x-oss-server-side-encryption-key-id": "key-1",
	}
)

func (r *rig) addWith(o transfer.Options, paths ...string) []transfer.ID {
	r.t.Helper()
	batch, err := r.m.Add(r.t.Context(), transfer.AddRequest{Paths: paths, To: r.to("p/"), Policy: transfer.PolicySkipSame, Options: o})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.scanned(batch)
}

func (r *rig) object(key string) osslocal.Object {
	r.t.Helper()
	objects, err := r.oss.Objects(testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	i := slices.IndexFunc(objects, func(o osslocal.Object) bool { return o.Key == key })
	if i < 0 {
		r.t.Fatalf("there is no object %q", key)
	}
	return objects[i]
}

// TestOptionsOnTheObject sends a file in one request and one in parts: the object has all
// that was asked for, and each request carried what OSS looks for on it, and nothing else.
func TestOptionsOnTheObject(t *testing.T) {
	t.Parallel()
	names := append(slices.Collect(maps.Keys(kept)), "x-oss-traffic-limit", "x-oss-forbid-overwrite")
	for op, size := range map[string]int64{osslocal.OpPutObject: 50 * kib, osslocal.OpInitiate: 350 * kib} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			r := makeRig(t)
			h := listen(r)
			r.startServer(t.TempDir(), "127.0.0.1:0")
			r.startEngine()
			path := r.file("照片.jpg", size)
			r.reaches(r.addWith(described, path)[0], transfer.StatusCompleted)
			r.holds("p/照片.jpg", path)
			if got := r.object("p/照片.jpg").Header; !maps.Equal(got, kept) {
				t.Errorf("the object has\n%v, want\n%v", got, kept)
			}
			limited := map[string]string{"x-oss-traffic-limit": "819200"}
			if op == osslocal.OpPutObject {
				want := maps.Clone(kept)
				maps.Copy(want, limited)
				want["x-oss-forbid-overwrite"] = "true"
				if got := h.said(t, op, names...); !maps.Equal(got, want) {
					t.Errorf("Put said %v", got)
				}
				return
			}
			begins := maps.Clone(kept)
			delete(begins, "x-oss-object-acl")
			begins["x-oss-forbid-overwrite"] = "true"
			if got := h.said(t, op, names...); !maps.Equal(got, begins) {
				t.Errorf("Initiate said %v", got)
			}
			if got := h.said(t, osslocal.OpUploadPart, append(names, "Content-MD5")...); !maps.Equal(got, limited) {
				t.Errorf("parts said %v", got)
			}
			ends := map[string]string{"x-oss-object-acl": "public-read", "x-oss-forbid-overwrite": "true"}
			if got := h.said(t, osslocal.OpComplete, names...); !maps.Equal(got, ends) {
				t.Errorf("Complete said %v", got)
			}
		})
	}
}

// TestOptionsSurviveARestart stops the engine in the middle of the parts, and once more with
// Initiate unanswered: what the object is stored with is what was asked for when it was added,
// though the account's own options are others by then.
func TestOptionsSurviveARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lost := r.faults.MustAdd("InitiateMultipartUpload times=1 : status 500 code=InternalError")
	stalled := r.faults.MustAdd("UploadPart part=3-9 : stall")
	path := r.file("照片.jpg", 800*kib)
	id := r.addWith(described, path)[0]
	check(t, lost.WaitHits(t.Context(), 1))
	r.restart()
	check(t, stalled.WaitHeld(t.Context(), 1))
	r.faults.Remove(stalled)
	r.stopEngine()
	r.startEngine()
	r.account.Options = transfer.Options{ACL: transfer.ACLPrivate}
	if _, err := r.journal.SaveAccount(t.Context(), r.account); err != nil {
		t.Fatal(err)
	}
	r.reaches(id, transfer.StatusCompleted)
	r.holds("p/照片.jpg", path)
	if got := r.object("p/照片.jpg").Header; !maps.Equal(got, kept) {
		t.Errorf("the object has\n%v, want\n%v", got, kept)
	}
}

// TestWrongOptionsAreRefused adds nothing with options that OSS would refuse.
func TestWrongOptionsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.m.Add(t.Context(), transfer.AddRequest{
		Paths: []string{r.file("a", 1)}, To: r.to(""), Policy: transfer.PolicySkipSame,
		Options: transfer.Options{Meta: []transfer.Field{{Name: "ok"}, {Name: "not ok"}}},
	})
	var wrong transfer.FieldErrors
	if !errors.As(err, &wrong) || wrong[0].Field != transfer.FieldMeta || wrong[0].Item != 2 {
		t.Errorf("refused with %v", err)
	}
}

// TestStrictSendsContentMD5 has a byte of a part and of a Put change on the way: OSS refuses
// it by the MD5 that each request carries, and the bytes are sent again.
func TestStrictSendsContentMD5(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpUploadPart: 350 * kib, osslocal.OpPutObject: 50 * kib} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			r := makeRig(t)
			h := listen(r)
			r.startServer(t.TempDir(), "127.0.0.1:0")
			r.startEngine()
			r.faults.MustAdd(op + " times=1 : corrupt at=1000")
			path := r.file("file", size)
			r.reaches(r.addWith(transfer.Options{Strict: true}, path)[0], transfer.StatusCompleted)
			r.holds("p/file", path)
			refused := r.count(op, func(rec osslocal.Record) bool { return rec.Code == "InvalidDigest" })
			if refused != 1 {
				t.Errorf("%d were refused as InvalidDigest, want 1", refused)
			}
			for _, op := range []string{osslocal.OpUploadPart, osslocal.OpPutObject, osslocal.OpComplete} {
				for _, header := range h.by[op] {
					if sum, err := base64.StdEncoding.DecodeString(header.Get("Content-MD5")); err != nil || len(sum) != 16 {
						t.Errorf("%s carries Content-MD5 %q", op, header.Get("Content-MD5"))
					}
				}
			}
		})
	}
}

// application is a server that OSS calls back.
type application struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

func newApplication(t *testing.T, answer func(w http.ResponseWriter)) *application {
	t.Helper()
	a := &application{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.bodies = append(a.bodies, r.Host+" "+r.Header.Get("Content-Type")+" "+string(body))
		a.mu.Unlock()
		answer(w)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *application) calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.bodies)
}

// TestE7Callback has OSS call a server when the object is stored. What it answers is in the
// receipt; that it fails is no failure of the upload, and nothing is sent again for it.
func TestE7Callback(t *testing.T) {
	t.Parallel()
	for how, size := range map[string]int64{osslocal.OpPutObject: 50 * kib, osslocal.OpComplete: 350 * kib} {
		for _, c := range []struct {
			name, reply, kept string
			status            int
			want              transfer.CallbackState
		}{
			{"done", `{"saved":"已保存"}`, `{"saved":"已保存"}`, http.StatusOK, transfer.CallbackDone},
			{"failed", `{}`, "Error status : 418.", http.StatusTeapot, transfer.CallbackFailed},
		} {
			t.Run(how+" "+c.name, func(t *testing.T) {
				t.Parallel()
				app := newApplication(t, func(w http.ResponseWriter) {
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.reply)
				})
				r := newRig(t)
				path := r.file("file.txt", size)
				id := r.addWith(transfer.Options{Callback: &transfer.Callback{
					URLs: []string{app.URL + "/done"}, Host: "app.example", Type: transfer.CallbackJSON, SNI: true,
					Body: `{"k":${object},"s":${size},"t":${mimeType},"w":${x:who}}`, Vars: []transfer.Field{{Name: "who", Value: "我"}},
				}}, path)[0]
				u := r.reaches(id, transfer.StatusCompleted)
				r.holds("p/file.txt", path)
				if u.Receipt.Callback != c.want || u.Receipt.CallbackReply != c.kept || u.Receipt.Proof != transfer.ProofCRC64 || u.Receipt.ETag == "" {
					t.Errorf("the receipt is %+v", u.Receipt)
				}
				called := app.calls()
				if len(called) != 1 {
					t.Fatalf("%d calls", len(called))
				}
				text, ok := strings.CutPrefix(called[0], "app.example application/json ")
				var got map[string]any
				if err := json.Unmarshal([]byte(text), &got); err != nil || !ok || got["k"] != "p/file.txt" || got["s"] != float64(size) || got["t"] != "text/plain" || got["w"] != "我" {
					t.Errorf("called with %q", called[0])
				}
				if n := r.count(how, nil); n != 1 {
					t.Errorf("%d requests", n)
				}
				rows, err := r.journal.Rows(t.Context(), []transfer.ID{id})
				if err != nil || rows[0].Callback != c.want {
					t.Errorf("the row says %q, %v", rows[0].Callback, err)
				}
				if log := r.events(id); (c.want == transfer.CallbackFailed) != strings.Contains(log, "Error status : 418.") {
					t.Errorf("the log:\n%s", log)
				}
			})
		}
	}
}

// TestE7LostAnswerWithCallback loses the answer: the object is there, and the callback may have
// run. That is said, and nothing is sent again.
func TestE7LostAnswerWithCallback(t *testing.T) {
	t.Parallel()
	for op, size := range map[string]int64{osslocal.OpPutObject: 50 * kib, osslocal.OpComplete: 350 * kib} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			app := newApplication(t, func(w http.ResponseWriter) { _, _ = io.WriteString(w, "{}") })
			r := newRig(t)
			r.faults.MustAdd(op + " times=1 : lose")
			path := r.file("file", size)
			o := transfer.Options{Callback: &transfer.Callback{URLs: []string{app.URL}, Body: transfer.CallbackBodies[transfer.CallbackForm]}}
			id := r.addWith(o, path)[0]
			u := r.reaches(id, transfer.StatusCompleted)
			if u.Receipt.Callback != transfer.CallbackUnknown || len(app.calls()) != 1 || r.count(op, nil) != 1 {
				t.Errorf("the receipt says %q after %d calls and %d requests", u.Receipt.Callback, len(app.calls()), r.count(op, nil))
			}
			if log := r.events(id); !strings.Contains(log, "callback may have run") {
				t.Errorf("the log does not say so:\n%s", log)
			}
			again := r.reaches(r.addWith(o, path)[0], transfer.StatusCompleted)
			if again.Receipt.Outcome != transfer.OutcomeAlreadyThere || again.Receipt.Callback != transfer.CallbackNotDue || len(app.calls()) != 1 {
				t.Errorf("the same once more: %+v after %d calls", again.Receipt, len(app.calls()))
			}
		})
	}
}
