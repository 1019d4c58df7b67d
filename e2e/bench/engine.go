package main

import (
	"context"
	"errors"
	"log/slog"
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
	m := transfer.Start(transfer.Config{
		Journal: wrap(j), Dial: aliyun.Dial, Secrets: secrets{}, Log: log,
		Settings: transfer.Settings{Slots: o.At, PartSize: o.PartSize, SkipMD5: !o.MD5},
	})
	defer func() { err = errors.Join(err, m.Close()) }()
	begun := time.Now()
	id, err := m.Add(ctx, transfer.AddRequest{
		Paths: o.Paths, Policy: transfer.PolicyReplace,
		To: transfer.Destination{Account: a.ID, Endpoint: o.Endpoint, Region: region, Bucket: bucket},
	})
	if err != nil {
		return 0, err
	}
	err = over(ctx, j, id)
	return time.Since(begun), err
}

// over waits until all of a batch is uploaded.
func over(ctx context.Context, j *db.Journal, id transfer.BatchID) error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	seen := uint64(0)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
		if v := j.Version(); v == seen {
			continue
		} else {
			seen = v
		}
		counts, scanned, err := j.BatchCounts(ctx, id)
		if err != nil {
			return err
		}
		total := 0
		for status, n := range counts {
			if status == transfer.StatusFailed || status == transfer.StatusConflict {
				return errors.New("an upload is " + string(status))
			}
			total += n
		}
		if scanned && counts[transfer.StatusCompleted] == total {
			return nil
		}
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
