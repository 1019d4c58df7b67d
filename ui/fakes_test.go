package ui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"partway/transfer"
)

// fakeJournal holds rows in memory.
type fakeJournal struct {
	mu       sync.Mutex
	version  uint64
	rows     []transfer.Row
	uploads  map[transfer.ID]transfer.Upload
	parts    map[transfer.ID][]transfer.Part
	events   []transfer.Event
	begun    []transfer.BegunUpload
	accounts []transfer.Account
	settings map[string]string
	lost     int
	lostSize int64
	err      error // what every reading returns
	lists    int   // calls of List
	used     []string
	filter   transfer.Filter
	recent   []transfer.Destination
	ignored  transfer.Names
	entries  []transfer.ID // what Entries returns; nil: what List does
	folders  []transfer.FolderRow
}

func newFakeJournal() *fakeJournal {
	return &fakeJournal{
		version: 1, uploads: map[transfer.ID]transfer.Upload{}, parts: map[transfer.ID][]transfer.Part{},
		settings: map[string]string{},
	}
}

func (j *fakeJournal) change(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f()
	j.version++
}

func (j *fakeJournal) List(_ context.Context, f transfer.Filter, _ transfer.Sort) ([]transfer.ID, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lists++
	j.filter = f
	var ids []transfer.ID
	for _, r := range j.rows {
		if f.Group == "" || f.Group == transfer.GroupAll || r.Status.Group() == f.Group {
			ids = append(ids, r.ID)
		}
	}
	return ids, j.err
}

func (j *fakeJournal) Queue(context.Context) ([]transfer.ID, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var ids []transfer.ID
	for _, r := range j.rows {
		if r.Status != transfer.StatusCompleted {
			ids = append(ids, r.ID)
		}
	}
	return ids, j.err
}

func (j *fakeJournal) listed() (int, transfer.Filter) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lists, j.filter
}

func (j *fakeJournal) Rows(_ context.Context, ids []transfer.ID) ([]transfer.Row, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var rows []transfer.Row
	for _, id := range ids {
		for _, r := range j.rows {
			if r.ID == id {
				rows = append(rows, r)
			}
		}
	}
	return rows, j.err
}

func (j *fakeJournal) Counts(context.Context) (transfer.Counts, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := transfer.Counts{Groups: map[transfer.Group]int{transfer.GroupAll: len(j.rows)}}
	for _, r := range j.rows {
		c.Groups[r.Status.Group()]++
		c.Total += r.Size
		c.Done += r.BytesDone
		if g := r.Status.Group(); g == transfer.GroupUploading || g == transfer.GroupWaiting {
			c.Ahead += r.Size - r.BytesDone
		}
	}
	c.Groups[transfer.GroupAll] = len(j.rows)
	return c, j.err
}

func (j *fakeJournal) BatchCounts(context.Context, transfer.BatchID) (map[transfer.Status]int, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	counts := map[transfer.Status]int{}
	for _, r := range j.rows {
		counts[r.Status]++
	}
	return counts, true, j.err
}

func (j *fakeJournal) OpenBatches(context.Context) ([]transfer.BatchID, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.rows {
		switch r.Status.Group() {
		case transfer.GroupUploading, transfer.GroupWaiting, transfer.GroupPaused:
			return []transfer.BatchID{7}, j.err
		default:
		}
	}
	return nil, j.err
}

func (j *fakeJournal) Batch(_ context.Context, id transfer.BatchID) (transfer.Batch, error) {
	return transfer.Batch{ID: id, Roots: []string{"/home/me/photos"}}, nil
}

func (j *fakeJournal) Progress(context.Context) (transfer.Progress, error) {
	return transfer.Progress{}, j.err
}

func (j *fakeJournal) Events(context.Context, transfer.ID) ([]transfer.Event, error) {
	return j.events, j.err
}

func (j *fakeJournal) History(_ context.Context, s transfer.Selection, each func(*transfer.Record) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.rows {
		if s.IDs != nil && !slices.Contains(s.IDs, j.rows[i].ID) {
			continue
		}
		if err := each(&transfer.Record{ID: j.rows[i].ID, Name: j.rows[i].Name}); err != nil {
			return err
		}
	}
	return j.err
}

func (j *fakeJournal) Receipts(ctx context.Context, each func(*transfer.Record) error) error {
	return j.History(ctx, transfer.Everything(), each)
}

func (j *fakeJournal) PerhapsOurs(context.Context) ([]transfer.PerhapsOurs, error) {
	return nil, j.err
}

func (j *fakeJournal) Begun(context.Context, string) ([]transfer.BegunUpload, error) {
	return j.begun, j.err
}

func (j *fakeJournal) Settled(context.Context, string, []string) error { return j.err }

func (j *fakeJournal) Unfinished(_ context.Context, s transfer.Selection) (transfer.Loss, error) {
	return transfer.Loss{Rows: len(s.IDs), Unfinished: len(s.IDs) + len(s.Folders), Begun: j.lost, Bytes: j.lostSize}, j.err
}

func (j *fakeJournal) Entries(ctx context.Context, f transfer.Filter, s transfer.Sort) ([]transfer.ID, error) {
	j.mu.Lock()
	entries := j.entries
	j.mu.Unlock()
	if entries != nil {
		return entries, nil
	}
	return j.List(ctx, f, s)
}

func (j *fakeJournal) Folders(_ context.Context, ids []transfer.FolderID, _ transfer.Filter) (rows []transfer.FolderRow, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range ids {
		for _, r := range j.folders {
			if r.ID == id {
				rows = append(rows, r)
			}
		}
	}
	return rows, j.err
}

func (j *fakeJournal) Setting(_ context.Context, key string) (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.settings[key], nil
}

func (j *fakeJournal) SetSetting(_ context.Context, key, value string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.settings[key] = value
	return nil
}

func (j *fakeJournal) saved() map[string]string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.settings)
}

func (j *fakeJournal) Version() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.version
}

func (j *fakeJournal) Accounts(context.Context) ([]transfer.Account, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]transfer.Account(nil), j.accounts...), nil
}

func (j *fakeJournal) SaveAccount(_ context.Context, a transfer.Account) (transfer.AccountID, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return 0, j.err
	}
	if a.ID == 0 {
		a.ID = transfer.AccountID(len(j.accounts) + 1)
		j.accounts = append(j.accounts, a)
		return a.ID, nil
	}
	for i := range j.accounts {
		if j.accounts[i].ID == a.ID {
			j.accounts[i] = a
		}
	}
	return a.ID, nil
}

func (j *fakeJournal) RemoveAccount(_ context.Context, id transfer.AccountID) error {
	return errors.New("unfinished uploads need it")
}

func (j *fakeJournal) UseAccount(_ context.Context, _ transfer.AccountID, bucket, prefix string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.used = append(j.used, bucket+"/"+prefix)
	return nil
}

func (j *fakeJournal) Destinations(context.Context, transfer.AccountID) ([]transfer.Destination, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.recent, j.err
}

func (j *fakeJournal) Ignored(context.Context, transfer.BatchID) (transfer.Names, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ignored, j.err
}

func (j *fakeJournal) Parts(_ context.Context, id transfer.ID) ([]transfer.Part, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.parts[id], j.err
}

func (j *fakeJournal) Uploads(_ context.Context, ids []transfer.ID) ([]transfer.Upload, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []transfer.Upload
	for _, id := range ids {
		if u, ok := j.uploads[id]; ok {
			found = append(found, u)
		}
	}
	return found, j.err
}

// add puts an upload of a status into the list. Its intent and wait are as its status
// needs them.
func (j *fakeJournal) add(id transfer.ID, s transfer.Status) {
	j.change(func() {
		j.rows = append(j.rows, transfer.Row{
			ID: id, Batch: 7, Name: "file", Path: "/tmp/file", Size: 100, Status: s, BytesDone: 40,
			To: transfer.Target{Account: 1, Bucket: "pictures", Key: "a/file"},
		})
		u := transfer.Upload{
			ID: id, Batch: 7, Name: "file", Path: "/tmp/file", File: transfer.Identity{Size: 100},
			Plan: transfer.Plan{PartSize: 50, Parts: 2}, Phase: transfer.PhaseUploading, UploadID: "U",
			Intent: transfer.IntentRun, To: transfer.Target{Account: 1, Bucket: "pictures", Key: "a/file"},
		}
		switch s {
		case transfer.StatusConflict:
			u.Wait = transfer.WaitConflict
			u.Error = &transfer.Error{Kind: transfer.KindExists, Op: "PutObject", Code: "FileAlreadyExists"}
		case transfer.StatusFileChanged:
			u.Wait = transfer.WaitChanged
		case transfer.StatusFileMissing:
			u.Wait = transfer.WaitMissing
		default:
		}
		j.uploads[id] = u
	})
}

type fakeSecrets struct {
	mu    sync.Mutex
	kept  map[transfer.AccountID]transfer.Credentials
	where transfer.Kept
	err   error
}

func newFakeSecrets() *fakeSecrets {
	return &fakeSecrets{kept: map[transfer.AccountID]transfer.Credentials{}}
}

func (s *fakeSecrets) Credentials(_ context.Context, a transfer.Account) (transfer.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.kept[a.ID]
	if !ok {
		return c, &transfer.Error{Kind: transfer.KindAuth, Op: "Credentials"}
	}
	return c, nil
}

func (s *fakeSecrets) Keep(_ context.Context, a transfer.Account, c transfer.Credentials) (transfer.Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	s.kept[a.ID] = c
	return s.where, nil
}

func (s *fakeSecrets) Refused(transfer.Account, transfer.Credentials) {}

func (s *fakeSecrets) Forget(context.Context, transfer.Account) error { return nil }

type fakeTrial struct {
	journal *fakeJournal
	limit   int64
	deleted bool
}

func (f *fakeTrial) Open(ctx context.Context) (transfer.Account, error) {
	a := transfer.Account{Name: "Trial", Kind: transfer.AccountTrial, Endpoint: transfer.TrialEndpoint, Bucket: "trial"}
	id, err := f.journal.SaveAccount(ctx, a)
	a.ID = id
	return a, err
}

func (f *fakeTrial) Delete(context.Context) error { f.deleted = true; return nil }
func (f *fakeTrial) Limit() int64                 { return f.limit }

// fakeStore refuses one operation, and lists what it is told to.
type fakeStore struct {
	transfer.Store
	refuse string // the operation that is refused
	// elsewhere is where OSS says that the bucket is; "": here.
	elsewhere string
	open      bool // the upload U1 is
	begun     int  // how often it was
	buckets   []string
	objects   map[string]int64            // sizes by key
	hold      chan struct{}               // not nil: what Head waits for
	pages     map[string]transfer.Listing // by prefix and token
}

func (s *fakeStore) answer(op string) error {
	if s.refuse == op {
		return &transfer.Error{Kind: transfer.KindAuth, Op: op, Code: transfer.CodeAccessDenied, EC: "0003-00000001", RequestID: "R1"}
	}
	return nil
}

func (s *fakeStore) Initiate(context.Context, string, transfer.Options, bool) (string, error) {
	s.open = true
	s.begun++
	return "U1", s.answer("Initiate")
}

func (s *fakeStore) UploadPart(_ context.Context, p transfer.PartRequest) (transfer.PartAnswer, error) {
	if s.elsewhere != "" {
		return transfer.PartAnswer{}, &transfer.Error{
			Kind: transfer.KindPermanent, Op: "UploadPart", Code: transfer.CodeWrongEndpoint, Endpoint: s.elsewhere,
		}
	}
	return transfer.PartAnswer{}, s.found("UploadPart", p.UploadID)
}

// found is answer, and that there is no other upload than U1.
func (s *fakeStore) found(op, uploadID string) error {
	if err := s.answer(op); err != nil || uploadID == "U1" && s.open {
		return err
	}
	return &transfer.Error{Kind: transfer.KindGone, Op: op, Code: transfer.CodeNoSuchUpload}
}

func (s *fakeStore) ClockOffset() time.Duration { return 0 }

func (s *fakeStore) BucketInfo(context.Context) (transfer.BucketInfo, error) {
	return transfer.BucketInfo{}, s.answer("BucketInfo")
}

func (s *fakeStore) ListUploadPage(context.Context, string, transfer.UploadMarker) (transfer.UploadPage, error) {
	return transfer.UploadPage{}, s.answer("ListUploadPage")
}

func (s *fakeStore) ListParts(_ context.Context, _, uploadID string, _ int) (transfer.PartPage, error) {
	return transfer.PartPage{}, s.found("ListParts", uploadID)
}

func (s *fakeStore) Abort(_ context.Context, _, uploadID string) error {
	err := s.found("Abort", uploadID)
	if err == nil {
		s.open = false
	}
	return err
}

func (s *fakeStore) ListBuckets(context.Context) ([]string, error) {
	return s.buckets, s.answer("ListBuckets")
}

func (s *fakeStore) Head(ctx context.Context, key string) (transfer.ObjectState, error) {
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return transfer.ObjectState{}, ctx.Err()
		}
	}
	size, ok := s.objects[key]
	return transfer.ObjectState{Exists: ok, Size: size}, s.answer("Head")
}

func (s *fakeStore) ListObjects(_ context.Context, _, after string) (transfer.ObjectPage, error) {
	var p transfer.ObjectPage
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		if key > after {
			p.Objects = append(p.Objects, transfer.ListedObject{Key: key, Size: s.objects[key]})
		}
	}
	return p, s.answer("ListObjects")
}

func (s *fakeStore) ListPrefixes(_ context.Context, prefix, token string) (transfer.Listing, error) {
	return s.pages[prefix+"|"+token], s.answer("ListPrefixes")
}

func (s *fakeStore) Close() {}
