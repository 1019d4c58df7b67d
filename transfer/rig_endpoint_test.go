package transfer_test

import (
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
)

func (r *rig) startServer(dir, addr string) {
	r.t.Helper()
	s, err := osslocal.Start(osslocal.Config{
		Dir: dir, Addr: addr, Keys: map[string]string{testKeyID: testSecret},
		Middleware: r.middleware, Observe: r.record,
		Now: func() time.Time { return time.Now().Add(time.Duration(r.skew.Load())) },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if r.oss == nil {
		if err := s.CreateBucket(testBucket); err != nil {
			r.t.Fatal(err)
		}
	}
	r.oss, r.addr = s, strings.TrimPrefix(s.URL(), "http://")
}

func (r *rig) middleware(service http.Handler) http.Handler {
	if r.watch != nil {
		service = r.watch(service)
	}
	faulty := r.faults.Middleware()(service)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.line != "" && !strings.HasSuffix(r.line, req.Host) {
			service.ServeHTTP(w, req) // not the engine's
			return
		}
		faulty.ServeHTTP(w, req)
	})
}

func (r *rig) record(rec osslocal.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, rec)
}

// count tells how many requests of op ended that match.
func (r *rig) count(op string, match func(osslocal.Record) bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseEnd && rec.Op == op && (match == nil || match(rec)) {
			n++
		}
	}
	return n
}

// begun tells how many requests of op arrived.
func (r *rig) begun(op string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range r.records {
		if rec.Phase == osslocal.PhaseBegin && rec.Op == op {
			n++
		}
	}
	return n
}

// holds checks that the object under key has exactly the file's bytes.
func (r *rig) holds(key, path string) {
	r.t.Helper()
	object, err := r.oss.OpenObject(testBucket, key)
	if err != nil {
		r.t.Fatal(err)
	}
	defer object.Close() //nolint:errcheck // it was only read
	file, err := os.Open(path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	if sum(r.t, object) != sum(r.t, file) {
		r.t.Errorf("object %q has other bytes than %q", key, path)
	}
}

func sum(t tester, from io.Reader) (s [32]byte) {
	t.Helper()
	h := sha256.New()
	if _, err := io.Copy(h, from); err != nil {
		t.Fatal(err)
	}
	copy(s[:], h.Sum(nil))
	return s
}

// nothingOpen checks that no multipart upload is left on OSS.
func (r *rig) nothingOpen() {
	r.t.Helper()
	open, err := r.oss.OpenUploads(testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(open) > 0 {
		r.t.Errorf("%d multipart uploads are left open: %+v", len(open), open)
	}
}

func (r *rig) keys() []string {
	r.t.Helper()
	objects, err := r.oss.Objects(testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	var keys []string
	for _, o := range objects {
		keys = append(keys, o.Key)
	}
	slices.Sort(keys)
	return keys
}

// put stores an object as another program would.
func (r *rig) put(key, text string) {
	r.t.Helper()
	own := r.account
	own.Endpoint = r.oss.URL()
	store, err := aliyun.Dial(own, r.secrets.known, testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	defer store.Close()
	_, err = store.Put(r.t.Context(), transfer.PutRequest{Key: key, Size: int64(len(text)), Body: strings.NewReader(text)})
	if err != nil {
		r.t.Fatal(err)
	}
}

// abortElsewhere aborts every open upload, as another program would.
func (r *rig) abortElsewhere() {
	r.t.Helper()
	store, err := aliyun.Dial(r.account, r.secrets.known, testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	defer store.Close()
	open, err := r.oss.OpenUploads(testBucket)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, u := range open {
		if err := store.Abort(r.t.Context(), u.Key, u.UploadID); err != nil {
			r.t.Fatal(err)
		}
	}
}
