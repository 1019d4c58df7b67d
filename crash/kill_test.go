//go:build unix

package crash

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// whole asks for every second kill, in place of those that are not alike.
var whole = flag.Bool("whole", false, "kill the recovery at every point of every recovery")

// trialLimit is for slow machines: nothing waits for it otherwise.
const trialLimit = 2 * time.Minute

// TestA1KilledAtEveryStep kills each job at each point it comes to.
func TestA1KilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kill(t)
		})
	}
}

// TestA2KilledWithAnswersLost does the same where an answer of OSS is lost as well.
func TestA2KilledWithAnswersLost(t *testing.T) {
	t.Parallel()
	for _, s := range lost {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kill(t)
		})
	}
}

// TestA3KilledDuringRecovery kills each job once, and its recovery a second time.
func TestA3KilledDuringRecovery(t *testing.T) {
	t.Parallel()
	for _, s := range slices.Concat(scenarios, lost) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.killTwice(t)
		})
	}
}

// trial is one world, the points it is killed at one after the other, and what came of it.
type trial struct {
	kills    []point
	recovery []point // the points of the life after the last kill
	hit      int     // how many of the kills came about
	missed   bool    // a life ended before it came to its point
	ended    []point // the points that it came to instead
	verdict  verdict
	took     time.Duration
}

// killed holds the trials with one kill, by scenario: both tests need them.
var firstKills sync.Map // *scenario to func() []*trial

func (s *scenario) kill(t *testing.T) []*trial {
	t.Helper()
	run, _ := firstKills.LoadOrStore(s, sync.OnceValue(func() []*trial {
		dry := s.try(t, killAtPoints)
		var kills [][]point
		for _, p := range choose(dry.recovery) {
			kills = append(kills, []point{p})
		}
		return s.tryAll(t, kills)
	}))
	return run.(func() []*trial)() //nolint:forcetypeassert // it holds nothing else
}

func (s *scenario) killTwice(t *testing.T) {
	t.Helper()
	var kills [][]point
	seen := map[string]bool{}
	for _, first := range s.kill(t) {
		if first.missed {
			continue
		}
		entry := entryOf(first.recovery)
		if adds[entry] && !s.adding && !*whole {
			continue // adding is the same everywhere
		}
		for _, p := range recoveryPoints(first.recovery) {
			if key := entry + p.String(); *whole || !seen[key] {
				seen[key] = true
				kills = append(kills, []point{first.kills[0], p})
			}
		}
	}
	s.tryAll(t, kills)
}

// adds holds the entries of recoveries that add the files, or go on with it.
var adds = map[string]bool{"T0 batch": true, "T1 uploads": true, "scan done": true}

// entryOf names the way a recovery sets out: what it asks of OSS first, or commits.
func entryOf(recovery []point) string {
	for _, p := range recovery {
		if !strings.HasPrefix(p.Name, "read what") && !strings.HasPrefix(p.Name, "read unfinished") {
			return p.Name
		}
	}
	return ""
}

// ownPoints is how many points of a recovery are its own: after them it goes on as the
// first life did.
const ownPoints = 12

func recoveryPoints(recovery []point) []point {
	chosen := choose(recovery)
	if *whole {
		return chosen
	}
	return chosen[:min(ownPoints, len(chosen))]
}

// tryAll runs trials beside each other.
func (s *scenario) tryAll(t *testing.T, kills [][]point) []*trial {
	t.Helper()
	trials := make([]*trial, len(kills))
	var running sync.WaitGroup
	room := make(chan struct{}, 2*cap(env.processes))
	for i, k := range kills {
		room <- struct{}{}
		running.Go(func() {
			defer func() { <-room }()
			// What is under way at the same time may come in another order, above all on a busy
			// machine.
			for range tries {
				if trials[i] = s.try(t, killAtPoints, k...); !trials[i].missed {
					return
				}
			}
		})
	}
	running.Wait()
	for _, tr := range trials {
		if tr.missed {
			env.table.miss(s, tr)
			t.Logf("ended before it was killed, %d times: %v", tries, tr.kills)
		}
	}
	return trials
}

// tries is how often a trial is made until its kills come about.
const tries = 4

// try runs one world: killed as told, then to the end.
func (s *scenario) try(t *testing.T, kill killing, kills ...point) *trial {
	t.Helper()
	tr := &trial{kills: kills}
	if err := s.ready(); err != nil {
		t.Error(err)
		return tr
	}
	ctx, cancel := context.WithTimeout(t.Context(), trialLimit)
	defer cancel()
	w, err := env.newWorld(s)
	if err != nil {
		t.Error(err)
		return tr
	}
	begun := time.Now()
	err = tr.run(ctx, w, kill)
	tr.took = time.Since(begun)
	if problems := tr.verdict.problems(); err != nil || len(problems) > 0 {
		t.Errorf("killed %v: %v\n%s", kills, err, w.story(tr.verdict))
	}
	env.table.add(s, tr)
	if err := w.drop(); err != nil {
		t.Error(err)
	}
	return tr
}

// killing runs the lives that are killed.
type killing func(context.Context, *world, *trial) error

// killAtPoints kills one life at each of the trial's points.
func killAtPoints(ctx context.Context, w *world, tr *trial) error {
	for _, k := range tr.kills {
		trace, died, err := w.live(ctx, w.s.plays[0], k)
		switch {
		case err != nil:
			return err
		case died:
			tr.hit++
		case k.Place != during && slices.Contains(trace, k): // during: a commit without a write
			return fmt.Errorf("it came to %s, and lived on", k)
		default:
			tr.missed, tr.ended = true, trace
			return nil // what it did not leave behind needs no recovery
		}
	}
	return nil
}

func (tr *trial) run(ctx context.Context, w *world, kill killing) (err error) {
	s := w.s
	if s.old != nil {
		if err := w.putOld(ctx, "file", s.old); err != nil {
			return err
		}
	}
	if s.first != (point{}) {
		if _, died, err := w.live(ctx, s.plays[0], s.first); err != nil || !died {
			return fmt.Errorf("the life before: killed %v, %w", died, err)
		}
	}
	if err := w.setRules(s.rules...); err != nil {
		return err
	}
	enough := w.meddle(ctx)
	if err = kill(ctx, w, tr); err == nil {
		tr.recovery, _, err = w.live(ctx, s.plays[0], point{})
	}
	if err := errors.Join(err, enough()); err != nil {
		return err
	}
	if n := len(w.kills); n > 0 && s.stays != nil {
		if err := s.stays(w.kills[n-1], tr.recovery); err != nil {
			return err
		}
	}
	w.clearRules()
	for _, play := range s.plays[1:] {
		if _, _, err := w.live(ctx, play, point{}); err != nil {
			return err
		}
	}
	tr.verdict, err = w.judge(ctx)
	return err
}

// meddle lets the scenario's other program loose. The func that it returns ends it.
func (w *world) meddle(ctx context.Context) (enough func() error) {
	if w.s.meddle == nil {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	own, stop := context.WithCancel(ctx)
	go func() { done <- w.s.meddle(own, w) }()
	return func() error { stop(); return <-done }
}
