// Package trial runs the built-in endpoint as an account that lasts: what it stores in
// the data folder is there again at the next start, until it is deleted.
//
// Nothing of it leaves this computer: the endpoint listens on loopback only, for requests
// signed with a key made for this data folder.
package trial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"partway/transfer"
	"partway/transfer/osslocal"
)

const (
	// Name is the account's name.
	Name = "Trial"
	// Bucket is the one bucket it begins with.
	Bucket = "trial"
	// region is only a word here: signatures are scoped to one.
	region = "cn-hangzhou"

	// reserve is the least that is left free on the disk.
	reserve = 1 << 30
)

// Trial is the built-in endpoint, running or not. Its methods may be called from any
// goroutine; they touch the disk, except for Limit.
type Trial struct {
	dir      string
	accounts transfer.Accounts
	log      *slog.Logger

	mu     sync.Mutex // guards what follows, and starting and stopping
	server *osslocal.Server
	addr   string // where it listened last: requests under way find it again there
	keys   keyPair
	limit  int64
}

// New prepares the endpoint, to be kept below dataDir. It is started by Open.
func New(dataDir string, accounts transfer.Accounts, log *slog.Logger) *Trial {
	t := &Trial{dir: filepath.Join(dataDir, "trial"), accounts: accounts, log: log}
	t.limit = t.measure()
	return t
}

// Resume starts the endpoint if its account is in the journal: uploads to it may go on.
func (t *Trial) Resume(ctx context.Context) error {
	a, err := t.find(ctx)
	if err != nil || a.ID == 0 {
		return err
	}
	_, err = t.Open(ctx)
	return err
}

// Open starts the endpoint and makes its account and bucket, or finds them. It may be
// called any number of times.
func (t *Trial) Open(ctx context.Context) (transfer.Account, error) {
	if err := t.start(); err != nil {
		return transfer.Account{}, fmt.Errorf("start the built-in endpoint: %w", err)
	}
	a, err := t.find(ctx)
	if err != nil || a.ID != 0 {
		return a, err
	}
	a = transfer.Account{
		Name: Name, Kind: transfer.AccountTrial, Endpoint: transfer.TrialEndpoint, Region: region,
		Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4, KeyID: t.key().ID, Bucket: Bucket,
	}
	if a.ID, err = t.accounts.SaveAccount(ctx, a); err != nil {
		return transfer.Account{}, fmt.Errorf("note the trial account: %w", err)
	}
	return a, nil
}

// find returns the trial's account, or one without ID.
func (t *Trial) find(ctx context.Context) (transfer.Account, error) {
	known, err := t.accounts.Accounts(ctx)
	if err != nil {
		return transfer.Account{}, fmt.Errorf("read accounts: %w", err)
	}
	for _, a := range known {
		if a.Kind == transfer.AccountTrial {
			return a, nil
		}
	}
	return transfer.Account{}, nil
}

func (t *Trial) start() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server != nil {
		return nil
	}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return err
	}
	var err error
	if t.keys, err = loadKeys(filepath.Join(t.dir, "key.json")); err != nil {
		return err
	}
	t.limit = t.measure()
	s, err := t.listen(t.addr)
	if err != nil && t.addr != "" {
		s, err = t.listen("") // somebody took the port meanwhile
	}
	if err != nil {
		return err
	}
	if err := s.CreateBucket(Bucket); err != nil {
		return errors.Join(err, s.Close())
	}
	t.server = s
	if u, err := url.Parse(s.URL()); err == nil {
		t.addr = u.Host
	}
	t.log.Info("built-in endpoint started", "url", s.URL(), "limitBytes", t.limit)
	return nil
}

func (t *Trial) listen(addr string) (*osslocal.Server, error) {
	return osslocal.Start(osslocal.Config{
		Dir:    t.store(),
		Region: region,
		Keys:   map[string]string{t.keys.ID: t.keys.Secret},
		Addr:   addr,
		Limit:  t.limit,
	})
}

// store is where objects and parts are kept.
func (t *Trial) store() string { return filepath.Join(t.dir, "oss") }

func (t *Trial) key() keyPair {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.keys
}

// measure returns the most bytes that may be kept: what is kept already, and what is free
// on the disk less a tenth of it, or less [reserve] if that is more.
func (t *Trial) measure() int64 {
	free, err := freeBytes(t.dir)
	if err != nil {
		t.log.Warn("measure free space", "error", err)
		return reserve
	}
	return max(1, used(t.store())+free-max(free/10, reserve))
}

// used sums the files below dir. What cannot be read counts nothing.
func used(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // an estimate goes on without it
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// Limit is the most bytes the endpoint takes, as measured when it was started.
func (t *Trial) Limit() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limit
}

// Delete forgets the account and deletes what was stored. It fails while unfinished
// uploads need it.
func (t *Trial) Delete(ctx context.Context) error {
	a, err := t.find(ctx)
	if err != nil {
		return err
	}
	if a.ID != 0 {
		if err := t.accounts.RemoveAccount(ctx, a.ID); err != nil {
			return fmt.Errorf("forget the trial account: %w", err)
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return fmt.Errorf("delete trial data: %w", err)
	}
	return nil
}

// Close stops the endpoint. What it stored stays.
func (t *Trial) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server == nil {
		return nil
	}
	err := t.server.Close()
	t.server = nil
	if err != nil {
		return fmt.Errorf("stop the built-in endpoint: %w", err)
	}
	return nil
}
