package transfer_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
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
	issuer   *issuer // where the account's credentials come from; nil: secrets
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
		if r.issuer != nil {
			a.Source = transfer.CredentialSource{Kind: transfer.SourceCommand, Command: "issuer"}
		}
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
	var secrets transfer.Secrets = r.secrets
	if r.issuer != nil {
		secrets = r.issuer
	}
	r.m = transfer.Start(transfer.Config{Journal: seen, Dial: r.dial, Secrets: secrets, Log: slog.New(r.log), Settings: s, Routes: r.routes})
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

// restartAfter restarts the engine, and changes the journal while there is none: one that runs
// would come upon the change at any moment, also at its end.
func (r *rig) restartAfter(change func(j *db.Journal)) {
	r.t.Helper()
	r.stopEngine()
	j, err := db.Open(r.t.Context(), r.data, slog.New(r.log))
	if err != nil {
		r.t.Fatal(err)
	}
	change(j)
	if err := j.Close(); err != nil {
		r.t.Fatal(err)
	}
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

// text makes a file of this text, to compare an object with.
func (r *rig) text(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
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
