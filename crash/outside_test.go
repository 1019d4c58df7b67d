//go:build unix

package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"partway/transfer"
	"partway/transfer/osslocal"
)

// TestA1KilledWithARequestOnItsWay kills the process while a request waits at the door of
// OSS, which carries it out only when the next life has begun.
func TestA1KilledWithARequestOnItsWay(t *testing.T) {
	t.Parallel()
	for _, op := range []string{osslocal.OpInitiate, osslocal.OpUploadPart, osslocal.OpComplete, osslocal.OpPutObject, osslocal.OpAbort} {
		for _, policy := range []transfer.Policy{transfer.PolicySkipSame, transfer.PolicyReplace} {
			t.Run(op+", "+string(policy), func(t *testing.T) {
				t.Parallel()
				onItsWay(op, policy).try(t, func(ctx context.Context, w *world, tr *trial) error {
					tr.hit = len(tr.kills)
					return w.killWithLate(ctx, op)
				}, point{Name: op + " on its way", Place: outside})
			})
		}
	}
}

func onItsWay(op string, policy transfer.Policy) *scenario {
	s := &scenario{name: op + " on its way, " + string(policy), files: map[string]int64{"file": large}, initiated: 1, policy: policy, status: completed}
	switch op {
	case osslocal.OpPutObject:
		// The late one and the new one: where objects may be replaced, both are carried out.
		s.files["file"], s.initiated, s.puts = small, 0, 1
		if policy == transfer.PolicyReplace {
			s.puts = 2
		}
	case osslocal.OpAbort:
		s.plays, s.objects, s.rules = []script{scriptAbort}, none, []string{late}
		s.status = map[transfer.Status]int{transfer.StatusAborted: 1}
	}
	return s
}

// lateBy is how long after the start of the next life a late request is carried out.
const lateBy = 200 * time.Millisecond

// killWithLate holds the first request of an operation, kills the life that sent it, and lets
// it go once the next life has begun.
func (w *world) killWithLate(ctx context.Context, op string) error {
	door := w.env.close(w.bucket, op)
	w.late = true
	w.killer = func(ctx context.Context, p *os.Process) error {
		select {
		case <-door.held:
		case <-ctx.Done():
			close(door.letIn)
			return ctx.Err()
		}
		w.killer = func(ctx context.Context, _ *os.Process) error {
			rest(ctx, lateBy)
			w.late = false
			close(door.letIn)
			return nil
		}
		return p.Kill()
	}
	_, died, err := w.live(ctx, w.s.plays[0], point{})
	if err == nil && !died {
		err = errors.New("it was not killed")
	}
	return err
}

// rest waits for a time, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
}

// randomWorlds is how many worlds are killed at random moments, and randomKills how often.
const (
	randomWorlds = 4
	randomKills  = 3
)

// TestA4KilledAtRandom kills every job from outside, at no particular moment.
func TestA4KilledAtRandom(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i, s := range slices.Concat(scenarios, lost) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var worlds sync.WaitGroup
			for n := range randomWorlds {
				random := rand.New(rand.NewPCG(seed, uint64(i*randomWorlds+n)))
				kills := slices.Repeat([]point{{Name: "at random", Place: outside}}, randomKills)
				worlds.Go(func() {
					s.try(t, func(ctx context.Context, w *world, tr *trial) error {
						tr.hit = len(tr.kills) // but for lives that end before
						return w.killAtRandom(ctx, random)
					}, kills...)
				})
			}
			worlds.Wait()
		})
	}
}

func (w *world) killAtRandom(ctx context.Context, random *rand.Rand) error {
	for range randomKills {
		after := time.Duration(random.Int64N(int64(150 * time.Millisecond)))
		w.killer = func(ctx context.Context, p *os.Process) error {
			rest(ctx, after)
			if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return err
			}
			return nil
		}
		if _, _, err := w.live(ctx, w.s.plays[0], point{}); err != nil {
			return err
		}
	}
	w.killer = nil
	return nil
}
