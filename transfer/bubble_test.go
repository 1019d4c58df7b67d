package transfer_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"partway/db"
	"partway/transfer"
)

// bubble is an engine with its real journal, in a time of its own: hours pass as soon as
// nothing but a timer is waited for. OSS is a memory store whose line a test cuts.
type bubble struct {
	t       *testing.T
	oss     *memoryStore
	instead transfer.Store          // of oss; nil: none
	others  map[string]*memoryStore // by bucket or endpoint; where there is none, it is oss
	journal *db.Journal
	m       *transfer.Manager
	to      transfer.Destination
	routes  chan struct{}
	unknown atomic.Bool  // credentials, which come over the network, cannot be got
	asked   atomic.Int64 // how often they could not
}

// inBubble runs a test on an engine in a time of its own.
func inBubble(t *testing.T, settings transfer.Settings, test func(b *bubble)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		j, err := db.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		check(t, err)
		a := transfer.Account{Name: "test", Kind: transfer.AccountKeys, Endpoint: "https://oss.test", Region: "cn-hangzhou", KeyID: testKeyID}
		a.ID, err = j.SaveAccount(t.Context(), a)
		check(t, err)
		secrets := &memorySecrets{known: transfer.Credentials{KeyID: testKeyID, Secret: transfer.NewSecret(testSecret)}}
		settings.PartSize = cmp.Or(settings.PartSize, transfer.MinPartSize)
		b := &bubble{t: t, oss: newMemoryStore(), others: map[string]*memoryStore{}, journal: j, routes: make(chan struct{})}
		b.to = transfer.Destination{Account: a.ID, Endpoint: a.Endpoint, Region: a.Region, Bucket: testBucket, Prefix: "p/"}
		b.m = transfer.Start(transfer.Config{
			Journal: j, Secrets: secrets, Log: slog.New(slog.DiscardHandler), Settings: settings, Routes: b.routes,
			Dial: func(a transfer.Account, _ transfer.Credentials, bucket string) (transfer.Store, error) {
				if b.unknown.Load() {
					b.asked.Add(1)
					return nil, &transfer.Error{Kind: transfer.KindTransient, Op: "Credentials", Err: errors.New("no answer")}
				}
				if b.instead != nil {
					return b.instead, nil
				}
				return cmp.Or(b.others[bucket], b.others[a.Endpoint], b.oss), nil
			},
		})
		t.Cleanup(func() {
			if err := b.m.Close(); !errors.Is(err, transfer.ErrClosed) { // the test did
				check(t, err)
			}
			check(t, j.Close())
		})
		test(b)
	})
}

// add adds a file of so many parts of 100 KiB under its name.
func (b *bubble) add(name string, parts int) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	check(b.t, os.WriteFile(path, make([]byte, parts*transfer.MinPartSize), 0o600))
	_, err := b.m.Add(b.t.Context(), transfer.AddRequest{Paths: []string{path}, To: b.to, Policy: transfer.PolicyReplace})
	check(b.t, err)
}

// addSmall adds so many files of a few bytes, as one batch, and returns that.
func (b *bubble) addSmall(n int) transfer.BatchID {
	b.t.Helper()
	dir := filepath.Join(b.t.TempDir(), "many")
	check(b.t, os.Mkdir(dir, 0o700))
	for i := range n {
		check(b.t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte("x"), 0o600))
	}
	batch, err := b.m.Add(b.t.Context(), transfer.AddRequest{Paths: []string{dir}, To: b.to, Policy: transfer.PolicyReplace})
	check(b.t, err)
	return batch
}

// ends lets time pass until all of a batch is completed.
func (b *bubble) ends(batch transfer.BatchID, most time.Duration) {
	b.t.Helper()
	for begun := time.Now(); ; b.sleep(50 * time.Millisecond) {
		counts, scanned, err := b.journal.BatchCounts(b.t.Context(), batch)
		check(b.t, err)
		if scanned && len(counts) == 1 && counts[transfer.StatusCompleted] > 0 {
			return
		}
		if time.Since(begun) > most {
			b.t.Fatalf("after %v the batch is %v", most, counts)
		}
	}
}

// account adds another account and makes it the one that is sent to.
func (b *bubble) account(endpoint string) {
	b.t.Helper()
	a := transfer.Account{Name: "another", Kind: transfer.AccountKeys, Endpoint: endpoint, Region: "cn-hangzhou", KeyID: testKeyID}
	id, err := b.journal.SaveAccount(b.t.Context(), a)
	check(b.t, err)
	b.to.Account, b.to.Endpoint = id, endpoint
}

// rows returns the statuses of all rows, as shown.
func (b *bubble) rows() map[transfer.Status]int {
	b.t.Helper()
	ids, err := b.journal.List(b.t.Context(), transfer.Filter{}, transfer.Sort{By: transfer.SortQueue})
	check(b.t, err)
	uploads, err := b.journal.Uploads(b.t.Context(), ids)
	check(b.t, err)
	live := b.m.Snapshot().Live
	counts := map[transfer.Status]int{}
	for _, u := range uploads {
		s := u.Status()
		if l, working := live[u.ID]; working {
			s = l.Status
		}
		counts[s]++
	}
	return counts
}

// until lets time pass until all rows have the status.
func (b *bubble) until(s transfer.Status, most time.Duration) {
	b.t.Helper()
	b.pass(s, most, func(rows map[transfer.Status]int) bool { return rows[s] > 0 && len(rows) == 1 })
}

// rests lets time pass until some rows have the status, and all others were not begun.
func (b *bubble) rests(s transfer.Status, most time.Duration) {
	b.t.Helper()
	b.pass(s, most, func(rows map[transfer.Status]int) bool {
		return rows[s] > 0 && (len(rows) == 1 || len(rows) == 2 && rows[transfer.StatusWaiting] > 0)
	})
}

// sleep lets time pass.
func (b *bubble) sleep(d time.Duration) { <-time.After(d) }

func (b *bubble) pass(s transfer.Status, most time.Duration, ok func(map[transfer.Status]int) bool) {
	b.t.Helper()
	for begun := time.Now(); ; b.sleep(max(most/100, 50*time.Millisecond)) {
		rows := b.rows()
		if ok(rows) {
			return
		}
		if time.Since(begun) > most {
			b.t.Fatalf("after %v not all are %s: %v", most, s, rows)
		}
	}
}

// memoryStore is OSS without a network. Every request is put to answer first, which may
// wait, in the bubble's time, and refuse it.
type memoryStore struct {
	mu      sync.Mutex
	answer  func(ctx context.Context, op string) *transfer.Error
	asked   map[string]int // requests by operation
	began   int
	uploads map[string]map[int][]byte
	objects map[string]transfer.ObjectState
}

func newMemoryStore() *memoryStore {
	return &memoryStore{
		asked: map[string]int{}, uploads: map[string]map[int][]byte{}, objects: map[string]transfer.ObjectState{},
	}
}

// script sets what requests are answered from now on; nil lets them pass.
func (s *memoryStore) script(answer func(ctx context.Context, op string) *transfer.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// total returns how many requests came.
func (s *memoryStore) total() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, asked := range s.asked {
		n += asked
	}
	return n
}

func (s *memoryStore) count(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[op]
}

// enter puts a request to the script, and takes the lock when it may pass.
func (s *memoryStore) enter(ctx context.Context, op string) error {
	s.mu.Lock()
	s.asked[op]++
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, op); err != nil {
			err.Op = op
			return err
		}
	}
	s.mu.Lock()
	return nil
}

func (s *memoryStore) Initiate(ctx context.Context, _ string, _ transfer.Options, _ bool) (string, error) {
	if err := s.enter(ctx, "InitiateMultipartUpload"); err != nil {
		return "", err
	}
	defer s.mu.Unlock()
	s.began++
	id := fmt.Sprint("id", s.began)
	s.uploads[id] = map[int][]byte{}
	return id, nil
}

// digest returns what OSS says of bytes.
func digest(data []byte) transfer.Digest {
	return transfer.Digest{CRC64: crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), HasCRC: true}
}

// tag returns the ETag of bytes: no MD5, as with encrypted objects.
func tag(d transfer.Digest) string { return fmt.Sprint("tag", d.CRC64) }

func (s *memoryStore) UploadPart(ctx context.Context, r transfer.PartRequest) (a transfer.PartAnswer, err error) {
	data := make([]byte, r.Size)
	if _, err := io.ReadFull(r.Body, data); err != nil {
		return a, err
	}
	if err := s.enter(ctx, "UploadPart"); err != nil {
		return a, err
	}
	defer s.mu.Unlock()
	s.uploads[r.UploadID][r.Number] = data
	d := digest(data)
	return transfer.PartAnswer{ETag: tag(d), Stored: d, Sent: d}, nil
}

func (s *memoryStore) ListParts(ctx context.Context, _, uploadID string, marker int) (p transfer.PartPage, err error) {
	if err := s.enter(ctx, "ListParts"); err != nil {
		return p, err
	}
	defer s.mu.Unlock()
	parts, there := s.uploads[uploadID]
	if !there {
		return p, &transfer.Error{Kind: transfer.KindGone, Op: "ListParts", Code: transfer.CodeNoSuchUpload}
	}
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		if n > marker {
			d := digest(parts[n])
			p.Parts = append(p.Parts, transfer.StoredPart{Number: n, Size: int64(len(parts[n])), ETag: tag(d), CRC64: d.CRC64, HasCRC: true})
		}
	}
	return p, nil
}

func (s *memoryStore) Complete(ctx context.Context, r transfer.CompleteRequest) (a transfer.ObjectAnswer, err error) {
	if err := s.enter(ctx, "CompleteMultipartUpload"); err != nil {
		return a, err
	}
	defer s.mu.Unlock()
	var data []byte
	for _, p := range r.Parts {
		data = append(data, s.uploads[r.UploadID][p.Number]...)
	}
	delete(s.uploads, r.UploadID)
	return s.keep(r.Key, data), nil
}

// keep stores an object. The caller holds the lock.
func (s *memoryStore) keep(key string, data []byte) transfer.ObjectAnswer {
	d := digest(data)
	s.objects[key] = transfer.ObjectState{Exists: true, Size: int64(len(data)), ETag: tag(d), CRC64: d.CRC64, HasCRC: true, LastModified: time.Now()}
	return transfer.ObjectAnswer{ETag: tag(d), Stored: d, Sent: d}
}

func (s *memoryStore) Abort(ctx context.Context, _, uploadID string) error {
	if err := s.enter(ctx, "AbortMultipartUpload"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	delete(s.uploads, uploadID)
	return nil
}

func (s *memoryStore) Put(ctx context.Context, r transfer.PutRequest) (a transfer.ObjectAnswer, err error) {
	data := make([]byte, r.Size)
	if _, err := io.ReadFull(r.Body, data); err != nil {
		return a, err
	}
	if err := s.enter(ctx, "PutObject"); err != nil {
		return a, err
	}
	defer s.mu.Unlock()
	return s.keep(r.Key, data), nil
}

func (s *memoryStore) Head(ctx context.Context, key string) (o transfer.ObjectState, err error) {
	if err := s.enter(ctx, "HeadObject"); err != nil {
		return o, err
	}
	defer s.mu.Unlock()
	return s.objects[key], nil
}

func (s *memoryStore) ListUploads(ctx context.Context, _ string) ([]transfer.OpenUpload, error) {
	if err := s.enter(ctx, "ListMultipartUploads"); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	return nil, nil
}

func (s *memoryStore) ListPrefixes(context.Context, string, string) (transfer.Listing, error) {
	return transfer.Listing{}, nil
}

func (s *memoryStore) ListObjects(context.Context, string, string) (transfer.ObjectPage, error) {
	return transfer.ObjectPage{}, nil
}

func (s *memoryStore) ListUploadPage(context.Context, string, transfer.UploadMarker) (transfer.UploadPage, error) {
	return transfer.UploadPage{}, nil
}
func (s *memoryStore) Lifecycle(context.Context) ([]byte, error)     { return nil, nil }
func (s *memoryStore) SetLifecycle(context.Context, []byte) error    { return nil }
func (s *memoryStore) ListBuckets(context.Context) ([]string, error) { return nil, nil }
func (s *memoryStore) BucketInfo(context.Context) (transfer.BucketInfo, error) {
	return transfer.BucketInfo{}, nil
}
func (s *memoryStore) ClockOffset() time.Duration { return 0 }
func (s *memoryStore) Link(string, time.Duration) (transfer.Link, error) {
	return transfer.Link{}, nil
}
func (s *memoryStore) Close() {}
