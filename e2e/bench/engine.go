package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"partway/db"
	"partway/transfer"
	"partway/transfer/aliyun"
)

const (
	keyID  = "LTAIbench"
	secret = "secret-of-the-bench"
	region = "cn-hangzhou"
	bucket = "bench"
)

// engine uploads by Partway's engine, with its journal.
func engine(ctx context.Context, o order) (told, error) {
	return runEngine(ctx, o, func(j *db.Journal) transfer.Journal { return j })
}

// forgetful does so without writing acknowledged parts down.
func forgetful(ctx context.Context, o order) (told, error) {
	return runEngine(ctx, o, func(j *db.Journal) transfer.Journal { return partless{j} })
}

func runEngine(ctx context.Context, o order, wrap func(*db.Journal) transfer.Journal) (t told, err error) {
	t.Begun = time.Now()
	log := slog.New(slog.DiscardHandler)
	j, err := db.Open(ctx, o.Dir, log)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	account, err := theAccount(ctx, j, o)
	if err != nil {
		return t, err
	}
	seen := watch(wrap(j), o)
	m := transfer.Start(transfer.Config{
		Journal: seen, Dial: aliyun.Dial, Secrets: secrets{}, Log: log,
		Settings: transfer.Settings{Slots: o.At, PartSize: o.PartSize, MD5: o.md5(), Limits: transfer.Limits{BytesPerSecond: o.Limit}},
	})
	defer func() { err = errors.Join(err, m.Close()) }()
	begun := time.Now()
	if !o.Resume {
		_, err = m.Add(ctx, transfer.AddRequest{
			Paths: o.Paths, Policy: transfer.PolicySkipSame, Paused: o.Pause,
			To: transfer.Destination{Account: account, Endpoint: o.Endpoint, Region: region, Bucket: bucket},
		})
		if err != nil {
			return t, err
		}
	}
	if o.For > 0 { // then it is cut
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, o.For, errOver)
		defer stop()
	}
	if err = seen.wait(ctx); errors.Is(err, errOver) {
		err = nil
	}
	t.Seconds, t.Adding = time.Since(begun).Seconds(), time.Duration(seen.adding.Load())
	return t, errors.Join(err, t.read())
}

// errOver is why an upload is cut of which only some time is measured.
var errOver = errors.New("measured for long enough")

// md5 is as the order has it: what is left to the engine is not the same work each time.
func (o *order) md5() transfer.MD5Mode {
	if o.MD5 {
		return transfer.MD5On
	}
	return transfer.MD5Off
}

// theAccount is the account that a journal has, or a new one.
func theAccount(ctx context.Context, j *db.Journal, o order) (transfer.AccountID, error) {
	if o.Resume {
		return 0, nil // that of the uploads
	}
	return j.SaveAccount(ctx, transfer.Account{
		Name: "bench", Kind: transfer.AccountKeys, Endpoint: o.Endpoint, Region: region,
		Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4, KeyID: keyID,
	})
}

// read notes how much this process has read, as the system counts it.
func (t *told) read() error {
	text, err := os.ReadFile("/proc/self/io")
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another system
	}
	if err == nil {
		_, err = fmt.Sscanf(string(text), "rchar: %d", &t.Read)
	}
	return err
}

// watched is a journal that tells when an order is over. To ask it would cost.
type watched struct {
	transfer.Journal
	o      order
	left   atomic.Int64 // uploads
	parts  atomic.Int64 // acknowledged
	adding atomic.Int64 // nanoseconds
	ended  chan error
}

func watch(j transfer.Journal, o order) *watched {
	w := &watched{Journal: j, o: o, ended: make(chan error, 1)}
	w.left.Store(int64(max(o.Uploads, len(o.Paths))))
	return w
}

// Commit looks for uploads that end, and for those that need somebody.
func (w *watched) Commit(c transfer.Change, done func(error)) {
	w.Journal.Commit(c, func(err error) {
		for i := range c.Uploads {
			switch u := &c.Uploads[i]; {
			case u.Wait.NeedsPerson():
				w.end(fmt.Errorf("an upload is %s: %w", u.Status(), u.Error))
			case u.Phase == transfer.PhaseDone && w.left.Add(-1) == 0:
				w.end(nil)
			}
		}
		if n := w.parts.Add(int64(len(c.Parts))); w.o.DieAt > 0 && n >= int64(w.o.DieAt) {
			w.end(syscall.Kill(os.Getpid(), syscall.SIGKILL))
		}
		if done != nil {
			done(err)
		}
	})
}

// AddUploads notes what adding costs.
func (w *watched) AddUploads(ctx context.Context, us []transfer.Upload) ([]transfer.Added, error) {
	begun := time.Now()
	added, err := w.Journal.AddUploads(ctx, us)
	w.adding.Add(int64(time.Since(begun)))
	return added, err
}

// ScanDone may be the end.
func (w *watched) ScanDone(ctx context.Context, id transfer.BatchID) error {
	err := w.Journal.ScanDone(ctx, id)
	if w.o.Pause || w.o.Added {
		w.end(err)
	}
	return err
}

func (w *watched) end(err error) {
	select {
	case w.ended <- err:
	default:
	}
}

func (w *watched) wait(ctx context.Context) error {
	select {
	case err := <-w.ended:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// partless is a journal that forgets acknowledged parts.
type partless struct{ *db.Journal }

// Commit drops what is of parts alone.
func (p partless) Commit(c transfer.Change, done func(error)) {
	c.Parts = nil
	if len(c.Uploads)+len(c.Forget)+len(c.Perhaps)+len(c.Events) > 0 {
		p.Journal.Commit(c, done)
		return
	}
	if done != nil {
		go done(nil)
	}
}

type secrets struct{}

func (secrets) Credentials(context.Context, transfer.Account) (transfer.Credentials, error) {
	return transfer.Credentials{KeyID: keyID, Secret: transfer.NewSecret(secret)}, nil
}

func (secrets) Keep(context.Context, transfer.Account, transfer.Credentials) (transfer.Kept, error) {
	return transfer.KeptForSession, nil
}

func (secrets) Refused(transfer.Account, transfer.Credentials) {}

func (secrets) Forget(context.Context, transfer.Account) error { return nil }
