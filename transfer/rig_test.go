package transfer_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/transfer/osslocal"
	"partway/transfer/osslocal/fault"
)

const (
	testBucket = "bucket"
	testKeyID  = "LTAItest"
	testSecret = "secret-of-the-test"
)

// tester is what the rig needs of a test: *testing.T, or one check of a model.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
	Cleanup(f func())
	TempDir() string
}

// rig is an engine with its real journal and adapter before an endpoint of its own.
type rig struct {
	t        tester
	oss      *osslocal.Server
	faults   *fault.Plan
	journal  *db.Journal
	m        *transfer.Manager
	secrets  *memorySecrets
	account  transfer.Account
	data     string
	addr     string
	files    string
	log      *logWatch
	changes  func(*transfer.Settings)
	wrap     func(transfer.Journal) transfer.Journal // what the engine sees of the journal
	dial     transfer.Dial
	routes   <-chan struct{}                 // changes of the network
	line     string                          // the endpoint's URL as the account has it, "" for its own
	watch    func(http.Handler) http.Handler // round the service, within the faults
	skew     atomic.Int64                    // nanoseconds: the endpoint's clock less this computer's
	patience time.Duration                   // how long until waits, 0 for a minute

	mu      sync.Mutex
	records []osslocal.Record
}

// newRig starts all. Parts are 100 KiB, so that small files have many.
func newRig(t *testing.T, settings ...func(*transfer.Settings)) *rig {
	t.Helper()
	r := makeRig(t, settings...)
	r.startServer(t.TempDir(), "127.0.0.1:0")
	r.startEngine()
	return r
}

// makeRig makes a rig that is not started yet.
func makeRig(t tester, settings ...func(*transfer.Settings)) *rig {
	t.Helper()
	r := &rig{t: t, faults: fault.Must(), data: t.TempDir(), files: t.TempDir(), log: &logWatch{}, dial: aliyun.Dial}
	r.changes = func(s *transfer.Settings) {
		s.PartSize = transfer.MinPartSize
		for _, f := range settings {
			f(s)
		}
	}
	r.secrets = &memorySecrets{known: transfer.Credentials{KeyID: testKeyID, Secret: transfer.NewSecret(testSecret)}}
	t.Cleanup(func() {
		if r.m != nil {
			r.stopEngine()
		}
		if r.oss == nil {
			return
		}
		if err := r.oss.Close(); err != nil {
			t.Errorf("close endpoint: %v", err)
		}
		if text := r.log.String(); strings.Contains(text, "table does not have") {
			t.Errorf("the engine took a step its table does not have:\n%s", text)
		}
	})
	return r
}

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

func (r *rig) startEngine() {
	r.t.Helper()
	ctx := r.t.Context()
	j, err := db.Open(ctx, r.data, slog.New(r.log))
	if err != nil {
		r.t.Fatal(err)
	}
	accounts, err := j.Accounts(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(accounts) == 0 {
		a := transfer.Account{Name: "test", Kind: transfer.AccountKeys, Endpoint: cmp.Or(r.line, r.oss.URL()), Region: r.oss.Region(), Signature: transfer.SignatureV4, Addressing: transfer.AddressVirtual, KeyID: testKeyID}
		if a.ID, err = j.SaveAccount(ctx, a); err != nil {
			r.t.Fatal(err)
		}
		accounts = []transfer.Account{a}
	}
	r.account, r.journal = accounts[0], j
	var s transfer.Settings
	r.changes(&s)
	var seen transfer.Journal = j
	if r.wrap != nil {
		seen = r.wrap(j)
	}
	r.m = transfer.Start(transfer.Config{Journal: seen, Dial: r.dial, Secrets: r.secrets, Log: slog.New(r.log), Settings: s, Routes: r.routes})
}

func (r *rig) stopEngine() {
	r.t.Helper()
	begun := time.Now()
	if err := r.m.Close(); err != nil {
		r.t.Errorf("close engine: %v", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		r.t.Errorf("closing took %v, more than 3 s", took)
	}
	if err := r.journal.Close(); err != nil {
		r.t.Errorf("close journal: %v", err)
	}
	r.m = nil
}

func (r *rig) restart() {
	r.t.Helper()
	r.stopEngine()
	r.startEngine()
}

// file makes a file of random bytes that is old enough to be sent at once.
func (r *rig) file(name string, size int64) string {
	r.t.Helper()
	path := filepath.Join(r.files, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	r.write(path, size)
	return path
}

func (r *rig) write(path string, size int64) {
	r.t.Helper()
	data := make([]byte, size)
	var seed [32]byte // each file's bytes are its own
	binary.LittleEndian.PutUint64(seed[:], rand.Uint64())
	rand.NewChaCha8(seed).Read(data) //nolint:errcheck // never fails
	if err := os.WriteFile(path, data, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.age(path)
}

func (r *rig) age(path string) {
	r.t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) to(prefix string) transfer.Destination {
	return transfer.Destination{Account: r.account.ID, Endpoint: r.account.Endpoint, Region: r.account.Region, Bucket: testBucket, Prefix: prefix}
}

// add adds paths under p/ and returns the IDs of their rows, once the scan is done.
func (r *rig) add(policy transfer.Policy, paths ...string) []transfer.ID {
	r.t.Helper()
	batch, err := r.m.Add(r.t.Context(), transfer.AddRequest{Paths: paths, To: r.to("p/"), Policy: policy})
	if err != nil {
		r.t.Fatal(err)
	}
	return r.scanned(batch)
}

func (r *rig) scanned(batch transfer.BatchID) []transfer.ID {
	r.t.Helper()
	r.until("the scan is done", func() bool {
		_, done, err := r.journal.BatchCounts(r.t.Context(), batch)
		return err == nil && done
	})
	ids, err := r.journal.List(r.t.Context(), transfer.Filter{Batch: batch}, transfer.Sort{By: transfer.SortQueue})
	if err != nil {
		r.t.Fatal(err)
	}
	return ids
}

// until waits for a condition that must come true.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.NewTimer(cmp.Or(r.patience, time.Minute)) // for slow machines: nothing waits for it otherwise
	defer deadline.Stop()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-poll.C:
		case <-deadline.C:
			r.t.Fatalf("waited in vain until %s\n%s\n%s", what, r.describe(), r.log)
		}
	}
}

func (r *rig) describe() string {
	ids, err := r.journal.List(context.Background(), transfer.Filter{}, transfer.Sort{By: transfer.SortQueue})
	if err != nil {
		return err.Error()
	}
	uploads, err := r.journal.Uploads(context.Background(), ids)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, u := range uploads {
		b.WriteString(u.Name + ": " + string(u.Intent) + " " + string(u.Phase) + " " + string(u.Wait) + " live " + string(r.m.Snapshot().Live[u.ID].Status))
		if u.Error != nil {
			b.WriteString(" " + u.Error.Error())
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (r *rig) upload(id transfer.ID) transfer.Upload {
	r.t.Helper()
	us, err := r.journal.Uploads(r.t.Context(), []transfer.ID{id})
	if err != nil || len(us) != 1 {
		r.t.Fatalf("upload %d: %v, %d rows", id, err, len(us))
	}
	return us[0]
}

// reaches waits for an upload's status in the journal.
func (r *rig) reaches(id transfer.ID, s transfer.Status) transfer.Upload {
	r.t.Helper()
	var u transfer.Upload
	r.until("upload is "+string(s), func() bool {
		u = r.upload(id)
		return u.Status() == s
	})
	return u
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

// text makes a file of this text, to compare an object with.
func (r *rig) text(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
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

func (r *rig) events(id transfer.ID) string {
	r.t.Helper()
	events, err := r.journal.Events(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	var lines []string
	for _, e := range events {
		lines = append(lines, string(e.Kind)+" "+e.Text)
	}
	return strings.Join(lines, "\n")
}

// memorySecrets knows one pair of keys, or none.
type memorySecrets struct {
	mu    sync.Mutex
	known transfer.Credentials
}

func (s *memorySecrets) set(c transfer.Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = c
}

func (s *memorySecrets) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known.Complete() {
		return transfer.Credentials{}, &transfer.Error{Kind: transfer.KindAuth, Op: "Credentials", Err: errors.New("there are none")}
	}
	return s.known, nil
}

func (s *memorySecrets) Keep(_ context.Context, _ transfer.Account, c transfer.Credentials) (transfer.Kept, error) {
	s.set(c)
	return transfer.KeptForSession, nil
}

func (s *memorySecrets) Forget(context.Context, transfer.Account) error {
	s.set(transfer.Credentials{})
	return nil
}

// logWatch keeps the log's text.
type logWatch struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logWatch) Enabled(context.Context, slog.Level) bool { return true }
func (l *logWatch) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *logWatch) WithGroup(string) slog.Handler            { return l }
func (l *logWatch) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		l.text.WriteString(" " + a.String())
		return true
	})
	l.text.WriteString("\n")
	return nil
}

func (l *logWatch) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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
