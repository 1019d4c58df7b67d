package transfer

import (
	"log/slog"
	"testing"
	"time"
)

// TestA9SleepCostsAStepNoTry fails a step that was under way while the computer slept, and one
// that was begun after it.
func TestA9SleepCostsAStepNoTry(t *testing.T) {
	now := time.Now()
	m := newManager(Config{Log: slog.New(slog.DiscardHandler)})
	m.now = func() time.Time { return now }
	m.seen = now.Round(0)
	fails := func(u *task) {
		m.work(u, "any", func() (func(), error) {
			err := &Error{Kind: KindTransient, Op: "any"}
			return func() { m.failed(u, err) }, err
		})
	}
	slept, fresh := newTask(t.Context(), Upload{ID: 1, Phase: PhaseCompleting}), newTask(t.Context(), Upload{ID: 2, Phase: PhaseCompleting})
	fails(slept)
	m.calls.Wait()
	now = now.Add(time.Minute)
	m.handleMail()
	fails(fresh)
	m.calls.Wait()
	m.handleMail()
	if slept.attempts != 0 || slept.u.Wait != WaitNone || !slept.nextTry.IsZero() || slept.excused {
		t.Errorf("the sleep cost %d tries: waits %q until %v", slept.attempts, slept.u.Wait, slept.nextTry)
	}
	if fresh.attempts != 1 || fresh.u.Wait != WaitRetry {
		t.Errorf("a failure after it cost %d tries: waits %q", fresh.attempts, fresh.u.Wait)
	}
	if m.endpoint(slept).failures != 1 {
		t.Errorf("%d failures of the endpoint", m.endpoint(slept).failures)
	}
}

// TestLentSlotsAreBounded has very many uploads wait for limits of their own.
func TestLentSlotsAreBounded(t *testing.T) {
	m := newManager(Config{})
	for id := range ID(100) {
		u := newTask(t.Context(), Upload{ID: id, Intent: IntentPause, Limit: 1})
		u.limit.now.Load().waiting.Add(1)
		for n := range 3 {
			u.sending[n] = &flight{number: n}
		}
		m.order = append(m.order, u)
	}
	m.pool.used = 300
	m.advanceAll(time.Now())
	if m.pool.lent != mostLent || m.pool.free() != 0 {
		t.Errorf("%d slots are lent, %d free", m.pool.lent, m.pool.free())
	}
	m.order = m.order[:3]
	if m.advanceAll(time.Now()); m.pool.lent != 6 {
		t.Errorf("%d slots are lent, of three uploads with three parts each", m.pool.lent)
	}
}
