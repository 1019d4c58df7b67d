package cli

import (
	"context"
	"slices"
	"sync"

	"partway/transfer"
)

// fakeJournal holds rows in memory.
type fakeJournal struct {
	transfer.Lists // what the command line must not ask panics

	mu        sync.Mutex
	accounts  []transfer.Account
	lastID    transfer.AccountID
	rows      []transfer.Row
	unscanned []transfer.Batch
	needed    []transfer.AccountID // by unfinished uploads
	version   uint64
	err       error
}

// change alters the rows as a commit would.
func (j *fakeJournal) change(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f()
	j.version++
}

func (j *fakeJournal) Accounts(context.Context) ([]transfer.Account, error) {
	return slices.Clone(j.accounts), j.err
}

func (j *fakeJournal) SaveAccount(_ context.Context, a transfer.Account) (transfer.AccountID, error) {
	j.lastID++
	a.ID = 100 + j.lastID
	j.accounts = append(j.accounts, a)
	return a.ID, j.err
}

func (j *fakeJournal) RemoveAccount(_ context.Context, id transfer.AccountID) error {
	if slices.Contains(j.needed, id) {
		return &transfer.Error{Kind: transfer.KindPermanent, Op: "RemoveAccount"}
	}
	j.accounts = slices.DeleteFunc(j.accounts, func(a transfer.Account) bool { return a.ID == id })
	return j.err
}

func (j *fakeJournal) UseAccount(_ context.Context, id transfer.AccountID, bucket, prefix string) error {
	i := slices.IndexFunc(j.accounts, func(a transfer.Account) bool { return a.ID == id })
	a := j.accounts[i]
	a.Bucket, a.Prefix = bucket, prefix
	j.accounts = slices.Insert(slices.Delete(j.accounts, i, i+1), 0, a)
	return j.err
}

func (j *fakeJournal) Unscanned(context.Context) ([]transfer.Batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.unscanned), j.err
}

func (j *fakeJournal) Version() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.version
}

func (j *fakeJournal) Counts(context.Context) (transfer.Counts, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := transfer.Counts{Groups: map[transfer.Group]int{transfer.GroupAll: len(j.rows)}}
	for _, r := range j.rows {
		if g := r.Status.Group(); g != transfer.GroupAll {
			c.Groups[g]++
		}
	}
	return c, j.err
}

func (j *fakeJournal) BatchCounts(_ context.Context, id transfer.BatchID) (map[transfer.Status]int, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	counts := map[transfer.Status]int{}
	for _, r := range j.rows {
		if r.Batch == id {
			counts[r.Status]++
		}
	}
	scanned := !slices.ContainsFunc(j.unscanned, func(b transfer.Batch) bool { return b.ID == id })
	return counts, scanned, j.err
}

func (j *fakeJournal) List(_ context.Context, f transfer.Filter, _ transfer.Sort) ([]transfer.ID, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var ids []transfer.ID
	for _, r := range j.rows {
		if r.Status.Group() == f.Group &&
			(f.Account == 0 || r.To.Account == f.Account) && (f.Bucket == "" || r.To.Bucket == f.Bucket) {
			ids = append(ids, r.ID)
		}
	}
	return ids, j.err
}

func (j *fakeJournal) Rows(_ context.Context, ids []transfer.ID) ([]transfer.Row, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var rows []transfer.Row
	for _, r := range j.rows {
		if slices.Contains(ids, r.ID) {
			rows = append(rows, r)
		}
	}
	return rows, j.err
}

func (j *fakeJournal) Command(s transfer.Selection, _ transfer.SetCommand, done func(int, error)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, r := range j.rows {
		if slices.Contains(s.IDs, r.ID) && j.err == nil {
			j.rows[i].Status = transfer.StatusPaused
		}
	}
	done(len(s.IDs), j.err)
}
