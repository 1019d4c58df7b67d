package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
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
func engine(ctx context.Context, o order) (time.Duration, error) {
	return runEngine(ctx, o, func(j *db.Journal) transfer.Journal { return j })
}

// forgetful does so without writing acknowledged parts down.
func forgetful(ctx context.Context, o order) (time.Duration, error) {
	return runEngine(ctx, o, func(j *db.Journal) transfer.Journal { return partless{j} })
}

func runEngine(ctx context.Context, o order, wrap func(*db.Journal) transfer.Journal) (took time.Duration, err error) {
	log := slog.New(slog.DiscardHandler)
	j, err := db.Open(ctx, o.Dir, log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	a := transfer.Account{
		Name: "bench", Kind: transfer.AccountKeys, Endpoint: o.Endpoint, Region: region,
		Addressing: transfer.AddressVirtual, Signature: transfer.SignatureV4, KeyID: keyID,
	}
	if a.ID, err = j.SaveAccount(ctx, a); err != nil {
		return 0, err
	}
	seen := watch(wrap(j), len(o.Paths))
	m := transfer.Start(transfer.Config{
		Journal: seen, Dial: aliyun.Dial, Secrets: secrets{}, Log: log,
		Settings: transfer.Settings{Slots: o.At, PartSize: o.PartSize, SkipMD5: !o.MD5},
	})
	defer func() { err = errors.Join(err, m.Close()) }()
	begun := time.Now()
	_, err = m.Add(ctx, transfer.AddRequest{
		Paths: o.Paths, Policy: transfer.PolicyReplace,
		To: transfer.Destination{Account: a.ID, Endpoint: o.Endpoint, Region: region, Bucket: bucket},
	})
	if err != nil {
		return 0, err
	}
	if o.For > 0 { // then it is cut
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, o.For, errOver)
		defer stop()
	}
	if err = seen.wait(ctx); errors.Is(err, errOver) {
		err = nil
	}
	return time.Since(begun), err
}

// errOver is why an upload is cut of which only some time is measured.
var errOver = errors.New("measured for long enough")

// watched is a journal that tells when so many uploads ended. To ask it would cost.
type watched struct {
	transfer.Journal
	left  atomic.Int64
	ended chan error
}

func watch(j transfer.Journal, uploads int) *watched {
	w := &watched{Journal: j, ended: make(chan error, 1)}
	w.left.Store(int64(uploads))
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
		if done != nil {
			done(err)
		}
	})
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

func (secrets) Forget(context.Context, transfer.Account) error { return nil }
